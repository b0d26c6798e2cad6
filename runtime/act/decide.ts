import type { TimeUs } from "../core/time.ts";
import { converter, isUnit, sameDimension } from "../core/unit.ts";
import { type Envelope, type EnvelopeTarget, targetOf } from "./envelope.ts";
import type { PlantView, Reading, TargetView } from "./plant-view.ts";
import type { WriteHistory } from "./write-history.ts";

/** Why a proposal is refused; stable, for the audit. The order is that of the checks. */
export type RefusalCode =
  | "malformed"
  | "replayed"
  | "not-a-number"
  | "unknown-target"
  | "wrong-unit"
  | "expired"
  | "expiry-too-far"
  | "not-commissioned"
  | "stale-plant"
  | "stale-input"
  | "bad-quality"
  | "local-mode"
  | "wrong-state"
  | "interlock"
  | "out-of-range"
  | "plc-limit"
  | "deadband"
  | "step-too-large"
  | "too-fast"
  | "budget"
  | "hold"
  | "disarmed"
  | "not-armed"
  | "awaiting-approval";

export type Decision =
  | {
      readonly accepted: true;
      /** In the target's unit. */
      readonly value: number;
      /** The setpoint in force when it was decided. */
      readonly prior: number;
      readonly target: EnvelopeTarget;
      readonly reason: string;
    }
  | { readonly accepted: false; readonly code: RefusalCode; readonly reason: string };

/** Where the arm stands. `disarmed` carries a cause a person must look at; `observe` is the plain unarmed state. */
export type ArmView =
  | { readonly mode: "act" }
  | { readonly mode: "advise"; readonly approved: boolean }
  | { readonly mode: "observe" }
  | { readonly mode: "disarmed"; readonly cause: string }
  | { readonly mode: "hold"; readonly cause: string };

export interface DecisionContext {
  /** The envelope in force; undefined where the wanted one was never commissioned or has changed. */
  readonly envelope: Envelope | undefined;
  readonly view: PlantView | undefined;
  readonly history: WriteHistory;
  readonly arm: ArmView;
  /** On the plant's clock. */
  readonly nowUs: TimeUs;
}

/** No proposal may live longer than this, so that ids need be remembered only so long. */
export const LONGEST_LIFE_US = 8 * 3600e6;

/** Values closer than this are one value: the least a Double setpoint of a PLC is believed to resolve. */
export const RESOLUTION = 1e-6;

/**
 * Judges one untrusted proposal: pure, and the only way to a write. What the proposal says about itself beyond
 * id, target, value, unit and expiry is not looked at. The arm is asked last, so that an unarmed actuator still
 * tells whether it would have written (observe mode).
 * After NAMUR NE 178 (2025), verification of request: authorisation, verification, acceptance.
 */
export function decide(proposal: unknown, context: DecisionContext): Decision {
  const read = readProposal(proposal);
  if (typeof read === "string") return refuse("malformed", read);
  const { id, target: address, value: given, unit, expiresUs } = read;
  const { envelope, history, nowUs } = context;

  if (history.hasSeen(id)) return refuse("replayed", `${id} was decided before`);
  if (!Number.isFinite(given)) return refuse("not-a-number", `${address}: ${given} is no finite number`);
  if (envelope === undefined) return refuse("not-commissioned", `${address}: no commissioned envelope`);
  const target = targetOf(envelope, address);
  if (target === undefined) return refuse("unknown-target", `${address} is not in envelope ${envelope.name}`);
  if (!isUnit(unit) || !sameDimension(unit, target.unit)) {
    return refuse("wrong-unit", `${address} is set in ${target.unit}, the proposal says ${unit}`);
  }
  const value = converter(unit, target.unit, address)(given);
  if (expiresUs <= nowUs) return refuse("expired", `${address}: expired ${seconds(nowUs - expiresUs)} ago`);
  if (expiresUs - nowUs > LONGEST_LIFE_US) {
    return refuse("expiry-too-far", `${address}: lives for more than ${LONGEST_LIFE_US / 3600e6} h`);
  }

  const refusal = plantRefusal(target, context) ?? valueRefusal(target, value, context);
  if (refusal) return refusal;
  const prior = context.view!.targets.get(address)!.setpoint.value;
  return (
    armRefusal(context.arm) ?? {
      accepted: true,
      value,
      prior,
      target,
      reason: `${address}: ${show(prior)} to ${show(value)} ${target.unit}, inside the envelope`,
    }
  );
}

/**
 * Judges an accepted proposal once more, in the turn in which its write goes out: whatever can change while it is
 * under way. Its range and step are looked at again, from the setpoint as it was read last; the PLC compares that in
 * force with the expected one besides. Rate and budget are not: the write is counted already.
 * @param target what it was accepted for
 * @param value in the target's unit
 */
export function lateRefusal(
  target: EnvelopeTarget,
  value: number,
  expiresUs: TimeUs,
  context: Pick<DecisionContext, "envelope" | "view" | "nowUs" | "arm">,
): (Decision & { accepted: false }) | undefined {
  const { envelope, nowUs } = context;
  const at = target.address;
  if (envelope === undefined || targetOf(envelope, at) !== target) {
    return refuse("not-commissioned", `${at}: the envelope was changed meanwhile`);
  }
  if (expiresUs <= nowUs) return refuse("expired", `${at}: expired ${seconds(nowUs - expiresUs)} ago`);
  const refusal = plantRefusal(target, context);
  if (refusal) return refusal;
  const seen = context.view!.targets.get(at)!;
  return (
    rangeRefusal(target, value, seen) ??
    stepRefusal(target, value, seen.setpoint.value) ??
    armRefusal(context.arm)
  );
}

/** What in the plant forbids any write to this target now; also the cause of a hold. */
export function plantRefusal(
  target: EnvelopeTarget,
  context: Pick<DecisionContext, "view" | "nowUs">,
): (Decision & { accepted: false }) | undefined {
  const { view, nowUs } = context;
  const at = target.address;
  const seen = view?.targets.get(at);
  if (view === undefined || seen === undefined) return refuse("stale-plant", `${at}: the plant is not read`);
  const silentMs = (nowUs - view.plantTimeUs) / 1000;
  if (!(silentMs <= target.maxInputAgeMs)) {
    return refuse("stale-plant", `${at}: the plant has been silent for ${seconds(silentMs * 1000)}`);
  }
  for (const [i, input] of seen.inputs.entries()) {
    const nodeId = target.nodeIds.inputs[i];
    if (!input.good || !Number.isFinite(input.value)) {
      return refuse("bad-quality", `${at}: quality of ${nodeId} is not good`);
    }
    const ageMs = (nowUs - input.sourceTimeUs) / 1000;
    if (!(ageMs <= target.maxInputAgeMs)) {
      return refuse("stale-input", `${at}: ${nodeId} is ${seconds(ageMs * 1000)} old`);
    }
  }
  return keyAndStateRefusal(target, seen) ?? interlockRefusal(target, seen);
}

function keyAndStateRefusal(
  target: EnvelopeTarget,
  seen: TargetView,
): (Decision & { accepted: false }) | undefined {
  const at = target.address;
  const needed: [string, Reading][] = [
    ["the setpoint", seen.setpoint],
    ["the local key", seen.local],
    ["the machine state", seen.state],
    ["the PLC's low limit", seen.low],
    ["the PLC's high limit", seen.high],
  ];
  for (const [what, reading] of needed) {
    if (!reading.good || !Number.isFinite(reading.value)) {
      return refuse("bad-quality", `${at}: quality of ${what} is not good`);
    }
  }
  if (seen.local.value !== 0) return refuse("local-mode", `${at}: the key is on local`);
  if (!target.permittedStates.includes(seen.state.value)) {
    return refuse(
      "wrong-state",
      `${at}: machine state ${seen.state.value}, permitted ${target.permittedStates.join(", ")}`,
    );
  }
  return undefined;
}

function interlockRefusal(
  target: EnvelopeTarget,
  seen: TargetView,
): (Decision & { accepted: false }) | undefined {
  for (const [i, lock] of target.interlocks.entries()) {
    const reading = seen.interlocks[i];
    const inside =
      reading?.good &&
      reading.value >= (lock.min ?? Number.NEGATIVE_INFINITY) &&
      reading.value <= (lock.max ?? Number.POSITIVE_INFINITY);
    if (inside) continue;
    const limits = [
      lock.min === undefined ? "" : `at least ${lock.min}`,
      lock.max === undefined ? "" : `at most ${lock.max}`,
    ];
    return refuse(
      "interlock",
      `${target.address}: ${lock.label} is ${reading?.good ? show(reading.value) : "not good"}, needs ${limits.filter(Boolean).join(", ")}`,
    );
  }
  return undefined;
}

function valueRefusal(
  target: EnvelopeTarget,
  value: number,
  context: DecisionContext,
): (Decision & { accepted: false }) | undefined {
  const { view, history, nowUs } = context;
  const at = target.address;
  const seen = view!.targets.get(at)!;
  const prior = seen.setpoint.value;
  const unit = target.unit;
  const beyond = rangeRefusal(target, value, seen);
  if (beyond) return beyond;
  const step = Math.abs(value - prior);
  if (step <= target.deadband) {
    return refuse("deadband", `${at}: ${show(prior)} to ${show(value)} ${unit} is within the deadband`);
  }
  const leap = stepRefusal(target, value, prior);
  if (leap) return leap;
  const lately = history.changeSince(at, nowUs - 60e6);
  if (lately + step > target.ratePerMinute + RESOLUTION) {
    return refuse(
      "too-fast",
      `${at}: ${show(lately + step)} ${unit} in a minute, at most ${target.ratePerMinute}`,
    );
  }
  const used = history.writesSince(at, nowUs - SHIFT_US);
  if (used + 1 > target.budgetPerShift) {
    return refuse("budget", `${at}: ${used} writes in 8 h, at most ${target.budgetPerShift}`);
  }
  return undefined;
}

const SHIFT_US = 8 * 3600e6;

function rangeRefusal(
  target: EnvelopeTarget,
  value: number,
  { low, high }: TargetView,
): (Decision & { accepted: false }) | undefined {
  const { address: at, unit, min, max } = target;
  if (!(value >= min && value <= max)) {
    return refuse("out-of-range", `${at}: ${show(value)} ${unit} is not within ${min} to ${max}`);
  }
  if (!(value >= low.value && value <= high.value)) {
    return refuse(
      "plc-limit",
      `${at}: ${show(value)} ${unit} is not within the PLC's ${show(low.value)} to ${show(high.value)}`,
    );
  }
  return undefined;
}

function stepRefusal(
  { address, unit, maxStep }: EnvelopeTarget,
  value: number,
  present: number,
): (Decision & { accepted: false }) | undefined {
  const step = Math.abs(value - present);
  if (step <= maxStep + RESOLUTION) return undefined;
  return refuse("step-too-large", `${address}: a step of ${show(step)} ${unit}, at most ${maxStep}`);
}

function armRefusal(arm: ArmView): (Decision & { accepted: false }) | undefined {
  switch (arm.mode) {
    case "act":
      return undefined;
    case "advise":
      return arm.approved
        ? undefined
        : refuse("awaiting-approval", "inside the envelope; a person must approve");
    case "hold":
      return refuse("hold", `on hold: ${arm.cause}`);
    case "disarmed":
      return refuse("disarmed", `disarmed: ${arm.cause}`);
    case "observe":
      return refuse("not-armed", "inside the envelope; not written: not armed");
  }
}

interface ReadProposal {
  readonly id: string;
  readonly target: string;
  readonly value: number;
  readonly unit: string;
  readonly expiresUs: number;
}

/** The five members that are believed, or what is wrong with them. */
function readProposal(thing: unknown): ReadProposal | string {
  if (thing === null || typeof thing !== "object") return "no proposal";
  const { id, target, value, unit, expiresUs } = thing as Record<string, unknown>;
  if (typeof id !== "string" || id === "" || id.length > 300)
    return "id must be a text of 1 to 300 characters";
  if (typeof target !== "string" || target === "") return "target must be an address";
  // JSON has no NaN: a host that meant NaN sends null.
  if (typeof value !== "number" && value !== null) return "value must be a number";
  if (typeof unit !== "string") return "unit must be a text";
  if (typeof expiresUs !== "number" || !Number.isFinite(expiresUs)) return "expiresUs must be a time";
  return { id, target, value: value ?? Number.NaN, unit, expiresUs };
}

function refuse(code: RefusalCode, reason: string): Decision & { accepted: false } {
  return { accepted: false, code, reason };
}

const show = (value: number): string => String(Math.round(value * 100) / 100);
const seconds = (us: number): string => `${(us / 1e6).toFixed(1)} s`;
