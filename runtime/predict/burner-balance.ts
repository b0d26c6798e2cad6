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
  /** ln of the exhaust flow, and the heat of the zone's fan, W; NaN where not measured. */
  readonly exhaustLn: number;
  readonly fanW: number;
}

/** Ridge of the regression against collinear terms, share of each term's own square. */
const RIDGE = 1e-4;
/**
 * What the burner burns more for e-fold exhaust, as a share of its losses before the windows have shown it: exhaust is
 * most of them, and how it is spread over the zones is not known.
 */
const EXHAUST_SHARE = { mean: 0.85, deviation: 0.3 } as const;
/** Windows of 20 minutes, over which bodies and controller come to their mean; means that tell how far these stray. */
export const LONG_WINDOWS = 40;
const LEAST_BLOCKS = 4;

/**
 * What a zone's burner should give: output = losses + heat into the bodies / power + storage in air and walls. Learned
 * by least squares on normal operation. The controller and the burner box answer late, so the heat stands in it at
 * several lags. The losses of exhaust and walls grow with the air above the hall, those of the exhaust with its flow;
 * what the fan gives to the air the burner need not.
 */
export class BurnerBalance {
  readonly #windows: ZoneWindow[] = [];
  #coefficients: readonly number[] | undefined;
  #heats = 0;
  #noise = 0;
  #lasting = 0;
  #normalAboveHallK = 0;
  #normalMeasuredK = 0;
  #outputPerW = 0;
  #outputPerExhaustLn = 0;
  #normalExhaustLn = 0;
  #normalFanW = 0;

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
    this.#outputPerW = outputPerW;
    this.#normalExhaustLn = meanOf(windows.map((window) => window.exhaustLn));
    this.#normalFanW = meanOf(windows.map((window) => window.fanW));
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
    const freedom = Math.max(1, windows.length - normal.rows);
    this.#outputPerExhaustLn = this.#learnExhaust(windows, freedom);
    const residuals = windows.map((window) => window.output - this.expected(window));
    const squares = residuals.reduce((sum, r) => sum + r * r, 0);
    this.#noise = Math.sqrt(squares / freedom);
    this.#lasting = Math.min(this.#noise, lastingOf(residuals, this.#noise));
    return residuals.map((residual) => residual / this.#noise);
  }

  /** Output per ln of exhaust flow, %: what the windows show of it, drawn towards its usual share of the losses. */
  #learnExhaust(windows: readonly ZoneWindow[], freedom: number): number {
    const losses = Math.max(0, this.#coefficients![0]!);
    if (losses === 0) return 0;
    const residuals = windows.map((window) => window.output - this.expected(window));
    const noise2 = residuals.reduce((sum, r) => sum + r * r, 0) / freedom;
    const pull = noise2 / (EXHAUST_SHARE.deviation * losses) ** 2;
    let squares = pull;
    let products = pull * EXHAUST_SHARE.mean * losses;
    for (const [i, { exhaustLn }] of windows.entries()) {
      const away = since(exhaustLn, this.#normalExhaustLn);
      squares += away * away;
      products += away * residuals[i]!;
    }
    return products / squares;
  }

  get settled(): boolean {
    return this.#coefficients !== undefined;
  }

  /** Standard deviation of a window's output about the balance, %. */
  get noise(): number {
    return this.#noise;
  }

  /** Standard deviation of the mean of `LONG_WINDOWS` windows about the balance, %. */
  get lasting(): number {
    return this.#lasting;
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
    return (
      direct +
      this.outputPerK * (window.aboveHallK - this.#normalAboveHallK) +
      this.#outputPerExhaustLn * since(window.exhaustLn, this.#normalExhaustLn) -
      this.#outputPerW * since(window.fanW, this.#normalFanW)
    );
  }
}

/** Mean of what was measured; NaN where nothing was. */
function meanOf(values: readonly number[]): number {
  const measured = values.filter(Number.isFinite);
  return measured.reduce((sum, value) => sum + value, 0) / measured.length;
}

/** What a value has moved from its normal; not at all where either is unknown. */
function since(value: number, normal: number): number {
  return Number.isFinite(value - normal) ? value - normal : 0;
}

/** @param otherwise where there are too few windows to show it */
function lastingOf(residuals: readonly number[], otherwise: number): number {
  const blocks = Math.floor(residuals.length / LONG_WINDOWS);
  if (blocks < LEAST_BLOCKS) return otherwise;
  let squares = 0;
  for (let b = 0; b < blocks; b++) {
    const block = residuals.slice(b * LONG_WINDOWS, (b + 1) * LONG_WINDOWS);
    squares += (block.reduce((sum, r) => sum + r, 0) / LONG_WINDOWS) ** 2;
  }
  return Math.sqrt(squares / (blocks - 1));
}

function terms(window: ZoneWindow): number[] {
  return [1, ...window.bodyHeatW, ...window.airSlopeKPerS];
}
