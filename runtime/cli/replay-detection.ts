import type { Dictionary } from "../core/dictionary.ts";
import { RungError } from "../core/errors.ts";
import type { Frame } from "../core/frame.ts";
import { isGood } from "../core/quality.ts";
import type { TimeUs } from "../core/time.ts";
import { Detector } from "../diagnose/detector.ts";
import { calibrateDetector, MIN_CALIBRATION_ROWS } from "../diagnose/detector-calibration.ts";
import { chooseSignals, tickPeriodUs } from "../diagnose/signal.ts";
import { pickColumns, watchable } from "../diagnose/watchable.ts";

/** One episode of a replay. */
export interface ReplayedFinding {
  /** Data row, from 1, in which the alarm was raised, and in which it cleared; null where it never did. */
  readonly fromRow: number;
  readonly toRow: number | null;
  readonly title: string;
  readonly reason: string;
  readonly score: number;
}

/** One episode that a detector of a flow told. */
export interface FlowFinding {
  readonly sinceUs: TimeUs;
  readonly title: string;
  readonly reason: string;
  readonly score: number;
}

export type Detection =
  | {
      readonly state: "watched";
      readonly trainRows: number;
      readonly watched: readonly string[];
      readonly episodes: number;
      readonly findings: readonly ReplayedFinding[];
    }
  | {
      /** The detectors of a flow spoke for themselves. */
      readonly state: "flow";
      readonly episodes: number;
      readonly findings: readonly FlowFinding[];
    }
  | { readonly state: "none"; readonly why: string };

/**
 * The detector of a replay: calibrated on the first rows, which must be normal, and then fed row by row. A row is
 * the samples of one source time, as a recording sends them.
 */
export class ReplayDetection {
  readonly #twin: string;
  readonly #trainRows: number;
  readonly #signals: ReturnType<typeof chooseSignals>;
  /** Signal of each dictionary index, -1 for none. */
  readonly #signalOf: Int32Array;
  readonly #training: { timeUs: TimeUs[]; rows: Float64Array[] } = { timeUs: [], rows: [] };
  readonly #findings: ReplayedFinding[] = [];
  #detector: Detector | undefined;
  /** Signals the detector watches, by their place among all signals. */
  #chosen: readonly number[] = [];
  #row: Float64Array;
  #rowUs = Number.NaN;
  #rows = 0;
  #why = "";

  /** @param trainRows rows to calibrate on; 0 = no detection */
  constructor(twin: string, dictionary: Dictionary, trainRows: number) {
    this.#twin = twin;
    this.#trainRows = trainRows;
    this.#signals = chooseSignals(dictionary.properties, twin);
    this.#signalOf = Int32Array.from(dictionary.properties, (property) =>
      this.#signals.findIndex((signal) => signal.property === property),
    );
    this.#row = new Float64Array(this.#signals.length).fill(Number.NaN);
    if (trainRows === 0) this.#why = "--train is 0";
    else if (trainRows < MIN_CALIBRATION_ROWS) this.#why = `--train must be at least ${MIN_CALIBRATION_ROWS}`;
    else if (this.#signals.length === 0) this.#why = "no column holds numbers";
  }

  consume(frame: Frame): void {
    if (this.#why !== "") return;
    for (let row = 0; row < frame.length; row++) {
      const timeUs = frame.sourceTimeUsAt(row);
      const signal = this.#signalOf[frame.indexAt(row)]!;
      // The first column again, or another time: the row before is whole.
      if (timeUs !== this.#rowUs || frame.indexAt(row) === 0) this.#endRow(timeUs);
      if (signal >= 0) this.#row[signal] = isGood(frame.qualityAt(row)) ? frame.valueAt(row) : Number.NaN;
    }
  }

  get result(): Detection {
    this.#endRow(Number.NaN);
    if (this.#detector === undefined) {
      const why = this.#why || `the file has ${this.#rows} rows, calibration takes ${this.#trainRows}`;
      return { state: "none", why };
    }
    return {
      state: "watched",
      trainRows: this.#trainRows,
      watched: this.#chosen.map((signal) => this.#signals[signal]!.property.address),
      episodes: this.#findings.length,
      findings: this.#findings,
    };
  }

  #endRow(nextUs: TimeUs): void {
    if (!Number.isNaN(this.#rowUs)) this.#step(this.#rowUs, this.#row);
    this.#rowUs = nextUs;
    this.#row = new Float64Array(this.#signals.length).fill(Number.NaN);
  }

  #step(timeUs: TimeUs, row: Float64Array): void {
    this.#rows++;
    if (this.#why !== "") return;
    if (this.#detector === undefined) {
      this.#training.timeUs.push(timeUs);
      this.#training.rows.push(row);
      if (this.#rows === this.#trainRows) this.#calibrate();
      return;
    }
    const finding = this.#detector.step(
      timeUs,
      Float64Array.from(this.#chosen, (signal) => row[signal]!),
    );
    if (finding === undefined) return;
    if (finding.active) {
      const { title, reason, score } = finding;
      this.#findings.push({ fromRow: this.#rows, toRow: null, title, reason, score });
    } else {
      const open = this.#findings.pop()!;
      this.#findings.push({ ...open, toRow: this.#rows });
    }
  }

  #calibrate(): void {
    const { timeUs, rows } = this.#training;
    const all = {
      names: this.#signals.map((signal) => signal.property.address),
      values: this.#signals.map((_, signal) => Float64Array.from(rows, (row) => row[signal]!)),
      timeUs: Float64Array.from(timeUs),
    };
    this.#chosen = watchable(all);
    if (this.#chosen.length === 0) {
      this.#why = "no column moves, and is no counter, in the rows of calibration";
      return;
    }
    const signals = this.#chosen.map((signal) => this.#signals[signal]!);
    try {
      const calibration = calibrateDetector(pickColumns(all, this.#chosen));
      const periodUs = tickPeriodUs(signals);
      this.#detector = new Detector({ twin: this.#twin, node: "replay", signals, periodUs, calibration });
    } catch (thrown) {
      // Rows that no detector can be calibrated on are no fault of the replay: it says so and goes on.
      if (!(thrown instanceof RungError)) throw thrown;
      this.#why = thrown.message;
    }
  }
}
