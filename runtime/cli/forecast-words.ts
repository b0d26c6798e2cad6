import { writeCsvTable } from "../describe/csv-table.ts";
import type { ForecastReport } from "./forecast-report.ts";
import { textTable } from "./text-table.ts";

/** Steps that are printed; all of them are in the file and in the JSON. */
const SHOWN = 12;

const isoOf = (timeUs: number): string => new Date(timeUs / 1000).toISOString().replace(".000Z", "Z");
/** Four significant digits: a forecast knows no more. */
const figure = (value: number): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(4))) : "-";
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** Begin of each step and what is forecast for it. */
function rowsOf({ forecast }: ForecastReport): string[][] {
  if (forecast === null) return [];
  const { madeAtUs, stepUs, mean, low50, high50, low90, high90 } = forecast;
  return mean.map((value, k) => [
    isoOf(madeAtUs + k * stepUs),
    ...[value, low90[k]!, low50[k]!, high50[k]!, high90[k]!].map(String),
  ]);
}

const COLUMNS = ["time", "mean", "low90", "low50", "high50", "high90"];

export const forecastCsv = (report: ForecastReport): string => writeCsvTable(COLUMNS, rowsOf(report));

export function forecastText(report: ForecastReport, out: string | undefined): string {
  const { file, value, unit, steps, stepS, learnedFrom, horizon, model, scores, refits, remarks } = report;
  const inUnit = unit === null ? "" : ` ${unit}`;
  const drifts = refits.filter(({ cause }) => cause === "drift").length;
  const lines = [
    `${file}, ${value}: ${steps} steps of ${stepS} s, the first ${learnedFrom} to learn from; ${horizon} ahead by ${model}`,
  ];
  if (scores === null) lines.push("nothing could be scored");
  else {
    lines.push(
      "",
      ...textTable(
        [`mean absolute error, ${horizon} ahead`, `of ${scores.n}`],
        [["this forecast", figure(scores.mae)], ...scores.naive.map(({ name, mae }) => [name, figure(mae)])],
        1,
      ),
      `90 % interval: covers ${percent(scores.coverage90)} (${percent(scores.coverageLow)} to ${percent(scores.coverageHigh)}), ${figure(scores.width90)}${inUnit} wide; pinball ${figure(scores.pinball)}`,
    );
  }
  if (scores !== null) {
    const bound = Number.isFinite(scores.maseUpper95) ? scores.maseUpper95.toFixed(3) : "none";
    lines.push(`error over the best naive one: ${scores.mase.toFixed(3)}, 95 % upper bound ${bound}`);
  }
  if (refits.length > 0)
    lines.push(`fitted anew: ${refits.length - drifts} on schedule, ${drifts} after the errors had changed`);
  lines.push(...remarks);
  const rows = rowsOf(report);
  if (rows.length > 0) {
    const shown = rows
      .slice(0, SHOWN)
      .map(([time, ...cells]) => [time!, ...cells.map((cell) => figure(Number(cell)))]);
    lines.push("", ...textTable(COLUMNS, shown, 1));
    if (rows.length > SHOWN) lines.push(`... ${rows.length - SHOWN} more`);
  }
  if (out !== undefined) lines.push(out);
  return `${lines.join("\n")}\n`;
}
