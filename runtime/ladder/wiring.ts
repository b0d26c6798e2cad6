import { RUNGS, type Rung } from "../core/evidence.ts";
import { type DataPathGraph, dataPathGraph } from "./graph.ts";
import { configOf, field } from "./placed-nodes.ts";
import { type DeclaredRole, handsOn, isDeclared, ROLE_FACTS, type Role } from "./roles.ts";
import { type ClosedLoop, closedLoop } from "./wiring/closed-loop.ts";
import { type DeclaredTwin, declaredTwins, statesByTwin } from "./wiring/declared-twins.ts";
import { federatedRungs, parentAddresses } from "./wiring/federation.ts";
import { contextWays } from "./wiring/hidden-ways.ts";
import { TwinHints } from "./wiring/hints.ts";
import { withLabelClaims } from "./wiring/label-claims.ts";
import { Reach } from "./wiring/reach.ts";
import { returnedBy, type TwinSources, twinSources, weakest } from "./wiring/twin-sources.ts";
import type {
  MissingPiece,
  TwinClass,
  UnguardedOutput,
  WiredTwin,
  Wiring,
  WiringWarning,
} from "./wiring/wired-twin.ts";

export type { MissingPiece, TwinClass, UnguardedOutput, WiredTwin, Wiring, WiringWarning };

export interface AnalyseOptions {
  /** Roles that foreign packages declare for their node types. They count for wired, never for held. */
  readonly declaredRoles?: Readonly<Record<string, DeclaredRole>>;
}

/** A twin under analysis. */
interface Findings {
  readonly twin: DeclaredTwin;
  readonly states: readonly number[];
  readonly sources: TwinSources;
  /** What data of the states reaches, states first. */
  readonly downstream: readonly number[];
  /** What keeps the states, with what leads there; undefined where nothing does. */
  readonly kept: readonly number[] | undefined;
  readonly models: readonly string[];
  readonly loop: ClosedLoop;
  readonly rows: Set<Rung>;
  readonly paths: Record<string, string[]>;
  readonly warnings: WiringWarning[];
}

/** Roles that answer for the plant; fed by a source without a state between, they answer for nobody. */
const NEEDS_STATE: ReadonlySet<Role | undefined> = new Set<Role>([
  "model",
  "cell",
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

/**
 * Class and rung of every twin, read off the wires alone. Pure; runs in the browser; a malformed flow gives errors,
 * never a throw. docs/ladder.md.
 * @param flow the nodes of all tabs, as Node-RED exports them
 */
export function analyse(flow: unknown, options: AnalyseOptions = {}): Wiring {
  const graph = dataPathGraph(flow, options.declaredRoles);
  const twins = declaredTwins(graph);
  const states = statesByTwin(graph, twins);
  const parents = parentAddresses(twins, graph.problems);
  const reach = new Reach(graph);
  const hints = new TwinHints(graph, twins, states);
  const byNode = new Map(twins.map((twin) => [twin.node, twin]));
  const found = twins.map((twin) => examine(graph, reach, twin, byNode, states.get(twin.node)!));
  const outputs = unguarded(graph, reach, found);
  addModels(graph, hints, found);
  for (const findings of found) judgeRows(graph, reach, findings, outputs);
  warnOfStrays(graph, reach, hints, found);
  warnOfContext(graph, reach, found);
  for (const findings of found) warnOfUnused(graph, reach, findings);
  // An unguarded output or an approval may lie in what was not reached.
  if (reach.exhausted) {
    for (const { rows, paths } of found) {
      rows.delete(5);
      delete paths[5];
    }
  }
  warnOfDeclared(graph, found, options.declaredRoles);
  const rungs = federatedRungs(
    new Map(
      found.map(({ twin, rows, warnings }) => {
        const needed = twin.needed || twin.neededReason === "";
        if (!twin.needed && needed && parents.get(twin.address)) {
          warnings.push({
            code: "not-needed-without-reason",
            node: twin.node,
            text: "not needed by its parent, but no reason is given, so it is",
          });
        }
        return [twin.address, { parent: parents.get(twin.address) ?? null, needed, own: cumulative(rows) }];
      }),
    ),
  );
  if (reach.exhausted) {
    graph.problems.push({
      code: "too-much-work",
      node: "",
      path: "",
      message: "the flow is too entangled to be analysed whole; what was not reached counts as not wired",
    });
  }
  const members = new Map(found.map((findings) => [findings, membersOf(findings, graph)]));
  const loose = hints.loose(new Set([...members.values()].flat()));
  return {
    twins: withLabelClaims(
      graph,
      withFamily(
        found.map((findings) =>
          describe(
            findings,
            rungs.get(findings.twin.address)!,
            parents,
            members.get(findings)!,
            loose.get(findings.twin.node) ?? [],
            graph,
          ),
        ),
      ),
    ),
    unguardedOutputs: outputs,
    notAnalysable: graph.notAnalysable,
    errors: graph.problems,
    nodes: new Set(graph.placed.map(({ id }) => id)),
  };
}

/** The highest rung whose row and all rows below it are in the set. */
export function cumulative(rows: ReadonlySet<Rung>): Rung {
  let rung: Rung = 0;
  for (const row of RUNGS) {
    if (!rows.has(row)) break;
    rung = row;
  }
  return rung;
}

function examine(
  graph: DataPathGraph,
  reach: Reach,
  twin: DeclaredTwin,
  twins: ReadonlyMap<string, DeclaredTwin>,
  states: readonly number[],
): Findings {
  const sources = twinSources(graph, reach, states);
  const downstream = reach.downstream(states);
  const loop = closedLoop(graph, reach, twin, states, returnedBy(graph, twin, twins, sources.online));
  return {
    twin,
    states,
    sources,
    downstream,
    kept: keptBy(graph, reach, states, sources.fed, downstream),
    models: [],
    loop,
    rows: new Set(),
    paths: {},
    warnings: [...sources.warnings, ...loop.warnings],
  };
}

/** Outputs that could write to a plant past the envelope, with the twins whose data reaches them. */
function unguarded(graph: DataPathGraph, reach: Reach, found: readonly Findings[]): UnguardedOutput[] {
  const outputs = new Map<string, { node: string; type: string; twins: Set<string> }>();
  for (const { id, role, placed } of graph.vertices) {
    if (role === "unguarded output") outputs.set(id, { node: id, type: placed.node.type, twins: new Set() });
  }
  if (outputs.size === 0) return [];
  for (const { twin, states, sources } of found) {
    for (const vertex of reach.downstream([...states, ...sources.feeding]))
      outputs.get(graph.vertices[vertex]!.id)?.twins.add(twin.address);
  }
  return [...outputs.values()].map(({ node, type, twins }) => ({ node, type, twins: [...twins] }));
}

/** A model belongs to the twin it names, or to the one whose data reaches it. */
function addModels(graph: DataPathGraph, hints: TwinHints, found: readonly Findings[]): void {
  const byTwin = new Map(found.map((findings) => [findings.twin.node, findings]));
  const add = (findings: Findings | undefined, id: string) => {
    if (findings !== undefined && !findings.models.includes(id)) (findings.models as string[]).push(id);
  };
  const isModel = (role: Role | undefined) => role === "model" || role === "cell";
  for (const { id, role, placed } of graph.vertices) {
    if (!isModel(role)) continue;
    const named = configOf(graph.configs, placed, "twin");
    if (named !== undefined) add(byTwin.get(named.id), id);
    else if (found.length === 1 && hints.isAlone) add(found[0], id);
  }
  for (const findings of found) {
    for (const vertex of findings.downstream) {
      const { id, role, placed } = graph.vertices[vertex]!;
      if (isModel(role) && configOf(graph.configs, placed, "twin") === undefined) add(findings, id);
    }
  }
}

function judgeRows(
  graph: DataPathGraph,
  reach: Reach,
  findings: Findings,
  outputs: readonly UnguardedOutput[],
): void {
  const { twin, states, sources, downstream, kept, loop, rows, paths, models, warnings } = findings;
  const ids = (vertices: readonly number[]) => [
    ...new Set(vertices.map((vertex) => graph.vertices[vertex]!.id)),
  ];
  const upstream = ids([...sources.path, ...states]);
  const wire = (row: Rung, path: readonly string[]) => {
    rows.add(row);
    paths[row] = [...new Set(path)];
  };
  if (states.length > 0 || models.length > 0) wire(0, [...ids(states), ...models]);

  if (sources.feeding.length > 0 && kept !== undefined) wire(1, [...upstream, ...ids(kept)]);

  for (const row of [2, 3, 4] as const) {
    const pieces = downstream.filter((vertex) => raises(graph, vertex, row));
    if (pieces.length > 0) wire(row, [...upstream, ...ids(reach.leadingTo(pieces, downstream))]);
  }

  const touched = outputs.filter((output) => output.twins.includes(twin.address));
  for (const { node, type } of touched) {
    warnings.push({
      code: "unguarded-output",
      node,
      text: `${type} could write to the plant past the envelope: no rung 5 while it is here`,
    });
  }
  const isLive = sources.reality === "live" || sources.reality === "virtual";
  if (loop.autonomous && isLive && touched.length === 0) wire(5, [...upstream, ...ids(loop.path)]);
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
    (state) => configOf(graph.configs, vertices[state]!.placed, "historian") !== undefined,
  );
  return histories.length > 0 || keepsItself ? reach.leadingTo(histories, after) : undefined;
}

/** True where this vertex, once a twin's data reaches it, raises a row between 2 and 4. */
function raises(graph: DataPathGraph, vertex: number, row: Rung): boolean {
  const { role, placed } = graph.vertices[vertex]!;
  if (role === undefined || !ROLE_FACTS[role].rows.includes(row)) return false;
  return role !== "what-if" || row !== 3 || field(placed, "scoreBaseline") === true;
}

/** Sources wired past the state, and actuates that no state leads to. */
function warnOfStrays(
  graph: DataPathGraph,
  reach: Reach,
  hints: TwinHints,
  found: readonly Findings[],
): void {
  const told = new Set<string>();
  const warn = (findings: Findings, warning: WiringWarning) => {
    const key = `${findings.twin.node} ${warning.code} ${warning.node}`;
    if (!told.has(key)) findings.warnings.push(warning);
    told.add(key);
  };
  const byTwin = new Map(found.map((findings) => [findings.twin.node, findings]));
  const owners = (vertex: number) => hints.of(vertex).flatMap((node) => byTwin.get(node) ?? []);

  const feedsOf = new Map<number, Findings[]>();
  for (const findings of found)
    for (const source of findings.sources.feeding)
      feedsOf.set(source, [...(feedsOf.get(source) ?? []), findings]);
  const origins = graph.vertices.flatMap(({ role }, vertex) =>
    role === "source" || role === "ingest" || role === "recording" ? [vertex] : [],
  );
  for (const source of origins) {
    const past = reach.downstream([source]).filter((vertex) => NEEDS_STATE.has(graph.vertices[vertex]!.role));
    for (const vertex of past) {
      const { id } = graph.vertices[vertex]!;
      const text = "a source is wired past the state: what it does there counts for no twin";
      for (const findings of feedsOf.get(source) ?? owners(vertex))
        warn(findings, { code: "source-past-state", node: id, text });
    }
  }

  const reached = new Set(found.flatMap(({ loop }) => [...loop.reached]));
  for (const [vertex, { role, id }] of graph.vertices.entries()) {
    if (role !== "actuate" || reached.has(id)) continue;
    const text = "remote control: no path from a state leads to this actuate";
    // An actuate without a table of its own serves the envelopes before it.
    const named = reach
      .upstream([vertex], () => false)
      .filter((before) => before === vertex || graph.vertices[before]!.role === "envelope");
    const targeted = found.filter(({ twin }) =>
      named.some((piece) => hints.means(graph.vertices[piece]!.placed, twin)),
    );
    for (const findings of targeted.length > 0 ? targeted : owners(vertex))
      warn(findings, { code: "remote-control", node: id, text });
  }
}

/** Data of a twin that goes on by context, where no wire shows it. */
function warnOfContext(graph: DataPathGraph, reach: Reach, found: readonly Findings[]): void {
  const ways = contextWays(graph, reach);
  if (ways.length === 0) return;
  for (const { states, sources, warnings } of found) {
    const reached = new Set(reach.downstream([...states, ...sources.feeding]));
    for (const { writer, text } of ways) {
      const { id } = graph.vertices[writer]!;
      if (reached.has(writer)) warnings.push({ code: "context-as-path", node: id, text });
    }
  }
}

/** Roles that do something with a recommendation. */
const TAKES_RECOMMENDATIONS: ReadonlySet<Role> = new Set<Role>([
  "history",
  "envelope",
  "approve",
  "actuate",
  "outcome",
  "screen",
  "unguarded output",
]);

/** Recommendations that nobody sees, keeps or acts on. A cell is a model too, and need not recommend. */
function warnOfUnused(graph: DataPathGraph, reach: Reach, { downstream, warnings }: Findings): void {
  const told = new Set<string>();
  for (const vertex of downstream) {
    const { id, role } = graph.vertices[vertex]!;
    if (role === undefined || role === "cell" || !ROLE_FACTS[role].recommends || told.has(id)) continue;
    const isTaken = reach.downstream([vertex]).some((next) => {
      const taker = graph.vertices[next]!;
      if (taker.role !== undefined) return TAKES_RECOMMENDATIONS.has(taker.role);
      return graph.successors[next]!.length === 0 && !handsOn(taker.placed.node.type);
    });
    if (isTaken) continue;
    told.add(id);
    const text = "nobody takes this recommendation: wire it to a screen, a person or an envelope";
    warnings.push({ code: "recommendation-unused", node: id, text });
  }
}

function warnOfDeclared(
  graph: DataPathGraph,
  found: readonly Findings[],
  declared: Readonly<Record<string, DeclaredRole>> = {},
): void {
  for (const { downstream, sources, warnings } of found) {
    const told = new Set<string>();
    for (const vertex of [...sources.path, ...downstream]) {
      const { id, placed } = graph.vertices[vertex]!;
      const { type } = placed.node;
      if (told.has(id) || !isDeclared(type, declared)) continue;
      told.add(id);
      const { role, by } = declared[type]!;
      const text = `${role}, declared by ${by}: counts for wired, never for held without evidence`;
      warnings.push({ code: "declared-role", node: id, text });
    }
  }
}

/** Ids of everything on a path of the twin. */
function membersOf({ sources, downstream, models }: Findings, graph: DataPathGraph): string[] {
  const onPath = [...sources.path, ...downstream].map((vertex) => graph.vertices[vertex]!.id);
  return [...new Set([...onPath, ...models])];
}

function describe(
  findings: Findings,
  wired: Rung,
  parents: ReadonlyMap<string, string | null>,
  members: readonly string[],
  loose: readonly number[],
  graph: DataPathGraph,
): WiredTwin {
  const { twin, states, sources, loop, rows, paths, warnings } = findings;
  const id = (vertex: number) => graph.vertices[vertex]!.id;
  if (rows.size === 0 && ![...parents.values()].includes(twin.address)) {
    const text = `${twin.name} has neither a state nor a model`;
    warnings.push({ code: "twin-without-state", node: twin.node, text });
  }
  const online = sources.online.length > 0 && states.length > 0;
  return {
    address: twin.address,
    node: twin.node,
    name: twin.name,
    scope: twin.scope,
    parent: parents.get(twin.address) ?? null,
    class: !online ? "model" : loop.closed ? "twin" : "shadow",
    wired,
    capabilities: [...rows].sort(),
    reality: sources.reality,
    paths,
    floating: floating(findings, wired, loose, graph),
    missing: missing(findings, graph),
    warnings,
    states: [...new Set(states.map(id))],
    members,
    needed: twin.needed || twin.neededReason === "",
    objective: twin.objective,
    target: twin.target,
  };
}

/** Pieces of this twin, or standing unconnected near it, that do not count towards the wired rung. */
function floating(
  { rows, paths, sources, downstream }: Findings,
  wired: Rung,
  loose: readonly number[],
  graph: DataPathGraph,
): { node: string; row: Rung }[] {
  const own = new Set(downstream);
  const onPath = new Set(
    Object.entries(paths)
      .filter(([row]) => Number(row) <= wired)
      .flatMap(([row, path]) => path.map((id) => `${row} ${id}`)),
  );
  const list = new Map<string, { node: string; row: Rung }>();
  const feeding = new Set(sources.feeding);
  const upstream = sources.path.filter((vertex) => !feeding.has(vertex));
  const candidates = [...new Set([...upstream, ...downstream, ...loose])];
  for (const vertex of candidates) {
    const { id, role } = graph.vertices[vertex]!;
    if (role === undefined || role === "state") continue;
    const counted = ROLE_FACTS[role].rows.filter(
      (row) => row > 0 && (role !== "what-if" || row === 4 || raises(graph, vertex, row)),
    );
    if (counted.length === 0 || counted.some((row) => onPath.has(`${row} ${id}`))) continue;
    // A part of another row's path stands firm: an optimise on the way to row 5 is no loose end.
    if (own.has(vertex) && counted.every((row) => rows.has(row) && row <= wired)) continue;
    const row = Math.max(...counted) as Rung;
    list.set(id, { node: id, row });
  }
  return [...list.values()];
}

/** What each row that is not wired needs first. */
function missing(
  { twin, states, sources, rows, loop, kept }: Findings,
  graph: DataPathGraph,
): MissingPiece[] {
  const list: MissingPiece[] = [];
  const state = states[0] === undefined ? null : graph.vertices[states[0]]!.id;
  if (state === null) return [{ row: 0, role: "state", after: twin.node }];
  if (!rows.has(1)) {
    if (sources.feeding.length === 0) list.push({ row: 1, role: "source", after: null });
    if (kept === undefined) list.push({ row: 1, role: "history", after: state });
  }
  if (!rows.has(2)) list.push({ row: 2, role: "detect", after: state });
  if (!rows.has(3)) list.push({ row: 3, role: "forecast", after: state });
  if (!rows.has(4)) list.push({ row: 4, role: "optimise", after: state });
  if (!rows.has(5)) {
    if (loop.missing !== undefined) list.push(loop.missing);
    else if (sources.online.length === 0) list.push({ row: 5, role: "source", after: null });
  }
  return list;
}

/** What a parent has from its needed children: their class and reality, where it has no wires of its own, and row 1. */
function withFamily(twins: readonly WiredTwin[]): WiredTwin[] {
  const order: readonly TwinClass[] = ["model", "shadow", "twin"];
  const known = new Map(twins.map((twin) => [twin.address, twin]));
  const children = new Map<string | null, string[]>();
  for (const { address, parent } of twins) {
    const list = children.get(parent);
    if (list === undefined) children.set(parent, [address]);
    else list.push(address);
  }
  // Children before parents without recursion: a federation may be as deep as a flow is long.
  const line = [...(children.get(null) ?? [])];
  for (const address of line) for (const child of children.get(address) ?? []) line.push(child);
  for (const address of line.reverse()) {
    const twin = known.get(address)!;
    const family = (children.get(address) ?? []).map((child) => known.get(child)!);
    const needed = family.filter((child) => child.needed);
    if (needed.length === 0) continue;
    const rows = new Set<Rung>([...twin.capabilities, ...RUNGS.filter((row) => row <= twin.wired)]);
    const hasWires = twin.states.length > 0 || twin.capabilities.length > 0;
    const least = Math.min(...needed.map((child) => order.indexOf(child.class)));
    known.set(address, {
      ...twin,
      ...(hasWires
        ? {}
        : { class: order[least]!, reality: weakest(needed.flatMap((child) => child.reality ?? [])) }),
      capabilities: [...rows].sort(),
      missing: twin.missing.filter(({ row }) => row > twin.wired),
    });
  }
  return twins.map(({ address }) => known.get(address)!);
}
