import type { Envelope, EnvelopeTarget } from "./envelope.ts";

/** One field in which the envelope a flow wants is not the one in force, in words. */
export interface FieldDifference {
  /** Address of the target; `null` for what is about the whole envelope. */
  readonly target: string | null;
  /** "highest value", "interlock 1, node". */
  readonly field: string;
  /** As commissioned; `null` where it is not there. */
  readonly commissioned: string | null;
  /** As the flow wants it; `null` where it is no longer there. */
  readonly wanted: string | null;
}

/** Field -> value in words, in the order a person reads them. */
type Fields = Map<string, string>;

/**
 * Every field in which two envelopes differ, or each field of the wanted one where none was commissioned. What has no
 * words of its own is told by its name, so that no difference goes unseen: equal lists mean equal hashes.
 */
export function envelopeDifference(commissioned: Envelope | undefined, wanted: Envelope): FieldDifference[] {
  const differences = differing(null, commissioned && envelopeFields(commissioned), envelopeFields(wanted));
  const addresses = new Set(
    [...(commissioned?.targets ?? []), ...wanted.targets].map(({ address }) => address),
  );
  for (const address of addresses) {
    const fieldsOf = (envelope: Envelope | undefined) => {
      const target = envelope?.targets.find((one) => one.address === address);
      return target && targetFields(target);
    };
    const [before, after] = [fieldsOf(commissioned), fieldsOf(wanted)];
    // Of one that is gone, nothing is left to compare.
    if (before !== undefined && after === undefined) {
      const limits = `${before.get("lowest value")} to ${before.get("highest value")}`;
      differences.push({ target: address, field: "this setpoint", commissioned: limits, wanted: null });
    } else differences.push(...differing(address, before, after));
  }
  // The hash minds the order, so it is told too.
  if (commissioned !== undefined && differences.length === 0) {
    const order = ({ targets, projections = [] }: Envelope) =>
      [...targets, ...projections].map(({ address }) => address).join(", ");
    if (order(commissioned) !== order(wanted)) {
      const field = "order of its parts";
      differences.push({ target: null, field, commissioned: order(commissioned), wanted: order(wanted) });
    }
  }
  return differences;
}

function differing(
  target: string | null,
  before: Fields | undefined,
  after: Fields | undefined,
): FieldDifference[] {
  const fields = new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])]);
  return [...fields]
    .map((field) => ({
      target,
      field,
      commissioned: before?.get(field) ?? null,
      wanted: after?.get(field) ?? null,
    }))
    .filter(({ commissioned, wanted }) => commissioned !== wanted);
}

function envelopeFields({ kind: _kind, id: _id, targets: _targets, projections, ...rest }: Envelope): Fields {
  const { name, twin, validFrom, validUntil, ...others } = rest;
  const fields: Fields = new Map([
    ["name", name],
    ["twin", twin],
  ]);
  if (validFrom !== undefined) fields.set("valid from", validFrom);
  if (validUntil !== undefined) fields.set("valid until", validUntil);
  for (const one of projections ?? []) {
    const { address, nodeId, unit, widest, leastAfterMs, ...more } = one;
    fields.set(`judged by ${address}, node`, nodeId);
    fields.set(`judged by ${address}, widest interval`, `${widest} ${unit}`);
    fields.set(`judged by ${address}, looks ahead at least`, duration(leastAfterMs));
    addOthers(fields, `judged by ${address}, `, more);
  }
  addOthers(fields, "", others);
  return fields;
}

function targetFields({
  address: _address,
  nodeIds,
  unit,
  interlocks,
  safety,
  effect,
  ...rest
}: EnvelopeTarget): Fields {
  const { min, max, maxStep, ratePerMinute, ratePerHour, deadband, permittedStates, ...times } = rest;
  const { maxInputAgeMs, maxStateAgeMs, budgetPerShift, ttlMs, ...others } = times;
  const fields: Fields = new Map([
    ["lowest value", `${min} ${unit}`],
    ["highest value", `${max} ${unit}`],
    ["largest change at once", `${maxStep} ${unit}`],
    ["changes within a minute", `${ratePerMinute} ${unit}`],
    ["changes within an hour", `${ratePerHour} ${unit}`],
    ["smallest change worth a write", `${deadband} ${unit}`],
    ["writes within 8 h", String(budgetPerShift)],
    ["permitted machine states", permittedStates.join(", ")],
    ["greatest age of a measurement", duration(maxInputAgeMs)],
    ["PLC keeps a value without heartbeat for", duration(ttlMs)],
  ]);
  if (maxStateAgeMs !== undefined) fields.set("greatest age of key and state", duration(maxStateAgeMs));
  const { setpoint, request, local, state, inputs, ...otherNodes } = nodeIds;
  fields.set("setpoint node", setpoint);
  fields.set("request block", request ?? "none: it can only advise");
  fields.set("local key node", local);
  fields.set("machine state node", state);
  inputs.forEach((nodeId, i) => void fields.set(`measurement ${i + 1}`, nodeId));
  addOthers(fields, "node ", otherNodes);
  if (safety !== undefined) {
    const { nodeId, permitted, emergencyStop, protectiveStop, ...more } = safety;
    fields.set("safety state node", nodeId);
    fields.set("permitted safety states", permitted.join(", "));
    fields.set("emergency stop", emergencyStop ?? "not looked at");
    fields.set("protective stop", protectiveStop ?? "not looked at");
    addOthers(fields, "safety ", more);
  }
  if (effect !== undefined) {
    const { nodeId, direction, leastChange, withinMs, ...more } = effect;
    const way = direction === "same" ? "with the setpoint" : direction;
    fields.set("expected effect, node", nodeId);
    fields.set("expected effect, moves", way === "opposite" ? "against the setpoint" : way);
    fields.set("expected effect, at least", `${leastChange} per ${unit}`);
    fields.set("expected effect, within", duration(withinMs));
    addOthers(fields, "effect ", more);
  }
  // Each member for itself: a node id may hold any words, so that two joined ones could read like one.
  interlocks.forEach(({ label, nodeId, minus, min: low, max: high, update, maxAgeMs, ...more }, i) => {
    const key = `interlock ${i + 1}`;
    fields.set(`${key}, name`, label);
    fields.set(`${key}, node`, nodeId);
    if (minus !== undefined) fields.set(`${key}, minus node`, minus);
    fields.set(`${key}, limits`, rangeWords(low, high));
    fields.set(`${key}, comes`, update === "cyclic" ? "in each cycle" : update);
    fields.set(`${key}, greatest age`, duration(maxAgeMs));
    addOthers(fields, `${key}, `, more);
  });
  addOthers(fields, "", others);
  return fields;
}

/** Members this file has no words for yet. */
function addOthers(fields: Fields, before: string, others: object): void {
  for (const [name, value] of Object.entries(others)) {
    if (value !== undefined) fields.set(`${before}${name}`, JSON.stringify(value));
  }
}

function rangeWords(low: number | undefined, high: number | undefined): string {
  if (low === undefined) return high === undefined ? "no limits" : `at most ${high}`;
  return high === undefined ? `at least ${low}` : `${low} to ${high}`;
}

function duration(ms: number): string {
  for (const [unit, size] of [
    ["h", 3600_000],
    ["min", 60_000],
    ["s", 1000],
  ] as const) {
    if (ms >= size && ms % (size / 10) === 0) return `${ms / size} ${unit}`;
  }
  return `${ms} ms`;
}
