import type { Rung } from "../../core/evidence.ts";
import type { FlowProblem } from "../flow-nodes.ts";
import type { DeclaredTwin } from "./declared-twins.ts";

/** One member of a federation. */
export interface FederationMember {
  readonly parent: string | null;
  /** Its parent needs it. */
  readonly needed: boolean;
  /** It has a state of its own, and so climbs by its own rows. */
  readonly hasState: boolean;
  /** The rung of its own rows; 0 for a twin that nothing is known of. */
  readonly own: Rung;
}

/**
 * The rung of every twin of a federation: the least of its own and of its needed children's; a parent without a state
 * of its own reaches rung 1 by its children alone. docs/ladder.md, Family.
 * @param members by address, without cycles
 */
export function federatedRungs(members: ReadonlyMap<string, FederationMember>): Map<string, Rung> {
  const needed = new Map<string, string[]>();
  const children = new Map<string, string[]>();
  const order: string[] = [];
  for (const [address, member] of members) {
    if (member.parent === null || !members.has(member.parent)) {
      order.push(address);
      continue;
    }
    for (const lists of member.needed ? [children, needed] : [children]) {
      const list = lists.get(member.parent);
      if (list === undefined) lists.set(member.parent, [address]);
      else list.push(address);
    }
  }
  // Children before parents without recursion: a federation may be as deep as a flow is long.
  for (const address of order) for (const child of children.get(address) ?? []) order.push(child);
  const rungs = new Map<string, Rung>();
  for (const address of order.reverse()) {
    const { own, hasState } = members.get(address)!;
    const counted = needed.get(address);
    if (counted === undefined) {
      rungs.set(address, own);
      continue;
    }
    const least = counted.reduce((low, child) => Math.min(low, rungs.get(child) ?? 0), 5);
    rungs.set(address, Math.min(hasState ? own : 1, least) as Rung);
  }
  return rungs;
}

/** The address of each twin's parent. A parent that is not there, or a circle of parents, is an error and no parent. */
export function parentAddresses(
  twins: readonly DeclaredTwin[],
  problems: FlowProblem[],
): Map<string, string | null> {
  const byRef = new Map<string, string>();
  for (const { node, address } of twins) byRef.set(node, address).set(address, address);
  const parents = new Map<string, string | null>();
  const tell = (code: string, twin: DeclaredTwin, what: string) => {
    problems.push({
      code,
      node: twin.node,
      path: `/${twin.placed.node.index}/parent`,
      message: `${twin.address}: ${what}`,
    });
  };
  for (const twin of twins) {
    const parent = twin.parent === "" ? null : byRef.get(twin.parent);
    if (parent === undefined) tell("parent-missing", twin, `its parent ${twin.parent} is not there`);
    parents.set(twin.address, parent ?? null);
  }
  const inCircle = circles(parents);
  for (const twin of twins) {
    if (!inCircle.has(twin.address)) continue;
    tell("parent-cycle", twin, "is its own ancestor");
    parents.set(twin.address, null);
  }
  return parents;
}

/** Everything that is its own ancestor. Each address is walked over once. */
function circles(parents: ReadonlyMap<string, string | null>): ReadonlySet<string> {
  const found = new Set<string>();
  const walked = new Set<string>();
  for (const start of parents.keys()) {
    const way = new Set<string>();
    let at: string | null = start;
    while (at !== null && !walked.has(at)) {
      walked.add(at);
      way.add(at);
      at = parents.get(at) ?? null;
    }
    if (at === null || !way.has(at)) continue;
    const line = [...way];
    for (const address of line.slice(line.indexOf(at))) found.add(address);
  }
  return found;
}
