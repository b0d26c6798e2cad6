import { type FlowNode, type FlowProblem, readFlow, stringsOf } from "./flow-nodes.ts";
import { field, type PlacedFlow, type PlacedNode, placeNodes } from "./placed-nodes.ts";
import { type DeclaredRole, ROLE_FACTS, type Role, roleOfNode } from "./roles.ts";

/** A vertex: a running node, seen from one chain of link calls (a called node stands once per caller). */
export interface Vertex {
  /** Id of the node at run time. */
  readonly id: string;
  readonly placed: PlacedNode;
  readonly role: Role | undefined;
}

/** Which way data can go, as Node-RED moves messages. */
export interface DataPathGraph {
  readonly vertices: readonly Vertex[];
  readonly successors: readonly (readonly number[])[];
  readonly predecessors: readonly (readonly number[])[];
  readonly placed: readonly PlacedNode[];
  /** Every node of the flow by its id in the file, tabs, groups and subflows too. */
  readonly nodes: ReadonlyMap<string, FlowNode>;
  readonly configs: ReadonlyMap<string, PlacedNode>;
  readonly problems: FlowProblem[];
  readonly notAnalysable: { readonly node: string; readonly reason: string }[];
}

/** Beyond this the analysis stops with an error: link calls inside link calls multiply. */
export const MAX_VERTICES = 300_000;
const MAX_CALL_DEPTH = 16;

/** A chain of link calls: who called, and from which chain. */
interface Calls {
  readonly caller: number;
  readonly outer: number;
  readonly depth: number;
}

/**
 * Turns a flow into the graph of its data paths. A link call is followed into the called part and back to its own
 * caller only, so the called part is seen once per chain of callers. Pure; never throws on malformed flows.
 */
export function dataPathGraph(
  flow: unknown,
  declared: Readonly<Record<string, DeclaredRole>> = {},
): DataPathGraph {
  const read = readFlow(flow);
  const flowAsPlaced = placeNodes(read);
  const { placed, configs, problems } = flowAsPlaced;
  const notAnalysable: { node: string; reason: string }[] = [...flowAsPlaced.openLinks];
  const roles = placed.map(({ node }) => roleOfNode(node.type, node.raw, declared));
  const callTargets = placed.map((from) => callTarget(from, flowAsPlaced, notAnalysable));

  const vertices: Vertex[] = [];
  const successors: number[][] = [];
  const predecessors: number[][] = [];
  const chains: Calls[] = [{ caller: -1, outer: -1, depth: 0 }];
  const chainIds = new Map<string, number>();
  const ids = new Map<number, number>();
  const work: { node: number; chain: number }[] = [];
  let full = false;

  const vertex = (node: number, chain: number): number => {
    const key = chain * placed.length + node;
    const known = ids.get(key);
    if (known !== undefined) return known;
    if (vertices.length >= MAX_VERTICES) {
      if (!full) {
        problems.push({
          code: "too-large",
          node: placed[node]!.id,
          path: "",
          message: `link calls unfold to more than ${MAX_VERTICES} nodes`,
        });
      }
      full = true;
      return -1;
    }
    const index = vertices.length;
    ids.set(key, index);
    vertices.push({ id: placed[node]!.id, placed: placed[node]!, role: roles[node] });
    successors.push([]);
    predecessors.push([]);
    work.push({ node, chain });
    return index;
  };
  const edge = (from: number, node: number, chain: number): void => {
    const to = vertex(node, chain);
    if (to < 0) return;
    successors[from]!.push(to);
    predecessors[to]!.push(from);
  };
  const called = (caller: number, outer: number): number | undefined => {
    for (let at = outer; at > 0; at = chains[at]!.outer) {
      if (chains[at]!.caller !== caller) continue;
      notAnalysable.push({ node: placed[caller]!.id, reason: "a link call that calls itself" });
      return undefined;
    }
    if (chains[outer]!.depth >= MAX_CALL_DEPTH) {
      notAnalysable.push({
        node: placed[caller]!.id,
        reason: `link calls more than ${MAX_CALL_DEPTH} deep`,
      });
      return undefined;
    }
    const key = `${outer}/${caller}`;
    const known = chainIds.get(key);
    if (known !== undefined) return known;
    chains.push({ caller, outer, depth: chains[outer]!.depth + 1 });
    chainIds.set(key, chains.length - 1);
    return chains.length - 1;
  };

  for (let node = 0; node < placed.length; node++) vertex(node, 0);
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    const { node, chain } = next;
    const from = ids.get(chain * placed.length + node)!;
    const here = placed[node]!;
    const role = roles[node];
    if (role !== undefined && ROLE_FACTS[role].noData) continue;
    if (here.node.type === "link call") {
      const target = callTargets[node];
      const inner = target === undefined ? undefined : called(node, chain);
      if (target !== undefined && inner !== undefined) edge(from, target, inner);
      continue;
    }
    if (here.node.type === "link out" && here.node.raw.mode === "return") {
      const { caller, outer } = chains[chain]!;
      if (caller >= 0) for (const to of placed[caller]!.successors) edge(from, to, outer);
      continue;
    }
    for (const to of here.successors) edge(from, to, chain);
  }
  return {
    vertices,
    successors,
    predecessors,
    placed,
    nodes: read.nodes,
    configs,
    problems,
    notAnalysable: unique(notAnalysable),
  };
}

function callTarget(
  call: PlacedNode,
  flow: PlacedFlow,
  notAnalysable: { node: string; reason: string }[],
): number | undefined {
  if (call.node.type !== "link call") return undefined;
  if (call.node.raw.linkType === "dynamic") {
    notAnalysable.push({ node: call.id, reason: "a link call whose target each message chooses" });
    return undefined;
  }
  const [target] = stringsOf(field(call, "links"));
  if (target === undefined) return undefined;
  const index = flow.indexOf.get(call.scope.prefix + target) ?? flow.indexOf.get(target);
  // Node-RED calls nothing but link ins.
  if (index !== undefined && flow.placed[index]!.node.type !== "link in") return undefined;
  if (index === undefined && !flow.has(target)) {
    flow.problems.push({
      code: "wire-to-nowhere",
      node: call.id,
      path: `/${call.node.index}/links`,
      message: `${call.id}: calls ${target}, which is not there`,
    });
  }
  return index;
}

function unique(list: { node: string; reason: string }[]): { node: string; reason: string }[] {
  return [...new Map(list.map((entry) => [`${entry.node}\n${entry.reason}`, entry])).values()];
}
