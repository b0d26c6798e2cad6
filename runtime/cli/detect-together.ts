import { Detector } from "../diagnose/detector.ts";
import { calibrateWithinBudget } from "../diagnose/detector-budget.ts";
import { calibrateDetector } from "../diagnose/detector-calibration.ts";
import { pickColumns, watchable } from "../diagnose/watchable.ts";
import type { DetectedRows } from "./detected-rows.ts";

/**
 * Judges all signals as one state of the machine. Rows are taken as evenly spaced.
 * @throws RungError as `calibrateDetector`
 */
export function detectTogether(
  names: readonly string[],
  values: readonly Float64Array[],
  given: {
    readonly train: number;
    readonly budget: number | undefined;
    readonly missing: ReadonlyMap<number, number>;
  },
): DetectedRows {
  const { train, budget } = given;
  const all = { names, values, timeUs: new Float64Array(0) };
  const training = { ...all, values: values.map((column) => column.subarray(0, train)) };
  const chosen = watchable(training);
  const watched = pickColumns(all, chosen);
  const normal = pickColumns(training, chosen);
  const calibration =
    budget === undefined ? calibrateDetector(normal) : calibrateWithinBudget(normal, budget);
  const detector = new Detector({
    twin: "table",
    node: "detect",
    periodUs: 1e6,
    calibration,
    signals: watched.names.map((name) => ({
      property: {
        address: `table/${name}`,
        label: name,
        kind: "measurement" as const,
        type: "number" as const,
        update: { mode: "cyclic" as const, periodMs: 1000 },
      },
    })),
  });
  const rows = values[0]!.length;
  const score = new Float64Array(rows);
  const alarm = new Uint8Array(rows);
  const reason: string[] = [];
  const row = new Float64Array(watched.names.length);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < row.length; c++) row[c] = watched.values[c]![r]!;
    detector.step(r * 1e6, row);
    const { current } = detector;
    score[r] = detector.score;
    alarm[r] = current === undefined ? 0 : 1;
    reason.push(current === undefined ? "" : `${current.title}. ${current.reason}`);
  }
  const { windows, alarmWindows } = calibration.heldOut;
  return {
    score,
    alarm,
    reason,
    episodes: detector.counts.episodes,
    watched: watched.names,
    leftOut: names.filter((_, c) => !chosen.includes(c)),
    neverMoved: [],
    gaps: given.missing.size,
    heldOut: { windows, alarmWindows },
  };
}
