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

/** Everything from which data comes to somebody who shows, keeps, sends or acts on it. */
export function takenRecommendations(graph: DataPathGraph, reach: Reach): ReadonlySet<number> {
  const takers = graph.vertices.flatMap(({ role, placed }, vertex) => {
    const isEnd = role === undefined && graph.successors[vertex]!.length === 0 && !handsOn(placed.node.type);
    return isEnd || (role !== undefined && TAKERS.has(role)) ? [vertex] : [];
  });
  return new Set(reach.upstream(takers, () => false));
}

/**
 * Recommendations that come to nobody. A cell is a model too, and need not recommend.
 * @param downstream what data of a twin reaches
 */
export function unusedRecommendations(
  graph: DataPathGraph,
  taken: ReadonlySet<number>,
  downstream: readonly number[],
): WiringWarning[] {
  const unused = downstream.filter((vertex) => {
    const { role } = graph.vertices[vertex]!;
    return role !== undefined && role !== "cell" && ROLE_FACTS[role].recommends && !taken.has(vertex);
  });
  return [...new Set(unused.map((vertex) => graph.vertices[vertex]!.id))].map((node) => ({
    code: "recommendation-unused",
    node,
    text: "nobody takes this recommendation: wire it to a screen, a person or an envelope",
  }));
}
