import type { TimeUs } from "../core/time.ts";
import type { Reading } from "./oven-readings.ts";
import type { TrackerOptions } from "./tracker-options.ts";

/** Smallest growth of a deviation that counts, and smallest return towards normal: noise must not ask twice, ln. */
const CHANGE_LN = 0.01;
const RETURN_LN = 0.02;
/** Mean and variance of what is never below 0 and has a normal's spread: half a normal distribution. */
const HALF_NORMAL_MEAN = Math.sqrt(2 / Math.PI);
const HALF_NORMAL_VARIANCE = 1 - 2 / Math.PI;

/** The fan flow of each zone against its normal, and how much of the heat transfer it puts in doubt. */
export class FanFlow {
  readonly #options: TrackerOptions;
  readonly #sums: Float64Array;
  readonly #squares: Float64Array;
  readonly #counts: Float64Array;
  readonly #smooth: Float64Array;
  /** ln of the flow against normal at the last doubt. */
  readonly #doubted: Float64Array;
  readonly #changedUs: Float64Array;
  #normal: Float64Array | undefined;

  constructor(zones: number, options: TrackerOptions) {
    this.#options = options;
    this.#sums = new Float64Array(zones);
    this.#squares = new Float64Array(zones);
    this.#counts = new Float64Array(zones);
    this.#smooth = new Float64Array(zones).fill(Number.NaN);
    this.#doubted = new Float64Array(zones);
    this.#changedUs = new Float64Array(zones).fill(Number.NEGATIVE_INFINITY);
  }

  reset(): void {
    this.#normal = undefined;
    this.#sums.fill(0);
    this.#squares.fill(0);
    this.#counts.fill(0);
    this.#smooth.fill(Number.NaN);
    this.#doubted.fill(0);
    this.#changedUs.fill(Number.NEGATIVE_INFINITY);
  }

  /** What was seen until now is normal. */
  settle(): void {
    this.#normal = this.#sums.map((sum, z) => sum / this.#counts[z]!);
  }

  /**
   * Takes the flows in that are new at a moment.
   * @param doubt told where a zone's flow has moved further from normal: variance to add to ln heat transfer, and what
   * it is expected to have moved by beyond the flow
   */
  follow(
    flows: readonly Reading[],
    timeUs: TimeUs,
    doubt: (zone: number, variance: number, expectedLn: number) => void,
  ): void {
    const { flowSmoothingS, stepS, flowDoubtLn, doubtPerFlowLn } = this.#options;
    for (const [z, { value, timeUs: at }] of flows.entries()) {
      if (at !== timeUs || !(value > 0)) continue;
      if (this.#normal === undefined) {
        this.#sums[z] = this.#sums[z]! + value;
        this.#squares[z] = this.#squares[z]! + value * value;
        this.#counts[z] = this.#counts[z]! + 1;
        continue;
      }
      const before = this.#smooth[z]!;
      const share = 1 - Math.exp(-stepS / flowSmoothingS);
      this.#smooth[z] = Number.isNaN(before) ? value : before + share * (value - before);
      // A nozzle that lets less air through may have lost more heat transfer than the flow tells, and never less: jets
      // die unevenly. Cleaned, it is doubted by as much again.
      const away = Math.log(this.#smooth[z]! / this.#normal[z]!);
      const doubted = this.#doubted[z]!;
      const odd = Math.max(Math.abs(away), Math.abs(doubted)) > flowDoubtLn;
      const least = Math.abs(away) < Math.abs(doubted) ? RETURN_LN : CHANGE_LN;
      if (!odd || Math.abs(away - doubted) <= least) continue;
      const lostLn = Math.min(0, away) - Math.min(0, doubted);
      const variance = doubtPerFlowLn ** 2 * Math.abs(away * away - doubted * doubted);
      doubt(z, HALF_NORMAL_VARIANCE * variance, HALF_NORMAL_MEAN * doubtPerFlowLn * lostLn);
      this.#doubted[z] = away;
      this.#changedUs[z] = timeUs;
    }
  }

  /** Heat transfer of a zone by its flow against normal: h ~ V^n. 1 where unknown. */
  factor(zone: number): number {
    const normal = this.#normal?.[zone];
    const flow = this.#smooth[zone]!;
    if (normal === undefined || !(normal > 0) || !(flow > 0)) return 1;
    return (flow / normal) ** this.#options.flowExponent;
  }

  /** Standard deviation of one reading of a zone's ln flow in normal operation; 0 before it is known. */
  deviationLn(zone: number): number {
    const count = this.#counts[zone]!;
    const centre = this.#sums[zone]! / count;
    return count < 2 ? 0 : Math.sqrt(Math.max(0, this.#squares[zone]! / count - centre * centre)) / centre;
  }

  /** ln of a zone's flow against normal, as it was last doubted; 0 while it is normal. */
  awayLn(zone: number): number {
    const away = this.#doubted[zone]!;
    return Math.abs(away) > this.#options.flowDoubtLn ? away : 0;
  }

  /** Standard deviation of ln heat transfer that the flow's deviation brings into a zone. */
  doubtLn(zone: number): number {
    return this.#options.doubtPerFlowLn * Math.abs(this.awayLn(zone));
  }

  /** True while a zone's changed flow is only observed. */
  observed(zone: number, nowUs: TimeUs): boolean {
    return nowUs - this.#changedUs[zone]! < this.#options.observeS * 1e6;
  }
}
