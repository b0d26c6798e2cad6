import { createHash } from "node:crypto";

/** What the lock file says of one package; paths are its keys. */
export interface LockedPackage {
  readonly name?: string;
  readonly version?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
  readonly link?: boolean;
  readonly resolved?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

export interface LockFile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

/** A file of our own that the product carries compiled. */
export interface OwnFile {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  /** `platform`: what runs the rest. */
  readonly type: "file" | "platform";
  readonly sha256: string;
}

type License = { license: { id: string } } | { license: { name: string } } | { expression: string };

export interface Component {
  readonly type: "library" | "file" | "platform" | "application";
  readonly "bom-ref": string;
  readonly group?: string;
  readonly name: string;
  readonly version: string;
  readonly scope?: "required" | "optional" | "excluded";
  readonly hashes?: readonly { readonly alg: "SHA-512" | "SHA-256"; readonly content: string }[];
  readonly licenses?: readonly License[];
  readonly purl?: string;
}

export interface BillOfMaterials {
  readonly $schema: string;
  readonly bomFormat: "CycloneDX";
  readonly specVersion: "1.6";
  readonly serialNumber: string;
  readonly version: 1;
  readonly metadata: {
    readonly lifecycles: readonly { readonly phase: "build" }[];
    readonly component: Component;
  };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/** The SPDX ids that stand in the lock file; another word is told as the name of a licence. */
const SPDX = new Set(
  `MIT ISC Apache-2.0 BSD-3-Clause BSD-2-Clause 0BSD BlueOak-1.0.0 MPL-2.0 Unlicense OFL-1.1 Python-2.0 PSF-2.0
  Artistic-2.0 CC-BY-3.0 CC0-1.0`.split(/\s+/),
);
const NODE_MODULES = "node_modules/";
type Scope = "required" | "optional" | "excluded";
/** Packages that stand at several places count as the one of them that matters most. */
const WEIGHT: Readonly<Record<Scope, number>> = { required: 2, optional: 1, excluded: 0 };

/**
 * A CycloneDX 1.6 bill of materials: every package of the lock file with version, licence, hash and whether it is used
 * at run time (`excluded`: only to build and test), what depends on what, and our own compiled files. The same input
 * gives the same bytes: it holds no time, and its serial number is made of its content.
 * @param licenseOf the licence that an installed package itself tells, where the lock file tells none
 */
export function billOfMaterials(
  lock: LockFile,
  files: readonly OwnFile[],
  licenseOf: (path: string) => string | undefined,
): BillOfMaterials {
  const { packages } = lock;
  const components = new Map<string, Component>();
  const dependsOn = new Map<string, Set<string>>();
  const refOf = (path: string): string => {
    const there = packages[path]!;
    const to = there.link ? there.resolved! : path;
    return to.includes(NODE_MODULES)
      ? purlOf(nameOf(to, packages[to]!), packages[to]!.version!)
      : to || "rung";
  };
  for (const [path, locked] of Object.entries(packages)) {
    if (locked.link) continue;
    const ref = refOf(path);
    const license = locked.license ?? licenseOf(path);
    if (path !== "") {
      const before = components.get(ref);
      const now = component(path, locked, ref, license);
      components.set(ref, before === undefined ? now : merged(before, now));
    }
    const needs = dependsOn.get(ref) ?? new Set<string>();
    for (const name of needsOf(locked)) {
      const found = resolve(packages, path, name);
      if (found !== undefined) needs.add(refOf(found));
    }
    dependsOn.set(ref, needs);
  }
  const root = packages[""]!;
  const main = ownComponent(root.name ?? "rung", root.version!, root.license);
  for (const file of files) {
    const ref = `own:${file.name}`;
    components.set(ref, { ...fileComponent(file), "bom-ref": ref });
    dependsOn.get("rung")!.add(ref);
    dependsOn.set(ref, new Set());
  }
  const byRef = (a: string, b: string) => (a < b ? -1 : 1);
  const body = {
    metadata: { lifecycles: [{ phase: "build" as const }], component: main },
    components: [...components.values()].sort((a, b) => byRef(a["bom-ref"], b["bom-ref"])),
    dependencies: [...dependsOn]
      .map(([ref, needs]) => ({ ref, dependsOn: [...needs].sort(byRef) }))
      .sort((a, b) => byRef(a.ref, b.ref)),
  };
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: serialOf(JSON.stringify(body)),
    version: 1,
    ...body,
  };
}

/** Of one package at two places: the scope that matters more, and the hash where only one place tells it. */
function merged(one: Component, other: Component): Component {
  const [first, second] = WEIGHT[one.scope!] >= WEIGHT[other.scope!] ? [one, other] : [other, one];
  const hashes = first.hashes ?? second.hashes;
  return hashes === undefined ? first : { ...first, hashes };
}

function component(path: string, locked: LockedPackage, ref: string, license: string | undefined): Component {
  const { group, name } = partsOf(nameOf(path, locked));
  const scope: Scope =
    locked.dev || locked.devOptional ? "excluded" : locked.optional ? "optional" : "required";
  return {
    type: "library",
    "bom-ref": ref,
    ...(group === undefined ? {} : { group }),
    name,
    version: locked.version!,
    scope,
    ...(locked.integrity === undefined ? {} : { hashes: [hashOf(locked.integrity)] }),
    ...(license === undefined ? {} : { licenses: [licenseEntry(license)] }),
    ...(ref.startsWith("pkg:") ? { purl: ref } : {}),
  };
}

function ownComponent(name: string, version: string, license: string | undefined): Component {
  return {
    type: "application",
    "bom-ref": "rung",
    name,
    version,
    ...(license === undefined ? {} : { licenses: [licenseEntry(license)] }),
  };
}

function fileComponent({ type, name, version, license, sha256 }: OwnFile): Omit<Component, "bom-ref"> {
  const hashes = [{ alg: "SHA-256" as const, content: sha256 }];
  return { type, name, version, scope: "required", hashes, licenses: [licenseEntry(license)] };
}

/** An alias is named by what it is, not by how it is called here. */
function nameOf(path: string, locked: LockedPackage): string {
  return locked.name ?? path.slice(path.lastIndexOf(NODE_MODULES) + NODE_MODULES.length);
}

function partsOf(full: string): { group: string | undefined; name: string } {
  const [first, second] = full.split("/") as [string, string | undefined];
  return second === undefined ? { group: undefined, name: first } : { group: first, name: second };
}

/** Package URL of an npm package (purl specification, type npm). */
function purlOf(full: string, version: string): string {
  return `pkg:npm/${full.replace("@", "%40")}@${version.replaceAll("+", "%2B")}`;
}

function hashOf(integrity: string): { alg: "SHA-512"; content: string } {
  const base64 = /^sha512-(\S+)/.exec(integrity)?.[1];
  if (base64 === undefined) throw new Error(`the lock file knows ${integrity}, which is no SHA-512`);
  return { alg: "SHA-512", content: Buffer.from(base64, "base64").toString("hex") };
}

function licenseEntry(license: string): License {
  if (/ (OR|AND|WITH) /.test(license)) return { expression: license.replace(/^\((.*)\)$/, "$1") };
  return SPDX.has(license) ? { license: { id: license } } : { license: { name: license } };
}

function needsOf(locked: LockedPackage): string[] {
  return Object.keys({ ...locked.dependencies, ...locked.optionalDependencies, ...locked.devDependencies });
}

/** As Node looks a package up: in the nearest node_modules that has it. */
function resolve(packages: LockFile["packages"], from: string, name: string): string | undefined {
  for (let at = from; ; ) {
    const path = `${at === "" ? "" : `${at}/`}${NODE_MODULES}${name}`;
    if (packages[path] !== undefined) return path;
    if (at === "") return undefined;
    const up = at.lastIndexOf(`/${NODE_MODULES}`);
    at = up < 0 ? "" : at.slice(0, up);
  }
}

/** A UUID made of the content (RFC 9562, version 8). */
function serialOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  const variant = ((Number.parseInt(hex[16]!, 16) & 3) | 8).toString(16);
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
