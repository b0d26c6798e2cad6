import { callInBackground } from "../../core/background-call.ts";
import type { Dictionary } from "../../core/dictionary.ts";
import { RungError } from "../../core/errors.ts";
import { type Evidence, restingOn } from "../../core/evidence.ts";
import type { Frame } from "../../core/frame.ts";
import { isScalar, type Property } from "../../core/property.ts";
import { isBad } from "../../core/quality.ts";
import { siblingModule } from "../../core/sibling-module.ts";
import type { TimeUs } from "../../core/time.ts";
import { goodSamples, type HistoryReader } from "../../diagnose/history-columns.ts";
import type { ForecastMessage } from "../forecast-message.ts";
import { forecastEvidence } from "./forecast-evidence.ts";
import { checkTask, type ForecastFit, type ForecastTask, minimumSteps } from "./forecast-fit.ts";
import { Forecaster, scoresNeeded } from "./forecaster.ts";
import { StepAssembler, stepsOf } from "./step-assembler.ts";

export interface ForecastSessionParts {
  readonly twin: string;
  readonly node: string;
  /** Path of the property below the twin. */
  readonly path: string;
  readonly task: ForecastTask;
  /** Hours of history to fit to and to score on. */
  readonly hours: number;
  readonly history?: HistoryReader;
}

export type ForecastPhase = "waiting" | "collecting" | "fitting" | "replaying" | "forecasting";

/** Share of the stored steps that the model is fitted to; the rest is forecast step by step, as if it came live. */
const TRAINING_SHARE = 0.6;
/** Steps replayed in one go, so that the event loop is never held for long. */
const REPLAY_CHUNK = 32;
/** Steps kept to fit to anew. A model is fitted again each time its data has doubled, then after every half of these. */
const MAX_KEPT = 8000;
/** Live samples kept while the model is fitted. */
const MAX_WAITING = 100_000;

/**
 * A forecast from its first frame on. It fits a model to the first part of the stored history and scores itself on the
 * rest, which the fit has not seen, so that its evidence is there from the start and honest. Without enough history
 * it collects live steps first. Fitting runs in a thread of its own.
 */
export class ForecastSession {
  readonly #parts: ForecastSessionParts;
  readonly #address: string;
  readonly #stop = new AbortController();
  readonly #assembler: StepAssembler;
  /** The newest steps: what a model is fitted to. */
  #steps: { endUs: number; value: number }[] = [];
  #waiting: { timeUs: TimeUs; value: number }[] = [];
  #indices = new WeakMap<Dictionary, number>();
  #property: Property | undefined;
  #phase: ForecastPhase = "waiting";
  #forecaster: Forecaster | undefined;
  #isRefitting = false;
  #stepsSinceFit = 0;
  #fault: RungError | undefined;
  /** Source time of the newest sample taken. */
  newestUs: TimeUs = 0;
  /** History is better than what a busy start has collected by then, so live steps wait for its answer. */
  #isHistoryAsked = false;
  /** Values that were bad or no number. */
  skipped = 0;

  /** @throws RungError `bad-option` */
  constructor(parts: ForecastSessionParts) {
    checkTask(parts.task);
    this.#parts = parts;
    this.#address = `${parts.twin}/${parts.path}`;
    this.#assembler = new StepAssembler(parts.task.stepUs);
  }

  get address(): string {
    return this.#address;
  }

  get phase(): ForecastPhase {
    return this.#phase;
  }

  get forecaster(): Forecaster | undefined {
    return this.#forecaster;
  }

  get progress(): { readonly n: number; readonly of: number } {
    return { n: this.#steps.length, of: minimumSteps(this.#parts.task) };
  }

  /** Why the last fit failed. */
  get fault(): RungError | undefined {
    return this.#fault;
  }

  /** @returns the newest forecast where a step was completed by this frame */
  consume(frame: Frame): ForecastMessage | undefined {
    if (this.#stop.signal.aborted) return undefined;
    const index = this.#indexIn(frame.dictionary);
    if (index < 0) return undefined;
    let message: ForecastMessage | undefined;
    for (let row = 0; row < frame.length; row++) {
      if (frame.indexAt(row) !== index) continue;
      const value = frame.valueAt(row);
      if (!Number.isFinite(value) || isBad(frame.qualityAt(row))) {
        this.skipped++;
        continue;
      }
      const timeUs = frame.sourceTimeUsAt(row);
      this.newestUs = Math.max(this.newestUs, timeUs);
      message = this.#take(timeUs, value) ?? message;
    }
    return message;
  }

  /** Valid for ten periods of the property after its last sample. @param nowUs on the link's clock */
  evidence(nowUs: TimeUs): Evidence[] {
    const update = this.#property?.update;
    const resting = restingOn(this.newestUs, update?.mode === "cyclic" ? update.periodMs * 1000 : undefined);
    return this.#records(nowUs).map((record) => ({ ...record, ...resting }));
  }

  #records(nowUs: TimeUs): Evidence[] {
    if (this.#phase === "forecasting") return this.#forecaster!.evidence(nowUs);
    const { twin, node, task } = this.#parts;
    const records = forecastEvidence({
      twin,
      node,
      address: this.#address,
      task,
      skill: undefined,
      needed: scoresNeeded(task.horizon),
      nowUs,
    });
    const { n, of } = this.progress;
    const cause = this.#fault?.message ?? `${n} of ${of} steps of history to learn from`;
    return records.map((record) => ({ ...record, cause }));
  }

  close(): void {
    this.#stop.abort();
  }

  #take(timeUs: TimeUs, value: number): ForecastMessage | undefined {
    if (this.#phase === "waiting") {
      this.#phase = "collecting";
      this.#askHistory(timeUs);
    }
    if (this.#phase === "fitting" || this.#phase === "replaying") {
      if (this.#waiting.length < MAX_WAITING) this.#waiting.push({ timeUs, value });
      return undefined;
    }
    let message: ForecastMessage | undefined;
    this.#assembler.push(timeUs, value, (endUs, mean) => {
      this.#keep(endUs, mean);
      if (this.#forecaster !== undefined) {
        message = this.#forecaster.step(mean) ? this.#forecaster.message(endUs) : undefined;
      }
    });
    if (this.#phase === "forecasting") this.#refitWhenDue();
    const enough = !this.#isHistoryAsked && this.#steps.length >= this.progress.of;
    if (this.#phase === "collecting" && enough) this.#fitToLive();
    return message;
  }

  #indexIn(dictionary: Dictionary): number {
    let index = this.#indices.get(dictionary);
    if (index === undefined) {
      index = dictionary.indexOf(this.#address);
      this.#indices.set(dictionary, index);
      const property = dictionary.properties[index];
      if (property !== undefined && !isScalar(property.type)) {
        throw new RungError({
          code: "not-a-number",
          where: this.#address,
          what: `is a ${property.type}`,
          advice: "forecast a property that is a number",
        });
      }
      this.#property ??= property;
    }
    return index;
  }

  #askHistory(beforeUs: TimeUs): void {
    const { history, hours, task } = this.#parts;
    if (history === undefined) return;
    this.#isHistoryAsked = true;
    goodSamples(history, this.#address, beforeUs - hours * 3600e6, beforeUs)
      .then(async (samples) => {
        const { endUs, values } = stepsOf(samples.timeUs, samples.value, task.stepUs);
        const training = Math.floor(TRAINING_SHARE * values.length);
        const good = values.subarray(0, training).filter(Number.isFinite).length;
        if (this.#phase !== "collecting" || good < minimumSteps(task)) return;
        this.#phase = "fitting";
        // The steps that were collected live while history was read are not in it.
        const live = this.#steps.filter((step) => step.endUs > endUs.at(-1)!);
        const stored = Array.from(values, (value, i) => ({ endUs: endUs[i]!, value }));
        this.#steps = [...stored, ...live].slice(-MAX_KEPT);
        await this.#fit(values.subarray(0, training), endUs.subarray(0, training));
        this.#phase = "replaying";
        await this.#replay([...stored.slice(training), ...live]);
        this.#goLive();
      })
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#isHistoryAsked = false;
      });
  }

  #fitToLive(): void {
    this.#phase = "fitting";
    const { values, endUs } = this.#recent();
    this.#fit(values, endUs)
      .then(() => this.#goLive())
      .catch((error: unknown) => this.#fail(error));
  }

  async #fit(values: Float64Array, endUs: Float64Array): Promise<void> {
    const fit = await this.#fitted(values, endUs);
    const { twin, node } = this.#parts;
    this.#forecaster = new Forecaster({
      twin,
      node,
      address: this.#address,
      unit: this.#property?.unit,
      fit,
    });
    this.#forecaster.prime(values);
    this.#stepsSinceFit = 0;
  }

  #fitted(values: Float64Array, endUs: Float64Array): Promise<ForecastFit> {
    return callInBackground<ForecastFit>(
      siblingModule(import.meta.url, "./forecast-fit"),
      "fitForecast",
      // Own copies: a view would send the whole buffer behind it.
      [values.slice(), endUs.slice(), this.#parts.task],
      this.#stop.signal,
    );
  }

  #keep(endUs: TimeUs, value: number): void {
    this.#steps.push({ endUs, value });
    this.#stepsSinceFit++;
    if (this.#steps.length > 2 * MAX_KEPT) this.#steps = this.#steps.slice(-MAX_KEPT);
  }

  /** Fits anew in the background and goes on with the old model meanwhile; a failed fit leaves it in place. */
  #refitWhenDue(): void {
    const due = Math.min(this.#forecaster!.fit.steps, MAX_KEPT / 2);
    if (this.#isRefitting || this.#stepsSinceFit < due) return;
    this.#isRefitting = true;
    this.#stepsSinceFit = 0;
    const { values, endUs } = this.#recent();
    this.#fitted(values, endUs)
      .then((fit) => {
        this.#forecaster?.adopt(fit, this.#recent().values);
        this.#fault = undefined;
      })
      .catch((error: unknown) => {
        if (!this.#stop.signal.aborted) this.#fault = this.#asFault(error);
      })
      .finally(() => {
        this.#isRefitting = false;
      });
  }

  #recent(): { readonly values: Float64Array; readonly endUs: Float64Array } {
    const steps = this.#steps.slice(-MAX_KEPT);
    return {
      values: Float64Array.from(steps, ({ value }) => value),
      endUs: Float64Array.from(steps, (step) => step.endUs),
    };
  }

  #asFault(error: unknown): RungError {
    return error instanceof RungError
      ? error
      : new RungError({ code: "fit-failed", where: this.#address, what: String(error), cause: error });
  }

  async #replay(steps: readonly { readonly value: number }[]): Promise<void> {
    for (let i = 0; i < steps.length && !this.#stop.signal.aborted; i++) {
      this.#forecaster!.step(steps[i]!.value);
      this.#stepsSinceFit++;
      if (i % REPLAY_CHUNK === REPLAY_CHUNK - 1) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #goLive(): void {
    this.#phase = "forecasting";
    this.#fault = undefined;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { timeUs, value } of waiting) this.#take(timeUs, value);
  }

  #fail(error: unknown): void {
    if (this.#stop.signal.aborted) return;
    this.#fault = this.#asFault(error);
    this.#forecaster = undefined;
    // Collect as many steps again before the next attempt.
    this.#phase = "collecting";
    this.#steps = [];
    this.#waiting = [];
  }
}
