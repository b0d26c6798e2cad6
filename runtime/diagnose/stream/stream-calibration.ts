import { RungError } from "../../core/errors.ts";
import { median } from "../../core/statistics/quantile.ts";
import type { HeldOutAlarms } from "../held-out.ts";
import { driftLimits } from "./drift.ts";
import { periodOf } from "./period.ts";
import { StreamDetector } from "./stream-detector.ts";
import type { StreamNormal } from "./stream-normal.ts";
import { type StreamOptions, streamOptions } from "./stream-options.ts";
import { STATISTICS, StreamStatistics } from "./stream-statistics.ts";

/** Fewer rows than this say nothing about normal. */
export const MIN_STREAM_ROWS = 100;
/** Windows that a calibration must hold. */
const LEAST_WINDOWS = 4;
/** Share of the calibration after which its rows are judged as later ones are, each by the rows before it. */
export const JUDGED_FROM = 0.2;
/** Change of the logarithm of spread or texture that counts as a range where the calibration shows none: ten times. */
const LOGARITHM_RANGE = Math.log(10);

/** What is known of a signal, and how often it gave an alarm while nothing was wrong. */
export interface StreamCalibration extends StreamNormal {
  /** Judged row by row, each by the rows before it alone. */
  readonly heldOut: HeldOutAlarms;
}

/** A calibration, and the detector that has gone through its rows and goes on from there. */
export interface CalibratedStream {
  readonly calibration: StreamCalibration;
  readonly detector: StreamDetector;
}

/**
 * Calibrates on normal rows of one signal, oldest first, evenly spaced, NaN where there is no good value. A signal that
 * never moves is taken: a tenth of its size stands for the range it does not show.
 * @throws RungError `too-few-rows`, `no-signal`, `bad-option`
 */
export function calibrateStream(
  values: Float64Array,
  given: Partial<StreamOptions> = {},
  where = "calibration of one signal",
): CalibratedStream {
  const options = streamOptions(given);
  const needed = Math.max(MIN_STREAM_ROWS, LEAST_WINDOWS * options.window);
  if (values.length < needed) {
    throw new RungError({
      code: "too-few-rows",
      where,
      what: `needs ${needed} rows of normal data, got ${values.length}`,
      advice: "wait for more data, or give a longer window",
    });
  }
  const good = values.filter(Number.isFinite);
  if (good.length < values.length / 2) {
    throw new RungError({
      code: "no-signal",
      where,
      what: `has no good value in ${values.length - good.length} of ${values.length} normal rows`,
      advice: "leave the signal out, or calibrate on a window where it is good",
    });
  }
  const low = good.reduce((a, b) => Math.min(a, b));
  const high = good.reduce((a, b) => Math.max(a, b));
  const centre = median(good);
  const size = high - low > 1e-9 * Math.abs(centre) ? high - low : Math.abs(centre) / 10 || 1;
  const period = periodOf(values);
  const normal: StreamNormal = {
    version: 1,
    options,
    rows: values.length,
    skipped: values.length - good.length,
    centre,
    low,
    high,
    period,
    ranges: rangesOf(values, { window: options.window, period, centre, range: size }),
    drift: driftLimits(values, options.window),
  };
  const detector = new StreamDetector(normal);
  const heldOut = goThrough(detector, values, options);
  return { calibration: { ...normal, heldOut }, detector };
}

/**
 * The detector of a calibration that was made elsewhere, taken through the rows it was made from.
 * @param values the very rows
 */
export function detectorOf(calibration: StreamCalibration, values: Float64Array): StreamDetector {
  const detector = new StreamDetector(calibration);
  goThrough(detector, values, calibration.options);
  return detector;
}

/** Largest less smallest of each statistic; where it has none, what would be a tenfold change or the signal's range. */
function rangesOf(
  values: Float64Array,
  parts: {
    readonly window: number;
    readonly period: number;
    readonly centre: number;
    readonly range: number;
  },
): number[] {
  const statistics = new StreamStatistics(parts);
  const low = new Float64Array(STATISTICS.length).fill(Number.POSITIVE_INFINITY);
  const high = new Float64Array(STATISTICS.length).fill(Number.NEGATIVE_INFINITY);
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    statistics.push(value);
    for (let s = 0; s < STATISTICS.length; s++) {
      const now = statistics.now[s]!;
      if (now < low[s]!) low[s] = now;
      if (now > high[s]!) high[s] = now;
    }
  }
  return STATISTICS.map((name, s) => {
    const range = high[s]! - low[s]!;
    if (range > 1e-9 * parts.range) return range;
    return name === "spread" || name === "texture" ? LOGARITHM_RANGE : parts.range;
  });
}

/** Lets the detector learn the first rows and judge the others; windows of `hold` rows are the trials. */
function goThrough(detector: StreamDetector, values: Float64Array, options: StreamOptions): HeldOutAlarms {
  const from = Math.floor(JUDGED_FROM * values.length);
  for (let row = 0; row < from; row++) detector.learn(values[row]!);
  let [alarmTicks, windows, alarmWindows] = [0, 0, 0];
  for (let start = from; start < values.length; start += options.hold) {
    const end = Math.min(start + options.hold, values.length);
    let raised = false;
    for (let row = start; row < end; row++) {
      raised ||= detector.step(values[row]!) === "raised";
      if (detector.active) alarmTicks++;
    }
    if (end - start === options.hold || raised) windows++;
    if (raised) alarmWindows++;
  }
  detector.calibrated();
  return { ticks: values.length - from, alarmTicks, windowTicks: options.hold, windows, alarmWindows };
}
