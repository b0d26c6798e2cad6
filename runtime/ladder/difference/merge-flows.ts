import { readFlow, stringsOf } from "../flow-nodes.ts";
import { LAYOUT, type RawNode } from "./merge-content.ts";
import { type Knots, knotsOf, type MergeConflict } from "./merge-knots.ts";
import { mergedOrder } from "./merge-order.ts";
import { type NodesById, nodesById, type Side, type SidesOfNode, sidesOf } from "./merge-sides.ts";
import { NodeNames } from "./node-names.ts";

export type { RawNode } from "./merge-content.ts";
export type { MergeConflict } from "./merge-knots.ts";
export type { Side } from "./merge-sides.ts";

export interface Merge {
  readonly merged: RawNode[];
  /** What is not chosen yet; in `merged` these places stand as in mine. */
  readonly conflicts: readonly MergeConflict[];
}

/** For each conflict's place, whose version holds. */
export type Choices = ReadonlyMap<string, Side>;

/**
 * Merges two flows that were changed from one base. A place (tab, subflow, shared configuration node) that one side
 * changed is taken from that side; one that both changed is merged node by node where what they changed does not
 * meet, and is a conflict elsewhere. What is drawn elsewhere is no change; there mine wins. Pure.
 * @param choices what a person decided of the conflicts that an earlier call told
 * @throws RungError `not-mergeable` where a flow cannot be read whole
 */
export function mergeFlows(
  base: unknown,
  mine: unknown,
  theirs: unknown,
  choices: Choices = new Map(),
): Merge {
  const flows = [nodesById(base, "base"), nodesById(mine, "mine"), nodesById(theirs, "theirs")] as const;
  const sides = sidesOf(...flows);
  const knots = knotsOf(sides, namesOf(base, mine, theirs));
  const taken = new Map<string, RawNode>();
  for (const node of sides.values()) {
    const result = resultOf(node, knots, choices);
    if (result !== undefined) taken.set(node.id, result);
  }
  const merged = inOrder(flows, taken).map((raw) => inItsGroup(raw, taken));
  const members = membersOf(merged);
  return {
    merged: merged.map((raw) => (raw.type === "group" ? withMembers(raw, members.get(raw.id) ?? []) : raw)),
    conflicts: knots.conflicts().filter(({ place }) => !choices.has(place)),
  };
}

/** Names of all nodes: as mine calls them, where they stand there. */
function namesOf(base: unknown, mine: unknown, theirs: unknown): NodeNames {
  const [was, my, their] = [base, mine, theirs].map((flow) => readFlow(flow).nodes);
  return new NodeNames(was!, new Map([...their!, ...my!]));
}

/** What becomes of one node; undefined where it is gone. */
function resultOf(node: SidesOfNode, knots: Knots, choices: Choices): RawNode | undefined {
  const conflict = knots.conflictOf(node);
  if (conflict !== undefined) return node[choices.get(conflict) ?? "mine"];
  const { base, mine, theirs } = node;
  const winner = node.isAgreed ? drawnAnewBy(node) : node.changed.mine ? "mine" : "theirs";
  const won = node[winner];
  if (won === undefined || mine === undefined || theirs === undefined) return won;
  const result: Record<string, unknown> = { ...won };
  if (mine.z === theirs.z) {
    for (const key of LAYOUT) {
      const value = mine[key] !== base?.[key] ? mine[key] : theirs[key];
      if (value === undefined) delete result[key];
      else result[key] = value;
    }
  }
  const credentials = node.entered.mine
    ? mine.credentials
    : node.entered.theirs
      ? theirs.credentials
      : undefined;
  if (credentials === undefined) delete result.credentials;
  else result.credentials = credentials;
  return result as RawNode;
}

/** Who may have drawn it elsewhere, where it does the same on both sides: mine, unless only they did. */
function drawnAnewBy({ base, mine }: SidesOfNode): Side {
  return base !== undefined && JSON.stringify(mine) === JSON.stringify(base) ? "theirs" : "mine";
}

/** Tabs first, then the rest as mine has it, then what only they have. */
function inOrder(flows: readonly [NodesById, NodesById, NodesById], taken: NodesById): RawNode[] {
  const tabsOf = (flow: NodesById) =>
    [...flow.values()].filter(({ type }) => type === "tab").map(({ id }) => id);
  const [base, mine, theirs] = flows;
  const tabs = mergedOrder(tabsOf(base), tabsOf(mine), tabsOf(theirs));
  const ids = new Set([...tabs, ...mine.keys(), ...theirs.keys()]);
  return [...ids].flatMap((id) => taken.get(id) ?? []);
}

/** A node whose group is gone, or stands on another tab, is in no group. */
function inItsGroup(raw: RawNode, taken: NodesById): RawNode {
  if (raw.g === undefined) return raw;
  const group = typeof raw.g === "string" ? taken.get(raw.g) : undefined;
  if (group?.type === "group" && group.z === raw.z) return raw;
  const { g: _gone, ...rest } = raw;
  return rest as RawNode;
}

/** A group with its members, in the order it had them. */
function withMembers(raw: RawNode, members: readonly string[]): RawNode {
  const now = new Set(members);
  const kept = stringsOf(raw.nodes).filter((id) => now.has(id));
  return { ...raw, nodes: [...new Set([...kept, ...members])] };
}

function membersOf(nodes: readonly RawNode[]): Map<string, string[]> {
  const members = new Map<string, string[]>();
  for (const { id, g } of nodes) if (typeof g === "string") members.set(g, [...(members.get(g) ?? []), id]);
  return members;
}
