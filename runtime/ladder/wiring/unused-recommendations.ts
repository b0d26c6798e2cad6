import type { DataPathGraph } from "../graph.ts";
import { handsOn, ROLE_FACTS, type Role } from "../roles.ts";
import type { Reach } from "./reach.ts";
import type { WiringWarning } from "./wired-twin.ts";

/** Roles that do something with a recommendation. */
const TAKERS: ReadonlySet<Role> = new Set<Role>([
  "history",
  "envelope",
  "approve",
  "actuate",
  "outcome",
  "screen",
  "unguarded output",
]);

/**
 * Recommendations that come to nobody who shows, keeps or acts on them. A cell is a model too, and need not recommend.
 * @param downstream what data of a twin reaches
 */
export function unusedRecommendations(
  graph: DataPathGraph,
  reach: Reach,
  downstream: readonly number[],
): WiringWarning[] {
  const recommending = downstream.filter((vertex) => {
    const { role } = graph.vertices[vertex]!;
    return role !== undefined && role !== "cell" && ROLE_FACTS[role].recommends === true;
  });
  if (recommending.length === 0) return [];
  const takers = downstream.filter((vertex) => {
    const { role, placed } = graph.vertices[vertex]!;
    if (role !== undefined) return TAKERS.has(role);
    return graph.successors(vertex).length === 0 && !handsOn(placed.type);
  });
  const taken = new Set(reach.leadingTo(takers, downstream));
  const unused = recommending.filter((vertex) => !taken.has(vertex));
  return [...new Set(unused.map((vertex) => graph.vertices[vertex]!.id))].map((node) => ({
    code: "recommendation-unused",
    node,
    text: "nobody takes this recommendation: wire it to a screen, a person or an envelope",
  }));
}
