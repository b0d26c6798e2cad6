import type { DataPathGraph } from "../graph.ts";
import type { Role } from "../roles.ts";
import type { Findings } from "./findings.ts";
import type { TwinHints } from "./hints.ts";
import type { Reach, Search } from "./reach.ts";
import type { WiringWarning } from "./wired-twin.ts";

/** Roles that answer for the plant; fed by a source without a state between, they answer for nobody. */
const NEEDS_STATE: ReadonlySet<Role | undefined> = new Set<Role>([
  "model",
  "cell",
  "line",
  "detect",
  "forecast",
  "life",
  "what-if",
  "optimise",
  "maintain",
  "balance",
  "envelope",
  "actuate",
]);

/** What a source leads to without a state between, though it needs one. */
export function pastState(graph: DataPathGraph, reach: Reach, source: number): Search {
  const before = reach.steps;
  const found = reach.downstream([source]).filter((vertex) => NEEDS_STATE.has(graph.vertices[vertex]!.role));
  return { found, steps: reach.steps - before };
}

/** An actuate and the envelopes before it: one without a table of its own serves theirs. */
export function actuateWithEnvelopes(graph: DataPathGraph, reach: Reach, actuate: number): Search {
  const before = reach.steps;
  const found = reach
    .upstream([actuate], () => false)
    .filter((vertex) => vertex === actuate || graph.vertices[vertex]!.role === "envelope");
  return { found, steps: reach.steps - before };
}

/**
 * Sources wired past the state, and actuates that no state leads to, by node of the twin that is told.
 * @param past `pastState` of a source
 * @param named `actuateWithEnvelopes` of an actuate
 */
export function warningsOfStrays(
  graph: DataPathGraph,
  hints: TwinHints,
  found: readonly Findings[],
  past: (source: number) => readonly number[],
  named: (actuate: number) => readonly number[],
): Map<string, WiringWarning[]> {
  const warnings = new Map<string, Map<string, WiringWarning>>();
  const warn = (twin: string, warning: WiringWarning) => {
    const list = warnings.get(twin) ?? new Map<string, WiringWarning>();
    const key = `${warning.code} ${warning.node}`;
    if (!list.has(key)) list.set(key, warning);
    warnings.set(twin, list);
  };
  const isTwin = new Set(found.map(({ twin }) => twin.node));
  const owners = (vertex: number) => hints.of(vertex).filter((twin) => isTwin.has(twin));

  const feedsOf = new Map<number, string[]>();
  for (const { sources, twin } of found) {
    for (const source of sources.feeding) {
      const list = feedsOf.get(source);
      if (list === undefined) feedsOf.set(source, [twin.node]);
      else list.push(twin.node);
    }
  }
  for (const source of (["source", "ingest", "recording"] as const).flatMap((role) => graph.withRole(role))) {
    for (const vertex of past(source)) {
      const { id } = graph.vertices[vertex]!;
      const text = "a source is wired past the state: what it does there counts for no twin";
      for (const twin of feedsOf.get(source) ?? owners(vertex))
        warn(twin, { code: "source-past-state", node: id, text });
    }
  }

  const reached = new Set(found.flatMap(({ loop }) => [...loop.reached]));
  for (const vertex of graph.withRole("actuate")) {
    const { id } = graph.vertices[vertex]!;
    if (reached.has(id)) continue;
    const text = "remote control: no path from a state leads to this actuate";
    const pieces = named(vertex).map((piece) => graph.vertices[piece]!.placed);
    const meant = [...new Set(pieces.flatMap((piece) => hints.meant(piece)))].filter((node) =>
      isTwin.has(node),
    );
    for (const twin of meant.length > 0 ? meant : owners(vertex))
      warn(twin, { code: "remote-control", node: id, text });
  }
  return new Map([...warnings].map(([twin, list]) => [twin, [...list.values()]]));
}
