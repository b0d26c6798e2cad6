import { RungError } from "../../core/errors.ts";
import { type Columns, readRow, rowCount } from "../columns.ts";
import { heldOutLimit, type NormalScale, requireTable, scaleOf, standardise } from "./normal-scale.ts";
import { asShares, MOST_MISSING, type RowDetector, type RowVerdict } from "./row-detector.ts";

export interface PatternOptions {
  /** Nearest patterns that the distance is the mean of. */
  readonly neighbours: number;
  /** Rows in a pattern: 1 judges rows by themselves. */
  readonly width: number;
  /** Patterns kept of the normal data, evenly spread. */
  readonly references: number;
  /** Share of held-out normal patterns that may be over the limit. */
  readonly exceedance: number;
}

export const PATTERN_DEFAULTS: PatternOptions = {
  neighbours: 5,
  width: 1,
  references: 1000,
  exceedance: 0.01,
};

/** All that the distance to normal patterns needs. Plain data: JSON in, JSON out. */
export interface PatternCalibration {
  readonly version: 1;
  readonly method: "knn";
  readonly options: PatternOptions;
  readonly scale: NormalScale;
  /** Standardised, one pattern after the other: oldest row first, signals within. */
  readonly patterns: readonly number[];
  /** Limit of the mean squared distance. */
  readonly limit: number;
  readonly rows: number;
}

/** Blocks of which each is measured against the patterns of the others, since neighbours in time are alike. */
const BLOCKS = 5;

/**
 * Keeps patterns of normal data and limits the distance to the nearest of them (He and Wang 2007, FD-kNN). It knows no
 * plane: normal may lie on several places, as with products made in turn. Costs references x width x signals a row.
 * @throws RungError `no-signal`, `too-few-rows`, `ragged-columns`, `unordered-time`, `bad-option`
 */
export function calibratePatterns(columns: Columns, given: Partial<PatternOptions> = {}): PatternCalibration {
  const options = checked({ ...PATTERN_DEFAULTS, ...given });
  const where = `calibration of ${columns.names.length} signals`;
  requireTable(columns, where);
  const scale = scaleOf(columns, where);
  const rows = rowCount(columns);
  if (rows < BLOCKS * (options.width + options.neighbours)) {
    throw new RungError({
      code: "too-few-rows",
      where,
      what: `patterns of ${options.width} rows need ${BLOCKS * (options.width + options.neighbours)} rows, got ${rows}`,
      advice: "give more rows, or narrower patterns",
    });
  }
  const { width, references, exceedance } = options;
  const size = width * columns.names.length;
  const all = patternsOf(columns, scale, width);
  const count = all.length / size;
  const every = Math.max(1, count / references);
  const distances: number[] = [];
  for (let block = 0; block < BLOCKS; block++) {
    const from = Math.floor((block * count) / BLOCKS);
    const to = Math.floor(((block + 1) * count) / BLOCKS);
    const others: number[] = [];
    for (let p = 0; p < count; p += every) {
      const at = Math.floor(p);
      // A pattern that shares rows with the block is in it.
      if (at < from - width || at >= to + width) others.push(at);
    }
    const nearest = new Nearest(pick(all, others, size), size, options.neighbours);
    for (let p = from; p < to; p++) distances.push(nearest.distance(all.subarray(p * size, (p + 1) * size)));
  }
  const kept: number[] = [];
  for (let p = 0; p < count; p += every) kept.push(Math.floor(p));
  return {
    version: 1,
    method: "knn",
    options,
    scale,
    patterns: [...pick(all, kept, size)],
    limit: heldOutLimit(Float64Array.from(distances), exceedance),
    rows,
  };
}

/** The distance to normal patterns, row after row, and the part each signal has in it. */
export class PatternDistance implements RowDetector {
  readonly names: readonly string[];
  readonly leading = "pattern";
  readonly #limit: number;
  readonly #width: number;
  readonly #mostMissing: number;
  readonly #centre: Float64Array;
  readonly #inverseSigma: Float64Array;
  readonly #nearest: Nearest;
  readonly #pattern: Float64Array;
  readonly #latest: Float64Array;
  #seen = 0;
  judged = false;
  score = Number.NaN;
  missing = 0;

  constructor({ scale, patterns, limit, options }: PatternCalibration) {
    const n = scale.names.length;
    this.names = scale.names;
    this.#limit = limit;
    this.#width = options.width;
    this.#mostMissing = MOST_MISSING * (n - scale.ignored.length);
    this.#centre = Float64Array.from(scale.centre);
    this.#inverseSigma = Float64Array.from(scale.sigma, (sigma) => (sigma > 0 ? 1 / sigma : 0));
    this.#nearest = new Nearest(Float64Array.from(patterns), options.width * n, options.neighbours);
    this.#pattern = new Float64Array(options.width * n);
    this.#latest = this.#pattern.subarray((options.width - 1) * n);
  }

  /** Not judged until the first pattern is full. A missing value is left out and the rest counts for it. */
  step(row: Float64Array): RowVerdict {
    this.#pattern.copyWithin(0, row.length);
    this.missing = standardise(row, this.#centre, this.#inverseSigma, this.#latest);
    this.#seen++;
    this.judged = this.#seen >= this.#width && this.missing <= this.#mostMissing;
    this.score = this.judged
      ? Math.sqrt(this.#nearest.distance(this.#pattern) / Math.max(this.#limit, 1e-12))
      : Number.NaN;
    return this;
  }

  shares(into: Float64Array = new Float64Array(this.names.length)): Float64Array {
    into.fill(0);
    if (this.judged) this.#nearest.differences(this.#pattern, into);
    return asShares(into);
  }
}

/** The nearest of a set of patterns, by one pass that leaves a pattern as soon as it is too far. */
class Nearest {
  readonly #patterns: Float64Array;
  readonly #size: number;
  readonly #best: Float64Array;
  readonly #which: Int32Array;

  constructor(patterns: Float64Array, size: number, neighbours: number) {
    this.#patterns = patterns;
    this.#size = size;
    this.#best = new Float64Array(Math.min(neighbours, patterns.length / size));
    this.#which = new Int32Array(this.#best.length);
  }

  /** Mean squared distance to the nearest, scaled up for missing values. */
  distance(pattern: Float64Array): number {
    const size = this.#size;
    const best = this.#best.fill(Number.POSITIVE_INFINITY);
    const last = best.length - 1;
    let known = 0;
    for (let i = 0; i < size; i++) if (!Number.isNaN(pattern[i]!)) known++;
    for (let base = 0, p = 0; base < this.#patterns.length; base += size, p++) {
      let sum = 0;
      const far = best[last]!;
      for (let i = 0; i < size && sum < far; i++) {
        const d = pattern[i]! - this.#patterns[base + i]!;
        // A difference to a missing value is NaN, and adds nothing.
        if (!Number.isNaN(d)) sum += d * d;
      }
      if (sum >= far) continue;
      let at = last;
      while (at > 0 && best[at - 1]! > sum) {
        best[at] = best[at - 1]!;
        this.#which[at] = this.#which[at - 1]!;
        at--;
      }
      best[at] = sum;
      this.#which[at] = p;
    }
    let total = 0;
    for (const value of best) total += value;
    return known === 0 ? Number.NaN : ((total / best.length) * size) / known;
  }

  /** Squared difference of each signal to the mean of the nearest patterns of the last call, summed over the rows. */
  differences(pattern: Float64Array, into: Float64Array): void {
    for (let i = 0; i < this.#size; i++) {
      let mean = 0;
      for (const p of this.#which) mean += this.#patterns[p * this.#size + i]!;
      const d = pattern[i]! - mean / this.#which.length;
      if (!Number.isNaN(d)) into[i % into.length]! += d * d;
    }
  }
}

function patternsOf(columns: Columns, scale: NormalScale, width: number): Float64Array {
  const n = columns.names.length;
  const rows = rowCount(columns);
  const centre = Float64Array.from(scale.centre);
  const inverse = Float64Array.from(scale.sigma, (sigma) => (sigma > 0 ? 1 / sigma : 0));
  const z = new Float64Array(rows * n);
  const row = new Float64Array(n);
  for (let r = 0; r < rows; r++) {
    const into = z.subarray(r * n, (r + 1) * n);
    standardise(readRow(columns, r, row), centre, inverse, into);
    // A gap in the normal data counts as normal.
    for (let i = 0; i < n; i++) if (Number.isNaN(into[i]!)) into[i] = 0;
  }
  const count = rows - width + 1;
  const result = new Float64Array(count * width * n);
  for (let p = 0; p < count; p++) result.set(z.subarray(p * n, (p + width) * n), p * width * n);
  return result;
}

function pick(all: Float64Array, which: readonly number[], size: number): Float64Array {
  const result = new Float64Array(which.length * size);
  for (const [at, p] of which.entries()) result.set(all.subarray(p * size, (p + 1) * size), at * size);
  return result;
}

function checked(options: PatternOptions): PatternOptions {
  const check = (name: keyof PatternOptions, low: number, high: number, whole: boolean): void => {
    const value = options[name];
    if (value >= low && value <= high && (!whole || Number.isInteger(value))) return;
    throw new RungError({
      code: "bad-option",
      where: `option ${name}`,
      what: `must be ${whole ? "a whole number " : ""}in ${low} to ${high}, got ${value}`,
    });
  };
  check("neighbours", 1, 100, true);
  check("width", 1, 1000, true);
  check("references", 20, 100_000, true);
  check("exceedance", 1e-5, 0.2, false);
  return options;
}
