import type { EpisodeChange } from "../alarm-episode.ts";
import { Drift } from "./drift.ts";
import { Flatline } from "./flatline.ts";
import { RuleLimit } from "./rule-limit.ts";
import { SeenPlaces } from "./seen-places.ts";
import type { StreamNormal } from "./stream-normal.ts";
import { STATISTICS, type Statistic, StreamStatistics } from "./stream-statistics.ts";

export type StreamRule = Statistic | "flatline" | "drift";
const RULES: readonly StreamRule[] = [...STATISTICS, "flatline", "drift"];
const FLATLINE = RULES.indexOf("flatline");
const DRIFT = RULES.indexOf("drift");

/** Figures of a row that was over a limit, for the words about it. */
export interface StreamAlarm {
  readonly rule: StreamRule;
  /** The statistic, and what it was judged by: the next place seen before, the longest run, the centre. */
  readonly now: number;
  readonly before: number;
  /** How far it may be from there, in its unit. */
  readonly limit: number;
  /** 1 at the limit. */
  readonly score: number;
  /** Good rows seen before this one. */
  readonly seen: number;
  /** Windows over which a drift has added up. */
  readonly windows: number;
}

/**
 * One signal, row by row, in constant memory and constant time: has its value, level, spread, texture, step or place in
 * its period been here before, has it stopped moving, does it drift? What was never seen is an alarm once; then it has
 * been seen, so what lasts becomes normal. After an alarm all limits stand higher for a while (the recovery), since what
 * a fault leaves behind in the windows is not a second one, and the limit of its rule for longer (the budget).
 */
export class StreamDetector {
  readonly normal: StreamNormal;
  readonly #statistics: StreamStatistics;
  readonly #seen: readonly SeenPlaces[];
  readonly #reach: Float64Array;
  readonly #flatline = new Flatline();
  readonly #drift: Drift;
  readonly #limits: readonly RuleLimit[];
  readonly #recovery: RuleLimit;
  /** Factor on all limits: a quarter of the budget takes twice the distance. */
  readonly #keenness: number;
  readonly #hold: number;
  readonly #gapRows: number;
  #missing = 0;
  #quiet = 0;
  #alarm: StreamAlarm | undefined;
  active = false;
  /** Highest excess of the last row, 1 at the limit. */
  score = 0;
  /** Rows seen, good or not, since the calibration. */
  rows = 0;
  /** Rows since then that were no finite number. */
  skipped = 0;
  /** Gaps longer than a window, after which the windows start anew. */
  gaps = 0;
  /** Alarms since then, the running one included. */
  episodes = 0;
  #good = 0;

  constructor(normal: StreamNormal) {
    const { options, ranges, period, centre, low, high, drift } = normal;
    this.normal = normal;
    this.#statistics = new StreamStatistics({
      window: options.window,
      period,
      centre,
      range: high > low ? high - low : ranges[0]!,
    });
    this.#keenness = 1 / Math.sqrt(options.budget);
    this.#reach = Float64Array.from(ranges, (range) => range * options.reach * this.#keenness);
    this.#seen = ranges.map((range) => new SeenPlaces((range * options.reach) / 2));
    this.#drift = new Drift(options.window, drift);
    const fadeRows = 1000 / options.budget;
    this.#limits = RULES.map(() => new RuleLimit(fadeRows, options.raise));
    this.#recovery = new RuleLimit(options.recovery, options.recoveryFactor);
    this.#hold = options.hold;
    this.#gapRows = options.window;
  }

  /** What raised the running episode. */
  get alarm(): StreamAlarm | undefined {
    return this.active ? this.#alarm : undefined;
  }

  /** A normal row that is taken in without being judged. */
  learn(x: number): void {
    if (x - x !== 0) return;
    this.#measure(x);
  }

  /** The calibration is over: its alarms stay in the limits, not in the counts. */
  calibrated(): void {
    this.active = false;
    this.rows = this.skipped = this.gaps = this.episodes = 0;
    this.#alarm = undefined;
  }

  /** @param x NaN, or any number that is not finite, where there is no good value */
  step(x: number): EpisodeChange {
    this.rows++;
    if (x - x !== 0) return this.#skip();
    this.#missing = 0;
    const limits = this.#limits;
    for (let r = 0; r < limits.length; r++) limits[r]!.fade();
    this.#recovery.fade();
    const rule = this.#measure(x);
    return this.score > 1 ? this.#over(rule, x) : this.#within();
  }

  #skip(): EpisodeChange {
    this.skipped++;
    if (++this.#missing === this.#gapRows) {
      this.#statistics.restart();
      this.gaps++;
    }
    this.score = 0;
    return this.#within();
  }

  /** Takes a row in and sets the score. @returns the rule that is furthest over its limit */
  #measure(x: number): number {
    const { now } = this.#statistics;
    this.#statistics.push(x);
    this.#good++;
    const raised = this.#recovery.factor;
    let score = 0;
    let rule = 0;
    for (let s = 0; s < now.length; s++) {
      const value = now[s]!;
      if (value - value !== 0) continue;
      const excess = this.#seen[s]!.visit(value) / (this.#reach[s]! * this.#limits[s]!.factor * raised);
      if (excess > score) {
        score = excess;
        rule = s;
      }
    }
    const flat = this.#flatline.step(x) / (this.#limits[FLATLINE]!.factor * raised * this.#keenness);
    if (flat > score) {
      score = flat;
      rule = FLATLINE;
    }
    const drift = this.#drift.step(x) / (this.#limits[DRIFT]!.factor * raised * this.#keenness);
    if (drift > score) {
      score = drift;
      rule = DRIFT;
    }
    this.score = score;
    return rule;
  }

  #over(rule: number, x: number): EpisodeChange {
    if (!this.active) this.#alarm = this.#describe(rule, x);
    this.#limits[rule]!.alarmed();
    this.#recovery.set(this.normal.options.recoveryFactor);
    if (rule === FLATLINE) this.#flatline.accept();
    this.#drift.restart();
    this.#quiet = 0;
    if (this.active) return "none";
    this.active = true;
    this.episodes++;
    return "raised";
  }

  #within(): EpisodeChange {
    if (!this.active || ++this.#quiet < this.#hold) return "none";
    this.active = false;
    return "cleared";
  }

  #describe(rule: number, x: number): StreamAlarm {
    const { score } = this;
    const name = RULES[rule]!;
    const windows = this.#drift.windows;
    const base = { rule: name, score, seen: this.#good - 1, windows };
    const factor = this.#limits[rule]!.factor * this.#recovery.factor;
    if (rule === FLATLINE) {
      const { run, longest, limit } = this.#flatline;
      return { ...base, now: run, before: longest, limit: limit * factor * this.#keenness };
    }
    if (rule === DRIFT) {
      return {
        ...base,
        now: this.#drift.mean,
        before: this.#drift.centre,
        limit: this.#drift.limit * factor * this.#keenness,
      };
    }
    const now = rule === 0 ? x : this.#statistics.now[rule]!;
    return { ...base, now, before: this.#seen[rule]!.nearest, limit: this.#reach[rule]! * factor };
  }
}
