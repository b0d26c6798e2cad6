import { AlarmEpisode } from "../diagnose/alarm-episode.ts";
import type { Columns } from "../diagnose/columns.ts";
import { DETECTOR_DEFAULTS } from "../diagnose/detector-options.ts";
import { AdaptivePlane } from "../diagnose/multivariate/adaptive-plane.ts";
import { calibrateModel, rowDetectorOf } from "../diagnose/multivariate/row-calibration.ts";
import type { RowDetector } from "../diagnose/multivariate/row-detector.ts";
import type { RowModel } from "../diagnose/multivariate/row-model.ts";
import { distanceWords } from "../diagnose/multivariate/row-words.ts";

/** A method that judges rows by themselves, with the episodes of its alarms. */
export class RowAlarms {
  readonly #detector: RowDetector;
  readonly #episode = new AlarmEpisode(DETECTOR_DEFAULTS);
  #reason = "";

  /** @throws RungError of the calibration */
  constructor(model: RowModel, training: Columns) {
    this.#detector = rowDetectorOf(calibrateModel(training, model), model);
  }

  /** Signals whose normal has moved as far as it may; undefined where normal stands. */
  get drifted(): readonly string[] | undefined {
    return this.#detector instanceof AdaptivePlane ? this.#detector.drifted : undefined;
  }

  /** NaN where too many values of the row are missing. */
  get score(): number {
    return this.#detector.score;
  }

  get episodes(): number {
    return this.#episode.count;
  }

  /** Why there is an alarm; empty where there is none. */
  get reason(): string {
    return this.#episode.active ? this.#reason : "";
  }

  step(row: Float64Array): void {
    const { judged, score } = this.#detector.step(row);
    // A row that cannot be judged neither raises nor ends an alarm.
    if (!judged || this.#episode.step(score) !== "raised") return;
    const { names, leading } = this.#detector;
    this.#reason = distanceWords(leading, this.#detector.shares(), (i) => names[i]!, score);
  }
}
