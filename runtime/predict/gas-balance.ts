import { energyPerBody, GAS_KWH_PER_NM3, type OvenEnergy } from "../model/oven/energy.ts";

/** Window over which gas and bodies are compared, s. */
const WINDOW_S = 1800;
const KEEP = 24;
/** Standard deviation of the ratio before enough windows have shown it. */
const UNKNOWN_DEVIATION = 0.05;
/** The meter's own error (class 1.5 at mid range). */
const LEAST_DEVIATION = 0.015;

/** Gas by the meter over gas by the model's balance, window by window. */
export class GasBalance {
  readonly #energy: OvenEnergy;
  #elapsedS = 0;
  #gasNm3 = 0;
  #aboveHall = 0;
  #riseSum = 0;
  #skidRiseSum = 0;
  #exits = 0;
  #ratios: number[] = [];

  constructor(energy: OvenEnergy) {
    this.#energy = energy;
  }

  clear(): void {
    this.#elapsedS = 0;
    this.#gasNm3 = 0;
    this.#aboveHall = 0;
    this.#riseSum = 0;
    this.#skidRiseSum = 0;
    this.#exits = 0;
  }

  addTime(gasNm3PerH: number, meanAirC: number, hallC: number, durationS: number): void {
    this.#gasNm3 += (gasNm3PerH * durationS) / 3600;
    this.#aboveHall += (meanAirC - hallC) * durationS;
    this.#elapsedS += durationS;
    if (this.#elapsedS >= WINDOW_S) this.#close();
  }

  /** @param riseK mean of the body's nodes, @param skidRiseK of its slowest node */
  addExit(riseK: number, skidRiseK: number): void {
    this.#exits++;
    this.#riseSum += riseK;
    this.#skidRiseSum += skidRiseK;
  }

  get windows(): number {
    return this.#ratios.length;
  }

  get ratio(): number {
    return this.windows === 0 ? 1 : this.#ratios.reduce((sum, r) => sum + r, 0) / this.windows;
  }

  /** Standard error of the ratio. */
  get deviation(): number {
    if (this.windows < 4) return UNKNOWN_DEVIATION;
    const mean = this.ratio;
    const variance = this.#ratios.reduce((sum, r) => sum + (r - mean) ** 2, 0) / (this.windows - 1);
    return Math.max(LEAST_DEVIATION, Math.sqrt(variance / this.windows));
  }

  #close(): void {
    const hours = this.#elapsedS / 3600;
    const aboveHallK = this.#aboveHall / this.#elapsedS;
    if (this.#exits > 0 && Number.isFinite(this.#gasNm3) && Number.isFinite(aboveHallK)) {
      const expected = energyPerBody(
        { ...this.#energy, bodiesPerHour: this.#exits / hours },
        {
          bodyRiseK: this.#riseSum / this.#exits,
          skidRiseK: this.#skidRiseSum / this.#exits,
          exhaustRiseK: aboveHallK,
          wallRiseK: aboveHallK,
        },
      );
      this.#ratios.push((this.#gasNm3 * GAS_KWH_PER_NM3) / this.#exits / expected.gasKWh);
      if (this.#ratios.length > KEEP) this.#ratios.shift();
    }
    this.clear();
  }
}
