import { chiSquaredQuantile } from "../core/statistics/chi-squared.ts";
import { normalQuantile } from "../core/statistics/normal.ts";
import { mean } from "../core/statistics/serial-mean.ts";

/**
 * Bodies of one run over which the mean NIS is taken, fewer of which show nothing, and bodies over which the
 * correlation is.
 */
export const NIS_BODIES = 30;
const LAG_BODIES = 200;
/** Confidence that a correlation must be shown with, one-sided. */
const LAG_LEVEL = 0.99;

/** Level of the band by which the spread counts as wrong, over two runs or what there is of the second. */
const WRONG_LEVEL = 0.9999;

/** One run of bodies: their mean normalised innovation squared, and the band in which it should lie. */
export interface NisRun {
  readonly bodies: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly side: "below" | "inside" | "above";
}

/**
 * What the filter did not expect of the exits, body by body: whether its spread is right (NIS, Bar-Shalom, Li and
 * Kirubarajan 2001, section 5.4) and whether nothing of one error is left in the next (correlation at lag 1).
 *
 * Both are judged at every evaluation, so a filter that is right would be outside a plain 95 % band one time in twenty,
 * and more often, since the errors of one body go together more than the band knows. The spread therefore counts as
 * wrong where 30 bodies lie outside their 95 % band and, with up to 30 before them, outside a 99.99 % band on the same
 * side; a correlation where it is shown with 99 % to be beyond its limit.
 */
export class Innovations {
  readonly #nodes: number;
  #taught: number;
  #rows: Float64Array[] = [];
  #nis: number[] = [];

  /** @param taught bodies that the variance of the exits was learnt from: it is that uncertain itself */
  constructor(nodes: number, taught: number) {
    this.#nodes = nodes;
    this.#taught = taught;
  }

  add(innovationK: Float64Array, nis: number): void {
    this.#rows.push(innovationK);
    this.#nis.push(nis);
    if (this.#rows.length <= LAG_BODIES) return;
    this.#rows.shift();
    this.#nis.shift();
  }

  /** Begins anew, with a variance that was learnt from so many bodies. */
  reset(taught: number): void {
    this.#taught = taught;
    this.#rows = [];
    this.#nis = [];
  }

  get bodies(): number {
    return this.#rows.length;
  }

  /** The bodies of the last run of up to 30, in the 95 % band; undefined before the first. */
  get run(): NisRun | undefined {
    return this.#runOf(NIS_BODIES, 0.95);
  }

  /** What up to two runs together show of the spread; undefined while nothing is wrong with it, or one is not full. */
  get wrongSpread(): "too wide" | "too narrow" | undefined {
    if (this.bodies < NIS_BODIES) return undefined;
    const side = this.run!.side;
    if (side === "inside" || side !== this.#runOf(2 * NIS_BODIES, WRONG_LEVEL)!.side) return undefined;
    return side === "below" ? "too wide" : "too narrow";
  }

  /** Correlation of one body's innovation with the next one's at a node; 0 before the third body. */
  lagOne(node: number): number {
    const values = this.#rows.map((row) => row[node]!);
    if (values.length < 3) return 0;
    const centre = mean(values);
    let squares = 0;
    let products = 0;
    for (const [i, value] of values.entries()) {
      squares += (value - centre) ** 2;
      if (i > 0) products += (value - centre) * (values[i - 1]! - centre);
    }
    return squares > 0 ? products / squares : 0;
  }

  /** How far a correlation of nothing strays by chance with so many bodies, at 99 % one-sided. */
  get lagDoubt(): number {
    return normalQuantile(LAG_LEVEL) / Math.sqrt(Math.max(1, this.bodies));
  }

  #runOf(most: number, level: number): NisRun | undefined {
    const nis = this.#nis.slice(-most);
    if (nis.length === 0) return undefined;
    const bodies = nis.length;
    // The variance was learnt from so many bodies, so the mean varies as if it were that of fewer.
    const freedom = this.#nodes / (1 / bodies + 1 / this.#taught);
    const scale = this.#nodes / freedom;
    const low = scale * chiSquaredQuantile((1 - level) / 2, freedom);
    const high = scale * chiSquaredQuantile((1 + level) / 2, freedom);
    const value = mean(nis);
    return {
      bodies,
      mean: value,
      low,
      high,
      side: value < low ? "below" : value > high ? "above" : "inside",
    };
  }
}
