import type { Frame } from "../core/frame.ts";
import { isGood } from "../core/quality.ts";
import { binomialLowerBound } from "../core/statistics/binomial.ts";
import type { TimeUs } from "../core/time.ts";
import { converter } from "../core/unit.ts";
import type { Recommendation } from "../prescribe/recommendation.ts";
import type { ProposalResult } from "./proposal.ts";

/** One action judged: what was projected, what came. Travels as `msg.payload`. */
export interface Outcome {
  readonly kind: "outcome";
  readonly recommendation: string;
  readonly twin: string;
  readonly address: string;
  readonly unit: string;
  readonly projected: { readonly value: number; readonly low: number; readonly high: number };
  readonly realised: number;
  readonly inside: boolean;
  /** When the last of its setpoints was verified, and when the measurement was taken. */
  readonly actedUs: TimeUs;
  readonly measuredUs: TimeUs;
  /** A later action was written before this one was measured: both share the measurement. */
  readonly superseded: boolean;
}

interface Action {
  readonly recommendation: Recommendation;
  actedUs: TimeUs;
  superseded: boolean;
}

/** Actions that row 5 judges by. docs/ladder.md, Limits. */
export const WINDOW = 20;
/** A projected interval runs from the 5th to the 95th percentile: one in ten misses by itself. */
export const MISS_RATE = 0.1;
/** An action whose measurement does not come within this many times its own wait is given up. */
const PATIENCE = 4;

/**
 * Holds every verified action against its own projection: the first good sample of the projected measurement at
 * or after `afterUs` on the plant's clock.
 */
export class OutcomeBook {
  readonly #open = new Map<string, Action>();
  readonly #judged: boolean[];

  /** @param judged earlier verdicts, oldest first, kept over a restart */
  constructor(judged: readonly boolean[] = []) {
    this.#judged = judged.slice(-WINDOW);
  }

  /** Verdicts of the last actions, oldest first: true is inside. */
  get judged(): readonly boolean[] {
    return [...this.#judged];
  }

  get waiting(): number {
    return this.#open.size;
  }

  /** A setpoint of a recommendation was verified; the action counts from the last of them. */
  acted(recommendation: Recommendation, result: ProposalResult): void {
    if (result.state !== "verified") return;
    const known = this.#open.get(recommendation.id);
    if (known !== undefined) {
      known.actedUs = Math.max(known.actedUs, result.timeUs);
      return;
    }
    for (const earlier of this.#open.values()) earlier.superseded = true;
    this.#open.set(recommendation.id, { recommendation, actedUs: result.timeUs, superseded: false });
  }

  /** The good samples of a frame; costs nothing while no action waits. */
  measuredFrame(frame: Frame): Outcome[] {
    const waiting = new Set(
      [...this.#open.values()].map(({ recommendation }) => recommendation.projected.address),
    );
    const indices = new Set([...waiting].map((address) => frame.dictionary.indexOf(address)));
    const outcomes: Outcome[] = [];
    for (let row = 0; indices.size > 0 && row < frame.length; row++) {
      if (!indices.has(frame.indexAt(row)) || !isGood(frame.qualityAt(row))) continue;
      const { address, unit } = frame.propertyAt(row);
      outcomes.push(...this.measured(address, frame.valueAt(row), unit, frame.sourceTimeUsAt(row)));
    }
    return outcomes;
  }

  /** A measurement came. @param unit of the property @returns the actions it decides */
  measured(address: string, value: number, unit: string | undefined, timeUs: TimeUs): Outcome[] {
    const outcomes: Outcome[] = [];
    for (const [id, { recommendation, actedUs, superseded }] of this.#open) {
      const { projected, twin } = recommendation;
      const waitedUs = timeUs - actedUs;
      if (waitedUs > PATIENCE * projected.afterUs + 3600e6) this.#open.delete(id);
      if (projected.address !== address || waitedUs < projected.afterUs) continue;
      this.#open.delete(id);
      const realised = unit === undefined ? value : converter(unit, projected.unit, address)(value);
      const { low, high } = projected.interval;
      const inside = realised >= low && realised <= high;
      this.#judged.push(inside);
      if (this.#judged.length > WINDOW) this.#judged.shift();
      outcomes.push({
        kind: "outcome",
        recommendation: id,
        twin,
        address,
        unit: projected.unit,
        projected: { value: projected.interval.value, low, high },
        realised,
        inside,
        actedUs,
        measuredUs: timeUs,
        superseded,
      });
    }
    return outcomes;
  }
}

/**
 * Whether so many misses speak against the projection: they do where the exact one-sided 95 % lower bound of the
 * miss rate lies above the rate the interval allows (5 or more of 20).
 */
export function missesAllowed(misses: number, actions: number): boolean {
  return binomialLowerBound(misses, actions, 0.95) <= MISS_RATE;
}
