import { AlarmEpisode } from "../diagnose/alarm-episode.ts";
import type { Columns } from "../diagnose/columns.ts";
import { DETECTOR_DEFAULTS } from "../diagnose/detector-options.ts";
import { AdaptivePlane } from "../diagnose/multivariate/adaptive-plane.ts";
import { calibratePatterns, PatternDistance } from "../diagnose/multivariate/pattern-distance.ts";
import { calibratePlane } from "../diagnose/multivariate/plane-calibration.ts";
import { PlaneMonitor } from "../diagnose/multivariate/plane-monitor.ts";
import type { RowDetector, RowLeading } from "../diagnose/multivariate/row-detector.ts";

/** How rows are judged by themselves: by a plane alone, or by normal patterns. */
export const ROW_METHODS = ["pca", "knn"] as const;
export type RowMethod = (typeof ROW_METHODS)[number];

const LEADING_WORDS: Readonly<Record<RowLeading, string>> = {
  plane: "The signals lie further out together than in normal operation",
  "off-plane": "The signals do not go together as in normal operation",
  pattern: "The row is unlike every normal one",
};

/** A method that judges rows by themselves, with the episodes of its alarms. */
export class RowWatch {
  readonly #detector: RowDetector;
  readonly #episode = new AlarmEpisode(DETECTOR_DEFAULTS);
  #reason = "";

  /** @throws RungError of the calibration */
  constructor(method: RowMethod, training: Columns, adapt: boolean) {
    if (method === "knn") this.#detector = new PatternDistance(calibratePatterns(training));
    else if (adapt) this.#detector = new AdaptivePlane(calibratePlane(training));
    else this.#detector = new PlaneMonitor(calibratePlane(training));
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
    if (!judged) return;
    if (this.#episode.step(score) === "raised") this.#reason = this.#words(score);
  }

  #words(score: number): string {
    const { names, leading } = this.#detector;
    const shares = this.#detector.shares();
    const strongest = [...shares.keys()].sort((a, b) => shares[b]! - shares[a]! || a - b).slice(0, 3);
    const parts = strongest.map((i) => `${names[i]} ${Math.round(100 * shares[i]!)} %`);
    return `${LEADING_WORDS[leading]}: ${parts.join(", ")} of the distance (score ${score.toFixed(2)} of limit 1).`;
  }
}
