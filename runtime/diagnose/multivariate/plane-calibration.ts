import { RungError } from "../../core/errors.ts";
import { type Columns, readRow, rowCount, timeSpan } from "../columns.ts";
import { fitPrincipalComponents } from "../principal-components.ts";
import {
  heldOutLimit,
  type NormalScale,
  requireRowsFor,
  requireTable,
  scaleOf,
  standardise,
} from "./normal-scale.ts";
import { PLANE_DEFAULTS, type PlaneCalibration, type PlaneOptions } from "./plane-model.ts";
import { PlaneMonitor } from "./plane-monitor.ts";

/**
 * Principal components of normal data, their T² and SPE limited by data that took no part in the fit (Jackson and
 * Mudholkar 1979 for the statistics; limits from the training rows themselves would be far too low). Each signal is
 * scaled by its standard deviation, so that units do not matter. Deterministic.
 * @param heldOut normal data of other times; without it each of `folds` blocks of `columns` is held out once
 * @throws RungError `no-signal`, `too-few-rows`, `ragged-columns`, `unordered-time`, `bad-option`, `other-signals`
 */
export function calibratePlane(
  columns: Columns,
  given: Partial<PlaneOptions> = {},
  heldOut?: Columns,
): PlaneCalibration {
  const options = checked({ ...PLANE_DEFAULTS, ...given });
  const where = `calibration of ${columns.names.length} signals`;
  requireTable(columns, where);
  const scale = scaleOf(columns, where);
  requireRowsFor(scale, rowCount(columns), where);
  const fit = fitOf(columns, scale, options);
  const statistics =
    heldOut === undefined
      ? foldStatistics(columns, options, where)
      : statisticsOf({ ...fit, scale }, sameSignals(columns, heldOut, where));
  const limits = {
    t2: heldOutLimit(statistics.t2, options.exceedance),
    spe: heldOutLimit(statistics.spe, options.exceedance),
  };
  return {
    version: 1,
    method: "pca",
    options,
    scale,
    ...fit,
    limits,
    rows: rowCount(columns),
    heldOutRows: statistics.t2.length,
    ...(timeSpan(columns) ?? { fromUs: 0, toUs: 0 }),
  };
}

type Fit = Pick<PlaneCalibration, "components" | "noise">;

function fitOf(columns: Columns, scale: NormalScale, options: PlaneOptions): Fit {
  const n = columns.names.length;
  const rows = rowCount(columns);
  const centre = Float64Array.from(scale.centre);
  const inverse = Float64Array.from(scale.sigma, (sigma) => (sigma > 0 ? 1 / sigma : 0));
  const all = new Float64Array(rows * n);
  const row = new Float64Array(n);
  for (let r = 0; r < rows; r++) {
    const z = all.subarray(r * n, (r + 1) * n);
    standardise(readRow(columns, r, row), centre, inverse, z);
    // A gap in the training data counts as normal: it then bends no direction.
    for (let i = 0; i < n; i++) if (Number.isNaN(z[i]!)) z[i] = 0;
  }
  const components = fitPrincipalComponents(all, n, options.components);
  const kept = components.variances.reduce((sum, variance) => sum + variance, 0);
  const judged = n - scale.ignored.length;
  const noise = judged > components.count ? Math.max(0, judged - kept) / (judged - components.count) : 0;
  return { components, noise };
}

interface PlaneStatistics {
  readonly t2: Float64Array;
  readonly spe: Float64Array;
}

function statisticsOf(fit: Fit & Pick<PlaneCalibration, "scale">, columns: Columns): PlaneStatistics {
  const monitor = new PlaneMonitor({ ...fit, limits: { t2: 1, spe: 1 } });
  const rows = rowCount(columns);
  const result = { t2: new Float64Array(rows), spe: new Float64Array(rows) };
  const row = new Float64Array(columns.names.length);
  for (let r = 0; r < rows; r++) {
    const { judged } = monitor.step(readRow(columns, r, row));
    result.t2[r] = judged ? monitor.t2 : Number.NaN;
    result.spe[r] = judged ? monitor.spe : Number.NaN;
  }
  return result;
}

/** Statistics of every row by a fit to the blocks it is not in. */
function foldStatistics(columns: Columns, options: PlaneOptions, where: string): PlaneStatistics {
  const rows = rowCount(columns);
  const result = { t2: new Float64Array(rows), spe: new Float64Array(rows) };
  for (let k = 0; k < options.folds; k++) {
    const from = Math.floor((k * rows) / options.folds);
    const to = Math.floor(((k + 1) * rows) / options.folds);
    const others = rowsOf(columns, (r) => r < from || r >= to);
    const scale = scaleOf(others, where);
    const statistics = statisticsOf(
      { scale, ...fitOf(others, scale, options) },
      rowsOf(columns, (r) => r >= from && r < to),
    );
    result.t2.set(statistics.t2, from);
    result.spe.set(statistics.spe, from);
  }
  return result;
}

/** The rows that `keep` accepts. */
export function rowsOf(columns: Columns, keep: (row: number) => boolean): Columns {
  return {
    names: columns.names,
    values: columns.values.map((values) => values.filter((_, row) => keep(row))),
    timeUs: columns.timeUs.filter((_, row) => keep(row)),
  };
}

function sameSignals(columns: Columns, heldOut: Columns, where: string): Columns {
  requireTable(heldOut, `held-out data of the ${where}`);
  if (
    heldOut.names.length === columns.names.length &&
    heldOut.names.every((n, i) => n === columns.names[i])
  ) {
    return heldOut;
  }
  throw new RungError({
    code: "other-signals",
    where,
    what: "the held-out data has other signals than the training data",
    advice: "give the same columns in the same order",
  });
}

function checked(options: PlaneOptions): PlaneOptions {
  const check = (name: string, value: number, low: number, high: number, whole = false): void => {
    if (value >= low && value <= high && (!whole || Number.isInteger(value))) return;
    throw new RungError({
      code: "bad-option",
      where: `option ${name}`,
      what: `must be ${whole ? "a whole number " : ""}in ${low} to ${high}, got ${value}`,
    });
  };
  check("exceedance", options.exceedance, 1e-5, 0.2);
  check("folds", options.folds, 2, 20, true);
  if ("count" in options.components)
    check("components.count", options.components.count, 1, Number.MAX_SAFE_INTEGER, true);
  else check("components.explained", options.components.explained, 0.01, 1);
  return options;
}
