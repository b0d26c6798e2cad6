import type { DetectorOptions } from "./detector-options.ts";
import { PlaneDistance, type PrincipalComponents } from "./principal-components.ts";

/** Where normal lies, per signal: everything needed to standardise and smooth a row. */
export interface Normal {
  readonly centre: readonly number[];
  /** Robust standard deviation of single values, in the signal's unit; 0 marks a signal that never moved. */
  readonly sigma: readonly number[];
  /** Standard deviation of the smoothed standardised value: what the average still moves in normal operation; 0 where the level is not judged. */
  readonly smoothedSigma: readonly number[];
  /** Mean of the smoothed scatter, the logarithm of the squared innovation; NaN where it is not known yet. */
  readonly scatterCentre: readonly number[];
  /** What the smoothed scatter still moves by in normal operation; 0 where it is not judged. */
  readonly scatterSigma: readonly number[];
  /** How far each signal alone may be off, in its `smoothedSigma`, and its scatter, in its `scatterSigma`. */
  readonly ownLimit: readonly number[];
  readonly scatterLimit: readonly number[];
}

/**
 * Distances from normal, each in its own measure: the signal that is furthest over its own limit, the mean of the two
 * that are furthest off, T² and SPE of all (as distances: their roots), and the scatter that is furthest over its own
 * limit.
 */
export const DISTANCES = ["signal", "pair", "plane", "off-plane", "scatter"] as const;

/** The scatter is averaged over so many times more values than the level: a variance takes more of them than a mean. */
const SCATTER_MEMORY = 10;
/** Squared distances below this share of the variance are rounding, not movement. */
const SCATTER_FLOOR = 1e-3;

/** Weight of the newest value in the average of the scatter. */
export const scatterSmoothing = (smoothing: number): number => smoothing / SCATTER_MEMORY;

/**
 * Robust EWMA z per signal, T² and SPE of all of them, and an EWMA of the log squared innovation per signal: one row in,
 * the distances from normal out.
 *
 * A value that is no finite number leaves its signal's averages as they are and is counted. What is averaged is the
 * median of a signal's last three standardised values, so that one wild value is passed over, cut at `clip`, so that
 * the average comes back within a known time after any fault. The cut lies no nearer than twice the limit of the signal
 * alone, or one that moves much by itself could never be over it.
 *
 * The scatter is averaged as a logarithm (a geometric mean), so that bursts which are normal do not outweigh the rest:
 * a loop that hunts shows by never coming to rest.
 */
export class DeviationScore {
  readonly #centre: Float64Array;
  readonly #inverseSigma: Float64Array;
  readonly #inverseSmoothedSigma: Float64Array;
  readonly #scatterCentre: Float64Array;
  readonly #inverseScatterSigma: Float64Array;
  readonly #inverseOwnLimit: Float64Array;
  readonly #inverseScatterLimit: Float64Array;
  readonly #smoothing: number;
  readonly #scatterSmoothing: number;
  readonly #cut: Float64Array;
  readonly #plane: PlaneDistance | undefined;
  readonly #average: Float64Array;
  readonly #scatterAverage: Float64Array;
  /** Values in each average of the scatter; without end where it began at its centre. */
  readonly #scatterCount: Float64Array;
  /** The two standardised values before the newest. */
  readonly #last: Float64Array;
  readonly #lastButOne: Float64Array;
  /** Smoothed deviation of each signal in standard deviations of its average. */
  readonly deviation: Float64Array;
  /** Deviation of each signal's smoothed log scatter, in standard deviations of it. */
  readonly scatter: Float64Array;
  /** In the order of `DISTANCES`. */
  readonly distance = new Float64Array(DISTANCES.length);
  /** Values skipped so far, per signal. */
  readonly skipped: Uint32Array;

  constructor(
    normal: Normal,
    { smoothing, clip, margin }: Pick<DetectorOptions, "smoothing" | "clip" | "margin">,
    components?: PrincipalComponents,
  ) {
    const n = normal.centre.length;
    const inverse = (values: readonly number[]): Float64Array =>
      Float64Array.from(values, (value) => (value > 0 ? 1 / value : 0));
    this.#centre = Float64Array.from(normal.centre);
    this.#inverseSigma = inverse(normal.sigma);
    this.#inverseSmoothedSigma = inverse(normal.smoothedSigma);
    this.#scatterCentre = Float64Array.from(normal.scatterCentre, (centre) => centre || 0);
    this.#inverseScatterSigma = inverse(normal.scatterSigma);
    this.#inverseOwnLimit = inverse(normal.ownLimit);
    this.#inverseScatterLimit = inverse(normal.scatterLimit);
    this.#smoothing = smoothing;
    this.#scatterSmoothing = scatterSmoothing(smoothing);
    this.#cut = Float64Array.from(normal.smoothedSigma, (sigma, i) =>
      Math.max(clip, sigma * Math.max(clip, 2 * margin * normal.ownLimit[i]!)),
    );
    this.#plane = components === undefined ? undefined : new PlaneDistance(components);
    this.#average = new Float64Array(n);
    this.#scatterAverage = new Float64Array(n);
    this.#scatterCount = Float64Array.from(normal.scatterCentre, (centre) =>
      Number.isNaN(centre) ? 0 : Number.POSITIVE_INFINITY,
    );
    this.#last = new Float64Array(n);
    this.#lastButOne = new Float64Array(n);
    this.deviation = new Float64Array(n);
    this.scatter = new Float64Array(n);
    this.skipped = new Uint32Array(n);
  }

  /** @param row one value per signal, NaN where there is no good one */
  step(row: Float64Array): void {
    const { deviation, scatter, distance } = this;
    let [first, second, alone, widest] = [0, 0, 0, 0];
    for (let i = 0; i < deviation.length; i++) {
      const z = (row[i]! - this.#centre[i]!) * this.#inverseSigma[i]!;
      if (z - z === 0) this.#take(i, z);
      else this.skipped[i]!++;
      const size = Math.abs(deviation[i]!);
      if (size > first) {
        second = first;
        first = size;
      } else if (size > second) second = size;
      alone = Math.max(alone, size * this.#inverseOwnLimit[i]!);
      widest = Math.max(widest, Math.abs(scatter[i]!) * this.#inverseScatterLimit[i]!);
    }
    distance[0] = alone;
    distance[1] = deviation.length > 1 ? (first + second) / 2 : first;
    if (this.#plane !== undefined) {
      this.#plane.measure(deviation);
      distance[2] = Math.sqrt(this.#plane.t2);
      distance[3] = Math.sqrt(this.#plane.spe);
    }
    distance[4] = widest;
  }

  #take(i: number, z: number): void {
    const middle = medianOfThree(z, this.#last[i]!, this.#lastButOne[i]!);
    this.#lastButOne[i] = this.#last[i]!;
    this.#last[i] = z;
    const cut = this.#cut[i]!;
    const innovation = Math.min(cut, Math.max(-cut, middle)) - this.#average[i]!;
    this.#average[i]! += this.#smoothing * innovation;
    this.deviation[i] = this.#average[i]! * this.#inverseSmoothedSigma[i]!;
    const weight = Math.max(this.#scatterSmoothing, 1 / ++this.#scatterCount[i]!);
    const scatter = this.#scatterAverage[i]!;
    this.#scatterAverage[i] =
      scatter +
      weight * (Math.log(innovation * innovation + SCATTER_FLOOR) - this.#scatterCentre[i]! - scatter);
    this.scatter[i] = this.#scatterAverage[i]! * this.#inverseScatterSigma[i]!;
  }

  /** Smoothed distance of signal i from its centre, in the signal's unit, up to the cut. */
  offset(i: number): number {
    return this.#inverseSigma[i]! === 0 ? 0 : this.#average[i]! / this.#inverseSigma[i]!;
  }

  /** How far from its centre signal i is cut, in the signal's unit. */
  cut(i: number): number {
    return this.#inverseSigma[i]! === 0 ? 0 : this.#cut[i]! / this.#inverseSigma[i]!;
  }

  /** How many times as far as in normal operation signal i moves from row to row about its average; 1 is normal. */
  movement(i: number): number {
    return Math.exp(this.#scatterAverage[i]! / 2);
  }

  /** Centre of signal i, in the signal's unit. */
  centre(i: number): number {
    return this.#centre[i]!;
  }

  /** Moves the centre of signal i. @param by in the signal's unit */
  shift(i: number, by: number): void {
    this.#centre[i]! += by;
  }

  /** Squares of how far each signal is over its own limit, or its scatter over its own. */
  ownContributions(of: "signal" | "scatter"): Float64Array {
    const [off, inverse] =
      of === "signal" ? [this.deviation, this.#inverseOwnLimit] : [this.scatter, this.#inverseScatterLimit];
    return off.map((value, i) => (value * inverse[i]!) ** 2);
  }

  t2Contributions(): Float64Array {
    return this.#plane?.t2Contributions(this.deviation) ?? new Float64Array(this.deviation.length);
  }

  speContributions(): Float64Array {
    return this.#plane?.speContributions() ?? new Float64Array(this.deviation.length);
  }
}

export const medianOfThree = (a: number, b: number, c: number): number =>
  Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
