import type { Dictionary } from "../core/dictionary.ts";
import { RungError } from "../core/errors.ts";
import { type Evidence, restingOn } from "../core/evidence.ts";
import type { Frame } from "../core/frame.ts";
import type { Property } from "../core/property.ts";
import { isGood } from "../core/quality.ts";
import type { TimeUs } from "../core/time.ts";
import { calibratedWatch, signalsOf, type WatchParts, watchTogether } from "./calibrated-watch.ts";
import { type Columns, rowCount } from "./columns.ts";
import { type DetectMethod, methodFor } from "./detect-method.ts";
import type { DetectorCalibration } from "./detector-calibration.ts";
import { collectingEvidence } from "./detector-evidence.ts";
import type { DetectorOptions } from "./detector-options.ts";
import type { Finding } from "./finding.ts";
import type { ActionRow } from "./finding-words.ts";
import { columnsFromHistory, type HistoryReader } from "./history-columns.ts";
import { RowGatherer } from "./row-gatherer.ts";
import { chooseSignals, type Signal, tickPeriodUs } from "./signal.ts";
import { TickAssembler } from "./tick-assembler.ts";
import type { Watch } from "./watch.ts";

/** Where a calibration outlives a restart. */
export interface CalibrationStore {
  load(): StoredCalibration | undefined;
  save(stored: StoredCalibration): void;
}

/** A calibration with what it was made for: it serves no other choice of properties. */
export interface StoredCalibration {
  readonly twin: string;
  readonly pattern: string;
  readonly periodUs: number;
  readonly calibration: DetectorCalibration;
}

export interface DetectorSessionParts {
  /** Address of the twin. */
  readonly twin: string;
  /** Id of the node that speaks. */
  readonly node: string;
  /** Paths below the twin, see `chooseSignals`; empty for all cyclic measurements. */
  readonly pattern: string;
  readonly actions: readonly ActionRow[];
  readonly options: Partial<DetectorOptions>;
  /** How the signals are judged; by default one alone by itself, several together. */
  readonly method?: DetectMethod | "auto";
  /** Hours of history to calibrate on. */
  readonly hours: number;
  /** Rows of live data to calibrate on where there is no history of them. */
  readonly rows: number;
  readonly history?: HistoryReader;
  /** The newest value of a property, for setpoints that were sent before the session began. */
  readonly lastValue?: (address: string) => number | undefined;
  readonly store?: CalibrationStore;
}

export type DetectorPhase = "waiting" | "gathering" | "calibrating" | "watching";

/** Ticks in which every source of the twin has shown its properties. */
const LEARNING_TICKS = 3;
/** While live rows are gathered, history is asked again after so many. */
const RETRY_TICKS = 120;

/**
 * A detector from its first frame on: learns which properties there are, calibrates on stored history or, where there
 * is not enough, on the first live rows, and then watches. The calibration runs in a thread of its own; frames that
 * come meanwhile are not judged.
 */
export class DetectorSession {
  readonly #parts: DetectorSessionParts;
  readonly #stop = new AbortController();
  readonly #properties = new Map<string, Property>();
  readonly #setpoints = new Map<string, number>();
  #dictionaries = new WeakSet<Dictionary>();
  #firstUs: TimeUs | undefined;
  #phase: DetectorPhase = "waiting";
  #assembler: TickAssembler | undefined;
  #signals: Signal[] = [];
  #periodUs = 0;
  #gathered: RowGatherer | undefined;
  #askedAt = 0;
  #detector: Watch | undefined;
  #newestUs: TimeUs = 0;
  #fault: RungError | undefined;
  /** True after `recalibrate`: what is stored is not taken up. */
  #isForced = false;

  constructor(parts: DetectorSessionParts) {
    this.#parts = parts;
  }

  get phase(): DetectorPhase {
    return this.#phase;
  }

  get detector(): Watch | undefined {
    return this.#detector;
  }

  /** Rows gathered so far, and how many it takes. */
  get progress(): { readonly n: number; readonly of: number } {
    return { n: this.#gathered?.count ?? 0, of: this.#parts.rows };
  }

  /** Source time of the newest sample seen. */
  get newestUs(): TimeUs {
    return this.#newestUs;
  }

  /** How the signals are judged, once they are known. */
  get method(): DetectMethod {
    return methodFor(this.#parts.method ?? "auto", this.#signals.length);
  }

  /** Why the last calibration failed; live rows are gathered anew meanwhile. */
  get fault(): RungError | undefined {
    return this.#fault;
  }

  consume(frame: Frame): Finding[] {
    if (this.#stop.signal.aborted) return [];
    if (frame.length > 0) this.#newestUs = Math.max(this.#newestUs, frame.sourceTimeUsAt(frame.length - 1));
    if (this.#detector !== undefined) return this.#detector.consume(frame);
    this.#noteSetpoints(frame);
    if (this.#phase === "waiting") this.#learn(frame);
    else if (this.#phase === "gathering") this.#gather(frame);
    return [];
  }

  /** Valid for ten ticks after the last row, the calibration for as long as it says. @param nowUs on the link's clock */
  evidence(nowUs: TimeUs): Evidence[] {
    const { twin, node } = this.#parts;
    const detector = this.#detector;
    if (detector !== undefined) {
      const isCyclic = this.#signals.some(({ property }) => property.update.mode === "cyclic");
      const resting = restingOn(detector.timeUs || this.#newestUs, isCyclic ? this.#periodUs : undefined);
      return detector
        .evidence(nowUs)
        .map((record) =>
          record.validUntilUs === undefined
            ? { ...record, ...resting }
            : { ...record, periodUs: this.#periodUs },
        );
    }
    const { n, of } = this.progress;
    const collecting = collectingEvidence({ twin, node, n, of, nowUs });
    return [this.#fault === undefined ? collecting : { ...collecting, cause: this.#fault.message }];
  }

  /** Forgets the calibration and makes a new one from the history up to now. */
  recalibrate(): void {
    this.#detector = undefined;
    this.#firstUs = undefined;
    this.#phase = "waiting";
    this.#dictionaries = new WeakSet();
    this.#isForced = true;
  }

  close(): void {
    this.#stop.abort();
  }

  #learn(frame: Frame): void {
    if (!this.#dictionaries.has(frame.dictionary)) {
      this.#dictionaries.add(frame.dictionary);
      for (const property of frame.dictionary.properties) this.#properties.set(property.address, property);
    }
    if (frame.length === 0) return;
    this.#firstUs ??= frame.sourceTimeUsAt(0);
    const { twin, pattern } = this.#parts;
    const signals = chooseSignals([...this.#properties.values()], twin, pattern);
    const periodUs = tickPeriodUs(signals);
    if (this.#newestUs < this.#firstUs + LEARNING_TICKS * periodUs) return;
    if (signals.length === 0) {
      this.#fault = new RungError({
        code: "no-signal",
        where: twin,
        what: pattern === "" ? "has no cyclic measurement" : `has no property like ${pattern}`,
        advice:
          pattern === ""
            ? "say in the source's bindings how often each measurement comes"
            : "correct the properties of the detect node",
      });
      return;
    }
    this.#fault = undefined;
    this.#signals = signals;
    this.#periodUs = periodUs;
    if (!this.#isForced && this.method === "together" && this.#resume()) return;
    this.#startGathering();
    this.#askHistory();
  }

  /** Setpoints are sent on change only, so those that come before the detector are kept for it. */
  #noteSetpoints(frame: Frame): void {
    for (let row = 0; row < frame.length; row++) {
      const { kind, address } = frame.propertyAt(row);
      if (kind === "setpoint" && isGood(frame.qualityAt(row)))
        this.#setpoints.set(address, frame.valueAt(row));
    }
  }

  readonly #setpointOf = (address: string): number | undefined =>
    this.#setpoints.get(address) ?? this.#parts.lastValue?.(address);

  #startGathering(): void {
    this.#phase = "gathering";
    this.#gathered = new RowGatherer(
      this.#signals.map(({ property }) => property.address),
      this.#parts.rows,
    );
    this.#assembler = new TickAssembler(this.#signals, this.#periodUs);
    this.#assembler.knowReferences(this.#setpointOf);
    this.#askedAt = 0;
  }

  #gather(frame: Frame): void {
    const gathered = this.#gathered!;
    this.#assembler!.consume(frame, (timeUs, row) => gathered.add(timeUs, row));
    if (gathered.full) this.#calibrate(gathered.columns());
    else if (gathered.count >= this.#askedAt + RETRY_TICKS) this.#askHistory();
  }

  /** Calibrates from history if it holds enough; otherwise gathering goes on. */
  #askHistory(): void {
    const { history, hours, rows } = this.#parts;
    if (history === undefined) return;
    this.#askedAt = this.#gathered!.count;
    const toUs = this.#newestUs;
    const references = this.#signals.flatMap(({ reference }) => reference ?? []);
    Promise.all([
      columnsFromHistory(history, this.#signals, this.#periodUs, toUs - hours * 3600e6, toUs),
      history.at(references, toUs),
    ]).then(
      ([columns, { value }]) => {
        if (this.#phase !== "gathering") return;
        for (const [i, reference] of references.entries()) {
          if (this.#setpointOf(reference) === undefined) this.#setpoints.set(reference, value[i]!);
        }
        if (rowCount(columns) >= rows) this.#calibrate(columns);
      },
      (error: unknown) => this.#fail(error),
    );
  }

  #calibrate(columns: Columns): void {
    this.#phase = "calibrating";
    const { options, twin, pattern, store } = this.#parts;
    calibratedWatch(columns, this.method, options, this.#watchParts, this.#stop.signal)
      .then(({ watch, calibration }) => {
        if (this.#phase !== "calibrating") return;
        this.#begin(watch);
        // What a single signal has been through, and a model of rows, is made anew from history at a start.
        if (calibration !== undefined) store?.save({ twin, pattern, periodUs: this.#periodUs, calibration });
      })
      .catch((error: unknown) => this.#fail(error));
  }

  get #watchParts(): WatchParts {
    const { twin, node, actions } = this.#parts;
    return {
      twin,
      node,
      actions,
      signals: this.#signals,
      periodUs: this.#periodUs,
      references: this.#setpointOf,
    };
  }

  #begin(detector: Watch): void {
    this.#detector = detector;
    this.#phase = "watching";
    this.#isForced = false;
    this.#fault = undefined;
    this.#gathered = undefined;
    this.#assembler = undefined;
  }

  /** Takes up a stored calibration that was made for the same choice and is still valid. */
  #resume(): boolean {
    const { store, twin, pattern, options } = this.#parts;
    const stored = store?.load();
    if (stored === undefined || stored.calibration.version !== 2) return false;
    const { calibration } = stored;
    const signals = signalsOf(calibration, this.#watchParts);
    const isSame =
      stored.twin === twin &&
      stored.pattern === pattern &&
      stored.periodUs === this.#periodUs &&
      signals.length === calibration.names.length &&
      Object.entries(options).every(
        ([name, value]) =>
          JSON.stringify(calibration.options[name as keyof DetectorOptions]) === JSON.stringify(value),
      );
    const isValid = this.#newestUs >= calibration.toUs && this.#newestUs <= calibration.validUntilUs;
    if (!isSame || !isValid) return false;
    this.#begin(watchTogether(calibration, this.#watchParts));
    return true;
  }

  #fail(error: unknown): void {
    if (this.#stop.signal.aborted) return;
    this.#fault =
      error instanceof RungError
        ? error
        : new RungError({
            code: "calibration-failed",
            where: this.#parts.twin,
            what: String(error),
            cause: error,
          });
    if (this.#phase === "calibrating") this.#startGathering();
  }
}
