import { type Evidence, restingOn } from "../core/evidence.ts";
import type { TimeUs } from "../core/time.ts";
import { intervalScore } from "../predict/forecast/adaptive-interval.ts";
import { coverageRecord, skillRecord } from "../predict/forecast/forecast-evidence.ts";
import { type Skill, SkillWindow } from "../predict/forecast/skill.ts";
import type { OvenTracker, TrackedExit } from "../predict/oven-tracker.ts";
import { NaiveExits, type NaiveForecasts } from "./naive-exits.ts";
import { outlook } from "./oven-outlook.ts";
import { heaviestNode } from "./run-figures.ts";
import { steadyPlan } from "./setpoint-plan.ts";

/** Bodies that it takes before it judges. */
const LEAST = 100;
/** Half width of a 90 % interval in standard deviations. */
const Z90 = 1.645;
const COVERAGE = 0.9;

interface Foretold {
  readonly entryUs: TimeUs;
  readonly valueC: number;
  readonly deviationK: number;
  readonly naive: NaiveForecasts;
  /** The naive intervals were told by enough errors to be scored against. */
  readonly isFair: boolean;
}

/**
 * Scores the baseline of the what-if: when a body enters, the exit temperature of its slowest node is foretold as if
 * nothing changed; when it leaves, that is held against the pyrometer, beside what the exits known at its entry foretell
 * by themselves: the last one, the mean of the last ten, and the one a season before. The horizon is the ride.
 */
export class BaselineScore {
  readonly #tracker: OvenTracker;
  readonly #foretold = new Map<number, Foretold>();
  readonly #naive = new NaiveExits();
  readonly #skill: SkillWindow;
  readonly #end: () => void;
  #judged: { readonly n: number; readonly skill: Skill | undefined } = { n: -1, skill: undefined };
  /** Entry of the newest body foretold: a plant may begin to count its bodies anew. */
  #newestUs: TimeUs = Number.NEGATIVE_INFINITY;

  constructor(tracker: OvenTracker) {
    this.#tracker = tracker;
    const { conveyor, energy, zones } = tracker.config;
    const rideH = zones.reduce((sum, { lengthM }) => sum + lengthM, 0) / conveyor.speedMPerMin / 60;
    this.#skill = new SkillWindow(Math.max(1, Math.round(rideH * energy.bodiesPerHour)));
    this.#end = tracker.onExit((exit) => this.#score(exit));
  }

  close(): void {
    this.#end();
  }

  /** Foretells the bodies that have entered since the last call. */
  foretell(): void {
    const { bodies } = this.#tracker.passage;
    if (!this.#naive.isReady || this.#tracker.phase !== "tracking") return;
    const fresh = bodies.filter((body) => body.entryUs > this.#newestUs);
    if (fresh.length === 0 || this.#tracker.isBlind) return;
    const situation = this.#tracker.situation();
    const heavy = this.#heavy;
    const [ride] = outlook(situation, steadyPlan(situation.setpointC), []);
    const node = ride!.nodes[heavy]!;
    for (const body of fresh) {
      this.#newestUs = Math.max(this.#newestUs, body.entryUs);
      this.#foretold.set(body.id, {
        entryUs: body.entryUs,
        valueC: node.exitC,
        deviationK: Math.hypot(node.exitDeviationK, situation.exitDeviationK[heavy]!),
        naive: this.#naive.foretell(bodies.indexOf(body) + 1),
        isFair: this.#naive.hasSpread,
      });
    }
  }

  /** What is known of the bodies scored so far; undefined before the first two. */
  get skill(): Skill | undefined {
    if (this.#judged.n !== this.#skill.n) this.#judged = { n: this.#skill.n, skill: this.#skill.judge() };
    return this.#judged.skill;
  }

  /**
   * Row 3, as of any forecast: error, or where nothing beats the naive ones the interval score, against the best naive
   * forecast, and coverage. Valid for ten periods of what the tracker reads after the newest good sample of the air;
   * fails while bodies leave and none is judged.
   */
  evidence(node: string): Evidence[] {
    const { twin, timeUs, knownUs, lostSight, readings } = this.#tracker;
    const base = {
      twin,
      rung: 3 as const,
      node,
      timeUs: Number.isNaN(timeUs) ? 0 : timeUs,
      ...restingOn(knownUs, readings.periodUs),
    };
    const what = "what-if baseline: exit temperature one ride ahead";
    const skillBase = { ...base, id: `${twin}/3/baseline-mase` };
    const coverageBase = {
      ...base,
      id: `${twin}/3/baseline-coverage`,
      what: `coverage of the 90 % interval, ${what}`,
      unit: "%",
    };
    const n = this.#skill.n;
    const skill = this.skill;
    if (skill === undefined || n < LEAST) {
      const collecting = { verdict: "collecting" as const, progress: { n, of: LEAST }, value: null };
      return [
        {
          ...skillBase,
          what: `error over the best naive forecast (MASE), ${what}`,
          limit: "95 % upper bound < 1",
          ...collecting,
        },
        { ...coverageBase, limit: "90 % within its binomial 95 % band", ...collecting },
      ];
    }
    const records = [skillRecord(skillBase, what, skill), coverageRecord(coverageBase, skill)];
    return lostSight === undefined
      ? records
      : records.map((record) => ({ ...record, verdict: "fails", cause: lostSight }));
  }

  #score(exit: TrackedExit): void {
    const measuredC = exit.measuredC[this.#heavy]!;
    const told = this.#foretold.get(exit.id);
    // A body that was foretold and never judged is no longer waited for once later ones have left.
    for (const [id, { entryUs }] of this.#foretold) if (entryUs <= exit.entryUs) this.#foretold.delete(id);
    this.#naive.add(measuredC, told?.naive);
    if (told === undefined || !told.isFair) return;
    const half = Z90 * told.deviationK;
    const [low, high] = [told.valueC - half, told.valueC + half];
    this.#skill.add({
      error: measuredC - told.valueC,
      baselineErrors: told.naive.map(({ value }) => measuredC - value),
      score: intervalScore(low, high, measuredC, COVERAGE),
      baselineScores: told.naive.map((one) => intervalScore(one.low, one.high, measuredC, COVERAGE)),
      inside90: measuredC >= low && measuredC <= high,
    });
  }

  get #heavy(): number {
    return heaviestNode({ timeConstantS: this.#tracker.timeConstantsS });
  }
}
