import type { Evidence } from "../../core/evidence.ts";
import type { Frame } from "../../core/frame.ts";
import type { TimeUs } from "../../core/time.ts";
import { AlarmEpisode } from "../alarm-episode.ts";
import { detectorEvidence, InputRangeWatch } from "../detector-evidence.ts";
import type { DetectorOptions } from "../detector-options.ts";
import type { Finding } from "../finding.ts";
import { type ActionRow, capitalised, deviationWords, propertyWords, readable } from "../finding-words.ts";
import { byShare, priorityOf, rankedFinding } from "../ranked-finding.ts";
import { SetpointSettling } from "../setpoint-settling.ts";
import type { Signal } from "../signal.ts";
import { TickAssembler } from "../tick-assembler.ts";
import type { Watch } from "../watch.ts";
import { AdaptivePlane } from "./adaptive-plane.ts";
import { type RowCalibration, rowDetectorOf } from "./row-calibration.ts";
import type { RowDetector } from "./row-detector.ts";
import type { RowModel } from "./row-model.ts";
import { distanceWords } from "./row-words.ts";

/** Rows of a twin, each judged by itself, all signals together: one finding at the start and one at the end of an episode. */
export class RowWatch implements Watch {
  readonly signals: readonly Signal[];
  readonly #parts: RowWatchParts;
  readonly #detector: RowDetector;
  readonly #episode: AlarmEpisode;
  readonly #assembler: TickAssembler;
  readonly #settling: SetpointSettling;
  readonly #inputs: InputRangeWatch;
  /** How far normal has been moved after changes of setpoints, per signal. */
  readonly #shift: Float64Array;
  readonly #last: Float64Array;
  readonly #row: Float64Array;
  #changesSeen = 0;
  #ticks = 0;
  current: Finding | undefined;
  sinceUs: TimeUs = 0;
  timeUs: TimeUs = 0;

  constructor(parts: RowWatchParts) {
    const { signals, calibration, options } = parts;
    this.#parts = parts;
    this.signals = signals;
    this.#detector = rowDetectorOf(calibration.model, parts.model);
    this.#episode = new AlarmEpisode(options);
    this.#assembler = new TickAssembler(signals, parts.periodUs);
    if (parts.references !== undefined) this.#assembler.knowReferences(parts.references);
    this.#settling = new SetpointSettling(signals.length, options.settle);
    this.#inputs = new InputRangeWatch(calibration);
    this.#shift = new Float64Array(signals.length);
    this.#last = new Float64Array(signals.length).fill(Number.NaN);
    this.#row = new Float64Array(signals.length);
  }

  get settling(): boolean {
    return this.#settling.settling;
  }

  get counts() {
    return { ticks: this.#ticks, episodes: this.#episode.count, ...this.#assembler.skipped };
  }

  consume(frame: Frame): Finding[] {
    const findings: Finding[] = [];
    this.#assembler.consume(frame, (timeUs, row) => {
      if (this.#assembler.referenceChanges !== this.#changesSeen) {
        this.#changesSeen = this.#assembler.referenceChanges;
        this.#settling.changed();
      }
      const finding = this.#step(timeUs, row);
      if (finding !== undefined) findings.push(finding);
    });
    return findings;
  }

  evidence(nowUs: TimeUs): Evidence[] {
    const { twin, node, calibration, calibratedUs: toUs, options } = this.#parts;
    const records = detectorEvidence({
      twin,
      node,
      calibration: {
        toUs,
        validUntilUs: toUs + options.validForUs,
        options,
        heldOut: calibration.heldOut,
      },
      inputs: this.#inputs,
      words: (i) => propertyWords(this.signals[i]!.property, twin),
      nowUs,
    });
    const drifted = this.#detector instanceof AdaptivePlane ? this.#detector.drifted : [];
    if (drifted.length === 0) return records;
    const names = drifted.map((name) => {
      const signal = this.signals.find(({ property }) => property.address === name);
      return signal === undefined ? name : propertyWords(signal.property, twin);
    });
    const cause = `normal has moved as far as it may for ${names.join(", ")}; calibrate again, or look for a fault that creeps`;
    return records.map((record) =>
      record.id === `${twin}/2/calibration/${node}` ? { ...record, verdict: "fails", cause } : record,
    );
  }

  #step(timeUs: TimeUs, row: Float64Array): Finding | undefined {
    if (this.#ticks++ === 0) this.sinceUs = timeUs;
    this.timeUs = timeUs;
    const shifts = this.#settling.step(row);
    if (shifts !== undefined)
      for (const [i, by] of shifts.entries()) {
        this.#shift[i]! += by;
        this.#inputs.shift(i, by);
      }
    for (let i = 0; i < row.length; i++) {
      if (Number.isFinite(row[i]!)) this.#last[i] = row[i]!;
      this.#row[i] = row[i]! - this.#shift[i]!;
    }
    const { settling } = this.#settling;
    this.#inputs.step(row, this.#episode.active || settling);
    if (settling) return undefined;
    const { judged } = this.#detector.step(this.#row);
    const score = this.#score;
    // A row that cannot be judged neither raises nor ends an alarm.
    const change = judged ? this.#episode.step(score) : "none";
    if (change === "none") return undefined;
    this.sinceUs = timeUs;
    if (change === "raised") {
      this.current = this.#describe();
      return this.current;
    }
    const ended: Finding = { ...this.current!, active: false, score, timeUs };
    this.current = undefined;
    return ended;
  }

  /** Distance of the last row from normal, the limit at 1; NaN where it was not judged. */
  get #score(): number {
    return this.#detector.score / this.#parts.options.margin;
  }

  #describe(): Finding {
    const { twin, node, actions = [], calibration } = this.#parts;
    const { leading } = this.#detector;
    const score = this.#score;
    const shares = this.#detector.shares();
    const i = byShare(shares)[0]!;
    const signal = this.signals[i]!;
    const { property, reference } = signal;
    const value = this.#last[i]!;
    const [low, high] = [calibration.low[i]! + this.#shift[i]!, calibration.high[i]! + this.#shift[i]!];
    const isOff = value < low || value > high;
    const words = (of: number): string => propertyWords(this.signals[of]!.property, twin);
    const unit = property.unit === undefined || property.unit === "1" ? "" : ` ${property.unit}`;
    const from = reference === undefined ? "" : " from its setpoint";
    const centre = calibration.model.scale.centre[i]! + this.#shift[i]!;
    return rankedFinding({
      twin,
      node,
      timeUs: this.timeUs,
      signals: this.signals,
      shares,
      score,
      priority: priorityOf(signal, value, isOff),
      actions,
      words: {
        title: capitalised(
          isOff
            ? `${words(i)} ${deviationWords(property, value - centre, reference === undefined ? centre : 0)}`
            : `${words(i)} does not fit the other signals`,
        ),
        reason: `${capitalised(words(i))} is ${readable(value)}${unit}${from}, normal ${readable(low)} to ${readable(high)}. ${distanceWords(leading, shares, words, score)}`,
      },
    });
  }
}

export interface RowWatchParts {
  readonly twin: string;
  readonly node: string;
  /** In the order of the calibration's names. */
  readonly signals: readonly Signal[];
  /** Tick of the rows, the one they were calibrated with. */
  readonly periodUs: number;
  readonly model: RowModel;
  readonly calibration: RowCalibration;
  /** Time of the newest calibration row. */
  readonly calibratedUs: TimeUs;
  readonly options: DetectorOptions;
  /** Setpoints already in force, by address. */
  readonly references?: (address: string) => number | undefined;
  /** Rows that override the default action of a property. */
  readonly actions?: readonly ActionRow[];
}
