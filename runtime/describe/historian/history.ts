import type { TimeUs } from "../../core/time.ts";
import type { DecimatedSamples } from "../decimate/m4-columns.ts";
import type { Buckets } from "./buckets.ts";
import type {
  HistoryAsof,
  HistoryAt,
  HistoryRange,
  HistorySample,
  HistoryWindows,
  TimeWindow,
} from "./history-types.ts";

/** Source times of the oldest and the newest sample; undefined where there is none. */
export interface HistorySpan {
  readonly oldestUs: TimeUs | undefined;
  readonly newestUs: TimeUs | undefined;
}

/**
 * What can be asked of a store of samples, whichever it is: Rung's own historian, or an InfluxDB. All answer alike: a
 * value stands from its source time until the next one of its property (sample and hold), a bad one stands as bad, and
 * the last one stands until the newest sample of its source.
 */
export interface History {
  /** The newest sample; undefined where the address was never stored. */
  last(address: string): Promise<HistorySample | undefined>;
  /**
   * Samples with fromUs <= source time < toUs, at most `limit` (1,000,000 where none is given).
   * @throws RungError `unknown-address`
   */
  range(address: string, fromUs: TimeUs, toUs: TimeUs, limit?: number): Promise<HistoryRange>;
  /**
   * n equal intervals over [fromUs, toUs): least, time-weighted mean, greatest, worst quality.
   * @throws RungError `unknown-address`, `bad-range`
   */
  buckets(address: string, fromUs: TimeUs, toUs: TimeUs, n: number): Promise<Buckets>;
  /**
   * What draws the same line as all samples with fromUs <= source time < toUs do where a pixel is `widthUs` wide, see
   * M4Columns, and before it the sample that stood at `fromUs`.
   * @throws RungError `unknown-address`, `bad-range`
   */
  decimated(address: string, fromUs: TimeUs, toUs: TimeUs, widthUs: number): Promise<DecimatedSamples>;
  /** What stood at one instant, for many properties at once; "no data" for what was never stored. */
  at(addresses: readonly string[], timeUs: TimeUs): Promise<HistoryAt>;
  /**
   * Every sample of `base` with fromUs <= source time < toUs, at most `limit` (100,000 where none is given), and what
   * stood of the other properties at its source time. @throws RungError `unknown-address` for the base
   */
  asof(
    base: string,
    addresses: readonly string[],
    fromUs: TimeUs,
    toUs: TimeUs,
    limit?: number,
  ): Promise<HistoryAsof>;
  /** What each property did in each window; windows may overlap. @throws RungError `bad-range` */
  windows(addresses: readonly string[], windows: readonly TimeWindow[]): Promise<HistoryWindows[]>;
  /** Every address that was ever stored. */
  addresses(): Promise<string[]>;
  span(): Promise<HistorySpan>;
}
