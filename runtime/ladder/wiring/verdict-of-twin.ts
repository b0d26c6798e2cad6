import { RUNGS, type Rung } from "../../core/evidence.ts";
import type { DataPathGraph } from "../graph.ts";
import type { PlacedNode } from "../placed-nodes.ts";
import { type DeclaredRole, isDeclared, ROLE_FACTS } from "../roles.ts";
import { type Findings, idsOf, raises } from "./findings.ts";
import { unnamedModels } from "./models.ts";
import { weakest } from "./twin-sources.ts";
import type { MissingPiece, TwinClass, WiredTwin, WiringWarning } from "./wired-twin.ts";

/** What a twin has of the rows, and what belongs to it. */
export interface JudgedRows {
  readonly findings: Findings;
  readonly rows: ReadonlySet<Rung>;
  readonly paths: Readonly<Record<string, readonly string[]>>;
  /** Everything on a path of the twin. */
  readonly members: readonly PlacedNode[];
  readonly warnings: readonly WiringWarning[];
}

/** What the rest of the flow says about one twin. */
export interface Surroundings {
  readonly wired: Rung;
  readonly parent: string | null;
  readonly isParent: boolean;
  /** Vertices that stand unconnected near it. */
  readonly loose: readonly number[];
  readonly strays: readonly WiringWarning[];
  readonly declared: Readonly<Record<string, DeclaredRole>>;
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

/**
 * @param named models that name the twin
 * @param isWhole false where part of the flow was not searched: an unguarded output or an approval may lie there
 */
export function judgeRows(
  graph: DataPathGraph,
  findings: Findings,
  named: readonly number[],
  isWhole: boolean,
): JudgedRows {
  const { states, sources, downstream, unguarded } = findings;
  const models = [...named, ...unnamedModels(graph, downstream)];
  const paths: Record<string, readonly string[]> = {};
  const rows = new Set<Rung>();
  if (states.length > 0 || models.length > 0) {
    rows.add(0);
    paths[0] = idsOf(graph, [...states, ...models]);
  }
  for (const [row, path] of findings.paths) {
    if (row === 5 && (unguarded.size > 0 || !isWhole)) continue;
    rows.add(row);
    paths[row] = path;
  }
  const warnings = [...unguarded].map(([node, type]) => ({
    code: "unguarded-output",
    node,
    text: `${type} could write to the plant past the envelope: no rung 5 while it is here`,
  }));
  const onPath = [...sources.path, ...downstream, ...models].map((vertex) => graph.vertices[vertex]!.placed);
  return { findings, rows, paths, members: [...new Set(onPath)], warnings };
}

/** Needed by its parent: said so, or not said why not. */
export const isNeeded = ({ twin }: Findings): boolean => twin.needed || twin.neededReason === "";

export function describeTwin(
  graph: DataPathGraph,
  judged: JudgedRows,
  { wired, parent, isParent, loose, strays, declared }: Surroundings,
): WiredTwin {
  const { findings, rows, paths, members } = judged;
  const { twin, states, sources, loop } = findings;
  const warnings = [
    ...sources.warnings,
    ...loop.warnings,
    ...judged.warnings,
    ...strays,
    ...findings.warnings,
    ...declaredRoles(graph, findings, declared),
  ];
  const warn = (code: string, text: string) => warnings.push({ code, node: twin.node, text });
  if (rows.size === 0 && !isParent)
    warn("twin-without-state", `${twin.name} has neither a state nor a model`);
  if (!twin.needed && isNeeded(findings) && parent !== null)
    warn("not-needed-without-reason", "not needed by its parent, but no reason is given, so it is");
  const online = sources.online.length > 0 && states.length > 0;
  return {
    address: twin.address,
    node: twin.node,
    name: twin.name,
    scope: twin.scope,
    parent,
    class: !online ? "model" : loop.closed ? "twin" : "shadow",
    wired,
    capabilities: [...rows].sort(),
    reality: sources.reality,
    paths,
    floating: floating(graph, judged, wired, loose),
    missing: missing(graph, judged),
    warnings,
    states: idsOf(graph, states),
    members: members.map(({ id }) => id),
    needed: isNeeded(findings),
    objective: twin.objective,
    target: twin.target,
  };
}

function declaredRoles(
  graph: DataPathGraph,
  { sources, downstream }: Findings,
  declared: Readonly<Record<string, DeclaredRole>>,
): WiringWarning[] {
  const warnings = new Map<string, WiringWarning>();
  for (const vertex of [...sources.path, ...downstream]) {
    const { id, placed } = graph.vertices[vertex]!;
    if (warnings.has(id) || !isDeclared(placed.type, declared)) continue;
    const { role, by } = declared[placed.type]!;
    const text = `${role}, declared by ${by}: counts for wired, never for held without evidence`;
    warnings.set(id, { code: "declared-role", node: id, text });
  }
  return [...warnings.values()];
}

/** Pieces of this twin, or standing unconnected near it, that do not count towards the wired rung. */
function floating(
  graph: DataPathGraph,
  { findings, rows, paths }: JudgedRows,
  wired: Rung,
  loose: readonly number[],
): { node: string; row: Rung }[] {
  const { sources, downstream } = findings;
  const own = new Set(downstream);
  const onPath = new Set(
    Object.entries(paths)
      .filter(([row]) => Number(row) <= wired)
      .flatMap(([row, path]) => path.map((id) => `${row} ${id}`)),
  );
  const list = new Map<string, { node: string; row: Rung }>();
  const feeding = new Set(sources.feeding);
  const upstream = sources.path.filter((vertex) => !feeding.has(vertex));
  for (const vertex of new Set([...upstream, ...downstream, ...loose])) {
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
function missing(graph: DataPathGraph, { findings, rows }: JudgedRows): MissingPiece[] {
  const { twin, states, sources, loop, kept } = findings;
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

/** What a parent without a state has from its needed children: their class and reality, and row 1. */
export function withFamily(twins: readonly WiredTwin[]): WiredTwin[] {
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
    if (needed.length === 0 || twin.states.length > 0) continue;
    const least = Math.min(...needed.map((child) => order.indexOf(child.class)));
    known.set(address, {
      ...twin,
      class: order[least]!,
      reality: weakest(needed.flatMap((child) => child.reality ?? [])),
      capabilities: RUNGS.filter((row) => row <= twin.wired),
      missing: [],
    });
  }
  return twins.map(({ address }) => known.get(address)!);
}
