import { CaseBook } from "../../runtime/diagnose/cause/case-book.ts";
import type { RankedCause } from "../../runtime/diagnose/cause/cause.ts";
import { rankCauses } from "../../runtime/diagnose/cause/rank-causes.ts";
import { type Columns, readRow, rowCount } from "../../runtime/diagnose/columns.ts";
import { calibratePlane } from "../../runtime/diagnose/multivariate/plane-calibration.ts";
import { PlaneMonitor } from "../../runtime/diagnose/multivariate/plane-monitor.ts";
import { tepStructure } from "./tep-flow-sheet.ts";
import { FAULT_ROW, readTep, sliceRows, TEP_NAMES } from "./tep-series.ts";

/** Missed detection of T² and SPE on the 800 faulty rows: the anchor, reached before with 11 components and 1 % limits. */
export const ANCHORS: readonly (readonly [fault: number, t2: number, spe: number])[] = [
  [1, 0.007, 0.003],
  [2, 0.02, 0.014],
  [3, 1, 0.99],
  [4, 0.96, 0.034],
  [5, 0.776, 0.743],
  [6, 0.011, 0],
  [7, 0.098, 0],
  [8, 0.034, 0.024],
  [9, 0.998, 0.981],
  [10, 0.666, 0.634],
];
/** Rows in a row over a limit before an alarm is raised. */
const CONFIRM_ROWS = 3;

interface Alarm {
  readonly row: number;
  readonly contributions: readonly { readonly address: string; readonly share: number }[];
}

/** The test runs, judged by 11 components of `d00` with limits from `d00_te`. */
export class TepRuns {
  readonly #calibration = calibratePlane(readTep("d00"), { components: { count: 11 } }, readTep("d00_te"));
  readonly #row = new Float64Array(TEP_NAMES.length);
  readonly #runs = new Map<number, Columns>();
  readonly #alarms = new Map<number, Alarm>();

  /** Shares of the faulty rows that T² and SPE miss. */
  missed(fault: number): [t2: number, spe: number] {
    const run = this.#run(fault);
    const monitor = new PlaneMonitor(this.#calibration);
    const { limits } = this.#calibration;
    let [t2, spe] = [0, 0];
    for (let r = FAULT_ROW; r < rowCount(run); r++) {
      monitor.step(readRow(run, r, this.#row));
      if (!(monitor.t2 > limits.t2)) t2++;
      if (!(monitor.spe > limits.spe)) spe++;
    }
    const faulty = rowCount(run) - FAULT_ROW;
    return [t2 / faulty, spe / faulty];
  }

  /** The first alarm after the fault: its row, and the five strongest contributions. */
  alarm(fault: number): Alarm {
    const known = this.#alarms.get(fault);
    if (known !== undefined) return known;
    const run = this.#run(fault);
    const monitor = new PlaneMonitor(this.#calibration);
    let over = 0;
    for (let r = FAULT_ROW; r < rowCount(run); r++) {
      over = monitor.step(readRow(run, r, this.#row)).score > 1 ? over + 1 : 0;
      if (over < CONFIRM_ROWS) continue;
      const shares = monitor.shares();
      const strongest = [...shares.keys()].sort((a, b) => shares[b]! - shares[a]!).slice(0, 5);
      const contributions = strongest.map((i) => ({ address: TEP_NAMES[i]!, share: shares[i]! }));
      this.#alarms.set(fault, { row: r, contributions });
      return { row: r, contributions };
    }
    throw new Error(`IDV ${fault}: no alarm`);
  }

  /** What is told of the cause so many rows after the alarm. */
  causes(fault: number, after: number, withFlowSheet: boolean): readonly RankedCause[] {
    const run = this.#run(fault);
    const { row, contributions } = this.alarm(fault);
    const sinceUs = run.timeUs[row]!;
    return rankCauses({
      finding: { id: "tep", twin: "tep", title: "", sinceUs, timeUs: sinceUs, contributions },
      recent: sliceRows(run, 0, row + after),
      structure: tepStructure(withFlowSheet),
      changes: [],
      cases: new CaseBook(),
      words: (address) => address,
    }).causes;
  }

  #run(fault: number): Columns {
    let run = this.#runs.get(fault);
    if (run === undefined) {
      run = readTep(`d${String(fault).padStart(2, "0")}_te`);
      this.#runs.set(fault, run);
    }
    return run;
  }
}
