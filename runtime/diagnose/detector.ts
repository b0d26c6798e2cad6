import type { Evidence } from "../core/evidence.ts";
import type { Frame } from "../core/frame.ts";
import type { TimeUs } from "../core/time.ts";
import type { DetectorCalibration } from "./detector-calibration.ts";
import { DetectorCore } from "./detector-core.ts";
import { detectorEvidence, InputRangeWatch } from "./detector-evidence.ts";
import type { Finding } from "./finding.ts";
import { type ActionRow, capitalised, deviationWords, propertyWords, readable } from "./finding-words.ts";
import { byShare, priorityOf, rankedFinding } from "./ranked-finding.ts";
import { SetpointSettling } from "./setpoint-settling.ts";
import type { Signal } from "./signal.ts";
import { TickAssembler } from "./tick-assembler.ts";
import type { Watch } from "./watch.ts";

/** Deviation, in standard deviations of the average, from which a signal is said to be off by itself. */
const OFF_BY_ITSELF = 3;

/** Frames in, findings out: one at the start and one at the end of an episode. */
export class Detector implements Watch {
  readonly twin: string;
  readonly node: string;
  readonly signals: readonly Signal[];
  readonly #calibration: DetectorCalibration;
  readonly #core: DetectorCore;
  readonly #assembler: TickAssembler;
  readonly #actions: readonly ActionRow[];
  readonly #inputs: InputRangeWatch;
  readonly #settling: SetpointSettling;
  #changesSeen = 0;
  /** How far normal has been moved after changes of setpoints, per signal. */
  readonly #shift: Float64Array;
  readonly #lastRow: Float64Array;
  #current: Finding | undefined;
  #since: TimeUs = 0;
  #timeUs: TimeUs = 0;

  /**
   * @param parts.periodUs tick of the rows; the calibration must come from rows of the same tick
   * @param parts.references setpoints already in force, by address
   * @param parts.actions rows that override the default action of a property
   */
  constructor(parts: {
    readonly twin: string;
    readonly node: string;
    readonly signals: readonly Signal[];
    readonly periodUs: number;
    readonly calibration: DetectorCalibration;
    readonly references?: (address: string) => number | undefined;
    readonly actions?: readonly ActionRow[];
  }) {
    this.twin = parts.twin;
    this.node = parts.node;
    this.signals = parts.signals;
    this.#calibration = parts.calibration;
    this.#core = new DetectorCore(parts.calibration);
    this.#assembler = new TickAssembler(parts.signals, parts.periodUs);
    if (parts.references !== undefined) this.#assembler.knowReferences(parts.references);
    this.#actions = parts.actions ?? [];
    this.#inputs = new InputRangeWatch(parts.calibration);
    this.#settling = new SetpointSettling(parts.signals.length, parts.calibration.options.settle);
    this.#shift = new Float64Array(parts.signals.length);
    this.#lastRow = new Float64Array(parts.signals.length).fill(Number.NaN);
  }

  /** The finding of the running episode. */
  get current(): Finding | undefined {
    return this.#current;
  }

  /** Distance of the last row from normal, the limit at 1. */
  get score(): number {
    return this.#core.score;
  }

  /** Since when there is no episode, or since when there is one. */
  get sinceUs(): TimeUs {
    return this.#since;
  }

  get timeUs(): TimeUs {
    return this.#timeUs;
  }

  /** Ticks judged, episodes so far, and samples left out. */
  get counts(): {
    readonly ticks: number;
    readonly episodes: number;
    readonly bad: number;
    readonly late: number;
  } {
    return { ticks: this.#core.ticks, episodes: this.#core.episodes, ...this.#assembler.skipped };
  }

  consume(frame: Frame): Finding[] {
    const findings: Finding[] = [];
    this.#assembler.consume(frame, (timeUs, row) => {
      if (this.#assembler.referenceChanges !== this.#changesSeen) {
        this.#changesSeen = this.#assembler.referenceChanges;
        this.setpointChanged();
      }
      const finding = this.step(timeUs, row);
      if (finding !== undefined) findings.push(finding);
    });
    return findings;
  }

  /** True while the plant settles after a change of a setpoint: rows are not judged. */
  get settling(): boolean {
    return this.#settling.settling;
  }

  /** A setpoint was changed on purpose before the next row. `consume` notices this by itself. */
  setpointChanged(): void {
    this.#settling.changed();
  }

  /** One row, in the order of the signals; NaN where there is no good value. */
  step(timeUs: TimeUs, row: Float64Array): Finding | undefined {
    const core = this.#core;
    if (this.#timeUs === 0) this.#since = timeUs;
    this.#timeUs = timeUs;
    for (let i = 0; i < row.length; i++) if (Number.isFinite(row[i]!)) this.#lastRow[i] = row[i]!;
    const shifts = this.#settling.step(row);
    if (shifts !== undefined) this.#moveNormal(shifts);
    const isSettling = this.#settling.settling;
    this.#inputs.step(row, core.active || isSettling);
    if (isSettling) return undefined;
    const change = core.step(row);
    if (change === "none") return undefined;
    this.#since = timeUs;
    if (change === "raised") {
      this.#current = this.#describe(timeUs);
      return this.#current;
    }
    const ended = { ...this.#current!, active: false, score: core.score, timeUs };
    this.#current = undefined;
    return ended;
  }

  /** Row 2 of the twin's ladder, as far as this detector carries it. @param nowUs on the link's clock */
  evidence(nowUs: TimeUs): Evidence[] {
    return detectorEvidence({
      twin: this.twin,
      node: this.node,
      calibration: this.#calibration,
      inputs: this.#inputs,
      words: (i) => propertyWords(this.signals[i]!.property, this.twin),
      nowUs,
    });
  }

  #moveNormal(shifts: Float64Array): void {
    for (const [i, by] of shifts.entries()) {
      this.#core.shift(i, by);
      this.#inputs.shift(i, by);
      this.#shift[i]! += by;
    }
  }

  #low(i: number): number {
    return this.#calibration.low[i]! + this.#shift[i]!;
  }

  #high(i: number): number {
    return this.#calibration.high[i]! + this.#shift[i]!;
  }

  #describe(timeUs: TimeUs): Finding {
    const core = this.#core;
    const shares = core.shares();
    const first = byShare(shares)[0]!;
    const signal = this.signals[first]!;
    return rankedFinding({
      twin: this.twin,
      node: this.node,
      timeUs,
      signals: this.signals,
      shares,
      score: core.score,
      words: this.#words(first, propertyWords(signal.property, this.twin)),
      priority: priorityOf(signal, this.#lastRow[first]!, this.#isOff(first)),
      actions: this.#actions,
    });
  }

  #words(i: number, words: string): { title: string; reason: string } {
    const core = this.#core;
    const { property, reference } = this.signals[i]!;
    const unit = property.unit === undefined || property.unit === "1" ? "" : ` ${property.unit}`;
    const score = `score ${readable(core.score)} of limit 1`;
    if (core.leading === "frozen") {
      const ticks = core.repeated(i);
      return {
        title: capitalised(`${words} is frozen`),
        reason: `${capitalised(words)} has repeated ${readable(this.#lastRow[i]!)}${unit} for ${ticks} readings, in normal operation at most ${Math.ceil(this.#calibration.frozenAfter[i]! / this.#calibration.options.frozenFactor)}.`,
      };
    }
    if (core.leading === "scatter") {
      const times = core.movement(i);
      return {
        title: capitalised(`${words} moves ${times > 1 ? "more" : "less"} than normal`),
        reason: `${capitalised(words)} moves about its average by ${readable(times)} times what is normal (${score}).`,
      };
    }
    const centre = core.centre(i);
    const offset = this.#offset(i);
    const from = reference === undefined ? "" : " from its setpoint";
    const figures = `${capitalised(words)} is ${readable(this.#lastRow[i]!)}${unit}${from}, normal ${readable(this.#low(i))} to ${readable(this.#high(i))}`;
    if (!this.#isOff(i)) {
      return {
        title: capitalised(`${words} does not fit the other signals`),
        reason: `${figures}, which does not go with the other ${this.signals.length - 1} signals (${score}).`,
      };
    }
    return {
      title: capitalised(
        `${words} ${deviationWords(property, offset, reference === undefined ? centre : 0)}`,
      ),
      reason: `${figures}; its average is ${readable(Math.abs(core.deviation(i)))} standard deviations off (${score}).`,
    };
  }

  /** The smoothed distance from normal, or the last one where the average is cut and would understate it. */
  #offset(i: number): number {
    const smoothed = this.#core.offset(i);
    const last = this.#lastRow[i]! - this.#core.centre(i);
    return Math.abs(last) > this.#core.cut(i) || Math.abs(smoothed) < Math.abs(last) / 2
      ? Math.sign(last) === Math.sign(smoothed)
        ? last
        : smoothed
      : smoothed;
  }

  /** Off by itself, not only in the company of the others. */
  #isOff(i: number): boolean {
    const value = this.#lastRow[i]!;
    return (
      this.#core.leading === "scatter" ||
      Math.abs(this.#core.deviation(i)) >= OFF_BY_ITSELF ||
      value < this.#low(i) ||
      value > this.#high(i)
    );
  }
}
