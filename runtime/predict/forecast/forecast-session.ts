import { callInBackground } from "../../core/background-call.ts";
import { RungError } from "../../core/errors.ts";
import { type Evidence, restingOn } from "../../core/evidence.ts";
import type { Frame } from "../../core/frame.ts";
import { siblingModule } from "../../core/sibling-module.ts";
import type { TimeUs } from "../../core/time.ts";
import type { HistoryReader } from "../../diagnose/history-columns.ts";
import type { ForecastMessage } from "../forecast-message.ts";
import { type ForecastSource, type History, TRAINING_SHARE } from "./backtest.ts";
import { forecastEvidence } from "./forecast-evidence.ts";
import { checkTask, type ForecastFit, type ForecastTask, minimumSteps } from "./forecast-fit.ts";
import type { Outlook } from "./forecast-model.ts";
import { Forecaster, scoresNeeded } from "./forecaster.ts";
import { FrameSteps } from "./frame-steps.ts";
import { type KeptStep, KeptSteps } from "./kept-steps.ts";
import { type AheadMessage, KnownInputs } from "./known-inputs.ts";
import { isRefitDue, keptSteps } from "./refit-schedule.ts";
import { StepAssembler } from "./step-assembler.ts";
import { storedSteps } from "./stored-steps.ts";
import { WaitingPlans } from "./waiting-plans.ts";

export interface ForecastSessionParts {
  readonly twin: string;
  readonly node: string;
  /** Path of the property below the twin. Exogenous inputs of the task are paths below it too. */
  readonly path: string;
  readonly task: ForecastTask;
  /** Hours of history to fit to and to score on. */
  readonly hours: number;
  readonly history?: HistoryReader;
  /** What came before the twin was known. */
  readonly plans?: WaitingPlans;
  /** A user's model; models are fitted in a thread if it is left out. The session closes it. */
  readonly source?: ForecastSource;
  /** Gets the forecasts of a source that answers later; the others come from `consume`. */
  readonly onForecast?: (message: ForecastMessage) => void;
}

export type ForecastPhase = "waiting" | "collecting" | "fitting" | "replaying" | "forecasting";

/** Steps replayed in one go, so that the event loop is never held for long; of boosted trees one. */
const REPLAY_CHUNK = 32;
/** Live samples kept while the model is fitted. */
const MAX_WAITING = 100_000;

/**
 * A forecast from its first frame on. It fits a model to the first part of the stored history and scores itself on the
 * rest, which the fit has not seen, so that its evidence is there from the start and honest. Without enough history
 * it collects live steps first. Fitting runs in a thread of its own, on schedule and when the errors have changed.
 */
export class ForecastSession {
  readonly #parts: ForecastSessionParts;
  readonly #stop = new AbortController();
  readonly #assembler: StepAssembler;
  readonly #frames: FrameSteps;
  readonly #inputs: readonly string[];
  readonly #steps: KeptSteps;
  readonly #known: KnownInputs;
  readonly #plans: WaitingPlans;
  #waiting: { timeUs: TimeUs; value: number }[] = [];
  #phase: ForecastPhase = "waiting";
  #forecaster: Forecaster | undefined;
  #isRefitting = false;
  #stepsSinceFit = 0;
  #fault: RungError | undefined;
  /** What a source that answers later has still to do, in order. */
  #queue: Promise<void> = Promise.resolve();
  /** History is better than what a busy start has collected by then, so live steps wait for its answer. */
  #isHistoryAsked = false;

  /** @throws RungError `bad-option` */
  constructor(parts: ForecastSessionParts) {
    const { twin, path, task } = parts;
    checkTask(task);
    if (task.exogenous?.some(({ name }) => name === path)) {
      throw new RungError({
        code: "bad-option",
        where: "forecast",
        what: "an exogenous input is the property itself",
        advice: "name other properties of the twin",
      });
    }
    this.#known = new KnownInputs(task);
    this.#parts = parts;
    this.#plans = parts.plans ?? new WaitingPlans();
    this.#inputs = (task.exogenous ?? []).map(({ name }) => `${twin}/${name}`);
    this.#frames = new FrameSteps(`${twin}/${path}`, this.#inputs, task.stepUs);
    this.#assembler = new StepAssembler(task.stepUs);
    this.#steps = new KeptSteps(this.#inputs.length, keptSteps(task));
    parts.source?.check?.().catch((error: unknown) => {
      if (this.#forecaster === undefined && !this.#stop.signal.aborted) this.#fault = this.#asFault(error);
    });
  }

  get address(): string {
    return this.#frames.address;
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

  /** Source time of the newest sample taken. */
  get newestUs(): TimeUs {
    return this.#frames.newestUs;
  }

  /** Values that were bad or no number. */
  get skipped(): number {
    return this.#frames.skipped;
  }

  /** @returns the newest forecast where a step was completed by this frame @throws RungError `not-a-number`, `unit-mismatch` */
  consume(frame: Frame): ForecastMessage | undefined {
    if (this.#stop.signal.aborted) return undefined;
    let message: ForecastMessage | undefined;
    const samples = this.#frames.read(frame);
    try {
      if (this.#phase === "waiting") this.#tellPlans();
    } finally {
      // A plan that is refused takes no value with it.
      for (const { timeUs, value } of samples) message = this.#take(timeUs, value) ?? message;
    }
    return message;
  }

  /** What will be of an input that is known ahead; it counts for the forecasts made from now on. @throws RungError `bad-plan`, `unit-mismatch` */
  plan(message: AheadMessage): void {
    if (this.#phase !== "waiting") this.#known.check(message, this.#unitOf(message));
    this.#plans.add(message);
    if (this.#phase === "collecting" || this.#phase === "forecasting") this.#tellPlans();
  }

  /** Valid for ten periods of the property after its last sample. @param nowUs on the link's clock */
  evidence(nowUs: TimeUs): Evidence[] {
    const update = this.#frames.property?.update;
    const resting = restingOn(this.newestUs, update?.mode === "cyclic" ? update.periodMs * 1000 : undefined);
    return this.#records(nowUs).map((record) => ({ ...record, ...resting }));
  }

  #tellPlans(): void {
    this.#plans.hand((plan) => this.#known.tell(plan, this.#unitOf(plan)));
  }

  #unitOf({ path }: AheadMessage): string | undefined {
    return this.#frames.unitOf(`${this.#parts.twin}/${path}`);
  }

  #records(nowUs: TimeUs): Evidence[] {
    if (this.#phase === "forecasting") return this.#forecaster!.evidence(nowUs);
    const { twin, node, task } = this.#parts;
    const records = forecastEvidence({
      twin,
      node,
      address: this.address,
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
    this.#parts.source?.close?.();
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
      const step = { endUs, value: mean, beside: this.#known.fill(this.#frames.take(endUs), endUs) };
      this.#steps.add(step);
      if (this.#forecaster !== undefined) {
        message = this.#advance(step) ? this.#forecaster.message(endUs) : undefined;
      }
    });
    if (this.#phase === "forecasting") this.#refitWhenDue();
    const enough = !this.#isHistoryAsked && this.#steps.length >= this.progress.of;
    if (this.#phase === "collecting" && enough) this.#fitToLive();
    return message;
  }

  /** @returns whether there is a forecast at once */
  #advance({ endUs, value, beside }: KeptStep): boolean {
    this.#stepsSinceFit++;
    const outlook = this.#parts.source?.outlook?.bind(this.#parts.source);
    if (outlook === undefined) {
      const ahead = this.#known.ahead(endUs);
      return this.#forecaster!.step(value, { endUs, exogenous: beside, ahead });
    }
    this.#later(async (forecaster) => {
      const series = forecaster.observe(value, { endUs, exogenous: beside });
      let told: Outlook | undefined;
      try {
        told = series && (await outlook(series));
      } finally {
        // Every step that was observed has its place, also where the model failed.
        const isTold = forecaster.issue(told, series);
        if (isTold && this.#phase === "forecasting") this.#parts.onForecast?.(forecaster.message(endUs)!);
      }
    });
    return false;
  }

  #later(work: (forecaster: Forecaster) => void | Promise<void>): void {
    this.#queue = this.#queue
      .then(() => (this.#stop.signal.aborted ? undefined : work(this.#forecaster!)))
      .catch((error: unknown) => {
        if (!this.#stop.signal.aborted) this.#fault = this.#asFault(error);
      });
  }

  #askHistory(beforeUs: TimeUs): void {
    const { history, hours, task } = this.#parts;
    if (history === undefined) return;
    this.#isHistoryAsked = true;
    const { address } = this;
    const inputs = this.#inputs.map((input) => ({
      address: input,
      onChange: this.#frames.isOnChange(input),
    }));
    storedSteps(history, {
      address,
      inputs,
      stepUs: task.stepUs,
      fromUs: beforeUs - hours * 3600e6,
      beforeUs,
    })
      .then(async (stored) => {
        // History keeps what came and not what was planned then: with a plan only live forecasts are evidence.
        const share = task.exogenous?.some(({ known }) => known) ? 1 : TRAINING_SHARE;
        const training = Math.floor(share * stored.length);
        const good = stored.slice(0, training).filter(({ value }) => Number.isFinite(value)).length;
        if (this.#phase !== "collecting" || good < minimumSteps(task)) return;
        this.#phase = "fitting";
        // The steps that were collected live while history was read are not in it.
        const live = this.#steps.putBefore(stored);
        await this.#fit(this.#steps.columnsOf(stored.slice(0, training)));
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
    this.#fit(this.#steps.columns())
      .then(() => this.#goLive())
      .catch((error: unknown) => this.#fail(error));
  }

  async #fit(columns: History): Promise<void> {
    const fit = await this.#fitted(columns);
    const { twin, node } = this.#parts;
    this.#forecaster = new Forecaster({
      twin,
      node,
      address: this.address,
      unit: this.#frames.property?.unit,
      fit,
    });
    this.#forecaster.prime(columns.values, columns.endUs, columns.exogenous);
    this.#stepsSinceFit = 0;
  }

  #fitted(history: History): ForecastFit | Promise<ForecastFit> {
    const { source, task } = this.#parts;
    if (source !== undefined) return source.learn(history, this.#frames.property?.unit);
    return callInBackground<ForecastFit>(
      siblingModule(import.meta.url, "./forecast-fit"),
      "fitForecast",
      [history.values, history.endUs, task, history.exogenous],
      this.#stop.signal,
    );
  }

  /** Fits anew in the background and goes on with the old model meanwhile; a failed fit leaves it in place. */
  #refitWhenDue(): void {
    const { newest } = this.#steps;
    if (this.#isRefitting || newest === undefined) return;
    if (!isRefitDue(this.#forecaster!, this.#stepsSinceFit, newest.endUs)) return;
    this.#isRefitting = true;
    this.#stepsSinceFit = 0;
    Promise.resolve(this.#fitted(this.#steps.columns()))
      .then(async (fit) => {
        // What a later source still has to observe is in the steps already.
        await this.#queue;
        this.#forecaster?.adopt(fit, this.#steps.columns());
        this.#fault = undefined;
      })
      .catch((error: unknown) => {
        if (!this.#stop.signal.aborted) this.#fault = this.#asFault(error);
      })
      .finally(() => {
        this.#isRefitting = false;
      });
  }

  #asFault(error: unknown): RungError {
    return error instanceof RungError
      ? error
      : new RungError({ code: "fit-failed", where: this.address, what: String(error), cause: error });
  }

  async #replay(steps: readonly KeptStep[]): Promise<void> {
    const chunk = this.#forecaster!.fit.model.kind === "boosted" ? 1 : REPLAY_CHUNK;
    for (let i = 0; i < steps.length && !this.#stop.signal.aborted; i++) {
      this.#advance(steps[i]!);
      if (i % chunk === chunk - 1) {
        await this.#queue;
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    await this.#queue;
  }

  #goLive(): void {
    this.#phase = "forecasting";
    this.#fault = undefined;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { timeUs, value } of waiting) this.#take(timeUs, value);
    this.#tellPlans();
  }

  #fail(error: unknown): void {
    if (this.#stop.signal.aborted) return;
    this.#fault = this.#asFault(error);
    this.#forecaster = undefined;
    // Collect as many steps again before the next attempt.
    this.#phase = "collecting";
    this.#steps.clear();
    this.#waiting = [];
  }
}
