import type { Evidence } from "../../core/evidence.ts";
import type { RollingQuantile } from "../../core/statistics/rolling-quantile.ts";
import type { TimeUs } from "../../core/time.ts";
import type { ForecastMessage } from "../forecast-message.ts";
import { AdaptiveInterval, errorWindow, intervalScore } from "./adaptive-interval.ts";
import { forecastEvidence } from "./forecast-evidence.ts";
import type { ForecastFit } from "./forecast-fit.ts";
import { memoryOf, type PointModel, predict } from "./point-model.ts";
import { type Skill, SkillWindow } from "./skill.ts";

/** A gap of at most so many steps is bridged with the last value; a longer one starts the past anew. */
const LONGEST_BRIDGE = 3;

interface Issued {
  readonly mean: Float64Array;
  readonly low50: Float64Array;
  readonly high50: Float64Array;
  readonly low90: Float64Array;
  readonly high90: Float64Array;
  /** Per baseline: forecast at the declared horizon with its 90 % interval. */
  readonly baselines: readonly { readonly mean: number; readonly low: number; readonly high: number }[];
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
  readonly #past: number[] = [];
  #memory: number;
  readonly #baselines: readonly PointModel[];
  readonly #errors: readonly RollingQuantile[];
  readonly #baselineErrors: readonly RollingQuantile[];
  readonly #interval50: readonly AdaptiveInterval[];
  readonly #interval90: readonly AdaptiveInterval[];
  /** The last forecasts, newest last; undefined for a step at which none could be made. */
  readonly #issued: (Issued | undefined)[] = [];
  readonly #skill: SkillWindow;
  #missing = 0;
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
    this.#baselines = [
      { kind: "persistence" },
      { kind: "mean", window: fit.baselines.meanWindow },
      ...(fit.baselines.season > 0 ? [{ kind: "seasonal" as const, season: fit.baselines.season }] : []),
    ];
    this.#memory = Math.max(memoryOf(fit.model), ...this.#baselines.map(memoryOf));
    this.#errors = fit.residuals.map((residuals) => errorWindow(residuals));
    this.#baselineErrors = this.#baselines.map(() => errorWindow());
    this.#interval50 = fit.residuals.map(() => new AdaptiveInterval(0.5));
    this.#interval90 = fit.residuals.map(() => new AdaptiveInterval(0.9));
    this.#skill = new SkillWindow(horizon);
  }

  get fit(): ForecastFit {
    return this.#fit;
  }

  /**
   * Goes on with a newer fit of the same task. Scores, errors and intervals are kept: they judge the procedure, of which
   * refitting is a part.
   * @param past step means that end where the forecaster stands
   */
  adopt(fit: ForecastFit, past: Float64Array): void {
    this.#fit = fit;
    this.#memory = Math.max(memoryOf(fit.model), ...this.#baselines.map(memoryOf));
    this.#past.length = 0;
    this.#missing = 0;
    this.prime(past);
  }

  get latest(): ForecastMessage | undefined {
    return this.#latest;
  }

  /** What is known of the forecasts scored so far; undefined before the first two. */
  get skill(): Skill | undefined {
    if (this.#judged.n !== this.#skill.n) this.#judged = { n: this.#skill.n, skill: this.#skill.judge() };
    return this.#judged.skill;
  }

  /**
   * Fills the past without forecasting or scoring, for instance with what the model was fitted to.
   * @param values chronological step means
   */
  prime(values: Float64Array): void {
    for (const value of values.subarray(-4 * this.#memory)) this.#remember(value);
  }

  /**
   * Takes the next completed step.
   * @param value its mean, NaN for a step without a sample
   * @returns whether a forecast could be made; it is told by `message`
   */
  step(value: number): boolean {
    this.#score(value);
    this.#remember(value);
    this.#issued.push(this.#issue());
    if (this.#issued.length > this.#horizon) this.#issued.shift();
    return this.#issued.at(-1) !== undefined;
  }

  /** The newest forecast as it travels; undefined where the past is not complete. @param madeAtUs end of the newest step */
  message(madeAtUs: TimeUs): ForecastMessage | undefined {
    const issued = this.#issued.at(-1);
    if (issued === undefined) return undefined;
    const { skill } = this;
    const enough = skill !== undefined && skill.n >= scoresNeeded(this.#horizon);
    this.#latest = {
      kind: "forecast",
      twin: this.twin,
      address: this.address,
      ...(this.unit !== undefined && { unit: this.unit }),
      madeAtUs,
      stepUs: this.#fit.task.stepUs,
      mean: Array.from(issued.mean),
      low50: Array.from(issued.low50),
      high50: Array.from(issued.high50),
      low90: Array.from(issued.low90),
      high90: Array.from(issued.high90),
      model: this.#fit.name,
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

  #remember(value: number): void {
    if (Number.isFinite(value)) {
      if (this.#missing > LONGEST_BRIDGE) this.#past.length = 0;
      else
        for (let i = 0; i < this.#missing && this.#past.length > 0; i++) this.#past.push(this.#past.at(-1)!);
      this.#missing = 0;
      this.#past.push(value);
      if (this.#past.length > 4 * this.#memory) this.#past.splice(0, this.#past.length - this.#memory);
    } else this.#missing++;
  }

  #issue(): Issued | undefined {
    if (this.#missing > 0 || this.#past.length < this.#memory) return undefined;
    const horizon = this.#horizon;
    const past = Float64Array.from(this.#past.slice(-this.#memory));
    const mean = predict(this.#fit.model, past, horizon);
    const bound = (intervals: readonly AdaptiveInterval[], side: 0 | 1): Float64Array =>
      mean.map((value, k) => value + intervals[k]!.around(this.#errors[k]!)[side]);
    return {
      mean,
      low50: bound(this.#interval50, 0),
      high50: bound(this.#interval50, 1),
      low90: bound(this.#interval90, 0),
      high90: bound(this.#interval90, 1),
      baselines: this.#baselines.map((baseline, b) => {
        const value = predict(baseline, past, horizon)[horizon - 1]!;
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
      const k = ahead - 1;
      this.#errors[k]!.add(value - issued.mean[k]!);
      this.#interval50[k]!.observe(value >= issued.low50[k]! && value <= issued.high50[k]!);
      const inside90 = value >= issued.low90[k]! && value <= issued.high90[k]!;
      this.#interval90[k]!.observe(inside90);
      if (ahead === this.#horizon) this.#scoreDeclared(value, issued, inside90);
    }
  }

  #scoreDeclared(value: number, issued: Issued, inside90: boolean): void {
    const k = this.#horizon - 1;
    // A baseline has no interval before it has errors of its own; until then nothing is scored.
    if (issued.baselines.every(({ low }) => Number.isFinite(low))) {
      this.#skill.add({
        error: value - issued.mean[k]!,
        baselineErrors: issued.baselines.map(({ mean }) => value - mean),
        score: intervalScore(issued.low90[k]!, issued.high90[k]!, value, 0.9),
        baselineScores: issued.baselines.map(({ low, high }) => intervalScore(low, high, value, 0.9)),
        inside90,
      });
    }
    for (const [b, { mean }] of issued.baselines.entries()) this.#baselineErrors[b]!.add(value - mean);
  }
}

/** Scored forecasts before a verdict: 100, and four horizons, since overlapping forecasts say little new. */
export const scoresNeeded = (horizon: number): number => Math.max(100, 4 * horizon);
