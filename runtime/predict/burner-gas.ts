import { Matrix, solve } from "ml-matrix";
import { GAS_KWH_PER_NM3 } from "../model/oven/energy.ts";

/** Standard deviation of a burner's size about the mean of all: sizes differ by zone, seldom by more than half. */
const SIZE_SPREAD = 0.3;
/** Noise of the gas meter over a window, share of its mean. */
const METER_NOISE = 0.05;

/** How much heat a percent of each burner gives, from the gas meter and the outputs of normal operation. */
export class BurnerGas {
  readonly efficiency: number;
  readonly #normal: Matrix;
  readonly #right: Matrix;
  readonly #outputs: Float64Array;
  #gas = 0;
  #count = 0;

  /** @param efficiency heat into the air per lower heating value */
  constructor(zones: number, efficiency: number) {
    this.efficiency = efficiency;
    this.#normal = Matrix.zeros(zones, zones);
    this.#right = Matrix.zeros(zones, 1);
    this.#outputs = new Float64Array(zones);
  }

  /** @param outputs means over one window, % @param gasNm3PerH of the meter, over the same */
  learn(outputs: readonly number[], gasNm3PerH: number): void {
    if (!Number.isFinite(gasNm3PerH) || outputs.some((output) => !Number.isFinite(output))) return;
    for (const [i, a] of outputs.entries()) {
      this.#outputs[i] = this.#outputs[i]! + a;
      this.#right.set(i, 0, this.#right.get(i, 0) + a * gasNm3PerH);
      for (const [j, b] of outputs.entries()) this.#normal.set(i, j, this.#normal.get(i, j) + a * b);
    }
    this.#gas += gasNm3PerH;
    this.#count++;
  }

  /**
   * Percent of output per watt, per zone: least squares of the meter on the outputs, drawn towards burners of one
   * size where the outputs move too little to tell them apart. NaN-free: without a meter it is 0.
   */
  outputPerW(): number[] {
    const zones = this.#outputs.length;
    const outputs = this.#outputs.reduce((sum, output) => sum + output, 0);
    if (this.#count === 0 || !(outputs > 0)) return new Array<number>(zones).fill(0);
    const alike = this.#gas / outputs;
    const noise = METER_NOISE * (this.#gas / this.#count);
    const pull = (noise / (SIZE_SPREAD * alike)) ** 2;
    const normal = this.#normal.clone();
    const right = this.#right.clone();
    for (let i = 0; i < zones; i++) {
      normal.set(i, i, normal.get(i, i) + pull);
      right.set(i, 0, right.get(i, 0) + pull * alike);
    }
    return solve(normal, right)
      .to1DArray()
      .map(
        (nm3PerHPerPercent) =>
          1 / (Math.max(0.3 * alike, nm3PerHPerPercent) * GAS_KWH_PER_NM3 * 1000 * this.efficiency),
      );
  }
}
