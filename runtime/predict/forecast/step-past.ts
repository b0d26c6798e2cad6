import type { TimeUs } from "../../core/time.ts";
import { type StepSeries, stepSeries } from "./step-series.ts";

/** A gap of at most so many steps is bridged with the last value. */
const LONGEST_BRIDGE = 3;
/** Measured steps after a gap that was filled from the season before, before anything is forecast from it. */
const MEASURED_AFTER_GAP = 4;

/**
 * The newest steps of a property and of what is read beside it. A short gap is bridged with the last value, a longer one
 * of up to a season is filled with the values a season before, so that a model with a memory of weeks need not be silent
 * for weeks; after a longer silence the past begins anew.
 */
export class StepPast {
  readonly #stepUs: number;
  readonly #season: number;
  #values: number[] = [];
  #endUs: number[] = [];
  #exogenous: number[][];
  /** For how many steps each input has been bridged. */
  readonly #held: number[];
  #missing = 0;
  #measured = 0;

  /** @param season steps, 0 for none */
  constructor(stepUs: number, season: number, exogenous: number) {
    this.#stepUs = stepUs;
    this.#season = season;
    this.#exogenous = Array.from({ length: exogenous }, () => []);
    this.#held = this.#exogenous.map(() => 0);
  }

  clear(): void {
    this.#values = [];
    this.#endUs = [];
    this.#exogenous = this.#exogenous.map(() => []);
    this.#missing = 0;
    this.#measured = 0;
  }

  /** @param value NaN where the step has none @param exogenous NaN where there is none; short gaps are bridged */
  push(value: number, endUs: TimeUs, exogenous: ArrayLike<number>): void {
    if (!Number.isFinite(value)) {
      this.#missing++;
      return;
    }
    if (this.#missing > 0) this.#fillGap(endUs);
    this.#missing = 0;
    this.#measured++;
    this.#add(value, endUs, exogenous);
  }

  /** Whether the newest step was measured and at least `memory` steps stand behind it. */
  isWhole(memory: number): boolean {
    return (
      this.#missing === 0 &&
      this.#values.length >= memory &&
      this.#measured >= Math.min(MEASURED_AFTER_GAP, memory)
    );
  }

  /** @param ahead the future of each exogenous input that is known ahead; empty for the others */
  series(memory: number, ahead: readonly ArrayLike<number>[] = []): StepSeries {
    return stepSeries(
      Float64Array.from(this.#values.slice(-memory)),
      Float64Array.from(this.#endUs.slice(-memory)),
      this.#exogenous.map((column, e) =>
        Float64Array.from([...column.slice(-memory), ...Array.from(ahead[e] ?? [])]),
      ),
    );
  }

  /** Forgets all but the newest. */
  trim(memory: number): void {
    if (this.#values.length <= 4 * memory) return;
    this.#values = this.#values.slice(-2 * memory);
    this.#endUs = this.#endUs.slice(-2 * memory);
    this.#exogenous = this.#exogenous.map((column) => column.slice(-2 * memory));
  }

  #fillGap(endUs: TimeUs): void {
    const last = this.#values.length - 1;
    if (last < 0) return;
    const isEven =
      Math.abs(endUs - this.#endUs[last]! - (this.#missing + 1) * this.#stepUs) < this.#stepUs / 2;
    const isShort = this.#missing <= LONGEST_BRIDGE;
    const isSeasonal = this.#missing <= this.#season && this.#values.length >= this.#season;
    if (!isEven || !(isShort || isSeasonal)) {
      this.clear();
      return;
    }
    if (!isShort) this.#measured = 0;
    for (let i = 1; i <= this.#missing; i++) {
      const value = isShort ? this.#values[last]! : this.#values[this.#values.length - this.#season]!;
      this.#add(value, this.#endUs[last]! + i * this.#stepUs, []);
    }
  }

  #add(value: number, endUs: TimeUs, exogenous: ArrayLike<number>): void {
    this.#values.push(value);
    this.#endUs.push(endUs);
    for (const [e, column] of this.#exogenous.entries()) {
      const given = exogenous[e] ?? Number.NaN;
      const isGiven = Number.isFinite(given);
      this.#held[e] = isGiven ? 0 : this.#held[e]! + 1;
      column.push(
        isGiven ? given : this.#held[e]! <= LONGEST_BRIDGE ? (column.at(-1) ?? Number.NaN) : Number.NaN,
      );
    }
  }
}
