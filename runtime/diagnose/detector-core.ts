import { AlarmEpisode, type EpisodeChange } from "./alarm-episode.ts";
import type { DetectorCalibration } from "./detector-calibration.ts";
import { DeviationScore, DISTANCES } from "./deviation-score.ts";
import { furthest } from "./held-out.ts";

/** Which of the distances is furthest over its limit. */
export type Leading = (typeof DISTANCES)[number] | "frozen";

/**
 * The detector on rows of numbers: knows nothing of frames, addresses or words. One call a tick; a 52-signal row
 * costs a few microseconds.
 */
export class DetectorCore {
  readonly calibration: DetectorCalibration;
  readonly #score: DeviationScore;
  readonly #episode: AlarmEpisode;
  readonly #last: Float64Array;
  readonly #run: Uint32Array;
  /** Ticks seen. */
  ticks = 0;
  /** Distance from normal, the limit at 1. */
  score = 0;
  leading: Leading = "signal";
  /** Index of the signal that repeats itself longest relative to what is normal for it, or -1. */
  frozen = -1;

  constructor(calibration: DetectorCalibration) {
    this.calibration = calibration;
    this.#score = new DeviationScore(
      calibration.normal,
      calibration.options,
      calibration.components ?? undefined,
    );
    this.#episode = new AlarmEpisode(calibration.options);
    this.#last = new Float64Array(calibration.names.length).fill(Number.NaN);
    this.#run = new Uint32Array(calibration.names.length);
  }

  get active(): boolean {
    return this.#episode.active;
  }

  /** Episodes so far, the running one included. */
  get episodes(): number {
    return this.#episode.count;
  }

  /** Values skipped because they were no good number. */
  get skipped(): number {
    return this.#score.skipped.reduce((sum, count) => sum + count, 0);
  }

  /** @param row one value per signal, in the calibration's order; NaN where there is no good one */
  step(row: Float64Array): EpisodeChange {
    this.#score.step(row);
    this.ticks++;
    const { score, which } = furthest(this.#score.distance, this.calibration.limits);
    const frozen = this.#frozenScore(row);
    const isFrozen = frozen > 1 && frozen > score;
    this.leading = isFrozen ? "frozen" : DISTANCES[which]!;
    this.score = isFrozen ? frozen : score;
    return this.#episode.step(this.score);
  }

  /** Smoothed distance of signal i from its normal centre, in the signal's unit. */
  offset(i: number): number {
    return this.#score.offset(i);
  }

  /** How far from its centre signal i is cut before it is averaged, in the signal's unit. */
  cut(i: number): number {
    return this.#score.cut(i);
  }

  /** How many times as far as in normal operation signal i moves about its average; 1 is normal. */
  movement(i: number): number {
    return this.#score.movement(i);
  }

  /** Where normal lies for signal i, in the signal's unit. */
  centre(i: number): number {
    return this.#score.centre(i);
  }

  /** Moves where normal lies for signal i. @param by in the signal's unit */
  shift(i: number, by: number): void {
    this.#score.shift(i, by);
  }

  /** Smoothed deviation of signal i in standard deviations of its average. */
  deviation(i: number): number {
    return this.#score.deviation[i]!;
  }

  /** Ticks for which signal i has repeated its value. */
  repeated(i: number): number {
    return this.#run[i]!;
  }

  /** Share of each signal in the present score, in 0..1, summing to 1; all 0 at a score of 0. */
  shares(): Float64Array {
    const raw = this.#rawContributions();
    let sum = 0;
    for (let i = 0; i < raw.length; i++) {
      raw[i] = Math.max(0, raw[i]!);
      sum += raw[i]!;
    }
    return sum > 0 ? raw.map((value) => value / sum) : raw;
  }

  #rawContributions(): Float64Array {
    if (this.leading === "frozen") {
      const raw = new Float64Array(this.#run.length);
      raw[this.frozen] = 1;
      return raw;
    }
    if (this.leading === "plane") return this.#score.t2Contributions();
    if (this.leading === "off-plane") return this.#score.speContributions();
    if (this.leading === "pair") return this.#score.deviation.map((value) => value * value);
    return this.#score.ownContributions(this.leading);
  }

  #frozenScore(row: Float64Array): number {
    const { frozenAfter } = this.calibration;
    let worst = 0;
    this.frozen = -1;
    for (let i = 0; i < row.length; i++) {
      const value = row[i]!;
      if (value - value !== 0 || frozenAfter[i] === 0) continue;
      this.#run[i] = value === this.#last[i] ? this.#run[i]! + 1 : 0;
      this.#last[i] = value;
      const score = this.#run[i]! / frozenAfter[i]!;
      if (score > worst) {
        worst = score;
        this.frozen = i;
      }
    }
    return worst;
  }
}
