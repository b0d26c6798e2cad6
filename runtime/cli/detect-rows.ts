import type { RowModel } from "../diagnose/multivariate/row-model.ts";
import { pickColumns, watchable } from "../diagnose/watchable.ts";
import type { DetectedRows } from "./detected-rows.ts";
import { RowAlarms } from "./row-alarms.ts";

/**
 * Judges each row by itself: by a plane (T² and SPE) or by the nearest normal rows. A row with too many values missing has
 * no score.
 * @throws RungError of the calibration
 */
export function detectRows(
  names: readonly string[],
  values: readonly Float64Array[],
  given: {
    readonly model: RowModel;
    readonly train: number;
    readonly missing: ReadonlyMap<number, number>;
  },
): DetectedRows {
  const all = { names, values, timeUs: new Float64Array(0) };
  const training = { ...all, values: values.map((column) => column.subarray(0, given.train)) };
  const chosen = watchable(training);
  const watched = pickColumns(all, chosen);
  const watch = new RowAlarms(given.model, pickColumns(training, chosen));
  const rows = values[0]!.length;
  const score = new Float64Array(rows);
  const alarm = new Uint8Array(rows);
  const reason: string[] = [];
  const row = new Float64Array(watched.names.length);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < row.length; c++) row[c] = watched.values[c]![r]!;
    watch.step(row);
    score[r] = watch.score;
    alarm[r] = watch.reason === "" ? 0 : 1;
    reason.push(watch.reason);
  }
  return {
    score,
    alarm,
    reason,
    episodes: watch.episodes,
    watched: watched.names,
    leftOut: names.filter((_, c) => !chosen.includes(c)),
    neverMoved: [],
    gaps: given.missing.size,
    ...(watch.drifted === undefined ? {} : { drifted: watch.drifted }),
  };
}
