import type { TimeUs } from "../../core/time.ts";

/** Steps a value is held for where a property that should come each period is silent. */
const LONGEST_HOLD = 3;
/** Steps that are kept for a property that is read late. */
const MOST_OPEN = 1000;

/**
 * One exogenous input by steps of source time: the mean of the samples of a step, else the last value, for a few steps of a
 * property that comes each period and for ever of one that is told on change.
 */
export class ExogenousSteps {
  readonly #stepUs: number;
  #onChange: boolean;
  readonly #open = new Map<number, { sum: number; count: number }>();
  #last = Number.NaN;
  #lastStep = Number.NEGATIVE_INFINITY;

  constructor(stepUs: number, onChange = false) {
    this.#stepUs = stepUs;
    this.#onChange = onChange;
  }

  set onChange(onChange: boolean) {
    this.#onChange = onChange;
  }

  /** A finite value. Samples of steps that were taken are too late and left out. */
  push(timeUs: TimeUs, value: number): void {
    const step = Math.floor(timeUs / this.#stepUs);
    const found = this.#open.get(step);
    if (found !== undefined) {
      found.sum += value;
      found.count++;
      return;
    }
    this.#open.set(step, { sum: value, count: 1 });
    if (this.#open.size > MOST_OPEN) this.#open.delete(this.#open.keys().next().value!);
  }

  /** The value of the step that ends at `endUs`, NaN where there is none; forgets what is older. Call it in order of time. */
  take(endUs: TimeUs): number {
    const step = Math.round(endUs / this.#stepUs) - 1;
    for (const [open, { sum, count }] of this.#open) {
      if (open > step) continue;
      if (open >= this.#lastStep) {
        this.#last = sum / count;
        this.#lastStep = open;
      }
      this.#open.delete(open);
    }
    return this.#onChange || step - this.#lastStep <= LONGEST_HOLD ? this.#last : Number.NaN;
  }
}

/** The steps of stored samples of one input, for steps that end at `endUs`. */
export function exogenousColumn(
  samples: { readonly timeUs: ArrayLike<number>; readonly value: ArrayLike<number> },
  endUs: Float64Array,
  stepUs: number,
  onChange: boolean,
): Float64Array {
  const steps = new ExogenousSteps(stepUs, onChange);
  const column = new Float64Array(endUs.length);
  let next = 0;
  for (let i = 0; i < endUs.length; i++) {
    for (; next < samples.timeUs.length && samples.timeUs[next]! < endUs[i]!; next++)
      steps.push(samples.timeUs[next]!, samples.value[next]!);
    column[i] = steps.take(endUs[i]!);
  }
  return column;
}
