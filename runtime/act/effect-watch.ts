import { median } from "../core/statistics/quantile.ts";
import type { TimeUs } from "../core/time.ts";
import type { AuditLog } from "./audit/audit-log.ts";
import type { EnvelopeTarget } from "./envelope.ts";
import type { KeptEnvelope } from "./envelope-keeper.ts";
import type { PlantView, Reading } from "./plant-view.ts";
import { seconds, show } from "./refusal.ts";
import type { EffectVerdict } from "./status.ts";

/** A write that the PLC took, whose effect on the plant is to be seen. */
export interface EffectDue {
  /** Of the proposal. */
  readonly id: string;
  readonly target: EnvelopeTarget;
  readonly value: number;
  readonly prior: number;
  /** The measurement before the write. */
  readonly before: number;
  /** When it was read back, on the plant's clock. */
  readonly writtenUs: TimeUs;
}

/** What became of an effect. */
export interface EffectFound {
  readonly due: EffectDue;
  readonly verdict: Exclude<EffectVerdict, "pending">;
  readonly reason: string;
}

export interface EffectWatchParts {
  readonly audit: AuditLog;
  /** Told of each, before a wrong one stops. */
  readonly found: (kept: KeptEnvelope, found: EffectFound) => void;
  /** A disarm that a person must look at, with the setpoint before the write. */
  readonly wrong: (kept: KeptEnvelope, cause: string, due: EffectDue) => void;
}

/** Readings behind one figure: one wild value is passed over. */
const MEDIAN_OF = 3;
const KEEP = 32;

/**
 * Looks in the plant itself for what a verified write must have done there (NAMUR NE 178, feedback): the measurement
 * that the envelope names must have moved so far, in that direction, within so long. Only the actuator's own readings
 * count, by their source time, so that a plant that stands still is never judged. docs/decisions/0040.
 */
export class EffectWatch {
  readonly #parts: EffectWatchParts;
  /** By node id, oldest first, one per source time. */
  readonly #readings = new Map<string, Reading[]>();
  readonly #due = new Map<KeptEnvelope, EffectDue[]>();

  constructor(parts: EffectWatchParts) {
    this.#parts = parts;
  }

  /**
   * Takes in what was read; bad readings and those ahead of the plant's clock prove nothing.
   * @param targets all that any envelope names: readings of other nodes are forgotten
   */
  see(view: PlantView, targets: readonly EnvelopeTarget[], nowUs: TimeUs): void {
    const named = new Set(targets.map(({ effect }) => effect?.nodeId));
    for (const nodeId of this.#readings.keys()) if (!named.has(nodeId)) this.#readings.delete(nodeId);
    for (const { address, effect, maxInputAgeMs } of targets) {
      const reading = effect && view.targets.get(address)?.effect;
      if (reading === undefined || !usable(reading)) continue;
      if (reading.sourceTimeUs > nowUs + maxInputAgeMs * 1000) continue;
      const kept = this.#readings.get(effect!.nodeId) ?? [];
      if (reading.sourceTimeUs < (kept.at(-1)?.sourceTimeUs ?? 0)) kept.length = 0;
      if (reading.sourceTimeUs === kept.at(-1)?.sourceTimeUs) kept.pop();
      kept.push(reading);
      if (kept.length > KEEP) kept.shift();
      this.#readings.set(effect!.nodeId, kept);
    }
  }

  /** Where the measurement lies before a write; undefined where none was read. */
  before(target: EnvelopeTarget): number | undefined {
    const last = this.#readingsOf(target).slice(-MEDIAN_OF);
    return last.length === 0 ? undefined : median(last.map(({ value }) => value));
  }

  /**
   * Expects the effect of a verified write. One that goes on in the direction of those still open stands beside them;
   * one that goes back takes their place, and what counts is the change of all of them together.
   */
  expect(kept: KeptEnvelope, due: EffectDue): void {
    const open = this.#due.get(kept) ?? [];
    const same = open.filter(({ target }) => target.address === due.target.address);
    const others = open.filter((one) => !same.includes(one));
    const goesOn = same.every((one) => Math.sign(changeOf(one)) === Math.sign(changeOf(due)));
    if (goesOn) {
      this.#due.set(kept, [...open, due]);
      return;
    }
    const [first] = same as [EffectDue];
    for (const one of same) this.#end(kept, one, "not judged", "changed back before it could be seen");
    const together = { ...due, prior: first.prior, before: first.before };
    if (Math.abs(changeOf(together)) > due.target.deadband) this.#due.set(kept, [...others, together]);
    else {
      this.#due.set(kept, others);
      this.#end(kept, due, "not judged", "it took back what was written before");
    }
  }

  /** How many effects of an envelope are still to be seen. */
  waiting(kept: KeptEnvelope): number {
    return this.#due.get(kept)?.length ?? 0;
  }

  /** Judges what is open of an envelope; a wrong effect disarms. */
  judge(kept: KeptEnvelope): void {
    for (const due of this.#due.get(kept) ?? []) {
      const { address } = due.target;
      // A person, the key, the PLC's time-out or a disarm ended it: whatever the plant does now is not its doing.
      if (!kept.inForce.has(address)) {
        this.#forget(kept, due);
        this.#end(kept, due, "not judged", "the value is no longer in force");
        continue;
      }
      const verdict = this.#verdictOf(due);
      if (verdict === undefined) continue;
      this.#forget(kept, due);
      this.#end(kept, due, verdict.isSeen ? "seen" : "wrong", verdict.words, verdict.moved);
      if (verdict.isSeen) continue;
      this.#parts.wrong(kept, `wrong physical effect: ${address}: ${verdict.words}`, due);
    }
  }

  /** Why nothing may be written: what was written is overdue, and nothing tells what it did. */
  overdue(kept: KeptEnvelope, nowUs: TimeUs): string[] {
    return (this.#due.get(kept) ?? []).flatMap((due) => {
      const { address, effect, maxInputAgeMs } = due.target;
      const newestUs = this.#readingsOf(due.target).at(-1)?.sourceTimeUs ?? due.writtenUs;
      const dueUs = Math.max(due.writtenUs + effect!.withinMs * 1000, newestUs);
      const lateUs = nowUs - dueUs;
      return lateUs > maxInputAgeMs * 1000
        ? [`${address}: the effect of ${show(due.value)} is not seen: no reading for ${seconds(lateUs)}`]
        : [];
    });
  }

  #verdictOf(due: EffectDue): { isSeen: boolean; moved: number; words: string } | undefined {
    const { effect } = due.target;
    const since = this.#readingsOf(due.target).filter((r) => r.sourceTimeUs > due.writtenUs);
    const dueUs = due.writtenUs + effect!.withinMs * 1000;
    const least = leastMoved(due);
    const moved = (of: readonly Reading[]) => median(of.map(({ value }) => value)) - due.before;
    const words = (found: number) =>
      `${effect!.nodeId} moved by ${show(found)}, expected ${least > 0 ? "at least" : "at most"} ${show(least)} within ${seconds(effect!.withinMs * 1000)}`;
    const newest = since.slice(-MEDIAN_OF);
    if (newest.length < MEDIAN_OF) return undefined;
    const found = moved(newest);
    if (found * Math.sign(least) >= Math.abs(least))
      return { isSeen: true, moved: found, words: words(found) };
    // Only what was measured after the time was over can say that it did not come.
    return newest[0]!.sourceTimeUs >= dueUs
      ? { isSeen: false, moved: found, words: words(found) }
      : undefined;
  }

  #readingsOf({ effect }: EnvelopeTarget): readonly Reading[] {
    return (effect && this.#readings.get(effect.nodeId)) ?? [];
  }

  #forget(kept: KeptEnvelope, due: EffectDue): void {
    const left = (this.#due.get(kept) ?? []).filter((one) => one !== due);
    if (left.length === 0) this.#due.delete(kept);
    else this.#due.set(kept, left);
  }

  #end(
    kept: KeptEnvelope,
    due: EffectDue,
    verdict: EffectFound["verdict"],
    reason: string,
    found: number | null = null,
  ): void {
    this.#parts.audit.append("effect", {
      envelope: kept.id,
      id: due.id,
      target: due.target.address,
      expected: leastMoved(due),
      found,
      within: due.target.effect!.withinMs,
      verdict,
      reason,
    });
    this.#parts.found(kept, { due, verdict, reason });
  }
}

const usable = ({ good, value }: Reading): boolean => good && Number.isFinite(value);
const changeOf = ({ value, prior }: EffectDue): number => value - prior;

/** Least movement of the measurement, with its sign. */
function leastMoved(due: EffectDue): number {
  const { direction, leastChange } = due.target.effect!;
  return changeOf(due) * leastChange * (direction === "same" ? 1 : -1);
}
