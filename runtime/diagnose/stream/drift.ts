/** What a CUSUM passes over and where it speaks, in standard deviations of the mean of a window. */
export interface DriftLimits {
  /** Where the signal's level lies, in its unit. */
  readonly centre: number;
  /** Standard deviation of window means, in the signal's unit; 0 for a signal that never moved. */
  readonly sigma: number;
  /** Sum at the limit. */
  readonly limit: number;
}

/** Deviation that is passed over, and the largest one that is added up at once. */
const SLACK = 1;
const CUT = 4;
const LEAST_LIMIT = 8;
/** A calibration seldom holds more than two or three cycles: so much further may the sum go than it did there. */
const TIMES_CALIBRATION = 3;
/** Window means in a batch: what is left of their spread in the mean of so many tells how long it lasts. */
const BATCH = 5;

/**
 * Two-sided tabular CUSUM (Page 1954) on the means of whole windows: small deviations that last add up, which no single
 * row shows. Means of windows, because rows close together in time are no independent evidence.
 */
export class Drift {
  readonly #window: number;
  readonly #limits: DriftLimits;
  #sum = 0;
  #rows = 0;
  #up = 0;
  #down = 0;
  #centre: number;
  /** Windows still to come before there is a new centre, and their share of it so far. */
  #settling = 0;
  #settled = 0;
  /** Mean of the last whole window. */
  mean: number;
  /** Windows since the larger of the sums was last 0. */
  windows = 0;

  constructor(window: number, limits: DriftLimits) {
    this.#window = window;
    this.#limits = limits;
    this.#centre = limits.centre;
    this.mean = limits.centre;
  }

  get centre(): number {
    return this.#centre;
  }

  /** Larger of the two sums, in standard deviations. */
  get sum(): number {
    return Math.max(this.#up, this.#down);
  }

  get limit(): number {
    return this.#limits.limit;
  }

  /** The sum over its limit, 1 at it. */
  step(x: number): number {
    this.#sum += x;
    if (++this.#rows === this.#window) this.#close();
    return this.sum / this.#limits.limit;
  }

  /**
   * An alarm of any rule has told where the signal has gone: the mean of the next windows is the new centre, so that a
   * step which was told as a step is not told as a drift once more.
   */
  restart(): void {
    this.#up = this.#down = 0;
    this.windows = 0;
    this.#settling = BATCH;
    this.#settled = 0;
  }

  #close(): void {
    this.mean = this.#sum / this.#window;
    this.#sum = 0;
    this.#rows = 0;
    const { sigma } = this.#limits;
    if (sigma === 0) return;
    if (this.#settling > 0) {
      this.#settled += this.mean / BATCH;
      if (--this.#settling === 0) this.#centre = this.#settled;
      return;
    }
    const z = Math.min(CUT, Math.max(-CUT, (this.mean - this.#centre) / sigma));
    this.#up = Math.max(0, this.#up + z - SLACK);
    this.#down = Math.max(0, this.#down - z - SLACK);
    this.windows = this.sum === 0 ? 0 : this.windows + 1;
  }
}

const spreadOf = (means: readonly number[], centre: number): number =>
  Math.sqrt(means.reduce((sum, mean) => sum + (mean - centre) ** 2, 0) / Math.max(1, means.length));

/**
 * Long-run standard deviation by batch means: that of independent means which would add up as these do. Means that
 * follow one another up and down for hours add up to more than their spread says (Bagshaw and Johnson 1975).
 */
function longRunSpread(means: readonly number[], centre: number): number {
  const batches: number[] = [];
  for (let from = 0; from + BATCH <= means.length; from += BATCH) {
    batches.push(means.slice(from, from + BATCH).reduce((sum, mean) => sum + mean, 0) / BATCH);
  }
  return Math.sqrt(BATCH) * spreadOf(batches, centre);
}

/** Centre and spread of the window means of normal data, and a limit beyond what they add up to. */
export function driftLimits(values: Float64Array, window: number): DriftLimits {
  const means: number[] = [];
  for (let from = 0; from + window <= values.length; from += window) {
    const good = values.subarray(from, from + window).filter(Number.isFinite);
    if (good.length > window / 2) means.push(good.reduce((sum, value) => sum + value, 0) / good.length);
  }
  const sorted = [...means].sort((a, b) => a - b);
  const centre = sorted[sorted.length >> 1] ?? 0;
  const sigma = Math.max(spreadOf(means, centre), longRunSpread(means, centre));
  if (!(sigma > 1e-9 * Math.abs(centre))) return { centre, sigma: 0, limit: LEAST_LIMIT };
  const trial = new Drift(1, { centre, sigma, limit: LEAST_LIMIT });
  let largest = 0;
  for (const mean of means) {
    trial.step(mean);
    largest = Math.max(largest, trial.sum);
  }
  return { centre, sigma, limit: Math.max(LEAST_LIMIT, TIMES_CALIBRATION * largest) };
}
