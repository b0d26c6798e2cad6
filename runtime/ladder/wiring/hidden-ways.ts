import { isRecord } from "../flow-nodes.ts";
import type { DataPathGraph } from "../graph.ts";
import type { PlacedNode } from "../placed-nodes.ts";
import { ROLE_FACTS } from "../roles.ts";
import type { Reach, Search } from "./reach.ts";

/** Data that one node leaves in a context and another one takes out: a way that no wire shows. */
export interface ContextWay {
  /** Vertex that writes. */
  readonly writer: number;
  readonly text: string;
}

/** Ways past the wires. */
export interface HiddenWays {
  readonly ways: readonly ContextWay[];
  readonly notAnalysable: readonly { readonly node: string; readonly reason: string }[];
}

/** What one node leaves in a context and takes out of one, and whether it calls links past the wires. */
export interface HiddenUse {
  /** Kind, place and key of context values. */
  readonly writes: readonly string[];
  readonly reads: readonly string[];
  readonly callsLinks: boolean;
}

/** Types of nodes whose use of a context is written out in them. */
const READABLE = ["function", "change", "inject"] as const;

/**
 * Ways past the wires, as far as they can be read: keys that are written out in function, change and inject nodes.
 * Each is listed as not analysable if what reads the key leads to a piece of the ladder.
 * @param useOf `hiddenUse` of a vertex
 * @param leadsOn `leadsToPiece` of a vertex
 */
export function hiddenWays(
  graph: DataPathGraph,
  useOf: (vertex: number) => HiddenUse,
  leadsOn: (vertex: number) => boolean,
): HiddenWays {
  // A part that links call stands once per caller, and is told once.
  const notAnalysable = new Map<string, { node: string; reason: string }>();
  const tell = (node: string, reason: string) => {
    if (!notAnalysable.has(node)) notAnalysable.set(node, { node, reason });
  };
  const writers = new Map<string, Set<number>>();
  const readers = new Map<string, Set<number>>();
  const add = (map: Map<string, Set<number>>, key: string, vertex: number) => {
    map.set(key, (map.get(key) ?? new Set()).add(vertex));
  };
  for (const vertex of READABLE.flatMap((type) => graph.ofType(type))) {
    const { writes, reads, callsLinks } = useOf(vertex);
    for (const key of writes) add(writers, key, vertex);
    for (const key of reads) add(readers, key, vertex);
    if (callsLinks) tell(graph.vertices[vertex]!.id, "a function that calls a link by itself");
  }
  const ways = new Map<number, ContextWay>();
  for (const [key, from] of writers) {
    const to = [...(readers.get(key) ?? [])].filter(leadsOn);
    const [kind, , name] = key.split("\n");
    for (const writer of from) {
      const { id } = graph.vertices[writer]!;
      const reader = to.find((vertex) => graph.vertices[vertex]!.id !== id);
      if (reader === undefined || ways.has(writer)) continue;
      const by = graph.vertices[reader]!.id;
      ways.set(writer, {
        writer,
        text: `hands data on to ${by} by ${kind} context "${name}", which is no path`,
      });
      tell(id, `${kind} context "${name}", read by ${by}`);
    }
  }
  return { ways: [...ways.values()], notAnalysable: [...notAnalysable.values()] };
}

/** Whether data that a node sends reaches a piece of the ladder, or an output past the envelope. */
export function leadsToPiece(graph: DataPathGraph, reach: Reach, reader: number): Search {
  const before = reach.steps;
  const found = reach.downstream([reader]).filter((vertex) => {
    const { role } = graph.vertices[vertex]!;
    return (
      role !== undefined && (ROLE_FACTS[role].rows.some((row) => row > 0) || role === "unguarded output")
    );
  });
  return { found: found.slice(0, 1), steps: reach.steps - before };
}

export const hiddenUse = (placed: PlacedNode): HiddenUse => ({
  ...contextUse(placed),
  callsLinks: callsLinks(placed),
});

interface ContextUse {
  readonly writes: readonly string[];
  readonly reads: readonly string[];
}

const NONE: ContextUse = { writes: [], reads: [] };
const STRINGS_AND_COMMENTS =
  /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
const CONTEXT_CALL = /(?<![\w$])(flow|global)\s*\.\s*(get|set)\s*\(\s*(["'`])([^"'`\n]*)\3/g;

/** What runs in a function node, without its comments. */
function codeOf({ node }: PlacedNode): string {
  if (node.type !== "function") return "";
  const code = [node.raw.func, node.raw.initialize, node.raw.finalize].filter(
    (text) => typeof text === "string",
  );
  return code.join("\n").replace(STRINGS_AND_COMMENTS, (found) => (found.startsWith("/") ? " " : found));
}

const callsLinks = (placed: PlacedNode): boolean =>
  /(?<![\w$])node\s*\.\s*linkcall\s*\(/.test(codeOf(placed));

function contextUse(placed: PlacedNode): ContextUse {
  const { type, raw } = placed.node;
  const writes: string[] = [];
  const reads: string[] = [];
  const put = (list: string[], kind: unknown, name: unknown) => {
    const key = keyOf(placed, kind, name);
    if (key !== undefined) list.push(key);
  };
  if (type === "function") {
    for (const [, kind, verb, , name] of codeOf(placed).matchAll(CONTEXT_CALL))
      put(verb === "set" ? writes : reads, kind, name);
  } else if (type === "change" && Array.isArray(raw.rules)) {
    for (const rule of raw.rules.filter(isRecord)) {
      if (rule.t === "set" || rule.t === "change") put(writes, rule.pt, rule.p);
      if (rule.t === "set" || rule.t === "move") put(rule.t === "set" ? reads : writes, rule.tot, rule.to);
      if (rule.t === "move" || rule.t === "change") put(reads, rule.pt, rule.p);
    }
  } else if (type === "inject") {
    put(reads, raw.payloadType, raw.payload);
    if (Array.isArray(raw.props))
      for (const property of raw.props.filter(isRecord)) put(reads, property.vt, property.v);
  } else return NONE;
  return { writes, reads };
}

/** Kind, place and key of a context value: the flow's is one per tab and per instance of a subflow. */
function keyOf(placed: PlacedNode, kind: unknown, name: unknown): string | undefined {
  if ((kind !== "flow" && kind !== "global") || typeof name !== "string") return undefined;
  const inStore = /^#:\(\S+?\)::(.*)$/.exec(name)?.[1] ?? name;
  const isParents = kind === "flow" && inStore.startsWith("$parent.");
  const key = (isParents ? inStore.slice("$parent.".length) : inStore).split(/[.[]/)[0];
  if (!key) return undefined;
  const scope = isParents ? placed.scope.outer : placed.scope;
  return `${kind}\n${kind === "flow" ? scope?.prefix || placed.tab : ""}\n${key}`;
}
