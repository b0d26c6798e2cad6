import type { Reality } from "../../core/frame.ts";
import type { DataPathGraph, Vertex } from "../graph.ts";
import { field } from "../placed-nodes.ts";
import { roleOf } from "../roles.ts";
import { type AffectedProperty, affectedProperties, type DeclaredTwin } from "./declared-twins.ts";
import type { Reach } from "./reach.ts";
import type { WiringWarning } from "./wired-twin.ts";

/** What feeds a twin's states, and what of it counts. */
export interface TwinSources {
  /** Sources, ingests and recordings that count, as vertices. */
  readonly feeding: readonly number[];
  /** Those of them with a plant behind, live or virtual. */
  readonly online: readonly number[];
  /** The weakest of all that feed; null where nothing does. */
  readonly reality: Reality | null;
  /** Everything between them and the states, sources first. */
  readonly path: readonly number[];
  readonly warnings: readonly WiringWarning[];
}

const STRENGTH: readonly Reality[] = ["recorded", "virtual", "live"];

export function weakest(realities: readonly Reality[]): Reality | null {
  return STRENGTH.find((reality) => realities.includes(reality)) ?? null;
}

/** An unknown word is taken for the weakest thing that has a plant behind it. */
const declaredReality = (value: unknown): Reality =>
  value === "live" || value === "recorded" ? value : "virtual";

export function twinSources(graph: DataPathGraph, reach: Reach, states: readonly number[]): TwinSources {
  const { vertices } = graph;
  const isOrigin = (vertex: number) =>
    ["source", "recording", "ingest"].includes(vertices[vertex]!.role ?? "");
  const upstream = reach.upstream(states, isOrigin);
  const feeding: number[] = [];
  const realities: Reality[] = [];
  const warnings = new Map<string, WiringWarning>();
  const warn = (code: string, { id }: Vertex, text: string) => {
    warnings.set(`${code} ${id}`, { code, node: id, text });
  };
  for (const at of upstream) {
    const vertex = vertices[at]!;
    if (vertex.role === "recording") {
      feeding.push(at);
      realities.push("recorded");
      warn("recorded-source", vertex, "a recording feeds this twin: class model, and never rung 5");
    } else if (vertex.role === "ingest") {
      if (graph.predecessors(at).length === 0) {
        warn("ingest-without-input", vertex, "nothing is wired into this ingest, so it does not count");
        continue;
      }
      feeding.push(at);
      realities.push(declaredReality(field(vertex.placed, "reality")));
    } else if (vertex.role === "source") {
      const link = graph.flow.configOf(vertex.placed, "link");
      if (link === undefined || roleOf(link.type) !== "link") {
        warn("source-without-link", vertex, "this source names no link that is there, so it does not count");
        continue;
      }
      feeding.push(at);
      realities.push(declaredReality(field(link, "reality")));
    } else if (vertex.role === "foreign source") {
      warn("source-not-ingested", vertex, `${vertex.placed.node.type} counts only through an ingest node`);
    }
  }
  const reality = weakest(realities);
  if (reality === "recorded" && realities.some((entry) => entry !== "recorded"))
    warn(
      "mixed-reality",
      vertices[feeding[0]!]!,
      "a recording and a plant feed one twin; the weaker one counts",
    );
  const online = feeding.filter((_, i) => realities[i] !== "recorded");
  const counted = new Set(feeding);
  const leading = new Set<number>(
    upstream.length === 0 ? [] : between(graph, upstream, counted, new Set(states)),
  );
  return {
    feeding,
    online,
    reality,
    path: upstream.filter((vertex) => leading.has(vertex)).reverse(),
    warnings: [...warnings.values()],
  };
}

/** Vertices of `upstream` that a counted source feeds, without the states. */
function between(
  graph: DataPathGraph,
  upstream: readonly number[],
  counted: ReadonlySet<number>,
  states: ReadonlySet<number>,
): number[] {
  const inside = new Set(upstream);
  const found = new Set(counted);
  const order = [...counted];
  for (const vertex of order) {
    for (const next of graph.successors(vertex)) {
      if (!inside.has(next) || found.has(next) || states.has(next)) continue;
      found.add(next);
      order.push(next);
    }
  }
  return order;
}

/** What a twin's online sources bring back from the plant. */
export interface Returned {
  /** True where the value at this address comes back. */
  echoes(target: string): boolean;
  /** True where another measurement, declared to move with this address, comes back. */
  measures(target: string): boolean;
}

/** @param twinAt the twin that a configuration node declares: a source's paths stand below the twin it names */
export function returnedBy(
  graph: DataPathGraph,
  twin: DeclaredTwin,
  twinAt: (node: string) => DeclaredTwin | undefined,
  online: readonly number[],
): Returned {
  const bound = new Set<string>();
  const movedBy = new Map<string, string[]>();
  const moves = ({ address, affectedBy }: AffectedProperty) => {
    for (const target of affectedBy) {
      const list = movedBy.get(target);
      if (list === undefined) movedBy.set(target, [address]);
      else list.push(address);
    }
  };
  for (const at of online) {
    const { placed } = graph.vertices[at]!;
    const below = twinAt(graph.flow.configOf(placed, "twin")?.id ?? "") ?? twin;
    for (const name of ["bindings", "mapping"]) {
      for (const property of affectedProperties(field(placed, name), below.address)) {
        bound.add(property.address);
        moves(property);
      }
    }
  }
  for (const property of twin.properties) moves(property);
  return {
    echoes: (target) => bound.has(target),
    measures: (target) =>
      (movedBy.get(target) ?? []).some((address) => address !== target && bound.has(address)),
  };
}
