import { canonicalHash } from "../core/canonical-json.ts";
import { RungError } from "../core/errors.ts";
import { isUnit, unitSymbol } from "../core/unit.ts";

/** A present value of the plant that must lie within its limits before anything is written. */
export interface Interlock {
  /** What an operator calls it: "supply fan flow". */
  readonly label: string;
  readonly nodeId: string;
  readonly min?: number;
  readonly max?: number;
}

/** Where the actuator finds one target at the plant. All are OPC UA node ids. */
export interface TargetNodes {
  /** The setpoint in force, read back after a write. */
  readonly setpoint: string;
  /** The request block: `ns=1;s=Oven1.Zone3.Request`; its members hang below it with a dot. */
  readonly request: string;
  /** True while the key is on local. */
  readonly local: string;
  /** The machine's PackML state number. */
  readonly state: string;
  /** Cyclic measurements the decision rests on: their age and quality count. */
  readonly inputs: readonly string[];
}

/** The limits of one setpoint. Values are in `unit`, times in plant time. */
export interface EnvelopeTarget {
  readonly address: string;
  readonly nodeIds: TargetNodes;
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  /** Largest change of one write. */
  readonly maxStep: number;
  /** Largest sum of changes within any 60 s. */
  readonly ratePerMinute: number;
  /** A smaller change is not worth a write. */
  readonly deadband: number;
  /** PackML state numbers in which a write is allowed: 6 is Execute. */
  readonly permittedStates: readonly number[];
  readonly maxInputAgeMs: number;
  /** Writes within any 8 h: the length of a shift, wherever the shift begins. */
  readonly budgetPerShift: number;
  /** How long the PLC keeps a value without a heartbeat. */
  readonly ttlMs: number;
  readonly interlocks: readonly Interlock[];
}

/** The limits inside which the actuator may act, as the flow wants them or as they were commissioned. */
export interface Envelope {
  readonly kind: "envelope";
  /** The id of the envelope node, stable over deploys. */
  readonly id: string;
  readonly name: string;
  readonly twin: string;
  readonly targets: readonly EnvelopeTarget[];
}

export const DEFAULT_TARGET = {
  /** PackML Execute. */
  permittedStates: [6],
  maxInputAgeMs: 60_000,
  budgetPerShift: 96,
  ttlMs: 120_000,
} as const;

/**
 * Reads an envelope from untrusted JSON. Unknown members are dropped, so that the hash covers exactly what is used.
 * @throws RungError `bad-envelope` naming every problem
 */
export function readEnvelope(thing: unknown, where = "envelope"): Envelope {
  const problems: string[] = [];
  const record = asRecord(thing);
  const id = text(record.id, "id", problems);
  const twin = text(record.twin, "twin", problems);
  const name = typeof record.name === "string" && record.name !== "" ? record.name : twin;
  const rows = Array.isArray(record.targets) ? record.targets : [];
  if (rows.length === 0) problems.push("it names no target");
  const targets = rows.map((row, i) => readTarget(asRecord(row), `target ${i + 1}`, problems));
  const seen = new Set<string>();
  for (const { address } of targets) {
    if (seen.has(address)) problems.push(`${address} stands twice`);
    seen.add(address);
  }
  if (problems.length > 0) {
    throw new RungError({
      code: "bad-envelope",
      where,
      what: problems.join("; "),
      advice: "correct the table of the envelope node",
    });
  }
  return { kind: "envelope", id, name, twin, targets };
}

/** SHA-256 of everything an envelope says, in hexadecimal. */
export function envelopeHash(envelope: Envelope): string {
  return canonicalHash(envelope);
}

/** The target of an address, or undefined. */
export function targetOf(envelope: Envelope, address: string): EnvelopeTarget | undefined {
  return envelope.targets.find((target) => target.address === address);
}

function readTarget(row: Record<string, unknown>, at: string, problems: string[]): EnvelopeTarget {
  const nodes = asRecord(row.nodeIds);
  const address = text(row.address, `${at}: address`, problems);
  const where = address || at;
  const min = number(row.min, `${where}: min`, problems);
  const max = number(row.max, `${where}: max`, problems);
  if (min >= max) problems.push(`${where}: min must be below max, got ${min} and ${max}`);
  const unit = text(row.unit, `${where}: unit`, problems);
  if (unit !== "" && !isUnit(unit)) problems.push(`${where}: ${unit} is no unit Rung knows`);
  return {
    address,
    nodeIds: {
      setpoint: text(nodes.setpoint, `${where}: node id of the setpoint`, problems),
      request: text(nodes.request, `${where}: node id of the request block`, problems),
      local: text(nodes.local, `${where}: node id of the local key`, problems),
      state: text(nodes.state, `${where}: node id of the machine state`, problems),
      inputs: texts(nodes.inputs, `${where}: inputs`, problems),
    },
    unit: isUnit(unit) ? unitSymbol(unit) : unit,
    min,
    max,
    maxStep: positive(row.maxStep, `${where}: largest step`, problems),
    ratePerMinute: positive(row.ratePerMinute, `${where}: rate per minute`, problems),
    deadband: number(row.deadband ?? 0, `${where}: deadband`, problems, 0),
    permittedStates: numbers(row.permittedStates ?? DEFAULT_TARGET.permittedStates, where, problems),
    maxInputAgeMs: positive(
      row.maxInputAgeMs ?? DEFAULT_TARGET.maxInputAgeMs,
      `${where}: input age`,
      problems,
    ),
    budgetPerShift: positive(
      row.budgetPerShift ?? DEFAULT_TARGET.budgetPerShift,
      `${where}: budget`,
      problems,
    ),
    ttlMs: positive(row.ttlMs ?? DEFAULT_TARGET.ttlMs, `${where}: time to live`, problems),
    interlocks: interlocks(row.interlocks ?? [], where, problems),
  };
}

function interlocks(thing: unknown, where: string, problems: string[]): Interlock[] {
  if (!Array.isArray(thing)) {
    problems.push(`${where}: interlocks must be a list`);
    return [];
  }
  return thing.map((item) => {
    const row = asRecord(item);
    const label = text(row.label, `${where}: label of an interlock`, problems);
    const limits: { min?: number; max?: number } = {};
    if (row.min !== undefined) limits.min = number(row.min, `${where}: ${label}: min`, problems);
    if (row.max !== undefined) limits.max = number(row.max, `${where}: ${label}: max`, problems);
    if (limits.min === undefined && limits.max === undefined) {
      problems.push(`${where}: interlock ${label} has neither min nor max`);
    }
    return { label, nodeId: text(row.nodeId, `${where}: node id of ${label}`, problems), ...limits };
  });
}

function asRecord(thing: unknown): Record<string, unknown> {
  return thing !== null && typeof thing === "object" ? (thing as Record<string, unknown>) : {};
}

function text(thing: unknown, what: string, problems: string[]): string {
  if (typeof thing === "string" && thing.trim() !== "") return thing.trim();
  problems.push(`${what} is missing`);
  return "";
}

function texts(thing: unknown, what: string, problems: string[]): string[] {
  if (Array.isArray(thing) && thing.length > 0) return thing.map((item) => text(item, what, problems));
  problems.push(`${what}: at least one is needed, or nothing tells that the plant is alive`);
  return [];
}

function number(thing: unknown, what: string, problems: string[], least = Number.NEGATIVE_INFINITY): number {
  if (typeof thing === "number" && Number.isFinite(thing) && thing >= least) return thing;
  problems.push(
    `${what} must be a number${least > Number.NEGATIVE_INFINITY ? ` of at least ${least}` : ""}, got ${String(thing)}`,
  );
  return Number.NaN;
}

function numbers(thing: unknown, where: string, problems: string[]): number[] {
  if (Array.isArray(thing) && thing.length > 0 && thing.every((item) => Number.isInteger(item))) {
    return thing as number[];
  }
  problems.push(`${where}: permitted states must be a list of PackML state numbers`);
  return [];
}

function positive(thing: unknown, what: string, problems: string[]): number {
  if (typeof thing === "number" && Number.isFinite(thing) && thing > 0) return thing;
  problems.push(`${what} must be a number > 0, got ${String(thing)}`);
  return Number.NaN;
}
