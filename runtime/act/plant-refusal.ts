import type { TimeUs } from "../core/time.ts";
import type { EnvelopeTarget } from "./envelope.ts";
import { interlockRefusal } from "./interlock-refusal.ts";
import type { PlantView, Reading, TargetView } from "./plant-view.ts";
import { type Refusal, refuse, seconds } from "./refusal.ts";

/** The plant as it was read, and when it is judged. */
export interface PlantMoment {
  readonly view: PlantView | undefined;
  /** On the plant's clock. */
  readonly nowUs: TimeUs;
}

/** What in the plant forbids any write to this target now; also the cause of a hold. */
export function plantRefusal(target: EnvelopeTarget, { view, nowUs }: PlantMoment): Refusal | undefined {
  const at = target.address;
  const seen = view?.targets.get(at);
  if (view === undefined || seen === undefined) return refuse("stale-plant", `${at}: the plant is not read`);
  const silentMs = (nowUs - view.plantTimeUs) / 1000;
  if (!(silentMs <= target.maxInputAgeMs)) {
    return refuse("stale-plant", `${at}: the plant has been silent for ${seconds(silentMs * 1000)}`);
  }
  return (
    inputRefusal(target, seen, nowUs) ??
    keyAndStateRefusal(target, seen, nowUs) ??
    safetyRefusal(target, seen, nowUs) ??
    interlockRefusal(target, seen, nowUs)
  );
}

function inputRefusal(target: EnvelopeTarget, seen: TargetView, nowUs: TimeUs): Refusal | undefined {
  for (const [i, nodeId] of target.nodeIds.inputs.entries()) {
    const input = seen.inputs[i];
    const refusal =
      badQuality(target, nodeId, input) ?? tooOld(target, nodeId, input!, nowUs, target.maxInputAgeMs);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function keyAndStateRefusal(target: EnvelopeTarget, seen: TargetView, nowUs: TimeUs): Refusal | undefined {
  const { address: at, nodeIds, permittedStates, maxStateAgeMs } = target;
  const ownLimits = [
    ["the PLC's low limit", seen.low],
    ["the PLC's high limit", seen.high],
  ] as const;
  for (const [what, reading] of [
    ["the setpoint", seen.setpoint],
    ["the local key", seen.local],
    ["the machine state", seen.state],
    ...(nodeIds.request === undefined ? [] : ownLimits),
  ] as const) {
    const refusal = badQuality(target, what, reading);
    if (refusal !== undefined) return refusal;
  }
  const old =
    tooOld(target, "the local key", seen.local, nowUs, maxStateAgeMs) ??
    tooOld(target, "the machine state", seen.state, nowUs, maxStateAgeMs);
  if (old !== undefined) return old;
  if (seen.local.value !== 0) return refuse("local-mode", `${at}: the key is on local`);
  if (permittedStates.includes(seen.state.value)) return undefined;
  return refuse(
    "wrong-state",
    `${at}: machine state ${seen.state.value}, permitted ${permittedStates.join(", ")}`,
  );
}

/** OPC 40010-1, SafetyStateType. Observed, never overridden: no safety function lives here. */
function safetyRefusal(target: EnvelopeTarget, seen: TargetView, nowUs: TimeUs): Refusal | undefined {
  const { address: at, safety, maxStateAgeMs } = target;
  if (safety === undefined) return undefined;
  for (const [what, nodeId, reading] of [
    ["emergency stop", safety.emergencyStop, seen.emergencyStop],
    ["protective stop", safety.protectiveStop, seen.protectiveStop],
  ] as const) {
    if (nodeId === undefined) continue;
    const refusal =
      badQuality(target, `the ${what}`, reading) ??
      tooOld(target, `the ${what}`, reading!, nowUs, maxStateAgeMs);
    if (refusal !== undefined) return refusal;
    if (reading!.value !== 0) return refuse("safety-state", `${at}: ${what} is active`);
  }
  const mode = seen.safety;
  const refusal =
    badQuality(target, "the safety state", mode) ??
    tooOld(target, "the safety state", mode!, nowUs, maxStateAgeMs);
  if (refusal !== undefined) return refusal;
  if (safety.permitted.includes(mode!.value)) return undefined;
  return refuse(
    "safety-state",
    `${at}: operational mode ${mode!.value}, permitted ${safety.permitted.join(", ")}`,
  );
}

function badQuality(
  { address }: EnvelopeTarget,
  what: string,
  reading: Reading | undefined,
): Refusal | undefined {
  return reading?.good && Number.isFinite(reading.value)
    ? undefined
    : refuse("bad-quality", `${address}: quality of ${what} is not good`);
}

/** @param maxAgeMs undefined for what comes on change: it is as old as the plant's last sign of life */
function tooOld(
  { address }: EnvelopeTarget,
  what: string,
  { sourceTimeUs }: Reading,
  nowUs: TimeUs,
  maxAgeMs: number | undefined,
): Refusal | undefined {
  if (maxAgeMs === undefined) return undefined;
  const ageMs = (nowUs - sourceTimeUs) / 1000;
  // A time ahead of the plant's clock proves no more than one behind it: a value that stands there would never age.
  if (Math.abs(ageMs) <= maxAgeMs) return undefined;
  const old =
    ageMs < 0 ? `${seconds(-ageMs * 1000)} ahead of the plant's clock` : `${seconds(ageMs * 1000)} old`;
  return refuse("stale-input", `${address}: ${what} is ${old}`);
}
