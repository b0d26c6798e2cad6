import type { TimeUs } from "../../core/time.ts";

/** Steps without a sample that are handed on as NaN; a longer silence is one break. */
const MAX_MISSING_STEPS = 1000;

/** The mean of the samples of each step of source time, evenly spaced. */
export class StepAssembler {
  readonly #stepUs: number;
  #step = Number.NEGATIVE_INFINITY;
  #sum = 0;
  #count = 0;
  /** Samples that were no finite number, or older than the step being filled. */
  skipped = 0;

  constructor(stepUs: number) {
    this.#stepUs = stepUs;
  }

  /**
   * @param onStep gets the end of a completed step and its mean, NaN for a step without a sample; steps come in order
   *   and none is left out, except after a silence of more than 1000 steps, which is told as one NaN
   */
  push(timeUs: TimeUs, value: number, onStep: (endUs: TimeUs, mean: number) => void): void {
    const step = Math.floor(timeUs / this.#stepUs);
    if (!Number.isFinite(value) || step < this.#step) {
      this.skipped++;
      return;
    }
    if (step > this.#step) {
      if (this.#count > 0) onStep((this.#step + 1) * this.#stepUs, this.#sum / this.#count);
      const missing = Number.isFinite(this.#step) ? step - this.#step - 1 : 0;
      const first = missing > MAX_MISSING_STEPS ? step - 1 : this.#step + 1;
      if (missing > 0) for (let s = first; s < step; s++) onStep((s + 1) * this.#stepUs, Number.NaN);
      this.#step = step;
      this.#sum = 0;
      this.#count = 0;
    }
    this.#sum += value;
    this.#count++;
  }
}

/** The steps of stored samples. @returns the step means, NaN where there is none, and the end of each */
export function stepsOf(
  timeUs: ArrayLike<number>,
  values: ArrayLike<number>,
  stepUs: number,
): { readonly endUs: Float64Array; readonly values: Float64Array } {
  const ends: number[] = [];
  const means: number[] = [];
  const assembler = new StepAssembler(stepUs);
  for (let i = 0; i < timeUs.length; i++) {
    assembler.push(timeUs[i]!, values[i]!, (endUs, mean) => {
      ends.push(endUs);
      means.push(mean);
    });
  }
  return { endUs: Float64Array.from(ends), values: Float64Array.from(means) };
}

/** Fills gaps of at most `longest` steps with the value before them; longer ones stay NaN. */
export function bridgeGaps(values: Float64Array, longest = 3): Float64Array {
  const result = values.slice();
  for (let i = 1; i < result.length; i++) {
    if (!Number.isNaN(result[i]!) || Number.isNaN(result[i - 1]!)) continue;
    let end = i;
    while (end < result.length && Number.isNaN(result[end]!)) end++;
    if (end - i <= longest) result.fill(result[i - 1]!, i, end);
    i = end;
  }
  return result;
}
