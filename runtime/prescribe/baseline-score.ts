import { type Evidence, restingOn } from "../core/evidence.ts";
import { binomialInterval } from "../core/statistics/binomial.ts";
import { automaticLag, mean, meanInterval } from "../core/statistics/serial-mean.ts";
import type { OvenTracker } from "../predict/oven-tracker.ts";
import { outlook } from "./oven-outlook.ts";
import { heaviestNode } from "./run-figures.ts";
import { steadyPlan } from "./setpoint-plan.ts";

/** Scores it takes before it judges, and keeps. */
const LEAST = 100;
const KEEP = 200;
/** Half width of a 90 % interval in standard deviations. */
const Z90 = 1.645;
const ROLLING = 10;

interface Foretold {
  readonly valueC: number;
  readonly deviationK: number;
  readonly persistenceC: number;
  readonly rollingC: number;
}

/**
 * Scores the baseline of the what-if: when a body enters, the exit temperature of its slowest node is foretold as if
 * nothing changed; when it leaves, that is held against the pyrometer, beside the last value and the rolling mean
 * that stood at its entry. The horizon is the ride.
 */
export class BaselineScore {
  readonly #tracker: OvenTracker;
  readonly #foretold = new Map<number, Foretold>();
  readonly #end: () => void;
  #recent: number[] = [];
  #errors: { model: number; persistence: number; rolling: number; inside: boolean }[] = [];
  #newestId = Number.NEGATIVE_INFINITY;

  constructor(tracker: OvenTracker) {
    this.#tracker = tracker;
    this.#end = tracker.onExit((exit) => {
      const heavy = this.#heavy;
      const measuredC = exit.measuredC[heavy]!;
      const told = this.#foretold.get(exit.id);
      this.#foretold.delete(exit.id);
      if (told !== undefined) {
        this.#errors.push({
          model: Math.abs(measuredC - told.valueC),
          persistence: Math.abs(measuredC - told.persistenceC),
          rolling: Math.abs(measuredC - told.rollingC),
          inside: Math.abs(measuredC - told.valueC) <= Z90 * told.deviationK,
        });
        if (this.#errors.length > KEEP) this.#errors.shift();
      }
      this.#recent.push(measuredC);
      if (this.#recent.length > ROLLING) this.#recent.shift();
    });
  }

  close(): void {
    this.#end();
  }

  /** Foretells the bodies that have entered since the last call. */
  foretell(): void {
    if (this.#recent.length < ROLLING || this.#tracker.phase !== "tracking") return;
    const fresh = this.#tracker.passage.bodies.filter((body) => body.id > this.#newestId);
    if (fresh.length === 0) return;
    if (this.#tracker.isBlind) return;
    const situation = this.#tracker.situation();
    const heavy = this.#heavy;
    const [ride] = outlook(situation, steadyPlan(situation.setpointC), []);
    const node = ride!.nodes[heavy]!;
    for (const { id } of fresh) {
      this.#newestId = Math.max(this.#newestId, id);
      this.#foretold.set(id, {
        valueC: node.exitC,
        deviationK: Math.hypot(node.exitDeviationK, situation.exitDeviationK[heavy]!),
        persistenceC: this.#recent.at(-1)!,
        rollingC: mean(this.#recent),
      });
    }
  }

  /**
   * Row 3: error over that of the better naive forecast, and coverage of the 90 % interval. Valid for ten periods of
   * what the tracker reads after the newest good sample of the air; fails while bodies leave and none is judged.
   */
  evidence(node: string): Evidence[] {
    const { twin, timeUs, knownUs, lostSight } = this.#tracker;
    const n = this.#errors.length;
    const of = (key: "model" | "persistence" | "rolling"): number[] =>
      this.#errors.map((error) => error[key]);
    const best = Math.min(mean(of("persistence")), mean(of("rolling")));
    const mase = n < LEAST ? Number.NaN : meanInterval(of("model"), automaticLag(n)).high / best;
    const hits = this.#errors.filter((error) => error.inside).length;
    const band = binomialInterval(hits, Math.max(1, n));
    const common = {
      twin,
      rung: 3 as const,
      node,
      timeUs: Number.isNaN(timeUs) ? 0 : timeUs,
      ...restingOn(knownUs, this.#tracker.readings.periodUs),
      ...(lostSight === undefined || n < LEAST ? {} : { cause: lostSight }),
    };
    const collecting = { verdict: "collecting" as const, progress: { n, of: LEAST }, value: null };
    return [
      {
        ...common,
        id: `${twin}/3/baseline-mase`,
        what: "what-if baseline: exit temperature one ride ahead, MASE upper 95 % bound",
        limit: "< 1",
        ...(n < LEAST
          ? collecting
          : {
              value: mase,
              verdict: mase < 1 && lostSight === undefined ? ("holds" as const) : ("fails" as const),
            }),
      },
      {
        ...common,
        id: `${twin}/3/baseline-coverage`,
        what: "what-if baseline: 90 % interval covers",
        unit: "%",
        limit: "90 % in its binomial 95 % band",
        ...(n < LEAST
          ? collecting
          : {
              value: (100 * hits) / n,
              verdict:
                lostSight === undefined && band.low <= 0.9 && band.high >= 0.9
                  ? ("holds" as const)
                  : ("fails" as const),
            }),
      },
    ];
  }

  get #heavy(): number {
    const taus = this.#tracker.timeConstantsS;
    return heaviestNode({ timeConstantS: taus });
  }
}
