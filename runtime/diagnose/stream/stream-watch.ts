import type { Evidence } from "../../core/evidence.ts";
import type { Frame } from "../../core/frame.ts";
import type { TimeUs } from "../../core/time.ts";
import { detectorEvidence, InputRangeWatch } from "../detector-evidence.ts";
import type { Finding } from "../finding.ts";
import { type ActionRow, actionFor, propertyWords } from "../finding-words.ts";
import { SetpointSettling } from "../setpoint-settling.ts";
import type { Signal } from "../signal.ts";
import { TickAssembler } from "../tick-assembler.ts";
import type { Watch } from "../watch.ts";
import type { StreamCalibration } from "./stream-calibration.ts";
import type { StreamDetector } from "./stream-detector.ts";
import { streamWords } from "./stream-words.ts";

/** One watched signal: its detector and the finding of its running episode. */
interface Watched {
  readonly signal: Signal;
  readonly calibration: StreamCalibration;
  readonly detector: StreamDetector;
  finding: Finding | undefined;
}

/** Signals of a twin, each judged by itself: one finding at the start and one at the end of each episode of each. */
export class StreamWatch implements Watch {
  readonly signals: readonly Signal[];
  readonly #twin: string;
  readonly #node: string;
  readonly #periodUs: number;
  readonly #watched: readonly Watched[];
  readonly #actions: readonly ActionRow[];
  readonly #assembler: TickAssembler;
  readonly #settling: SetpointSettling;
  readonly #inputs: InputRangeWatch;
  readonly #share: number;
  readonly #validForUs: number;
  readonly #calibratedUs: TimeUs;
  #changesSeen = 0;
  #ticks = 0;
  sinceUs: TimeUs = 0;
  timeUs: TimeUs = 0;

  /**
   * @param parts.periodUs tick of the rows, the one they were calibrated with
   * @param parts.falseAlarmBudget share of held-out windows that may hold an alarm
   * @param parts.calibratedUs time of the newest calibration row
   */
  constructor(parts: {
    readonly twin: string;
    readonly node: string;
    readonly signals: readonly Signal[];
    readonly periodUs: number;
    readonly calibrations: readonly StreamCalibration[];
    readonly detectors: readonly StreamDetector[];
    readonly falseAlarmBudget: number;
    readonly settle: number;
    readonly validForUs: number;
    readonly calibratedUs: TimeUs;
    readonly references?: (address: string) => number | undefined;
    readonly actions?: readonly ActionRow[];
  }) {
    const { signals, calibrations, detectors, periodUs } = parts;
    this.#twin = parts.twin;
    this.#node = parts.node;
    this.signals = signals;
    this.#periodUs = periodUs;
    this.#watched = signals.map((signal, i) => ({
      signal,
      calibration: calibrations[i]!,
      detector: detectors[i]!,
      finding: undefined,
    }));
    this.#actions = parts.actions ?? [];
    this.#assembler = new TickAssembler(signals, periodUs);
    if (parts.references !== undefined) this.#assembler.knowReferences(parts.references);
    this.#settling = new SetpointSettling(signals.length, parts.settle);
    this.#inputs = new InputRangeWatch({
      low: calibrations.map(({ low }) => low),
      high: calibrations.map(({ high }) => high),
    });
    this.#share = parts.falseAlarmBudget;
    this.#validForUs = parts.validForUs;
    this.#calibratedUs = parts.calibratedUs;
  }

  get current(): Finding | undefined {
    return this.#watched.find(({ finding }) => finding !== undefined)?.finding;
  }

  get settling(): boolean {
    return this.#settling.settling;
  }

  get counts() {
    const episodes = this.#watched.reduce((sum, { detector }) => sum + detector.episodes, 0);
    return { ticks: this.#ticks, episodes, ...this.#assembler.skipped };
  }

  consume(frame: Frame): Finding[] {
    const findings: Finding[] = [];
    this.#assembler.consume(frame, (timeUs, row) => {
      if (this.#assembler.referenceChanges !== this.#changesSeen) {
        this.#changesSeen = this.#assembler.referenceChanges;
        this.#settling.changed();
      }
      this.#step(timeUs, row, findings);
    });
    return findings;
  }

  evidence(nowUs: TimeUs): Evidence[] {
    const sum = (of: (calibration: StreamCalibration) => number): number =>
      this.#watched.reduce((total, { calibration }) => total + of(calibration), 0);
    return detectorEvidence({
      twin: this.#twin,
      node: this.#node,
      calibration: {
        toUs: this.#calibratedUs,
        validUntilUs: this.#calibratedUs + this.#validForUs,
        options: { falseAlarmBudget: this.#share, validForUs: this.#validForUs },
        heldOut: {
          ticks: sum(({ heldOut }) => heldOut.ticks),
          alarmTicks: sum(({ heldOut }) => heldOut.alarmTicks),
          windowTicks: this.#watched[0]!.calibration.heldOut.windowTicks,
          windows: sum(({ heldOut }) => heldOut.windows),
          alarmWindows: sum(({ heldOut }) => heldOut.alarmWindows),
        },
      },
      inputs: this.#inputs,
      words: (i) => propertyWords(this.signals[i]!.property, this.#twin),
      nowUs,
    });
  }

  #step(timeUs: TimeUs, row: Float64Array, findings: Finding[]): void {
    if (this.#ticks === 0) this.sinceUs = timeUs;
    const missing = this.#ticks === 0 ? 0 : Math.round((timeUs - this.timeUs) / this.#periodUs) - 1;
    this.#ticks++;
    this.timeUs = timeUs;
    const shifts = this.#settling.step(row);
    if (shifts !== undefined) for (const [i, by] of shifts.entries()) this.#inputs.shift(i, by);
    const isSettling = this.#settling.settling;
    this.#inputs.step(row, this.current !== undefined || isSettling);
    for (const [i, watched] of this.#watched.entries()) {
      // What a new setpoint brings was meant: it is learnt, not judged.
      if (isSettling) watched.detector.learn(row[i]!);
      else this.#judge(watched, row[i]!, missing, findings);
    }
  }

  #judge(watched: Watched, value: number, missing: number, findings: Finding[]): void {
    const { detector } = watched;
    const { window, hold } = detector.normal.options;
    // A long gap empties the windows and ends an alarm; more of it would change nothing.
    for (let k = 0; k < Math.min(missing, window + hold); k++) this.#told(watched, Number.NaN, findings);
    this.#told(watched, value, findings);
  }

  #told(watched: Watched, value: number, findings: Finding[]): void {
    const change = watched.detector.step(value);
    if (change === "none") return;
    this.sinceUs = this.timeUs;
    if (change === "raised") {
      watched.finding = this.#describe(watched, value);
      findings.push(watched.finding);
    } else if (watched.finding !== undefined) {
      findings.push({
        ...watched.finding,
        active: false,
        score: watched.detector.score,
        timeUs: this.timeUs,
      });
      watched.finding = undefined;
    }
  }

  #describe({ signal, detector }: Watched, value: number): Finding {
    const { property, reference } = signal;
    const alarm = detector.alarm!;
    const words = propertyWords(property, this.#twin);
    const { title, reason } = streamWords(alarm, {
      name: reference === undefined ? words : `${words} less its setpoint`,
      unit: property.unit === undefined || property.unit === "1" ? "" : ` ${property.unit}`,
      window: detector.normal.options.window,
      period: detector.normal.period,
    });
    const { action, priority } = actionFor(property, this.#twin, this.#actions);
    const { low, high } = property.limits ?? {};
    const isBeyond =
      reference === undefined && ((low !== undefined && value < low) || (high !== undefined && value > high));
    return {
      kind: "finding",
      id: `${this.#twin}#${this.#node}#${this.timeUs}#${property.address}`,
      twin: this.#twin,
      contributions: [{ address: property.address, share: 1 }],
      score: alarm.score,
      limit: 1,
      active: true,
      sinceUs: this.timeUs,
      timeUs: this.timeUs,
      priority: priority ?? (isBeyond ? 1 : 2),
      title,
      reason,
      action,
    };
  }
}
