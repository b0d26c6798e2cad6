import { basename } from "node:path";
import { isAddress } from "../../core/address.ts";
import { RungError } from "../../core/errors.ts";
import { type GltfDocument, type GltfNode, packedShape } from "../cell/mesh-files/gltf-file.ts";
import type { DrawnPart, PlantLayout } from "./plant-layout.ts";
import { MOST_PARTS } from "./read-layout.ts";

/** A browser on a control room's wall draws so many without help of a graphics card. */
export const MOST_TRIANGLES = 500_000;
const TRIANGLES = 4;

/** What a node of a glTF file may say of itself below `extras.rung`. */
interface NodeExtras {
  readonly kind?: unknown;
  readonly address?: unknown;
  readonly name?: unknown;
  readonly page?: unknown;
  readonly values?: unknown;
  readonly state?: unknown;
}

/** A layout with its shapes as one GLB that needs nothing from elsewhere. */
export interface DrawnLayout {
  readonly layout: PlantLayout;
  /** Each node of a part has the part's place in the layout as `extras.part`. */
  readonly glb: ArrayBuffer;
}

/**
 * Reads a plant from glTF 2.0 or GLB. A node is a part where it has `extras.rung` or where its name is an address; all
 * below it belongs to it, and it stands in the shop that is above it. Its materials, pictures, lamps and movements are
 * left out: the screen is grey, and nothing moves that no plant tells of.
 * @throws RungError `layout-file` with every fault, `mesh-file` for what the shapes lack
 */
export function layoutOfGltf(bytes: Buffer, file: string): DrawnLayout {
  const parts: DrawnPart[] = [];
  const faults: string[] = [];
  const glb = packedShape(bytes, file, (document) => {
    const version = document.asset?.version;
    if (!/^2\./.test(String(version)))
      faults.push(`is of glTF ${version ?? "without a version"}: export it as glTF 2.0`);
    const nodes = document.nodes ?? [];
    const parents = parentsOf(nodes);
    const partAt = new Map<number, number>();
    for (const [index, node] of nodes.entries()) {
      const part = partOf(node, index, faults);
      if (part !== undefined) partAt.set(index, parts.push(part) - 1);
    }
    if (parts.length === 0)
      faults.push("no node has an address as its name, or extras.rung with one: nothing could be told of it");
    if (parts.length > MOST_PARTS)
      faults.push(`has ${parts.length} parts, at most ${MOST_PARTS} are drawn: split it by shops`);
    const triangles = trianglesOf(document);
    if (triangles > MOST_TRIANGLES)
      faults.push(`has ${triangles} triangles, at most ${MOST_TRIANGLES} are drawn: simplify it`);
    for (const [i, part] of parts.entries()) {
      const above = partsAbove(part.node, parents, partAt);
      const shop = above.map((at) => parts[at]!).find(({ kind }) => kind === "shop");
      if (shop !== undefined) parts[i] = { ...part, shop: shop.id };
    }
    return {
      ...document,
      nodes: nodes.map(({ extras: _, ...node }, index) => {
        const at = partAt.get(index);
        return at === undefined ? node : { ...node, extras: { part: at } };
      }),
    };
  });
  const ids = parts.map(({ id }) => id);
  for (const id of new Set(ids.filter((one, at) => ids.indexOf(one) !== at)))
    faults.push(`${id} is the name of several nodes: give each one its own`);
  if (faults.length > 0) {
    const what = faults.length === 1 ? faults[0]! : `${faults.length} faults:\n  ${faults.join("\n  ")}`;
    throw new RungError({ code: "layout-file", where: file, what, advice: "docs/plant3d.md" });
  }
  // Shops first, as in every layout; the GLB names parts by their place, so that place must not change.
  return { layout: { name: basename(file).replace(/\.\w+$/, ""), parts, cells: [] }, glb };
}

function partOf(node: GltfNode, index: number, faults: string[]): DrawnPart | undefined {
  const name = node.name ?? "";
  const said = (node.extras as { rung?: unknown } | undefined)?.rung;
  const isNamed = name.includes("/") && isAddress(name);
  if (said === undefined && !isNamed) return undefined;
  const where = `node ${index}${name === "" ? "" : ` (${name})`}`;
  if (said !== undefined && (typeof said !== "object" || said === null || Array.isArray(said))) {
    faults.push(`${where}: extras.rung must be a mapping`);
    return undefined;
  }
  const extras = (said ?? {}) as NodeExtras;
  const text = (key: keyof NodeExtras): string => {
    const value = extras[key] ?? "";
    if (typeof value !== "string") faults.push(`${where}: extras.rung.${key} must be a text`);
    return String(value);
  };
  const kind = extras.kind ?? "station";
  if (kind !== "shop" && kind !== "station")
    faults.push(`${where}: extras.rung.kind must be shop or station, got ${JSON.stringify(kind)}`);
  const address = text("address") || (isNamed ? name : "");
  if (address !== "" && !isAddress(address)) faults.push(`${where}: ${address} is no address`);
  const values = extras.values ?? [];
  const areTexts = Array.isArray(values) && values.every((value) => typeof value === "string");
  if (!areTexts) faults.push(`${where}: extras.rung.values must be a list of paths`);
  return {
    kind: kind === "shop" ? "shop" : "station",
    id: name || `node ${index}`,
    name: text("name") || (isNamed ? name.split("/").at(-1)! : name) || `node ${index}`,
    address,
    shop: "",
    page: text("page"),
    values: areTexts ? (values as string[]) : [],
    state: text("state"),
    node: index,
  };
}

/** The node above each; a node that stands below itself is left to three to refuse. */
function parentsOf(nodes: readonly GltfNode[]): Map<number, number> {
  const parents = new Map<number, number>();
  for (const [index, { children = [] }] of nodes.entries())
    for (const child of children) parents.set(child, index);
  return parents;
}

/** Parts above a node, the nearest first. */
function partsAbove(
  node: number,
  parents: ReadonlyMap<number, number>,
  partAt: ReadonlyMap<number, number>,
): number[] {
  const found: number[] = [];
  const seen = new Set([node]);
  for (let at = parents.get(node); at !== undefined && !seen.has(at); at = parents.get(at)) {
    seen.add(at);
    const part = partAt.get(at);
    if (part !== undefined) found.push(part);
  }
  return found;
}

/** Triangles as they are drawn: a mesh counts as often as nodes show it. */
function trianglesOf({ nodes = [], meshes = [], accessors = [] }: GltfDocument): number {
  const perMesh = meshes.map(({ primitives }) =>
    primitives.reduce((sum, { mode = TRIANGLES, indices, attributes }) => {
      const count = accessors[indices ?? attributes?.POSITION ?? -1]?.count ?? 0;
      return sum + (mode === TRIANGLES ? count / 3 : Math.max(0, count - 2));
    }, 0),
  );
  return Math.round(
    nodes.reduce((sum, { mesh }) => sum + (mesh === undefined ? 0 : (perMesh[mesh] ?? 0)), 0),
  );
}
