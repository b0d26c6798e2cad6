import type { Rung } from "../../core/evidence.ts";
import type { DataPathGraph } from "../graph.ts";
import { field } from "../placed-nodes.ts";
import { ROLE_FACTS } from "../roles.ts";
import { type ClosedLoop, closedLoop } from "./closed-loop.ts";
import type { DeclaredTwin } from "./declared-twins.ts";
import type { Reach } from "./reach.ts";
import { returnedBy, type TwinSources, twinSources } from "./twin-sources.ts";

/** All that searches from a twin's states find. */
export interface Findings {
  readonly twin: DeclaredTwin;
  readonly states: readonly number[];
  readonly sources: TwinSources;
  /** What data of the states reaches, states first. */
  readonly downstream: readonly number[];
  readonly loop: ClosedLoop;
  /** Paths of the rows 1 to 4 that are wired, and of row 5 where nothing outside the twin's own paths forbids it. */
  readonly paths: ReadonlyMap<Rung, readonly string[]>;
  /** Outputs past the envelope that its data reaches, by id with their type. */
  readonly unguarded: ReadonlyMap<string, string>;
  /** Edges looked at. */
  readonly steps: number;
}

/** @param twinAt the twin that a configuration node declares */
export function examine(
  graph: DataPathGraph,
  reach: Reach,
  twin: DeclaredTwin,
  states: readonly number[],
  twinAt: (node: string) => DeclaredTwin | undefined,
): Findings {
  const before = reach.steps;
  const sources = twinSources(graph, reach, states);
  const downstream = reach.downstream(states);
  const loop = closedLoop(graph, reach, twin, states, returnedBy(graph, twin, twinAt, sources.online));
  const unguarded = new Map<string, string>();
  if (graph.withRole("unguarded output").length > 0) {
    for (const vertex of reach.downstream([...states, ...sources.feeding])) {
      const { id, role, placed } = graph.vertices[vertex]!;
      if (role === "unguarded output") unguarded.set(id, placed.type);
    }
  }

  const upstream = [...sources.path, ...states];
  const paths = new Map<Rung, readonly string[]>();
  const wire = (row: Rung, path: readonly number[]) => paths.set(row, idsOf(graph, [...upstream, ...path]));
  const histories = downstream.filter((vertex) => graph.vertices[vertex]!.role === "history");
  const keepsItself = states.some(
    (vertex) => graph.flow.configOf(graph.vertices[vertex]!.placed, "historian") !== undefined,
  );
  if (sources.feeding.length > 0 && (histories.length > 0 || keepsItself))
    wire(1, reach.leadingTo(histories, downstream));
  for (const row of [2, 3, 4] as const) {
    const pieces = downstream.filter((vertex) => raises(graph, vertex, row));
    if (pieces.length > 0) wire(row, reach.leadingTo(pieces, downstream));
  }
  if (loop.autonomous && (sources.reality === "live" || sources.reality === "virtual")) wire(5, loop.path);
  return {
    twin,
    states,
    sources,
    downstream,
    loop,
    paths,
    unguarded,
    steps: reach.steps - before,
  };
}

export const idsOf = (graph: DataPathGraph, vertices: readonly number[]): string[] => [
  ...new Set(vertices.map((vertex) => graph.vertices[vertex]!.id)),
];

/** True where this vertex, once a twin's data reaches it, raises a row between 2 and 4. */
export function raises(graph: DataPathGraph, vertex: number, row: Rung): boolean {
  const { role, placed } = graph.vertices[vertex]!;
  if (role === undefined || !ROLE_FACTS[role].rows.includes(row)) return false;
  return role !== "what-if" || row !== 3 || field(placed, "scoreBaseline") === true;
}
