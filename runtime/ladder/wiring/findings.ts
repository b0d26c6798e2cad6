import type { Rung } from "../../core/evidence.ts";
import type { DataPathGraph } from "../graph.ts";
import { field } from "../placed-nodes.ts";
import { ROLE_FACTS } from "../roles.ts";
import { type ClosedLoop, closedLoop } from "./closed-loop.ts";
import type { DeclaredTwin } from "./declared-twins.ts";
import type { ContextWay } from "./hidden-ways.ts";
import type { Reach } from "./reach.ts";
import { returnedBy, type TwinSources, twinSources } from "./twin-sources.ts";
import { unusedRecommendations } from "./unused-recommendations.ts";
import type { WiringWarning } from "./wired-twin.ts";

/** All that searches from a twin's states find. */
export interface Findings {
  readonly twin: DeclaredTwin;
  readonly states: readonly number[];
  readonly sources: TwinSources;
  /** What data of the states reaches, states first. */
  readonly downstream: readonly number[];
  /** What keeps the states, with what leads there; undefined where nothing does. */
  readonly kept: readonly number[] | undefined;
  readonly loop: ClosedLoop;
  /** Paths of the rows 1 to 4 that are wired, and of row 5 where nothing outside the twin's own paths forbids it. */
  readonly paths: ReadonlyMap<Rung, readonly string[]>;
  /** Outputs past the envelope that its data reaches, by id with their type. */
  readonly unguarded: ReadonlyMap<string, string>;
  /** Of data that goes on by context, and of recommendations that nobody takes. */
  readonly warnings: readonly WiringWarning[];
  /** Edges looked at. */
  readonly steps: number;
}

/**
 * @param twinAt the twin that a configuration node declares
 * @param ways by which data goes on without a wire
 */
export function examine(
  graph: DataPathGraph,
  reach: Reach,
  twin: DeclaredTwin,
  states: readonly number[],
  twinAt: (node: string) => DeclaredTwin | undefined,
  ways: readonly ContextWay[],
): Findings {
  const before = reach.steps;
  const sources = twinSources(graph, reach, states);
  const downstream = reach.downstream(states);
  const loop = closedLoop(graph, reach, twin, states, returnedBy(graph, twin, twinAt, sources.online));
  const unguarded = new Map<string, string>();
  const warnings: WiringWarning[] = [];
  if (ways.length > 0 || graph.withRole("unguarded output").length > 0) {
    const reached = new Set(reach.downstream([...states, ...sources.feeding]));
    for (const vertex of reached) {
      const { id, role, placed } = graph.vertices[vertex]!;
      if (role === "unguarded output") unguarded.set(id, placed.type);
    }
    for (const { writer, text } of ways) {
      const { id } = graph.vertices[writer]!;
      if (reached.has(writer)) warnings.push({ code: "context-as-path", node: id, text });
    }
  }
  warnings.push(...unusedRecommendations(graph, reach, downstream));

  const upstream = [...sources.path, ...states];
  const paths = new Map<Rung, readonly string[]>();
  const wire = (row: Rung, path: readonly number[]) => paths.set(row, idsOf(graph, [...upstream, ...path]));
  const kept = keptBy(graph, reach, states, sources.fed, downstream);
  if (sources.feeding.length > 0 && kept !== undefined) wire(1, kept);
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
    kept,
    loop,
    paths,
    unguarded,
    warnings,
    steps: reach.steps - before,
  };
}

/**
 * What leads from the states to the histories that keep them, empty where a historian in the state does; undefined
 * where none is kept. Of several states of a twin those count that a source feeds.
 */
function keptBy(
  graph: DataPathGraph,
  reach: Reach,
  states: readonly number[],
  fed: readonly number[],
  downstream: readonly number[],
): readonly number[] | undefined {
  const { vertices } = graph;
  const isPart = fed.length > 0 && fed.length < states.length;
  const after = isPart ? reach.downstream(fed) : downstream;
  const histories = after.filter((vertex) => vertices[vertex]!.role === "history");
  const keepsItself = (isPart ? fed : states).some(
    (state) => graph.flow.configOf(vertices[state]!.placed, "historian") !== undefined,
  );
  return histories.length > 0 || keepsItself ? reach.leadingTo(histories, after) : undefined;
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
