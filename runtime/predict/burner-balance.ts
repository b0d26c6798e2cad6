import { Matrix, solve } from "ml-matrix";

/** Means of one zone over one window, as the balance reads them. */
export interface ZoneWindow {
  /** Burner output, %. */
  readonly output: number;
  /** Heat into the bodies in the zone by the model, W of the model's masses: now, and smoothed by each lag. */
  readonly bodyHeatW: readonly number[];
  /** Slope of the zone's air, K/s: in this window and in the one before. */
  readonly airSlopeKPerS: readonly number[];
  /** True air above the hall by the belief, K, and by the thermocouples. */
  readonly aboveHallK: number;
  readonly measuredAboveHallK: number;
}

/** Ridge of the regression against collinear terms, share of each term's own square. */
const RIDGE = 1e-4;

/**
 * What a zone's burner should give: output = losses + heat into the bodies / power + storage in air and walls. Learned
 * by least squares on normal operation. The controller and the burner box answer late, so the heat stands in it at
 * several lags. The losses of exhaust and walls grow with the air above the hall.
 */
export class BurnerBalance {
  readonly #windows: ZoneWindow[] = [];
  #coefficients: readonly number[] | undefined;
  #heats = 0;
  #noise = 0;
  #normalAboveHallK = 0;
  #normalMeasuredK = 0;

  learn(window: ZoneWindow): void {
    this.#windows.push(window);
  }

  get count(): number {
    return this.#windows.length;
  }

  /**
   * Ends the learning.
   * @param outputPerW what a lasting watt into the bodies costs, %/W, by the gas meter: the ups and downs of normal
   * operation are too short to show it, they only tell how late it comes
   * @returns the standardised deviations of what was learnt, in order
   */
  settle(outputPerW: number): number[] {
    const windows = this.#windows.splice(0);
    this.#heats = windows[0]!.bodyHeatW.length;
    this.#normalAboveHallK = windows.reduce((sum, w) => sum + w.aboveHallK, 0) / windows.length;
    const last = this.#heats;
    this.#normalMeasuredK = windows.reduce((sum, w) => sum + w.measuredAboveHallK, 0) / windows.length;
    // Heat at the longest lag carries the known sum; the others are told as their difference from it.
    const x = new Matrix(
      windows.map((window) => {
        const row = terms(window);
        const slow = row.splice(last, 1)[0]!;
        return row.map((value, i) => (i > 0 && i < last ? value - slow : value));
      }),
    );
    const y = Matrix.columnVector(
      windows.map((window) => window.output - outputPerW * window.bodyHeatW.at(-1)!),
    );
    const normal = x.transpose().mmul(x);
    for (let i = 0; i < normal.rows; i++)
      normal.set(i, i, normal.get(i, i) * (1 + (i === 0 ? 0 : RIDGE)) + 1e-12);
    const c = solve(normal, x.transpose().mmul(y)).to1DArray();
    const fast = c.slice(1, last).reduce((sum, value) => sum + value, 0);
    c.splice(last, 0, outputPerW - fast);
    this.#coefficients = c;
    const residuals = windows.map((window) => window.output - this.expected(window));
    const squares = residuals.reduce((sum, r) => sum + r * r, 0);
    this.#noise = Math.sqrt(squares / Math.max(1, windows.length - normal.rows));
    return residuals.map((residual) => residual / this.#noise);
  }

  get settled(): boolean {
    return this.#coefficients !== undefined;
  }

  /** Standard deviation of a window's output about the balance, %. */
  get noise(): number {
    return this.#noise;
  }

  /** Output per watt into the bodies at each lag, %/W. */
  get outputPerW(): readonly number[] {
    return this.#coefficients?.slice(1, 1 + this.#heats) ?? [];
  }

  /** Output per slope of the air, %/(K/s). */
  get outputPerSlope(): number {
    return this.#coefficients?.[1 + this.#heats] ?? 0;
  }

  /** Mean of the measured air above the hall while learning, K. */
  get normalMeasuredK(): number {
    return this.#normalMeasuredK;
  }

  /** Output per kelvin of air by the losses, %/K. */
  get outputPerK(): number {
    return this.#coefficients === undefined
      ? 0
      : Math.max(0, this.#coefficients[0]!) / this.#normalAboveHallK;
  }

  /** Expected output, %. */
  expected(window: ZoneWindow): number {
    const c = this.#coefficients;
    if (c === undefined) return Number.NaN;
    const direct = terms(window).reduce((sum, x, i) => sum + c[i]! * x, 0);
    return direct + this.outputPerK * (window.aboveHallK - this.#normalAboveHallK);
  }
}

function terms(window: ZoneWindow): number[] {
  return [1, ...window.bodyHeatW, ...window.airSlopeKPerS];
}
