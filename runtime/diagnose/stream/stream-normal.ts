import type { DriftLimits } from "./drift.ts";
import type { StreamOptions } from "./stream-options.ts";

/** What is known of one signal before any of its rows is judged. Plain data: JSON in, JSON out. */
export interface StreamNormal {
  readonly version: 1;
  readonly options: StreamOptions;
  readonly rows: number;
  /** Rows that were no finite number. */
  readonly skipped: number;
  readonly centre: number;
  readonly low: number;
  readonly high: number;
  /** Rows of a period, 0 for a signal without. */
  readonly period: number;
  /** Range of each statistic, in the order of STATISTICS. */
  readonly ranges: readonly number[];
  readonly drift: DriftLimits;
}
