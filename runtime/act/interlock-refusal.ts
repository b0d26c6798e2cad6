import type { TimeUs } from "../core/time.ts";
import type { Envelope, EnvelopeTarget, Interlock } from "./envelope.ts";
import type { PlantView, Reading, TargetView } from "./plant-view.ts";
import { RESOLUTION, type Refusal, refuse, seconds, show } from "./refusal.ts";

/** Whether the interlocks of a target hold on what was read. */
export function interlockRefusal(
  target: EnvelopeTarget,
  seen: TargetView,
  nowUs: TimeUs,
): Refusal | undefined {
  for (const [i, lock] of target.interlocks.entries()) {
    const problem = problemOf(lock, seen.interlocks[i], seen.minus?.[i], nowUs);
    if (problem !== undefined) return refuse(problem.code, `${target.address}: ${problem.words}`);
  }
  return undefined;
}

/**
 * Whether every interlock of the envelope in which the target's setpoint stands still holds with the proposed value
 * in its place, whichever target it is written at.
 */
export function proposedInterlockRefusal(
  target: EnvelopeTarget,
  value: number,
  envelope: Envelope,
  view: PlantView,
  nowUs: TimeUs,
): Refusal | undefined {
  const { setpoint } = target.nodeIds;
  const proposed: Reading = { value, good: true, sourceTimeUs: nowUs };
  for (const { address, interlocks } of envelope.targets) {
    const seen = view.targets.get(address);
    for (const [i, lock] of interlocks.entries()) {
      if (lock.nodeId !== setpoint && lock.minus !== setpoint) continue;
      const first = lock.nodeId === setpoint ? proposed : seen?.interlocks[i];
      const second = lock.minus === setpoint ? proposed : seen?.minus?.[i];
      const problem = problemOf(lock, first, second, nowUs);
      if (problem !== undefined) {
        return refuse(
          problem.code,
          `${target.address}: with ${show(value)} ${target.unit}, ${problem.words}`,
        );
      }
    }
  }
  return undefined;
}

function problemOf(
  lock: Interlock,
  first: Reading | undefined,
  second: Reading | undefined,
  nowUs: TimeUs,
): { readonly code: "interlock" | "stale-input"; readonly words: string } | undefined {
  const { label, minus, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = lock;
  const readings = minus === undefined ? [first] : [first, second];
  for (const reading of readings) {
    if (!reading?.good || !Number.isFinite(reading.value)) {
      return { code: "interlock", words: `${label} is not good, needs ${limitsOf(lock)}` };
    }
    const ageMs = (nowUs - reading.sourceTimeUs) / 1000;
    if (lock.update === "cyclic" && !(Math.abs(ageMs) <= lock.maxAgeMs)) {
      return { code: "stale-input", words: `${label} is ${seconds(ageMs * 1000)} old` };
    }
  }
  const value = first!.value - (minus === undefined ? 0 : second!.value);
  // A difference of two setpoints carries their rounding.
  const slack = minus === undefined ? 0 : RESOLUTION;
  if (value >= min - slack && value <= max + slack) return undefined;
  return { code: "interlock", words: `${label} is ${show(value)}, needs ${limitsOf(lock)}` };
}

function limitsOf({ min, max }: Interlock): string {
  const limits = [min === undefined ? "" : `at least ${min}`, max === undefined ? "" : `at most ${max}`];
  return limits.filter(Boolean).join(", ");
}
