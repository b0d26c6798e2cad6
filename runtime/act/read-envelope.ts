import { RungError } from "../core/errors.ts";
import { isOfTraining } from "../core/training.ts";
import { isUnit, unitSymbol } from "../core/unit.ts";
import {
  DEFAULT_TARGET,
  type Envelope,
  type EnvelopeTarget,
  type ExpectedEffect,
  type Interlock,
  type ProjectedMeasurement,
  type SafetyLimit,
} from "./envelope.ts";
import { FieldReader } from "./field-reader.ts";
import { validityTimeUs } from "./validity.ts";

const MINUTES_AN_HOUR = 60;
/** More of a kind than any machine has: a list without an end must not fill the actuator. */
const MOST_ROWS = 64;

/**
 * Reads an envelope from untrusted JSON. Unknown members are dropped, so that the hash covers exactly what is used.
 * @throws RungError `bad-envelope` naming every problem
 */
export function readEnvelope(thing: unknown, where = "envelope"): Envelope {
  const problems: string[] = [];
  const record = new FieldReader(thing, "", problems);
  const id = record.text("id", "id");
  const twin = record.text("twin", "twin");
  if (isOfTraining(twin)) problems.push(`${twin} is a training twin, which has no plant`);
  const targets = record.rows("targets", MOST_ROWS, (row, i) => readTarget(row, `target ${i + 1}`));
  if (targets.length === 0) problems.push("it names no target");
  const projections = record.rows("projections", MOST_ROWS, readProjection);
  findDoubles(targets, projections, problems);
  const envelope: Envelope = {
    kind: "envelope",
    id,
    name: record.optionalText("name") ?? twin,
    twin,
    ...readValidity(record, problems),
    targets,
    ...(projections.length === 0 ? {} : { projections }),
  };
  if (problems.length === 0) return envelope;
  throw new RungError({
    code: "bad-envelope",
    where,
    what: problems.join("; "),
    advice: "correct the table of the envelope node",
  });
}

function readTarget(row: FieldReader, at: string): EnvelopeTarget {
  const address = row.text("address", `${at}: address`);
  row.where = `${address || at}: `;
  if (isOfTraining(address)) row.problem("it is a training twin's, which has no plant");
  const nodes = row.inner("nodeIds");
  const [min, max] = [row.number("min", "min"), row.number("max", "max")];
  if (min >= max) row.problem(`min must be below max, got ${min} and ${max}`);
  const maxInputAgeMs = row.positive("maxInputAgeMs", "input age", DEFAULT_TARGET.maxInputAgeMs);
  const ratePerMinute = row.positive("ratePerMinute", "rate per minute");
  const safety = row.optional("safety", readSafety);
  const effect = row.optional("effect", readEffect);
  const maxStateAgeMs = row.has("maxStateAgeMs") ? row.positive("maxStateAgeMs", "state age") : undefined;
  return {
    address,
    nodeIds: {
      setpoint: nodes.nodeId("setpoint", "node id of the setpoint"),
      ...(nodes.has("request") ? { request: nodes.nodeId("request", "node id of the request block") } : {}),
      local: nodes.nodeId("local", "node id of the local key"),
      state: nodes.nodeId("state", "node id of the machine state"),
      inputs: nodes.nodeIds(
        "inputs",
        "inputs: at least one is needed, or nothing tells that the plant is alive",
      ),
    },
    unit: readUnit(row),
    min,
    max,
    maxStep: row.positive("maxStep", "largest step"),
    ratePerMinute,
    ratePerHour: row.positive("ratePerHour", "rate per hour", MINUTES_AN_HOUR * ratePerMinute),
    deadband: row.number("deadband", "deadband", { least: 0, absent: 0 }),
    permittedStates: row.integers(
      "permittedStates",
      "permitted states must be a list of PackML state numbers",
      DEFAULT_TARGET.permittedStates,
    ),
    ...(safety === undefined ? {} : { safety }),
    ...(effect === undefined ? {} : { effect }),
    maxInputAgeMs,
    ...(maxStateAgeMs === undefined ? {} : { maxStateAgeMs }),
    budgetPerShift: row.positive("budgetPerShift", "budget", DEFAULT_TARGET.budgetPerShift),
    ttlMs: row.positive("ttlMs", "time to live", DEFAULT_TARGET.ttlMs),
    interlocks: row.rows("interlocks", MOST_ROWS, (lock) => readInterlock(lock, maxInputAgeMs)),
  };
}

function readUnit(row: FieldReader): string {
  const unit = row.text("unit", "unit");
  if (unit !== "" && !isUnit(unit)) row.problem(`${unit} is no unit Rung knows`);
  return isUnit(unit) ? unitSymbol(unit) : unit;
}

function readInterlock(row: FieldReader, maxInputAgeMs: number): Interlock {
  const label = row.text("label", "label of an interlock");
  const min = row.optionalNumber("min", `${label}: min`);
  const max = row.optionalNumber("max", `${label}: max`);
  if (min === undefined && max === undefined) row.problem(`interlock ${label} has neither min nor max`);
  if (min !== undefined && max !== undefined && min > max)
    row.problem(`interlock ${label}: min is above max`);
  const nodeId = row.nodeId("nodeId", `node id of ${label}`);
  const minus = row.has("minus") ? row.nodeId("minus", `second node id of ${label}`) : undefined;
  if (minus === nodeId && nodeId !== "") row.problem(`interlock ${label} compares ${nodeId} with itself`);
  return {
    label,
    nodeId,
    ...(minus === undefined ? {} : { minus }),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    update: row.choice("update", `${label}: update`, ["cyclic", "onChange"]),
    maxAgeMs: row.positive("maxAgeMs", `age of ${label}`, maxInputAgeMs),
  };
}

function readSafety(row: FieldReader): SafetyLimit {
  return {
    nodeId: row.nodeId("nodeId", "node id of the safety state"),
    permitted: row.integers(
      "permitted",
      "permitted operational modes must be a list of their numbers",
      DEFAULT_TARGET.permittedModes,
    ),
    ...(row.has("emergencyStop")
      ? { emergencyStop: row.nodeId("emergencyStop", "node id of the emergency stop") }
      : {}),
    ...(row.has("protectiveStop")
      ? { protectiveStop: row.nodeId("protectiveStop", "node id of the protective stop") }
      : {}),
  };
}

function readEffect(row: FieldReader): ExpectedEffect {
  return {
    nodeId: row.nodeId("nodeId", "node id of the effect"),
    direction: row.choice("direction", "direction of the effect", ["same", "opposite"]),
    leastChange: row.positive("leastChange", "least change of the effect"),
    withinMs: row.positive("withinMs", "time of the effect"),
  };
}

function readProjection(row: FieldReader): ProjectedMeasurement {
  const address = row.text("address", "address of a projected measurement");
  row.where = `${address}: `;
  return {
    address,
    nodeId: row.nodeId("nodeId", "node id"),
    unit: readUnit(row),
    widest: row.positive("widest", "widest interval"),
    leastAfterMs: row.positive("leastAfterMs", "least time ahead"),
  };
}

function readValidity(record: FieldReader, problems: string[]): Pick<Envelope, "validFrom" | "validUntil"> {
  const validFrom = record.optionalText("validFrom");
  const validUntil = record.optionalText("validUntil");
  const fromUs = validFrom === undefined ? undefined : validityTimeUs(validFrom, "from");
  const untilUs = validUntil === undefined ? undefined : validityTimeUs(validUntil, "until");
  for (const [what, text, us] of [
    ["valid from", validFrom, fromUs],
    ["valid until", validUntil, untilUs],
  ] as const) {
    if (text !== undefined && us === undefined) {
      problems.push(`${what}: ${text} is no day such as 2026-11-22 and no time such as 2026-11-22T06:00:00Z`);
    }
  }
  if (fromUs !== undefined && untilUs !== undefined && fromUs >= untilUs) {
    problems.push(`it is valid from ${validFrom}, and only until ${validUntil}`);
  }
  return {
    ...(validFrom === undefined ? {} : { validFrom }),
    ...(validUntil === undefined ? {} : { validUntil }),
  };
}

/** Two rows for one setpoint would each have a rate, a budget and limits of their own. */
function findDoubles(
  targets: readonly EnvelopeTarget[],
  projections: readonly ProjectedMeasurement[],
  problems: string[],
): void {
  const twice = (names: readonly string[]) =>
    new Set(names.filter((name, i) => name !== "" && names.indexOf(name) !== i));
  const written = targets.flatMap(({ nodeIds }) => [nodeIds.setpoint, nodeIds.request ?? ""]);
  for (const name of [
    ...twice(targets.map(({ address }) => address)),
    ...twice(written),
    ...twice(projections.map(({ address }) => address)),
  ]) {
    problems.push(`${name} stands twice`);
  }
  for (const { address, interlocks } of targets) {
    for (const { label, nodeId, minus } of interlocks) {
      const other = targets.find(({ nodeIds }) => nodeIds.setpoint === minus);
      const own = targets.find(({ nodeIds }) => nodeIds.setpoint === nodeId);
      if (other === undefined || own === undefined || other.unit === own.unit) continue;
      problems.push(`${address}: interlock ${label} compares ${own.unit} with ${other.unit}`);
    }
  }
}
