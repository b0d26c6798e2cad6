import { isDeepStrictEqual } from "node:util";
import { RungError } from "../core/errors.ts";
import { isEverywhere, mayTouch, scopesText } from "../core/scopes.ts";
import type { FlowNode } from "./flow-files.ts";
import { FlowShops } from "./flow-shops.ts";
import type { Person } from "./sessions.ts";

/** Places named in one refusal; the rest are counted. */
const MOST_TOLD = 3;

/**
 * The flow that a person's deploy makes. A deploy touches what it adds, removes or changes, and the tabs of others that
 * its new wires lead to. What the editor rewrites by itself is no change, and is not taken over where it is of others:
 * what is outside the person's scopes stays as it runs, to the letter.
 * @param before nodes of the flow that runs
 * @param after nodes of the flow to be deployed
 * @throws RungError `outside-scope`
 */
export function deployWithin(
  person: Person,
  before: readonly FlowNode[],
  after: readonly FlowNode[],
): readonly FlowNode[] {
  if (isEverywhere(person)) return after;
  const old = new FlowShops(before);
  const next = new FlowShops(after);
  const reasons = new Set<string>();
  for (const id of touched(before, after)) {
    for (const shops of [old, next])
      if (shops.has(id) && !shops.isWithin(person, id)) reasons.add(outside(shops, id));
    for (const name of next.namedBy(id)) {
      if (old.namedBy(id).has(name) || !isOfOthers(old, person, name)) continue;
      reasons.add(`${outside(old, name)}, which ${next.nameOf(id)} would lead to`);
    }
  }
  if (reasons.size === 0) {
    const running = new Map(before.map((node) => [node.id, node]));
    return after.map((node) => (old.isWithin(person, node.id) ? node : (running.get(node.id) ?? node)));
  }
  const told = [...reasons].slice(0, MOST_TOLD);
  const more = reasons.size > told.length ? `; and ${reasons.size - told.length} more` : "";
  throw new RungError({
    code: "outside-scope",
    where: "deploy",
    what: `nothing was deployed: it touches ${told.join("; ")}${more}; ${person.name} may touch ${scopesText(person)}`,
    advice: "take those changes back, or ask somebody whose scope holds them",
  });
}

/** Ids of what is added, removed or changed; credentials that come along are a change. */
function touched(before: readonly FlowNode[], after: readonly FlowNode[]): Set<string> {
  const old = new Map(before.map((node) => [node.id, node]));
  const ids = new Set<string>();
  for (const node of after) {
    const running = old.get(node.id);
    if (running === undefined || !isDeepStrictEqual(asMeant(node), asMeant(running))) ids.add(node.id);
    old.delete(node.id);
  }
  for (const id of old.keys()) ids.add(id);
  return ids;
}

/**
 * A node without what the editor writes anew whenever it loads and saves a flow: the frame of a group, which it draws
 * round its nodes, the number of outputs where the node's form has none, and outputs without a wire at the end.
 */
function asMeant({ outputs: _, ...node }: FlowNode): object {
  const { x, y, w, h, ...group } = node as FlowNode;
  if (node.type === "group") return group;
  const wires = Array.isArray(node.wires) ? [...node.wires] : [];
  while (wires.length > 0 && isDeepStrictEqual(wires.at(-1), [])) wires.pop();
  return { ...node, wires };
}

/** What stands on a tab of others, or is shared among others alone. What nobody uses yet is free to be used. */
function isOfOthers(shops: FlowShops, person: Person, id: string): boolean {
  const addresses = shops.addressesOf(id);
  if (shops.standsSomewhere(id)) return !shops.isWithin(person, id);
  return addresses.size > 0 && ![...addresses].some((address) => mayTouch(person, address));
}

function outside(shops: FlowShops, id: string): string {
  const addresses = [...shops.addressesOf(id)].sort();
  const whose = addresses.length === 0 ? "has no twin, so it is in nobody's scope" : addresses.join(", ");
  return `${shops.nameOf(id)} (${whose})`;
}
