import type { TimeUs } from "../../core/time.ts";
import type { History } from "./backtest.ts";

/** A completed step of the property with what was read beside it. */
export interface KeptStep {
  readonly endUs: TimeUs;
  /** NaN for a step without a sample. */
  readonly value: number;
  /** Values of the exogenous inputs, NaN where there is none. */
  readonly beside: readonly number[];
}

/** The newest steps: what a model is fitted to. */
export class KeptSteps {
  readonly #inputs: number;
  readonly #most: number;
  #steps: KeptStep[] = [];

  /** @param inputs exogenous inputs of a step @param most steps that a model is fitted to */
  constructor(inputs: number, most: number) {
    this.#inputs = inputs;
    this.#most = most;
  }

  get length(): number {
    return this.#steps.length;
  }

  get newest(): KeptStep | undefined {
    return this.#steps.at(-1);
  }

  add(step: KeptStep): void {
    this.#steps.push(step);
    if (this.#steps.length > 2 * this.#most) this.#steps = this.#steps.slice(-this.#most);
  }

  clear(): void {
    this.#steps = [];
  }

  /** Puts stored steps before those that were collected since. @returns those */
  putBefore(stored: readonly KeptStep[]): readonly KeptStep[] {
    const lastUs = stored.at(-1)?.endUs ?? Number.NEGATIVE_INFINITY;
    const since = this.#steps.filter(({ endUs }) => endUs > lastUs);
    this.#steps = [...stored, ...since].slice(-this.#most);
    return since;
  }

  columns(): History {
    return this.columnsOf(this.#steps.slice(-this.#most));
  }

  columnsOf(steps: readonly KeptStep[]): History {
    return {
      values: Float64Array.from(steps, ({ value }) => value),
      endUs: Float64Array.from(steps, ({ endUs }) => endUs),
      exogenous: Array.from({ length: this.#inputs }, (_, e) =>
        Float64Array.from(steps, ({ beside }) => beside[e]!),
      ),
    };
  }
}
