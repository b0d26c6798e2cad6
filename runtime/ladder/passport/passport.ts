import { canonicalHash } from "../../core/canonical-json.ts";
import { type Evidence, RUNG_NAMES, type Rung } from "../../core/evidence.ts";
import type { Reality } from "../../core/frame.ts";
import type { TimeUs } from "../../core/time.ts";
import type { RowVerdict, RungChange, TwinVerdict } from "../verdict.ts";
import type {
  MissingPiece,
  TwinClass,
  UnguardedOutput,
  WiredTwin,
  WiringWarning,
} from "../wiring/wired-twin.ts";
import { type Acting, actingOf } from "./acting.ts";
import { type Family, familyOf, withDescendants } from "./family.ts";
import { flowHash } from "./flow-hash.ts";
import type { CalibrationFacts, HeardSource, HostFacts } from "./host-facts.ts";
import { isNotKnown, type Known, type NotKnown, notKnown } from "./not-known.ts";
import { type ModelPiece, piecesOf, type SourcePiece } from "./pieces.ts";
import { wiredRows } from "./wired-rows.ts";

/** Falls told of, the newest first. */
const FALLS = 5;

/** A row of the ladder; `not measured` where it was read off flow files. */
export interface PassportRow {
  readonly row: Rung;
  readonly name: string;
  readonly wired: boolean;
  readonly verdict: RowVerdict["verdict"] | "not measured";
  /** The one fact that decides it. */
  readonly fact: string;
  readonly limit: string;
  /** Ids of the nodes that earn it, sources first; empty where it is not wired. */
  readonly path: readonly string[];
  readonly evidence: readonly Omit<Evidence, "twin" | "rung">[];
}

/** What a twin is and what stands behind it, at one moment. docs/ladder.md, Passport. */
export interface Passport {
  readonly kind: "rung-passport";
  readonly version: 1;
  readonly issued: {
    readonly wallTimeUs: TimeUs;
    readonly linkTimeUs: Known<TimeUs>;
    /** Version of the product that issued it. */
    readonly product: string;
  };
  readonly twin: {
    readonly address: string;
    readonly name: string;
    readonly scope: string;
    readonly objective: string;
    readonly target: Rung | null;
  };
  readonly class: TwinClass;
  readonly reality: Known<Reality>;
  readonly wired: Rung;
  readonly held: Known<Rung>;
  readonly capabilities: { readonly wired: readonly Rung[]; readonly held: Known<readonly Rung[]> };
  /** It holds its target rung. */
  readonly enough: Known<boolean>;
  /** The change that brought it to the held rung. */
  readonly since: Known<{ readonly wallTimeUs: TimeUs; readonly from: Rung; readonly cause: string }>;
  readonly acting: Acting;
  readonly links: readonly (SourcePiece & { readonly heard: Known<HeardSource> })[];
  readonly model: {
    /** SHA-256 over the parameters and stored calibrations of `nodes`. */
    readonly version: Known<string>;
    readonly nodes: readonly (ModelPiece & { readonly calibration: Known<CalibrationFacts> | null })[];
  };
  /** SHA-256 of the whole flow, without how it is drawn. */
  readonly flowHash: string;
  readonly rows: readonly PassportRow[];
  readonly missing: readonly MissingPiece[];
  readonly warnings: readonly WiringWarning[];
  readonly family: Family;
  /** The newest first. */
  readonly falls: Known<readonly Omit<HeldChange, "twin">[]>;
  /** SHA-256 of all the above as canonical JSON. */
  readonly hash: string;
}

/** What a passport reads of a change of the held rung. */
export type HeldChange = Pick<RungChange, "twin" | "from" | "to" | "cause" | "timeUs">;

/** What was measured of a flow that runs. */
export interface Measured {
  readonly verdicts: readonly TwinVerdict[];
  /** Changes of held rungs, oldest first. */
  readonly changes: readonly HeldChange[];
  readonly host: HostFacts;
}

export interface PassportParts {
  /** Address of the twin; one of `twins`. */
  readonly twin: string;
  readonly twins: readonly WiredTwin[];
  readonly unguardedOutputs: readonly UnguardedOutput[];
  /** The flow's nodes, as a file or Node-RED has them. */
  readonly flow: unknown;
  readonly product: string;
  /** Wall time. */
  readonly nowUs: TimeUs;
  /** Or why nothing was measured. */
  readonly measured: Measured | NotKnown;
}

/** @returns undefined where the flow has no twin of this address */
export function passportOf(parts: PassportParts): Passport | undefined {
  const { measured } = parts;
  const wired = parts.twins.find(({ address }) => address === parts.twin);
  if (wired === undefined) return undefined;
  const verdict = isNotKnown(measured)
    ? measured
    : (measured.verdicts.find(({ address }) => address === parts.twin) ?? notKnown("not judged yet"));
  const host = isNotKnown(measured) ? measured : measured.host;
  const { sources, models, actuates, flowActs } = piecesOf(wired, parts.flow);
  const twins = withDescendants(parts.twins, wired.address);
  const outputs = parts.unguardedOutputs.filter((output) => output.twins.some((one) => twins.includes(one)));
  const ask = <T>(read: (verdict: TwinVerdict) => T): Known<T> =>
    isNotKnown(verdict) ? verdict : read(verdict);
  const content: Omit<Passport, "hash"> = {
    kind: "rung-passport",
    version: 1,
    issued: {
      wallTimeUs: parts.nowUs,
      linkTimeUs: linkTime(wired.address, host),
      product: parts.product,
    },
    twin: {
      address: wired.address,
      name: wired.name,
      scope: wired.scope,
      objective: wired.objective,
      target: wired.target,
    },
    class: wired.class,
    reality: wired.reality ?? notKnown("no source feeds this twin"),
    wired: wired.wired,
    held: ask(({ held }) => held),
    capabilities: { wired: wired.capabilities, held: ask(({ heldCapabilities }) => heldCapabilities) },
    enough: ask(({ enough }) => enough),
    since: ask((judged) => sinceWhen(judged, isNotKnown(measured) ? [] : measured.changes)),
    acting: actingOf({ twins, actuates, flowActs, outputs }, host),
    links: sources.map((source) => ({
      ...source,
      heard: isNotKnown(host) ? host : host.heard(wired.address, source),
    })),
    model: modelOf(wired.address, models, host),
    flowHash: flowHash(parts.flow),
    rows: (isNotKnown(verdict) ? wiredRows(wired, verdict.notKnown) : verdict.rows).map((row) => ({
      row: row.row,
      name: RUNG_NAMES[row.row],
      wired: row.wired,
      verdict: row.verdict,
      fact: row.fact,
      limit: row.limit,
      path: wired.paths[row.row] ?? [],
      evidence: row.evidence.map(recordOf),
    })),
    missing: wired.missing.map(({ row, role, after }) => ({ row, role, after })),
    warnings: wired.warnings.map(({ code, node, text }) => ({ code, node, text })),
    family: familyOf(isNotKnown(measured) ? parts.twins : measured.verdicts, wired.address),
    falls: isNotKnown(measured) ? measured : fallsOf(wired.address, measured.changes),
  };
  return { ...content, hash: canonicalHash(content) };
}

/** True where a passport's hash is that of its content: nothing in it was changed since it was issued. */
export function isWhole(passport: Partial<Passport>): boolean {
  const { hash, ...content } = passport;
  return hash === canonicalHash(content);
}

function linkTime(twin: string, host: HostFacts | NotKnown): Known<TimeUs> {
  if (isNotKnown(host)) return host;
  const nowUs = host.clockUs(twin);
  // A simulated clock runs between two microseconds as well.
  return nowUs === undefined ? notKnown("no link of this twin is open") : Math.trunc(nowUs);
}

function sinceWhen({ address, held }: TwinVerdict, changes: readonly HeldChange[]): Passport["since"] {
  const last = changes.findLast(({ twin }) => twin === address);
  if (last === undefined) return notKnown("no change of the held rung is recorded");
  if (last.to !== held) return notKnown(`the last recorded change led to ${last.to}`);
  return { wallTimeUs: last.timeUs, from: last.from, cause: last.cause };
}

function fallsOf(address: string, changes: readonly HeldChange[]): Omit<HeldChange, "twin">[] {
  return changes
    .filter(({ twin, from, to }) => twin === address && to < from)
    .slice(-FALLS)
    .reverse()
    .map(({ from, to, cause, timeUs }) => ({ from, to, cause, timeUs }));
}

function modelOf(twin: string, models: readonly ModelPiece[], host: HostFacts | NotKnown): Passport["model"] {
  const nodes = models.map((model) => ({ ...model, calibration: calibrationOf(twin, model, host) }));
  if (nodes.length === 0)
    return { version: notKnown("no model, detector or forecast on a path of this twin"), nodes };
  if (isNotKnown(host) && nodes.some(({ role }) => role === "detect")) return { version: host, nodes };
  const parts = nodes.map(({ node, configuration, calibration }) => ({
    node,
    configuration,
    calibration: calibration === null || isNotKnown(calibration) ? null : calibration.hash,
  }));
  return { version: canonicalHash(parts), nodes };
}

/** Null for a model that has nothing but its parameters. */
function calibrationOf(
  twin: string,
  { role, node }: ModelPiece,
  host: HostFacts | NotKnown,
): Known<CalibrationFacts> | null {
  if (role === "estimate" || role === "forecast")
    return notKnown("learns while it runs, and keeps no version of what it learnt");
  if (role !== "detect") return null;
  return isNotKnown(host) ? host : host.calibration(twin, node);
}

/** In one order of keys, and with no number that JSON has no word for. */
function recordOf(record: Evidence): Omit<Evidence, "twin" | "rung"> {
  const { id, node, what, value, unit, limit, verdict, progress, timeUs } = record;
  const { newestSampleUs, validUntilUs, cause } = record;
  return {
    id,
    node,
    what,
    value: value !== null && Number.isFinite(value) ? value : null,
    ...(unit === undefined ? {} : { unit }),
    limit,
    verdict,
    ...(progress === undefined ? {} : { progress: { n: progress.n, of: progress.of } }),
    timeUs,
    ...(newestSampleUs === undefined ? {} : { newestSampleUs }),
    ...(validUntilUs === undefined ? {} : { validUntilUs }),
    ...(cause === undefined ? {} : { cause }),
  };
}
