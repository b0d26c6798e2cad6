import type { Reality } from "../../core/frame.ts";
import type { DataPathGraph, Vertex } from "../graph.ts";
import { field, type PlacedNode } from "../placed-nodes.ts";
import { handsOn, roleOf } from "../roles.ts";
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
  /** The states that they reach. */
  readonly fed: readonly number[];
  readonly warnings: readonly WiringWarning[];
}

const STRENGTH: readonly Reality[] = ["recorded", "virtual", "live"];

export function weakest(realities: readonly Reality[]): Reality | null {
  return STRENGTH.find((reality) => realities.includes(reality)) ?? null;
}

/** An unknown word is taken for the weakest thing that has a plant behind it. */
export const declaredReality = (value: unknown): Reality =>
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
  const feeds = (at: number, reality: Reality) => {
    feeding.push(at);
    realities.push(reality);
    if (reality === "recorded")
      warn("recorded-source", vertices[at]!, "a recording feeds this twin: class model, and never rung 5");
  };
  for (const at of upstream) {
    const vertex = vertices[at]!;
    const { role, placed } = vertex;
    if (role === "recording") feeds(at, "recorded");
    else if (role === "ingest") {
      const ingested = realityOfIngest(graph, reach, at);
      if (ingested === null)
        warn(
          "ingest-without-input",
          vertex,
          "nothing from outside reaches this ingest, so it does not count",
        );
      else feeds(at, ingested);
    } else if (role === "source") {
      const linked = realityOfSource(graph, placed);
      if (linked === null)
        warn("source-without-link", vertex, "this source names no link that is there, so it does not count");
      else feeds(at, linked);
    } else if (role === "foreign source" || role === "unguarded output" || isForeignOrigin(graph, at))
      warn("source-not-ingested", vertex, `${placed.type} counts only through an ingest node`);
  }
  const reality = weakest(realities);
  if (reality === "recorded" && realities.some((entry) => entry !== "recorded"))
    warn(
      "mixed-reality",
      vertices[feeding[0]!]!,
      "a recording and a plant feed one twin; the weaker one counts",
    );
  const online = feeding.filter((_, i) => realities[i] !== "recorded");
  const leading = between(graph, upstream, feeding, new Set(states));
  return {
    feeding,
    online,
    reality,
    path: upstream.filter((vertex) => leading.has(vertex)).reverse(),
    fed: states.filter((state) => graph.predecessors(state).some((before) => leading.has(before))),
    warnings: [...warnings.values()],
  };
}

/** The word of the link it names; null where none is there. */
function realityOfSource(graph: DataPathGraph, placed: PlacedNode): Reality | null {
  const link = graph.flow.configOf(placed, "link");
  return link === undefined || roleOf(link.type) !== "link" ? null : declaredReality(field(link, "reality"));
}

/**
 * The weakest of what an ingest declares and of what is before it: no ingest makes a recording live. Null where nothing
 * from outside reaches it: what comes from a state only is no reading of the plant.
 */
function realityOfIngest(graph: DataPathGraph, reach: Reach, ingest: number): Reality | null {
  const realities: Reality[] = [];
  let isFed = false;
  for (const at of reach.upstream([ingest], () => false)) {
    const { role, placed } = graph.vertices[at]!;
    if (role === "ingest") realities.push(declaredReality(field(placed, "reality")));
    else if (role === "recording" || role === "source") {
      const reality = role === "recording" ? "recorded" : realityOfSource(graph, placed);
      if (reality === null) continue;
      realities.push(reality);
      isFed = true;
    } else isFed ||= comesFromOutside(placed);
  }
  return isFed ? weakest(realities) : null;
}

/** True for nodes that bring something into the flow by themselves, or may: those of other packages, too. */
function comesFromOutside({ role, type }: PlacedNode): boolean {
  if (role === "foreign source" || role === "unguarded output") return true;
  const isOurs = type.startsWith("rung-") || type.startsWith("ui-rung-");
  return !isOurs && (type.startsWith("ui-") || (role === undefined && !handsOn(type)));
}

/** Something from another package that nothing is wired into. */
function isForeignOrigin(graph: DataPathGraph, at: number): boolean {
  const { role, placed } = graph.vertices[at]!;
  return role === undefined && graph.predecessors(at).length === 0 && !handsOn(placed.type);
}

/** Vertices of `upstream` that a counted source feeds, without the states. */
function between(
  graph: DataPathGraph,
  upstream: readonly number[],
  counted: readonly number[],
  states: ReadonlySet<number>,
): ReadonlySet<number> {
  // Seen from behind: a source may lead to thousands of other twins as well.
  const after = new Map<number, number[]>(upstream.map((vertex) => [vertex, []]));
  for (const vertex of upstream)
    if (!states.has(vertex)) for (const from of graph.predecessors(vertex)) after.get(from)?.push(vertex);
  const found = new Set(counted);
  for (const vertex of found) for (const next of after.get(vertex)!) found.add(next);
  return found;
}

/** What a twin's online sources bring back from the plant. */
export interface Returned {
  /** True where no online source feeds the twin, so that nothing comes back at all. */
  readonly isNothing: boolean;
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
    isNothing: online.length === 0,
    echoes: (target) => bound.has(target),
    measures: (target) =>
      (movedBy.get(target) ?? []).some((address) => address !== target && bound.has(address)),
  };
}
