import type { Evidence } from "../../core/evidence.ts";
import type { RollingQuantile } from "../../core/statistics/rolling-quantile.ts";
import type { TimeUs } from "../../core/time.ts";
import type { ForecastMessage, TrainingCause } from "../forecast-message.ts";
import { errorWindow, intervalScore } from "./adaptive-interval.ts";
import { DriftWatch } from "./drift-watch.ts";
import { forecastEvidence } from "./forecast-evidence.ts";
import type { ForecastFit } from "./forecast-fit.ts";
import { memoryOf, type Outlook, outlookOf } from "./forecast-model.ts";
import { type Issued, StepIntervals } from "./issued-forecast.ts";
import { type PointModel, predictStep } from "./point-model.ts";
import { type Skill, SkillWindow } from "./skill.ts";
import { StepPast } from "./step-past.ts";
import { missingInputs, type StepSeries } from "./step-series.ts";

/** What comes with a step beside its value. */
export interface StepBeside {
  /** End of the step; one step after the one before if left out. */
  readonly endUs?: TimeUs;
  /** The exogenous inputs of the task, NaN where there is none. */
  readonly exogenous?: ArrayLike<number>;
  /** The next values of each input that is known ahead, up to the horizon. */
  readonly ahead?: readonly ArrayLike<number>[];
}

/** Steps in their order, with their ends and what is read beside them where that matters. */
export interface Steps {
  readonly values: Float64Array;
  readonly endUs?: Float64Array;
  readonly exogenous?: readonly Float64Array[];
}

/**
 * One property, one step at a time: scores what was forecast for this step, learns the errors, forecasts the next
 * steps. A forecast is scored only against a measured value, and only by what was known when it was made.
 */
export class Forecaster {
  readonly twin: string;
  readonly node: string;
  readonly address: string;
  readonly unit: string | undefined;
  #fit: ForecastFit;
  readonly #horizon: number;
  readonly #past: StepPast;
  #memory: number;
  readonly #baselines: readonly PointModel[];
  #intervals: StepIntervals;
  #baselineErrors: readonly RollingQuantile[];
  /** The last forecasts, newest last; undefined for a step at which none could be made. */
  readonly #issued: (Issued | undefined)[] = [];
  #skill: SkillWindow;
  #drift: DriftWatch | undefined;
  #driftedUs: TimeUs | undefined;
  #training: { readonly cause: TrainingCause; readonly driftSinceUs?: TimeUs } = { cause: "start" };
  #endUs: TimeUs;
  #judged: { readonly n: number; readonly skill: Skill | undefined } = { n: -1, skill: undefined };
  #latest: ForecastMessage | undefined;

  constructor(parts: {
    readonly twin: string;
    readonly node: string;
    readonly address: string;
    readonly unit?: string | undefined;
    readonly fit: ForecastFit;
  }) {
    const { fit } = parts;
    const { horizon } = fit.task;
    this.twin = parts.twin;
    this.node = parts.node;
    this.address = parts.address;
    this.unit = parts.unit;
    this.#fit = fit;
    this.#horizon = horizon;
    const { meanWindow, season, longSeason = 0 } = fit.baselines;
    this.#baselines = [
      { kind: "persistence" },
      { kind: "mean", window: meanWindow },
      ...[season, longSeason]
        .filter((steps) => steps > 0)
        .map((steps) => ({ kind: "seasonal" as const, season: steps })),
    ];
    this.#memory = this.#memoryOf(fit);
    this.#past = new StepPast(fit.task.stepUs, season, fit.task.exogenous?.length ?? 0);
    this.#intervals = new StepIntervals(fit, fit.task.stepUs);
    this.#baselineErrors = this.#baselines.map(() => errorWindow());
    this.#skill = new SkillWindow(horizon);
    this.#drift = fit.drift && new DriftWatch(fit.drift);
    this.#endUs = fit.toUs;
  }

  get fit(): ForecastFit {
    return this.#fit;
  }

  /**
   * Goes on with a newer fit of the same task. On schedule scores, errors and intervals are kept: they judge the procedure,
   * of which refitting is a part. After a drift they are of another plant: intervals begin with the new fit's errors and
   * evidence collects anew.
   * @param past steps that end where the forecaster stands
   */
  adopt(fit: ForecastFit, past: Steps): void {
    const hadBounds = this.#fit.boundResiduals !== undefined;
    const isDrift = this.#driftedUs !== undefined;
    this.#training = isDrift ? { cause: "drift", driftSinceUs: this.#driftedUs! } : { cause: "schedule" };
    this.#driftedUs = undefined;
    this.#fit = fit;
    this.#memory = this.#memoryOf(fit);
    this.#drift = fit.drift && new DriftWatch(fit.drift);
    if (isDrift || hadBounds !== (fit.boundResiduals !== undefined)) {
      this.#intervals = new StepIntervals(fit, fit.task.stepUs);
      this.#issued.length = 0;
    }
    if (isDrift) {
      this.#baselineErrors = this.#baselines.map(() => errorWindow());
      this.#skill = new SkillWindow(this.#horizon);
      this.#judged = { n: -1, skill: undefined };
    }
    this.#past.clear();
    this.prime(past.values, past.endUs, past.exogenous);
  }

  get latest(): ForecastMessage | undefined {
    return this.#latest;
  }

  /** What is known of the forecasts scored so far; undefined before the first two. */
  get skill(): Skill | undefined {
    if (this.#judged.n !== this.#skill.n) this.#judged = { n: this.#skill.n, skill: this.#skill.judge() };
    return this.#judged.skill;
  }

  /** Since when the errors differ from those of the fit; undefined while they do not. */
  get driftedUs(): TimeUs | undefined {
    return this.#driftedUs;
  }

  /** The newest forecast with its intervals; undefined where the past is not whole. */
  get issued(): Issued | undefined {
    return this.#issued.at(-1);
  }

  /**
   * Fills the past without forecasting or scoring, for instance with what the model was fitted to.
   * @param values chronological step means
   * @param exogenous a column for each input of the task
   */
  prime(values: Float64Array, endUs?: Float64Array, exogenous: readonly Float64Array[] = []): void {
    const from = Math.max(0, values.length - 4 * this.#memory);
    const { stepUs } = this.#fit.task;
    const lastUs = endUs?.at(-1) ?? this.#endUs;
    for (let i = from; i < values.length; i++) {
      this.#endUs = endUs?.[i] ?? lastUs - (values.length - 1 - i) * stepUs;
      this.#past.push(
        values[i]!,
        this.#endUs,
        exogenous.map((column) => column[i] ?? Number.NaN),
      );
    }
  }

  /**
   * Takes the next completed step.
   * @param value its mean, NaN for a step without a sample
   * @returns whether a forecast could be made; it is told by `message`
   */
  step(value: number, beside: StepBeside = {}): boolean {
    const series = this.observe(value, beside);
    if (series === undefined) return this.issue(undefined);
    const t = series.values.length - 1;
    const { model, fallback } = this.#fit;
    const told = outlookOf(model, series, t, this.#horizon);
    if (told !== undefined || fallback === undefined) return this.issue(told, series);
    const missing = missingInputs(this.#fit.task.exogenous ?? [], series, this.#horizon).join(", ");
    const degraded = `an exogenous input is missing (${missing}); a model without them was asked`;
    return this.issue(outlookOf(fallback, series, t, this.#horizon), series, degraded);
  }

  /**
   * The first half of a step: scores and remembers. `issue` must follow.
   * @returns what a model may read, undefined where the past is not whole
   */
  observe(value: number, { endUs, exogenous = [], ahead }: StepBeside): StepSeries | undefined {
    this.#endUs = endUs ?? this.#endUs + this.#fit.task.stepUs;
    this.#score(value);
    this.#past.push(value, this.#endUs, exogenous);
    this.#past.trim(this.#memory);
    return this.#past.isWhole(this.#memory) ? this.#past.series(this.#memory, ahead) : undefined;
  }

  /** The second half of a step. @param told undefined where no forecast can be made @returns whether one was made */
  issue(told: Outlook | undefined, series?: StepSeries, degraded?: string): boolean {
    this.#issued.push(
      told === undefined || series === undefined ? undefined : this.#made(told, series, degraded),
    );
    if (this.#issued.length > this.#horizon) this.#issued.shift();
    return this.#issued.at(-1) !== undefined;
  }

  /** The newest forecast as it travels; undefined where the past is not complete. @param madeAtUs end of the newest step */
  message(madeAtUs: TimeUs): ForecastMessage | undefined {
    const issued = this.#issued.at(-1);
    if (issued === undefined) return undefined;
    const { skill } = this;
    const { task, name, toUs } = this.#fit;
    const enough = skill !== undefined && skill.n >= scoresNeeded(this.#horizon);
    const { low50, high50, low90, high90 } = issued.intervals;
    this.#latest = {
      kind: "forecast",
      twin: this.twin,
      address: this.address,
      ...(this.unit !== undefined && { unit: this.unit }),
      madeAtUs,
      stepUs: task.stepUs,
      mean: Array.from(issued.mean),
      low50: Array.from(low50),
      high50: Array.from(high50),
      low90: Array.from(low90),
      high90: Array.from(high90),
      model: name,
      ...(issued.degraded !== undefined && { degraded: issued.degraded }),
      training: { toUs, ...this.#training },
      ...(this.#driftedUs !== undefined && { driftSinceUs: this.#driftedUs }),
      skill: {
        mase: enough ? skill.mase : null,
        maseUpper95: enough ? skill.maseUpper95 : null,
        coverage90: enough ? skill.coverage90 : null,
        n: this.#skill.n,
      },
    };
    return this.#latest;
  }

  /** Row 3 of the twin's ladder, as far as this forecast carries it. @param nowUs on the link's clock */
  evidence(nowUs: TimeUs): Evidence[] {
    return forecastEvidence({
      twin: this.twin,
      node: this.node,
      address: this.address,
      task: this.#fit.task,
      skill: this.skill,
      needed: scoresNeeded(this.#horizon),
      nowUs,
    });
  }

  #memoryOf({ model, fallback }: ForecastFit): number {
    return Math.max(
      memoryOf(model),
      fallback === undefined ? 1 : memoryOf(fallback),
      ...this.#baselines.map(memoryOf),
    );
  }

  #made(told: Outlook, { values }: StepSeries, degraded: string | undefined): Issued {
    return {
      madeAtUs: this.#endUs,
      mean: told.mean,
      intervals: this.#intervals.around(degraded === undefined ? told : { mean: told.mean }, this.#endUs),
      told,
      ...(degraded !== undefined && { degraded }),
      baselines: this.#baselines.map((baseline, b) => {
        const value = predictStep(baseline, values, values.length - 1, this.#horizon);
        const errors = this.#baselineErrors[b]!;
        return { mean: value, low: value + errors.quantile(0.05), high: value + errors.quantile(0.95) };
      }),
    };
  }

  #score(value: number): void {
    if (!Number.isFinite(value)) return;
    for (let ahead = 1; ahead <= this.#issued.length; ahead++) {
      const issued = this.#issued[this.#issued.length - ahead];
      if (issued === undefined) continue;
      const inside90 = this.#intervals.observe(issued, ahead - 1, value);
      if (ahead === 1 && issued.degraded === undefined) this.#watch(value - issued.mean[0]!);
      if (ahead === this.#horizon) this.#scoreDeclared(value, issued, inside90);
    }
  }

  #watch(error: number): void {
    const steps = this.#drift?.observe(error);
    if (steps !== undefined) this.#driftedUs ??= this.#endUs - steps * this.#fit.task.stepUs;
  }

  #scoreDeclared(value: number, issued: Issued, inside90: boolean): void {
    const k = this.#horizon - 1;
    const { low90, high90 } = issued.intervals;
    // A baseline has no interval before it has errors of its own; until then nothing is scored.
    if (issued.baselines.every(({ low }) => Number.isFinite(low))) {
      this.#skill.add({
        error: value - issued.mean[k]!,
        baselineErrors: issued.baselines.map(({ mean }) => value - mean),
        score: intervalScore(low90[k]!, high90[k]!, value, 0.9),
        baselineScores: issued.baselines.map(({ low, high }) => intervalScore(low, high, value, 0.9)),
        inside90,
      });
    }
    for (const [b, { mean }] of issued.baselines.entries()) this.#baselineErrors[b]!.add(value - mean);
  }
}

/** Scored forecasts before a verdict: 100, and four horizons, since overlapping forecasts say little new. */
export const scoresNeeded = (horizon: number): number => Math.max(100, 4 * horizon);
