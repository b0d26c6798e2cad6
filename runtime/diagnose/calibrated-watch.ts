import { callInBackground } from "../core/background-call.ts";
import { siblingModule } from "../core/sibling-module.ts";
import type { TimeUs } from "../core/time.ts";
import type { Columns } from "./columns.ts";
import type { DetectMethod } from "./detect-method.ts";
import { Detector } from "./detector.ts";
import type { DetectorCalibration } from "./detector-calibration.ts";
import { type DetectorOptions, detectorOptions } from "./detector-options.ts";
import type { ActionRow } from "./finding-words.ts";
import type { RowCalibration } from "./multivariate/row-calibration.ts";
import type { RowModel } from "./multivariate/row-model.ts";
import { RowWatch } from "./multivariate/row-watch.ts";
import type { Signal } from "./signal.ts";
import type { SignalCalibrations } from "./stream/calibrate-signals.ts";
import { detectorOf } from "./stream/stream-calibration.ts";
import { STREAM_DEFAULTS } from "./stream/stream-options.ts";
import { StreamWatch } from "./stream/stream-watch.ts";
import type { Watch } from "./watch.ts";

/** What every watch of a twin is made with. */
export interface WatchParts {
  readonly twin: string;
  /** Id of the node that speaks. */
  readonly node: string;
  readonly actions: readonly ActionRow[];
  /** In the order of the columns. */
  readonly signals: readonly Signal[];
  /** Tick of the rows. */
  readonly periodUs: number;
  /** Setpoints already in force, by address. */
  readonly references: (address: string) => number | undefined;
}

/** Calibrates in a thread of its own. @throws RungError of the calibration */
export async function calibratedWatch(
  columns: Columns,
  method: DetectMethod,
  given: Partial<DetectorOptions>,
  parts: WatchParts,
  stop: AbortSignal,
): Promise<{ readonly watch: Watch; readonly calibration?: DetectorCalibration }> {
  const inBackground = <T>(module: string, name: string, ...args: unknown[]): Promise<T> =>
    callInBackground<T>(siblingModule(import.meta.url, module), name, [columns, ...args], stop);
  if (method === "together") {
    const calibration = await inBackground<DetectorCalibration>("./watchable", "calibrateWatchable", given);
    return { watch: watchTogether(calibration, parts), calibration };
  }
  const options = detectorOptions(given);
  if (method === "single") {
    const budget = (1000 * options.falseAlarmBudget) / STREAM_DEFAULTS.hold;
    const made = await inBackground<SignalCalibrations>("./stream/calibrate-signals", "calibrateSignals", {
      budget,
    });
    return { watch: watchSingle(columns, made, options, parts) };
  }
  const made = await inBackground<RowCalibration>(
    "./multivariate/row-calibration",
    "calibrateRows",
    method,
    options,
  );
  return { watch: watchRows(columns, made, method, options, parts) };
}

export const watchTogether = (calibration: DetectorCalibration, parts: WatchParts): Watch =>
  new Detector({ ...parts, signals: signalsOf(calibration, parts), calibration });

const watchSingle = (
  columns: Columns,
  { chosen, calibrations }: SignalCalibrations,
  options: DetectorOptions,
  parts: WatchParts,
): Watch =>
  new StreamWatch({
    ...parts,
    signals: chosen.map((c) => parts.signals[c]!),
    calibrations,
    detectors: chosen.map((c, i) => detectorOf(calibrations[i]!, columns.values[c]!)),
    falseAlarmBudget: options.falseAlarmBudget,
    settle: options.settle,
    validForUs: options.validForUs,
    calibratedUs: newestUs(columns),
  });

const watchRows = (
  columns: Columns,
  calibration: RowCalibration,
  model: RowModel,
  options: DetectorOptions,
  parts: WatchParts,
): Watch =>
  new RowWatch({
    ...parts,
    signals: signalsOf(calibration, parts),
    model,
    calibration,
    calibratedUs: newestUs(columns),
    options,
  });

const newestUs = ({ timeUs }: Columns): TimeUs => timeUs.at(-1)!;

/** The signals of a calibration, in its order; fewer where some are gone. */
export function signalsOf(
  { names }: { readonly names: readonly string[] },
  { signals }: Pick<WatchParts, "signals">,
): Signal[] {
  const byAddress = new Map(signals.map((signal) => [signal.property.address, signal]));
  return names.flatMap((name) => byAddress.get(name) ?? []);
}
