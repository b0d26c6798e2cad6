import { type FlowNode, ownsFile } from "./flow-files.ts";

/** Nodes whose tab is unknown; Node-RED's editor offers them for recovery. */
const LOST_FILE = "without-tab.json";
const LONGEST_SLUG = 48;

/**
 * Which node goes into which file. A file keeps the name it had; a name that was made from a label follows the label.
 * @param pathOf where each tab, subflow and shared config node stood until now
 * @param labelled what those looked like when they were read or last saved, by id
 * @param taken paths that must not be used: broken files, which wait for a person
 * @returns path below the flows folder -> its nodes in stable order
 */
export function layOut(
  nodes: readonly FlowNode[],
  pathOf: ReadonlyMap<string, string>,
  labelled: ReadonlyMap<string, FlowNode>,
  taken: ReadonlySet<string>,
): Map<string, FlowNode[]> {
  const owners = nodes.filter(ownsFile);
  const path = new Map<string, string>();
  const used = new Set(taken);
  const claim = (id: string, wanted: string) => {
    used.add(wanted);
    path.set(id, wanted);
  };
  const keeps = (owner: FlowNode) => {
    const old = pathOf.get(owner.id);
    if (old === undefined || folderOf(old) !== folderOf(wantedPath(owner))) return false;
    const before = labelled.get(owner.id);
    const wasFromLabel = before !== undefined && stripSuffix(old, before.id) === wantedPath(before);
    return !wasFromLabel || wantedPath(before) === wantedPath(owner);
  };
  // Tabs first, so that a hand-written file that holds config nodes as well stays the tab's.
  const rank = (owner: FlowNode) => (owner.type === "tab" ? 0 : 1);
  for (const owner of owners.filter(keeps).sort((a, b) => rank(a) - rank(b))) {
    const old = pathOf.get(owner.id)!;
    if (!used.has(old)) claim(owner.id, old);
  }
  for (const owner of owners.filter((o) => !path.has(o.id)).sort(byId)) {
    const wanted = wantedPath(owner);
    claim(owner.id, used.has(wanted) ? withSuffix(wanted, owner.id) : wanted);
  }
  const files = new Map<string, FlowNode[]>();
  for (const node of nodes) {
    const file = path.get(ownsFile(node) ? node.id : node.z!) ?? LOST_FILE;
    const list = files.get(file);
    if (list === undefined) files.set(file, [node]);
    else list.push(node);
  }
  for (const list of files.values()) {
    list.sort((a, b) => Number(!ownsFile(a)) - Number(!ownsFile(b)) || byId(a, b));
  }
  return files;
}

/** The text of a flow file: one property a line, always in the same order, so that a diff shows what changed. */
export function flowText(nodes: readonly FlowNode[]): string {
  return `${JSON.stringify(nodes.map(ordered), null, 2)}\n`;
}

const HEAD = ["id", "type", "z", "g", "name", "label"];
/** At the end, since these change by mere moving and wiring. */
const TAIL = ["x", "y", "w", "h", "wires"];

function ordered(node: FlowNode): object {
  const middle = Object.keys(node)
    .filter((key) => !HEAD.includes(key) && !TAIL.includes(key))
    .sort();
  const keys = [...HEAD, ...middle, ...TAIL].filter((key) => Object.hasOwn(node, key));
  return Object.fromEntries(keys.map((key) => [key, sorted(node[key])]));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

function wantedPath(owner: FlowNode): string {
  const name = slug(owner.type === "tab" ? owner.label : owner.name);
  if (owner.type === "tab") return `${name || "tab"}.json`;
  if (owner.type === "subflow") return `subflows/${name || "subflow"}.json`;
  const type = slug(owner.type);
  return name === "" ? withSuffix(`config/${type}.json`, owner.id) : `config/${type}-${name}.json`;
}

function withSuffix(path: string, id: string): string {
  return path.replace(/\.json$/, `-${slug(id)}.json`);
}

function stripSuffix(path: string, id: string): string {
  const suffix = `-${slug(id)}.json`;
  return path.endsWith(suffix) && !path.startsWith("config/")
    ? `${path.slice(0, -suffix.length)}.json`
    : path;
}

function folderOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.indexOf("/")) : "";
}

function slug(text: unknown): string {
  if (typeof text !== "string") return "";
  return text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, LONGEST_SLUG)
    .replace(/^-|-$/g, "");
}

function byId(a: FlowNode, b: FlowNode): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
