import { RungError } from "../../core/errors.ts";
import { quantile } from "../../core/statistics/quantile.ts";
import { type Columns, readRow, rowCount } from "../columns.ts";
import type { DetectorOptions } from "../detector-options.ts";
import { alarmsIn, type HeldOutAlarms, sumOfAlarms, windowTicksOf } from "../held-out.ts";
import { pickColumns, watchable } from "../watchable.ts";
import { AdaptivePlane } from "./adaptive-plane.ts";
import { LEAST_ROWS } from "./normal-scale.ts";
import { calibratePatterns, type PatternCalibration, PatternDistance } from "./pattern-distance.ts";
import { calibratePlane, rowsOf } from "./plane-calibration.ts";
import type { PlaneCalibration } from "./plane-model.ts";
import { PlaneMonitor } from "./plane-monitor.ts";
import type { RowDetector } from "./row-detector.ts";
import type { RowModel } from "./row-model.ts";

/** What a watch of single rows needs. Plain data: JSON in, JSON out. */
export interface RowCalibration {
  /** The signals that are watched. */
  readonly names: readonly string[];
  readonly model: PlaneCalibration | PatternCalibration;
  /** Smallest and largest good value of each signal in the normal window. */
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly heldOut: HeldOutAlarms;
}

/** @throws RungError `no-signal`, `too-few-rows`, `bad-option` */
export const calibrateModel = (columns: Columns, model: RowModel): RowCalibration["model"] =>
  model.method === "pca"
    ? calibratePlane(
        columns,
        model.explained === undefined ? {} : { components: { explained: model.explained } },
      )
    : calibratePatterns(columns, {
        ...(model.neighbours === undefined ? {} : { neighbours: model.neighbours }),
        ...(model.width === undefined ? {} : { width: model.width }),
      });

export function rowDetectorOf(calibration: RowCalibration["model"], model: RowModel): RowDetector {
  if (calibration.method === "knn") return new PatternDistance(calibration);
  return model.method === "pca" && model.adapt
    ? new AdaptivePlane(calibration)
    : new PlaneMonitor(calibration);
}

/**
 * Calibrates on the columns that can be watched. Each of `folds` consecutive blocks is held out once: false alarms are
 * those of the whole watch over each block, calibrated on the others. What is watched for long keeps `margin` from the
 * limits of a model, which let 1 % of normal rows over them.
 * @throws RungError `no-signal`, `too-few-rows`, `bad-option`
 */
export function calibrateRows(all: Columns, model: RowModel, options: DetectorOptions): RowCalibration {
  const columns = pickColumns(all, watchable(all));
  const rows = rowCount(columns);
  const { folds } = options;
  const least = Math.ceil((LEAST_ROWS * folds) / (folds - 1));
  if (columns.names.length > 0 && rows < least)
    throw new RungError({
      code: "too-few-rows",
      where: `calibration of ${columns.names.length} signals`,
      what: `needs ${least} rows of normal data, got ${rows}`,
      advice: "wait for more data, or give a longer window",
    });
  const calibration = calibrateModel(columns, model);
  const row = new Float64Array(columns.names.length);
  const heldOut = Array.from({ length: folds }, (_, k) => {
    const fold = { from: Math.floor((k * rows) / folds), to: Math.floor(((k + 1) * rows) / folds) };
    const others = rowsOf(columns, (r) => r < fold.from || r >= fold.to);
    const detector = rowDetectorOf(calibrateModel(others, model), model);
    return alarmsIn(
      fold,
      windowTicksOf(options),
      options,
      (r) => detector.step(readRow(columns, r, row)).score / options.margin,
    );
  });
  return {
    names: columns.names,
    model: calibration,
    low: columns.values.map((values) => quantile(values, 0)),
    high: columns.values.map((values) => quantile(values, 1)),
    heldOut: sumOfAlarms(heldOut),
  };
}
