import { PlaneDistance, type PrincipalComponents } from "./principal-components.ts";

/** Where normal lies, per signal: everything needed to standardise and smooth a row. */
export interface Normal {
  readonly centre: readonly number[];
  /** Robust standard deviation of single values, in the signal's unit; 0 marks a signal that never moved. */
  readonly sigma: readonly number[];
  /** Standard deviation of the smoothed standardised value: what the average still moves in normal operation. */
  readonly smoothedSigma: readonly number[];
}

/**
 * Robust EWMA z per signal, then T² and SPE of all of them: one row in, three distances from normal out.
 *
 * A value that is no finite number leaves its signal's average as it is and is counted. What is averaged is the median
 * of a signal's last three standardised values, so that one wild value is passed over, cut at `clip`, so that the
 * average comes back within a known time after any fault.
 */
export class DeviationScore {
  readonly #centre: Float64Array;
  readonly #inverseSigma: Float64Array;
  readonly #inverseSmoothedSigma: Float64Array;
  readonly #smoothing: number;
  readonly #clip: number;
  readonly #plane: PlaneDistance | undefined;
  readonly #average: Float64Array;
  /** The two standardised values before the newest. */
  readonly #last: Float64Array;
  readonly #lastButOne: Float64Array;
  /** Smoothed deviation of each signal in standard deviations of its average. */
  readonly deviation: Float64Array;
  /** Mean of the two largest absolute deviations: a fault seldom moves one signal alone. */
  topTwo = 0;
  t2 = 0;
  spe = 0;
  /** Values skipped so far, per signal. */
  readonly skipped: Uint32Array;

  constructor(
    normal: Normal,
    parameters: { readonly smoothing: number; readonly clip: number },
    components?: PrincipalComponents,
  ) {
    const n = normal.centre.length;
    this.#centre = Float64Array.from(normal.centre);
    this.#inverseSigma = Float64Array.from(normal.sigma, (sigma) => (sigma > 0 ? 1 / sigma : 0));
    this.#inverseSmoothedSigma = Float64Array.from(normal.smoothedSigma, (sigma) =>
      sigma > 0 ? 1 / sigma : 0,
    );
    this.#smoothing = parameters.smoothing;
    this.#clip = parameters.clip;
    this.#plane = components === undefined ? undefined : new PlaneDistance(components);
    this.#average = new Float64Array(n);
    this.#last = new Float64Array(n);
    this.#lastButOne = new Float64Array(n);
    this.deviation = new Float64Array(n);
    this.skipped = new Uint32Array(n);
  }

  /** @param row one value per signal, NaN where there is no good one */
  step(row: Float64Array): void {
    const { deviation } = this;
    const average = this.#average;
    const clip = this.#clip;
    let first = 0;
    let second = 0;
    for (let i = 0; i < deviation.length; i++) {
      const z = (row[i]! - this.#centre[i]!) * this.#inverseSigma[i]!;
      if (z - z === 0) {
        const middle = medianOfThree(z, this.#last[i]!, this.#lastButOne[i]!);
        this.#lastButOne[i] = this.#last[i]!;
        this.#last[i] = z;
        const cut = Math.min(clip, Math.max(-clip, middle));
        average[i]! += this.#smoothing * (cut - average[i]!);
      } else this.skipped[i]!++;
      const d = average[i]! * this.#inverseSmoothedSigma[i]!;
      deviation[i] = d;
      const size = d < 0 ? -d : d;
      if (size > first) {
        second = first;
        first = size;
      } else if (size > second) second = size;
    }
    this.topTwo = deviation.length > 1 ? (first + second) / 2 : first;
    if (this.#plane !== undefined) {
      this.#plane.measure(deviation);
      this.t2 = this.#plane.t2;
      this.spe = this.#plane.spe;
    }
  }

  /** Smoothed distance of signal i from its centre, in the signal's unit, up to the cut. */
  offset(i: number): number {
    return this.#inverseSigma[i]! === 0 ? 0 : this.#average[i]! / this.#inverseSigma[i]!;
  }

  /** Centre of signal i, in the signal's unit. */
  centre(i: number): number {
    return this.#centre[i]!;
  }

  /** Moves the centre of signal i. @param by in the signal's unit */
  shift(i: number, by: number): void {
    this.#centre[i]! += by;
  }

  t2Contributions(): Float64Array {
    return this.#plane?.t2Contributions(this.deviation) ?? new Float64Array(this.deviation.length);
  }

  speContributions(): Float64Array {
    return this.#plane?.speContributions() ?? new Float64Array(this.deviation.length);
  }

  /** Forgets the past of every signal. */
  reset(): void {
    this.#average.fill(0);
    this.#last.fill(0);
    this.#lastButOne.fill(0);
  }
}

const medianOfThree = (a: number, b: number, c: number): number =>
  Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
