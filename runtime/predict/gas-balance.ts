import { energyPerBody, GAS_KWH_PER_NM3, type OvenEnergy } from "../model/oven/energy.ts";

/** Window over which gas and bodies are compared, s. */
const WINDOW_S = 1800;
const KEEP = 24;
/** Standard deviation of the ratio before enough windows have shown it. */
const UNKNOWN_DEVIATION = 0.05;
/** The meter's own error (class 1.5 at mid range). */
const LEAST_DEVIATION = 0.015;

/** Windows of one shift of eight hours. */
const SHIFT_WINDOWS = 16;
/**
 * Half hours with which the balance can be judged. One body more or less among the twenty of a half hour makes it scatter by
 * up to 4 %; the mean of four by 2 %, so that chance passes the limit of 5 % once in a hundred times.
 */
export const LEAST_HALF_HOURS = 4;

/** How well the balance told the gas of the last shift, in the terms of ASHRAE Guideline 14. */
export interface GasFit {
  /** Half hours compared, at most those of a shift. */
  readonly windows: number;
  /** Root mean square error over the mean measured, %. */
  readonly cvRmsePercent: number;
  /** Mean of measured minus told over the mean measured, %: above 0 where the oven burns more than was told. */
  readonly nmbePercent: number;
}

interface JudgedWindow {
  readonly measuredKWh: number;
  readonly toldKWh: number;
}

/** Gas by the meter over gas by the model's balance, window by window. */
export class GasBalance {
  readonly #energy: OvenEnergy;
  #elapsedS = 0;
  #gasNm3 = 0;
  #aboveHall = 0;
  #riseSum = 0;
  #skidRiseSum = 0;
  #exits = 0;
  #isPartial = false;
  #ratios: number[] = [];
  /** What normal operation burnt over what the balance told; undefined while that is learnt. */
  #normalRatio: number | undefined;
  #shift: JudgedWindow[] = [];

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
    this.#isPartial = false;
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

  /** A body left of which nothing is known: what this half hour took is not known either. */
  addUnknownExit(): void {
    this.#isPartial = true;
  }

  /** What was burnt until now is normal: from here on the balance is held to it. */
  settle(): void {
    if (this.windows > 0) this.#normalRatio = this.ratio;
  }

  /** The half hours of the last shift; undefined before the first one, and without a meter. */
  get fit(): GasFit | undefined {
    const shift = this.#shift;
    if (shift.length === 0) return undefined;
    const errors = shift.map(({ measuredKWh, toldKWh }) => measuredKWh - toldKWh);
    const measured = shift.reduce((sum, { measuredKWh }) => sum + measuredKWh, 0) / shift.length;
    const rmse = Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / shift.length);
    const bias = errors.reduce((sum, error) => sum + error, 0) / shift.length;
    return {
      windows: shift.length,
      cvRmsePercent: (100 * rmse) / measured,
      nmbePercent: (100 * bias) / measured,
    };
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
    if (this.#exits > 0 && !this.#isPartial && Number.isFinite(this.#gasNm3) && Number.isFinite(aboveHallK)) {
      const expected = energyPerBody(
        { ...this.#energy, bodiesPerHour: this.#exits / hours },
        {
          bodyRiseK: this.#riseSum / this.#exits,
          skidRiseK: this.#skidRiseSum / this.#exits,
          exhaustRiseK: aboveHallK,
          wallRiseK: aboveHallK,
        },
      );
      const measuredKWh = this.#gasNm3 * GAS_KWH_PER_NM3;
      const balanceKWh = expected.gasKWh * this.#exits;
      this.#ratios.push(measuredKWh / balanceKWh);
      if (this.#ratios.length > KEEP) this.#ratios.shift();
      if (this.#normalRatio !== undefined && measuredKWh > 0) {
        this.#shift.push({ measuredKWh, toldKWh: this.#normalRatio * balanceKWh });
        if (this.#shift.length > SHIFT_WINDOWS) this.#shift.shift();
      }
    }
    this.clear();
  }
}
