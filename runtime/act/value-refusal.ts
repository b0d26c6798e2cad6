import type { TimeUs } from "../core/time.ts";
import type { Envelope, EnvelopeTarget } from "./envelope.ts";
import { proposedInterlockRefusal } from "./interlock-refusal.ts";
import type { PlantView, TargetView } from "./plant-view.ts";
import { RESOLUTION, type Refusal, refuse, show } from "./refusal.ts";
import type { WriteHistory } from "./write-history.ts";

const MINUTE_US = 60e6;
const HOUR_US = 3600e6;
const SHIFT_US = 8 * HOUR_US;

/** What the envelope has against a value, beside what the plant has against any. @param value in the target's unit */
export function valueRefusal(
  target: EnvelopeTarget,
  value: number,
  envelope: Envelope,
  view: PlantView,
  history: WriteHistory,
  nowUs: TimeUs,
): Refusal | undefined {
  const { address: at, unit } = target;
  const seen = view.targets.get(at)!;
  const prior = seen.setpoint.value;
  const beyond = rangeRefusal(target, value, seen);
  if (beyond !== undefined) return beyond;
  const step = Math.abs(value - prior);
  if (step <= target.deadband) {
    return refuse("deadband", `${at}: ${show(prior)} to ${show(value)} ${unit} is within the deadband`);
  }
  return (
    stepRefusal(target, value, prior) ??
    rateRefusal(target, step, history, nowUs) ??
    budgetRefusal(target, history, nowUs) ??
    proposedInterlockRefusal(target, value, envelope, view, nowUs)
  );
}

/** Likewise, for a write that is counted already: its rate and budget were looked at when it was decided. */
export function lateValueRefusal(
  target: EnvelopeTarget,
  value: number,
  envelope: Envelope,
  view: PlantView,
  nowUs: TimeUs,
): Refusal | undefined {
  const seen = view.targets.get(target.address)!;
  return (
    rangeRefusal(target, value, seen) ??
    stepRefusal(target, value, seen.setpoint.value) ??
    proposedInterlockRefusal(target, value, envelope, view, nowUs)
  );
}

function rangeRefusal(target: EnvelopeTarget, value: number, { low, high }: TargetView): Refusal | undefined {
  const { address: at, nodeIds, unit, min, max } = target;
  if (!(value >= min && value <= max)) {
    return refuse("out-of-range", `${at}: ${show(value)} ${unit} is not within ${min} to ${max}`);
  }
  if (nodeIds.request === undefined) return undefined;
  const [least, most] = [low?.value ?? Number.NaN, high?.value ?? Number.NaN];
  if (value >= least && value <= most) return undefined;
  return refuse(
    "plc-limit",
    `${at}: ${show(value)} ${unit} is not within the PLC's ${show(least)} to ${show(most)}`,
  );
}

function stepRefusal(
  { address, unit, maxStep }: EnvelopeTarget,
  value: number,
  present: number,
): Refusal | undefined {
  const step = Math.abs(value - present);
  if (step <= maxStep + RESOLUTION) return undefined;
  return refuse("step-too-large", `${address}: a step of ${show(step)} ${unit}, at most ${maxStep}`);
}

/** Windows that slide: what was changed within any 60 s and within any 3600 s, whenever they begin. */
function rateRefusal(
  { address: at, unit, ratePerMinute, ratePerHour }: EnvelopeTarget,
  step: number,
  history: WriteHistory,
  nowUs: TimeUs,
): Refusal | undefined {
  for (const [code, span, windowUs, most] of [
    ["too-fast", "a minute", MINUTE_US, ratePerMinute],
    ["too-fast-hour", "an hour", HOUR_US, ratePerHour],
  ] as const) {
    const sum = history.changeSince(at, nowUs - windowUs) + step;
    if (!(sum <= most + RESOLUTION)) {
      return refuse(code, `${at}: ${show(sum)} ${unit} in ${span}, at most ${most}`);
    }
  }
  return undefined;
}

function budgetRefusal(
  { address: at, budgetPerShift }: EnvelopeTarget,
  history: WriteHistory,
  nowUs: TimeUs,
): Refusal | undefined {
  const used = history.writesSince(at, nowUs - SHIFT_US);
  if (used + 1 <= budgetPerShift) return undefined;
  return refuse("budget", `${at}: ${used} writes in 8 h, at most ${budgetPerShift}`);
}
