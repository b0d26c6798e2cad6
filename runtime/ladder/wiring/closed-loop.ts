import { isRecord } from "../flow-nodes.ts";
import type { DataPathGraph, Vertex } from "../graph.ts";
import { field } from "../placed-nodes.ts";
import { ROLE_FACTS } from "../roles.ts";
import { addressOf, type DeclaredTwin } from "./declared-twins.ts";
import type { Reach } from "./reach.ts";
import type { Returned } from "./twin-sources.ts";
import type { MissingPiece, WiringWarning } from "./wired-twin.ts";

/** What a message has passed since it left the state. */
const RECOMMENDED = 1;
const ENVELOPED = 2;
/** An envelope after a recommendation. */
const PROPOSED = 4;
/** A person decided. */
const APPROVED = 8;
/** A what-if, with no recommendation since. */
const SCENARIO = 16;
const PHASES = 32;

export interface ClosedLoop {
  /** A target comes back, itself or by a measurement that moves with it: class twin. */
  readonly closed: boolean;
  /** Recommendation, envelope, actuate, plant, state, with no person: row 5, where nothing else forbids it. */
  readonly autonomous: boolean;
  /** State to actuate along that way. */
  readonly path: readonly number[];
  /** Ids of actuates that some state leads to. */
  readonly reached: ReadonlySet<string>;
  readonly missing: MissingPiece | undefined;
  readonly warnings: readonly WiringWarning[];
}

/**
 * Follows data from a twin's states to its actuates, remembering what it passed on the way, and asks whether what
 * they write comes back.
 */
export function closedLoop(
  graph: DataPathGraph,
  reach: Reach,
  twin: DeclaredTwin,
  states: readonly number[],
  returned: Returned,
): ClosedLoop {
  const { vertices } = graph;
  const ways = follow(graph, reach, states);
  const warnings = new Map<string, WiringWarning>();
  const warn = (code: string, { id }: Vertex, text: string) => {
    warnings.set(`${code} ${id}`, { code, node: id, text });
  };
  /** Read once: many actuates may stand behind many envelopes. */
  const known = new Map<number, readonly string[]>();
  const rows = (vertex: number) => {
    const targets = known.get(vertex) ?? targetsOf(vertices[vertex]!, twin.address);
    known.set(vertex, targets);
    return targets;
  };
  const envelopesBefore = (vertex: number, phases: readonly number[]) => {
    const before = ways.before(phases.map((phase) => vertex * PHASES + phase));
    return [
      ...new Set([...before].map((key) => Math.floor(key / PHASES)).filter(roleIs(vertices, "envelope"))),
    ];
  };
  /** What the envelopes before an actuate name, for one that names nothing itself. */
  const enveloped = (vertex: number, phases: readonly number[]) => [
    ...new Set(envelopesBefore(vertex, phases).flatMap(rows)),
  ];
  const returns = (target: string) => returned.measures(target) || returned.echoes(target);
  /** By envelope, those that no request block of the PLC takes. */
  const advising = new Map<number, readonly string[]>();
  const withoutBlock = (vertex: number, phases: readonly number[]) =>
    new Set(
      advising.size === 0
        ? []
        : envelopesBefore(vertex, phases).flatMap((envelope) => advising.get(envelope) ?? []),
    );

  const arrivals = new Map<number, number[]>();
  for (const key of ways.keys) {
    const vertex = Math.floor(key / PHASES);
    if (vertices[vertex]!.role === "envelope" && !advising.has(vertex)) {
      const advised = targetsOf(vertices[vertex]!, twin.address, hasNoBlock);
      if (advised.length > 0) advising.set(vertex, advised);
    }
    if (vertices[vertex]!.role !== "actuate") continue;
    arrivals.set(vertex, [...(arrivals.get(vertex) ?? []), key % PHASES]);
  }
  let closed = false;
  let advises = false;
  const accepted: number[] = [];
  let measurementMissing: string | undefined;
  /** Actuates that only a person lets through, and those that need none, with what they write. */
  const capped = new Map<number, readonly string[]>();
  const free = new Map<number, readonly string[]>();
  for (const [vertex, phases] of arrivals) {
    const actuate = vertices[vertex]!;
    if (!phases.some((phase) => phase & ENVELOPED)) {
      warn("actuate-without-envelope", actuate, "no path to this actuate has an envelope, so none counts");
      continue;
    }
    if (phases.some((phase) => (phase & ENVELOPED) === 0))
      warn(
        "envelope-bypassed",
        actuate,
        "data reaches this actuate without an envelope; only the rest counts",
      );
    const own = rows(vertex);
    const targets = own.length > 0 ? own : enveloped(vertex, phases);
    if (targets.length === 0) {
      warn("actuate-without-target", actuate, "neither this actuate nor its envelope names a target");
      continue;
    }
    if (!targets.some(returns)) {
      if (returned.isNothing)
        warn("open-loop-command", actuate, `writes ${targets[0]}, and no online source feeds ${twin.name}`);
      else
        warn(
          "target-not-returned",
          actuate,
          `writes ${targets[0]}, but what comes back to ${twin.name} is neither it nor affected by it`,
        );
      continue;
    }
    const blockless = withoutBlock(vertex, phases);
    const written = targets.filter((target) => !blockless.has(target));
    // What a person must carry to the plant closes no loop.
    if (written.some(returns)) closed = true;
    if (written.length < targets.length) {
      const advised = targets.find((target) => blockless.has(target));
      warn(
        "no-request-block",
        actuate,
        `the PLC has no request block for ${advised}: a person sets it, rung 4 at most`,
      );
      advises = true;
      continue;
    }
    const proposed = phases.filter((phase) => phase & PROPOSED);
    if (proposed.length === 0) continue;
    const unmeasured = targets.filter((target) => !returned.measures(target));
    if (unmeasured.length > 0) {
      measurementMissing = actuate.id;
      const unseen = unmeasured.find((target) => !returned.echoes(target));
      if (unseen === undefined)
        warn(
          "echo-only",
          actuate,
          `only ${unmeasured[0]} itself comes back; rung 5 needs a measurement affected by it`,
        );
      else
        warn("target-not-returned", actuate, `writes ${unseen} too, and nothing that comes back tells of it`);
      continue;
    }
    const unasked = proposed.filter((phase) => (phase & APPROVED) === 0);
    if (unasked.length === 0) {
      capped.set(vertex, targets);
      continue;
    }
    free.set(vertex, targets);
    if (unasked.length < proposed.length) capped.set(vertex, targets);
    for (const phase of unasked) accepted.push(vertex * PHASES + phase);
  }
  for (const [vertex, targets] of free.size === 0 ? capped : [])
    warn(
      "approval-caps",
      vertices[vertex]!,
      `a person approves on every path that writes ${targets[0]}: rung 4 at most`,
    );
  // A loop on another target may have a manner of its own; past a person on the same one is past the person.
  const asked = new Set([...capped.values()].flat());
  for (const [vertex, targets] of free) {
    if (targets.some((target) => asked.has(target)))
      warn("approval-bypassed", vertices[vertex]!, "approval bypassed: another path writes without a person");
  }
  const scenarioOnly = ways.keys.find(
    (key) => vertices[Math.floor(key / PHASES)]!.role === "envelope" && (key & SCENARIO) !== 0,
  );
  if (scenarioOnly !== undefined && accepted.length === 0)
    warn(
      "scenario-not-recommendation",
      vertices[Math.floor(scenarioOnly / PHASES)]!,
      "a what-if sends scenarios, and an envelope takes only recommendations: put optimise between them",
    );
  return {
    closed,
    autonomous: accepted.length > 0,
    path: accepted.length > 0 ? ways.leadingTo(accepted) : [],
    reached: new Set([...arrivals.keys()].map((vertex) => vertices[vertex]!.id)),
    missing:
      accepted.length > 0 || capped.size > 0 || advises
        ? undefined
        : nextPiece(vertices, states, ways.keys, measurementMissing),
    warnings: [...warnings.values()],
  };
}

const roleIs = (vertices: readonly Vertex[], role: string) => (vertex: number) =>
  vertices[vertex]!.role === role;

/** A row that says where the setpoint is, and no request block. */
const hasNoBlock = (row: unknown): boolean => isRecord(row) && isGiven(row.setpoint) && !isGiven(row.request);

const isGiven = (thing: unknown): boolean => typeof thing === "string" && thing.trim() !== "";

function targetsOf(vertex: Vertex, twin: string, counts: (row: unknown) => boolean = () => true): string[] {
  const rows = field(vertex.placed, "targets");
  if (!Array.isArray(rows)) return [];
  return rows
    .filter(counts)
    .map((row) => (isRecord(row) ? row.target : row))
    .filter((target): target is string => typeof target === "string" && target.trim() !== "")
    .map((target) => addressOf(target, twin));
}

interface Ways {
  /** Every vertex with every set of things passed, as `vertex * PHASES + passed`, nearest first. */
  readonly keys: readonly number[];
  /** Keys on a way to one of the goals, goals too. */
  before(goals: readonly number[]): ReadonlySet<number>;
  /** Vertices on a way to one of the goals, nearest to the states first. */
  leadingTo(goals: readonly number[]): number[];
}

function follow(graph: DataPathGraph, reach: Reach, states: readonly number[]): Ways {
  const { vertices } = graph;
  const before = new Map<number, number[]>();
  const keys: number[] = [];
  for (const state of states) {
    before.set(state * PHASES, []);
    keys.push(state * PHASES);
  }
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    const vertex = Math.floor(key / PHASES);
    reach.meet(vertex);
    for (const next of graph.successors(vertex)) {
      if (!reach.step()) break;
      if (reach.isState(next)) continue;
      const nextKey = next * PHASES + passing(key % PHASES, vertices[next]!);
      const known = before.get(nextKey);
      if (known !== undefined) {
        known.push(key);
        continue;
      }
      before.set(nextKey, [key]);
      keys.push(nextKey);
    }
  }
  const leading = (goals: readonly number[]) => {
    const found = new Set(goals);
    for (const key of found) {
      for (const from of before.get(key) ?? []) {
        if (!reach.step()) return found;
        found.add(from);
      }
    }
    return found;
  };
  return {
    keys,
    before: leading,
    leadingTo(goals) {
      const found = leading(goals);
      return [...new Set(keys.filter((key) => found.has(key)).map((key) => Math.floor(key / PHASES)))];
    },
  };
}

function passing(phase: number, { role }: Vertex): number {
  if (role === undefined) return phase;
  const facts = ROLE_FACTS[role];
  let passed = phase;
  if (facts.recommends) passed = (passed | RECOMMENDED) & ~SCENARIO;
  if (role === "what-if" && (passed & RECOMMENDED) === 0) passed |= SCENARIO;
  if (role === "envelope") passed |= ENVELOPED | (passed & RECOMMENDED ? PROPOSED : 0);
  if (facts.person) passed |= APPROVED;
  return passed;
}

/** The first piece the loop lacks, and what it is put after. */
function nextPiece(
  vertices: readonly Vertex[],
  states: readonly number[],
  keys: readonly number[],
  measurementMissing: string | undefined,
): MissingPiece | undefined {
  if (measurementMissing !== undefined) return { row: 5, role: "measurement", after: measurementMissing };
  const find = (role: string | undefined, passed: number) =>
    keys.find(
      (key) =>
        (key & passed) === passed &&
        (role === undefined || vertices[Math.floor(key / PHASES)]!.role === role),
    );
  const id = (key: number) => vertices[Math.floor(key / PHASES)]!.id;
  const recommender = keys.find((key) => {
    const { role } = vertices[Math.floor(key / PHASES)]!;
    return role !== undefined && ROLE_FACTS[role].recommends === true;
  });
  if (recommender === undefined) {
    const after = find("what-if", 0) ?? (states[0] === undefined ? undefined : states[0] * PHASES);
    return after === undefined ? undefined : { row: 5, role: "optimise", after: id(after) };
  }
  const envelope = find("envelope", PROPOSED);
  if (envelope === undefined) return { row: 5, role: "envelope", after: id(recommender) };
  const actuate = find("actuate", PROPOSED);
  if (actuate === undefined) return { row: 5, role: "actuate", after: id(envelope) };
  return { row: 5, role: "measurement", after: id(actuate) };
}
