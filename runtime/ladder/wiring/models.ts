import type { DataPathGraph } from "../graph.ts";
import type { DeclaredTwin } from "./declared-twins.ts";

const MODELS = ["model", "cell", "line"] as const;
const IS_MODEL: ReadonlySet<string | undefined> = new Set(MODELS);

/** Models by the twin they name; where only one twin is declared, those that name none are its too. */
export function namedModels(graph: DataPathGraph, twins: readonly DeclaredTwin[]): Map<string, number[]> {
  const models = new Map<string, number[]>();
  for (const vertex of MODELS.flatMap((role) => graph.withRole(role))) {
    const { placed } = graph.vertices[vertex]!;
    const named = graph.flow.configOf(placed, "twin");
    const twin = named?.id ?? (twins.length === 1 ? twins[0]!.node : undefined);
    if (twin !== undefined) models.set(twin, [...(models.get(twin) ?? []), vertex]);
  }
  return models;
}

/** The models among these vertices that name no twin. */
export function unnamedModels(graph: DataPathGraph, vertices: readonly number[]): number[] {
  return vertices.filter((vertex) => {
    const { role, placed } = graph.vertices[vertex]!;
    return IS_MODEL.has(role) && graph.flow.configOf(placed, "twin") === undefined;
  });
}
