import { calibrateStream } from "../diagnose/stream/stream-calibration.ts";
import type { StreamDetector } from "../diagnose/stream/stream-detector.ts";
import { streamWords } from "../diagnose/stream/stream-words.ts";
import type { DetectedRows } from "./detected-rows.ts";

/** A signal with its detector, calibrated on the first rows. */
interface Watched {
  readonly name: string;
  readonly values: Float64Array;
  readonly detector: StreamDetector;
  reason: string;
}

/**
 * Judges every signal by itself, against its own past.
 * @param missing rows that are missing before a row, from the times of the table
 * @throws RungError as `calibrateStream`
 */
export function detectSingle(
  names: readonly string[],
  columns: readonly Float64Array[],
  given: {
    readonly train: number;
    readonly budget: number | undefined;
    readonly missing: ReadonlyMap<number, number>;
  },
): DetectedRows {
  const { train, missing } = given;
  const options = given.budget === undefined ? {} : { budget: given.budget };
  const heldOut = { windows: 0, alarmWindows: 0 };
  const watched = names.map((name, c): Watched => {
    const values = columns[c]!;
    const { calibration, detector } = calibrateStream(values.subarray(0, train), options, name);
    heldOut.windows += calibration.heldOut.windows;
    heldOut.alarmWindows += calibration.heldOut.alarmWindows;
    return { name, values, detector, reason: "" };
  });
  const rows = columns[0]!.length;
  const score = new Float64Array(rows);
  const reason: string[] = new Array(rows).fill("");
  const alarm = new Uint8Array(rows);
  for (let row = train; row < rows; row++) {
    for (const signal of watched) {
      step(signal, row, missing.get(row) ?? 0);
      if (signal.detector.score > score[row]!) score[row] = signal.detector.score;
      if (!signal.detector.active) continue;
      alarm[row] = 1;
      if (reason[row] === "") reason[row] = signal.reason;
    }
  }
  return {
    score,
    alarm,
    reason,
    episodes: watched.reduce((sum, { detector }) => sum + detector.episodes, 0),
    watched: names,
    leftOut: [],
    neverMoved: watched
      .filter(({ detector: { normal } }) => normal.low === normal.high)
      .map(({ name }) => name),
    gaps: missing.size,
    heldOut,
  };
}

function step(signal: Watched, row: number, missing: number): void {
  const { detector, name } = signal;
  const { window, hold } = detector.normal.options;
  // A long gap empties the windows and ends an alarm; more of it would change nothing.
  for (let k = 0; k < Math.min(missing, window + hold); k++) detector.step(Number.NaN);
  if (detector.step(signal.values[row]!) !== "raised") return;
  const { title, reason } = streamWords(detector.alarm!, {
    name,
    unit: "",
    window,
    period: detector.normal.period,
  });
  signal.reason = `${title}. ${reason}`;
}
