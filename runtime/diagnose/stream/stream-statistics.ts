import { LastRows } from "./last-rows.ts";
import { Season } from "./season.ts";

/** What is looked at in a signal besides its flat lines and its drift; each is judged by whether it was there before. */
export const STATISTICS = ["value", "level", "spread", "texture", "step", "season"] as const;
export type Statistic = (typeof STATISTICS)[number];

/** Spreads below this share of the calibrated range are one: quantised signals have none at times. */
const FINEST_SPREAD = 0.001;
const FINEST_TEXTURE = 0.01;

/**
 * The statistics of the newest rows of one signal: its value; the mean of a window (level), the logarithm of its standard
 * deviation (spread), the logarithm of its row-to-row movement over its spread (texture: slow waves are low, chatter is
 * high; the von Neumann ratio's root), its level less that of the window before (step) and less that of a period ago
 * (season). NaN where there are too few rows since the start or a gap.
 */
export class StreamStatistics {
  readonly #rows: LastRows;
  readonly #season: Season;
  readonly #centre: number;
  readonly #range: number;
  readonly now = new Float64Array(STATISTICS.length).fill(Number.NaN);

  constructor(parts: {
    readonly window: number;
    readonly period: number;
    /** Median and range of the calibration, in the signal's unit. */
    readonly centre: number;
    readonly range: number;
  }) {
    this.#rows = new LastRows(parts.window);
    this.#season = new Season(parts.period);
    this.#centre = parts.centre;
    this.#range = parts.range;
  }

  /** @param x a finite number */
  push(x: number): void {
    const { now } = this;
    const rows = this.#rows;
    const range = this.#range;
    rows.push(x - this.#centre);
    now[0] = x;
    if (!rows.full) return;
    const { mean, spread } = rows;
    now[1] = mean + this.#centre;
    now[2] = Math.log(spread + FINEST_SPREAD * range);
    now[3] = Math.log((rows.movement + FINEST_TEXTURE * range) / (spread + FINEST_TEXTURE * range));
    now[4] = mean - rows.meanBefore;
    if (this.#season.isPeriodic) now[5] = this.#season.step(mean);
  }

  /** Standard deviation of the newer window, in the signal's unit. */
  get spread(): number {
    return this.#rows.spread;
  }

  /** Forgets the rows, after a gap. */
  restart(): void {
    this.#rows.restart();
    this.#season.restart();
    this.now.fill(Number.NaN);
  }
}
