import { RungError } from "../../core/errors.ts";

/** Sums of ticks stay below this, so that they are exact in 32 bits. */
export const MOST_TICKS = 2 ** 30;
const MOST_DECIMALS = 6;
/** Of a tick: what multiplying may leave of a number that was written in whole ticks. */
const ROUNDING = 1e-6;

/** How many digits stand behind the point of a number as it is written. */
function decimalsOf(value: number): number {
  const [mantissa = "", exponent = "0"] = String(value).split("e");
  return Math.max(0, (mantissa.split(".")[1]?.length ?? 0) - Number(exponent));
}

/**
 * Whole ticks for times in seconds: with times such as 0.1 s a proof must not hang on the last bit of a sum, so balances
 * are reckoned in the coarsest power of ten that holds every time exactly.
 */
export class ExactTimes {
  readonly ticksPerSecond: number;
  readonly ticks: readonly number[];

  /**
   * @param timesS finite and not negative
   * @param where what errors name
   * @throws RungError `times-too-fine` with more than six decimals, or more digits than can be summed exactly
   */
  constructor(timesS: readonly number[], where: string) {
    const decimals = Math.max(0, ...timesS.map(decimalsOf));
    this.ticksPerSecond = 10 ** Math.min(decimals, MOST_DECIMALS);
    this.ticks = timesS.map((timeS) => Math.round(timeS * this.ticksPerSecond));
    const total = this.ticks.reduce((sum, ticks) => sum + ticks, 0);
    if (decimals <= MOST_DECIMALS && total < MOST_TICKS) return;
    throw new RungError({
      code: "times-too-fine",
      where,
      what: `task times have ${decimals} decimals and ${total} ticks in all`,
      advice: `round them, to milliseconds for instance: at most ${MOST_DECIMALS} decimals and ${MOST_TICKS} ticks`,
    });
  }

  /** Most whole ticks within a time: what fits a cycle of 12.3456789 s fits its whole ticks. */
  within(timeS: number): number {
    const exact = timeS * this.ticksPerSecond;
    const near = Math.round(exact);
    // 0.57 * 100 is 56.99999999999999 and means 57.
    return Math.abs(exact - near) < ROUNDING ? near : Math.floor(exact);
  }

  seconds(ticks: number): number {
    return ticks / this.ticksPerSecond;
  }
}
