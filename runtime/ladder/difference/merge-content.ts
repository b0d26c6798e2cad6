import { isRecord, stringsOf } from "../flow-nodes.ts";

/** A node as it stands in a flow file. */
export type RawNode = Record<string, unknown> & { readonly id: string; readonly type: string };

/** Where a node is drawn: never a change of what the flow does. */
export const LAYOUT = ["x", "y", "w", "h", "g"] as const;

const isLayout = (key: string): boolean => (LAYOUT as readonly string[]).includes(key);

/** One text for equal values: keys in order, what is undefined left out. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, entry) =>
    isRecord(entry)
      ? Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : entry,
  );
}

/**
 * What a merge compares of a node: all but where it is drawn, the order of the wires of one output, the members of a
 * group (they name their group themselves), and the credentials, which are merged on their own.
 */
export function contentOf(raw: RawNode): string {
  const kept: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(raw)) {
    if (isLayout(key) || key === "credentials" || (key === "nodes" && raw.type === "group")) continue;
    if (key === "wires") kept.wires = sortedWires(value);
    else if (raw.type === "subflow" && SUBFLOW_PORTS.includes(key)) kept[key] = sortedPorts(value);
    else kept[key] = value;
  }
  return canonical(kept);
}

const SUBFLOW_PORTS: readonly string[] = ["in", "out", "status"];

/** Wires per output in one order; empty outputs at the end are the same as none. */
function sortedWires(wires: unknown): unknown {
  if (!Array.isArray(wires)) return wires;
  const ports = wires.map((port) => (Array.isArray(port) ? [...port].sort() : port));
  while (Array.isArray(ports.at(-1)) && ports.at(-1).length === 0) ports.pop();
  return ports;
}

/** The ports of a subflow without their places on the canvas. */
function sortedPorts(ports: unknown): unknown {
  if (Array.isArray(ports)) return ports.map(sortedPorts);
  if (!isRecord(ports)) return ports;
  const { wires } = ports;
  return {
    ...Object.fromEntries(Object.entries(ports).filter(([key]) => !isLayout(key))),
    wires: Array.isArray(wires) ? wires.map(canonical).sort() : wires,
  };
}

/** Ids at the other ends of the wires that one version of a node has and the other has not. */
export function movedEnds(before: RawNode | undefined, after: RawNode | undefined): Set<string> {
  const old = endsOf(before);
  const now = endsOf(after);
  const differing = [
    ...[...old].filter(([key]) => !now.has(key)),
    ...[...now].filter(([key]) => !old.has(key)),
  ];
  return new Set(differing.map(([, target]) => target));
}

/** Every wire of a node, with its target: of its outputs, its links, or the ports of a subflow. */
function endsOf(raw: RawNode | undefined): Map<string, string> {
  const ends = new Map<string, string>();
  if (raw === undefined) return ends;
  const add = (from: string, targets: unknown) => {
    for (const target of stringsOf(targets)) ends.set(`${from} ${target}`, target);
  };
  if (Array.isArray(raw.wires)) for (const [port, targets] of raw.wires.entries()) add(`${port}`, targets);
  add("link", raw.links);
  if (raw.type !== "subflow") return ends;
  for (const key of SUBFLOW_PORTS) {
    for (const [index, port] of [raw[key]].flat().entries()) {
      const wires = isRecord(port) && Array.isArray(port.wires) ? port.wires : [];
      for (const wire of wires)
        if (isRecord(wire)) add(`${key} ${index} ${String(wire.port ?? "")}`, [wire.id]);
    }
  }
  return ends;
}

/** Ids of other nodes that stand in a node: its wires, configurations, tab, subflow. */
export function referencesOf(raw: RawNode, known: (id: string) => boolean): Set<string> {
  const found = new Set<string>();
  const look = (value: unknown): void => {
    if (typeof value === "string") {
      if (value !== raw.id && known(value)) found.add(value);
    } else if (Array.isArray(value)) value.forEach(look);
    else if (isRecord(value)) Object.values(value).forEach(look);
  };
  for (const [key, value] of Object.entries(raw)) {
    if (key === "id" || key === "type" || isLayout(key)) continue;
    if (key === "nodes" && raw.type === "group") continue;
    look(value);
  }
  if (raw.type.startsWith("subflow:")) look(raw.type.slice("subflow:".length));
  return found;
}
