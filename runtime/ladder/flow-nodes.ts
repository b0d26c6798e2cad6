/** A flow as it stands in a file, read without trust: what cannot be read is a problem with a path, never a throw. */

export interface FlowProblem {
  readonly code: string;
  /** Id of the node, empty where there is none. */
  readonly node: string;
  /** JSON pointer into the array of nodes: `/12/wires/0/1`. */
  readonly path: string;
  readonly message: string;
}

export interface FlowNode {
  readonly id: string;
  readonly type: string;
  /** Tab or subflow it stands in; empty for tabs, subflows and global configuration. */
  readonly z: string;
  readonly disabled: boolean;
  /** Target ids per output. */
  readonly wires: readonly (readonly string[])[];
  /** A configuration node stands on no canvas and carries no message. */
  readonly isConfig: boolean;
  readonly raw: Readonly<Record<string, unknown>>;
  /** Place in the array. */
  readonly index: number;
}

export interface ReadFlow {
  readonly nodes: ReadonlyMap<string, FlowNode>;
  readonly problems: FlowProblem[];
}

/** More nodes than this are not analysed: a flow of that size has no reader either. */
export const MAX_NODES = 100_000;

export const isRecord = (thing: unknown): thing is Record<string, unknown> =>
  typeof thing === "object" && thing !== null && !Array.isArray(thing);

/** Strings of an array, or the one string; anything else is none. */
export function stringsOf(thing: unknown): string[] {
  if (typeof thing === "string") return thing === "" ? [] : [thing];
  return Array.isArray(thing) ? thing.filter((entry) => typeof entry === "string" && entry !== "") : [];
}

/** @param flow the array of a flow file, or `{flows: [...]}` as Node-RED's admin API gives it */
export function readFlow(flow: unknown): ReadFlow {
  const nodes = new Map<string, FlowNode>();
  const problems: FlowProblem[] = [];
  const problem: TellProblem = (code, node, path, message) => {
    problems.push({ code, node, path, message });
  };
  const list = isRecord(flow) ? flow.flows : flow;
  if (!Array.isArray(list)) {
    problem("not-a-flow", "", "", "a flow is an array of nodes");
    return { nodes, problems };
  }
  if (list.length > MAX_NODES) {
    problem("too-large", "", "", `${list.length} nodes, at most ${MAX_NODES} are analysed`);
    return { nodes, problems };
  }
  for (const [index, raw] of list.entries()) {
    const node = readNode(raw, index, problem);
    if (node === undefined) continue;
    if (nodes.has(node.id)) {
      problem("duplicate-id", node.id, `/${index}/id`, `${node.id} stands twice; the first one is taken`);
      continue;
    }
    nodes.set(node.id, node);
  }
  return { nodes, problems };
}

export type TellProblem = (code: string, node: string, path: string, message: string) => void;

/** One entry of a flow; undefined, and a problem, where it is no node. */
export function readNode(raw: unknown, index: number, problem: TellProblem): FlowNode | undefined {
  if (!isRecord(raw)) {
    problem("not-a-node", "", `/${index}`, "is no object");
    return undefined;
  }
  const { id, type } = raw;
  if (typeof id !== "string" || id === "") {
    problem("no-id", "", `/${index}/id`, "a node needs an id, a string that is not empty");
    return undefined;
  }
  if (typeof type !== "string" || type === "") {
    problem("no-type", id, `/${index}/type`, `node ${id} needs a type`);
    return undefined;
  }
  return {
    id,
    type,
    z: typeof raw.z === "string" ? raw.z : "",
    disabled: raw.d === true || (type === "tab" && raw.disabled === true),
    wires: readWires(raw.wires, id, index, problem),
    isConfig: raw.wires === undefined && raw.x === undefined && type !== "tab" && type !== "subflow",
    raw,
    index,
  };
}

function readWires(wires: unknown, id: string, index: number, problem: TellProblem): string[][] {
  if (wires === undefined) return [];
  if (!Array.isArray(wires)) {
    problem("bad-wires", id, `/${index}/wires`, `wires of ${id} must be an array with one array per output`);
    return [];
  }
  return wires.map((output, port) => {
    if (output === null || output === undefined) return [];
    if (!Array.isArray(output) || output.some((target) => typeof target !== "string")) {
      problem(
        "bad-wires",
        id,
        `/${index}/wires/${port}`,
        `output ${port + 1} of ${id} must be an array of ids`,
      );
      return [];
    }
    return output;
  });
}
