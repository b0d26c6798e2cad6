import type { Evidence } from "../../core/evidence.ts";
import { RollingQuantile } from "../../core/statistics/rolling-quantile.ts";
import type { TimeUs } from "../../core/time.ts";
import { errorWindow, intervalScore } from "../forecast/adaptive-interval.ts";
import { forecastEvidence } from "../forecast/forecast-evidence.ts";
import { scoresNeeded } from "../forecast/forecaster.ts";
import { type Skill, SkillWindow } from "../forecast/skill.ts";
import type { CountOutlook } from "./count-outlook.ts";

const COVERAGE = 0.9;
/** Misfits that the correction of the interval is learnt from. */
const WINDOW = 400;
/** Of the level that one hit or miss moves. */
const GAIN = 0.01;
/** Horizons over which the rolling mean of the pace is taken. */
const MEAN_HORIZONS = 8;

interface Issued {
  readonly told: CountOutlook;
  readonly corrected: CountOutlook;
  /** Parts made when it was told. */
  readonly made: number;
  readonly baselines: readonly { readonly mean: number; readonly low: number; readonly high: number }[];
}

/**
 * Scores forecasts of how many parts a line makes within a horizon of planned operating time, one forecast a step,
 * against the parts of the last horizon (persistence of the rate) and the mean of the last eight. The replications' 5 to
 * 95 % are widened or narrowed by a quantile of how far they missed so far (conformalized quantile regression, Romano,
 * Patterson and Candès 2019), its level steered by hits and misses (Gibbs and Candès 2021): a model of a line is never
 * quite the line.
 */
export class CountScore {
  readonly horizonSteps: number;
  /** Parts made up to each of the last steps, the newest last. */
  readonly #made: number[] = [];
  /** By the step at which they come true. */
  readonly #open = new Map<number, Issued>();
  readonly #misfits = new RollingQuantile(WINDOW);
  readonly #baselineErrors = [errorWindow(), errorWindow()];
  readonly #skill: SkillWindow;
  #level = COVERAGE;
  #steps = 0;

  /** @param horizonSteps whole steps that a forecast looks ahead, 1 or more */
  constructor(horizonSteps: number) {
    this.horizonSteps = horizonSteps;
    this.#skill = new SkillWindow(horizonSteps);
  }

  /** What is known of the forecasts scored so far; undefined before the first two. */
  get skill(): Skill | undefined {
    return this.#skill.judge();
  }

  get scored(): number {
    return this.#skill.n;
  }

  /** Scored forecasts before a verdict. */
  get needed(): number {
    return scoresNeeded(this.horizonSteps);
  }

  /**
   * The interval as it is told and scored: corrected, and never of fewer than no parts.
   * @param horizons how far it looks ahead, in the horizon that is scored: errors of a count grow with the root of time
   */
  corrected({ mean, low90, high90 }: CountOutlook, horizons = 1): CountOutlook {
    const misfit = this.#misfits.count === 0 ? 0 : this.#misfits.quantile(this.#level);
    const correction = misfit * Math.sqrt(horizons);
    // Narrowed at most to the mean.
    const low = Math.max(0, Math.min(mean, low90 - correction));
    return { mean, low90: low, high90: Math.max(mean, high90 + correction) };
  }

  /**
   * Takes the count at the end of a step, and scores what was foretold for it.
   * @param made parts since whenever; it never falls
   * @returns the number of the step, to be named with its outlook
   */
  step(made: number): number {
    this.#steps++;
    this.#made.push(made);
    if (this.#made.length > MEAN_HORIZONS * this.horizonSteps + 1) this.#made.shift();
    const issued = this.#open.get(this.#steps);
    this.#open.delete(this.#steps);
    if (issued !== undefined) this.#score(issued, made - issued.made);
    return this.#steps;
  }

  /** After a break in what is known: what was foretold before it is never scored. */
  forget(): void {
    this.#made.length = 0;
    this.#open.clear();
  }

  /**
   * Notes what was foretold from the state at a step. An outlook that comes only once what it foretells has come is no
   * forecast, and one without a past to be naive about cannot be compared: both are left out.
   */
  foretell(step: number, told: CountOutlook): void {
    const newest = this.#made.length - 1;
    const at = newest - (this.#steps - step);
    if (this.#steps - step >= this.horizonSteps || at < this.horizonSteps) return;
    const made = this.#made[at]!;
    const last = made - this.#made[at - this.horizonSteps]!;
    const mean = ((made - this.#made[0]!) / at) * this.horizonSteps;
    const baselines = [last, mean].map((value, b) => {
      const errors = this.#baselineErrors[b]!;
      return { mean: value, low: value + errors.quantile(0.05), high: value + errors.quantile(0.95) };
    });
    this.#open.set(step + this.horizonSteps, { told, corrected: this.corrected(told), made, baselines });
  }

  /** Row 3 of the twin's ladder, as far as this forecast carries it. @param nowUs on the link's clock */
  evidence(parts: {
    readonly twin: string;
    readonly node: string;
    /** Of the property that counts the parts. */
    readonly address: string;
    readonly stepUs: number;
    readonly nowUs: TimeUs;
  }): Evidence[] {
    const { stepUs, ...rest } = parts;
    return forecastEvidence({
      ...rest,
      task: { stepUs, horizon: this.horizonSteps, season: 0 },
      skill: this.skill,
      needed: this.needed,
    });
  }

  #score({ told, corrected, baselines }: Issued, came: number): void {
    const inside90 = came >= corrected.low90 && came <= corrected.high90;
    // A baseline has no interval before it has errors of its own; until then nothing is scored.
    if (baselines.every(({ low }) => Number.isFinite(low))) {
      this.#skill.add({
        error: came - corrected.mean,
        baselineErrors: baselines.map(({ mean }) => came - mean),
        score: intervalScore(corrected.low90, corrected.high90, came, COVERAGE),
        baselineScores: baselines.map(({ low, high }) => intervalScore(low, high, came, COVERAGE)),
        inside90,
      });
    }
    for (const [b, { mean }] of baselines.entries()) this.#baselineErrors[b]!.add(came - mean);
    this.#misfits.add(Math.max(told.low90 - came, came - told.high90));
    const level = this.#level + GAIN * ((inside90 ? 0 : 1) - (1 - COVERAGE));
    this.#level = Math.min(Math.max(level, 0), 1);
  }
}
