import type { DataPathGraph } from "../graph.ts";
import type { DeclaredTwin } from "./declared-twins.ts";

const MODELS = ["model", "cell"] as const;

/** Ids of models by the twin they name; where only one twin is declared, those that name none are its too. */
export function namedModels(graph: DataPathGraph, twins: readonly DeclaredTwin[]): Map<string, string[]> {
  const models = new Map<string, Set<string>>();
  for (const vertex of MODELS.flatMap((role) => graph.withRole(role))) {
    const { id, placed } = graph.vertices[vertex]!;
    const named = graph.flow.configOf(placed, "twin");
    const twin = named?.id ?? (twins.length === 1 ? twins[0]!.node : undefined);
    if (twin !== undefined) models.set(twin, (models.get(twin) ?? new Set()).add(id));
  }
  return new Map([...models].map(([twin, ids]) => [twin, [...ids]]));
}

/** Ids of the models among these vertices that name no twin. */
export function unnamedModels(graph: DataPathGraph, vertices: readonly number[]): string[] {
  return vertices.flatMap((vertex) => {
    const { id, role, placed } = graph.vertices[vertex]!;
    const isModel = role === "model" || role === "cell";
    return isModel && graph.flow.configOf(placed, "twin") === undefined ? [id] : [];
  });
}
