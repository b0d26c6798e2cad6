import { contributions, predictRow } from "../boosting/predict-boosted.ts";
import { LifeFeatures, signalOfFeature } from "./life-features.ts";
import { intervalAround } from "./life-interval.ts";
import type { LifeModel } from "./life-model.ts";
import { RecentWay, type SimilarFailure, similarFailures } from "./past-failures.ts";

/** What a model says of one unit after a cycle. */
export interface LifeEstimate {
  readonly cycle: number;
  /** Remaining cycles; the model's cap means so many or more. */
  readonly rul: number;
  /** 90 % interval, cycles. */
  readonly low: number;
  readonly high: number;
  /** 1 new, 0 failed. */
  readonly health: number;
  /** Signals without a value in this cycle; their last level stands for them. */
  readonly missing: number;
}

/** What a signal adds to an estimate, against what is said of a unit of which nothing is known. */
export interface LifeDriver {
  /** Name of a signal, `health index` or `age`. */
  readonly name: string;
  readonly cycles: number;
}

/** What of a model an estimate needs. */
type EstimatingModel = Omit<LifeModel, "heldOut" | "trainedOn">;

const SIMILAR = 5;

/** Follows one unit with a trained model; its memory does not grow with the unit's age. */
export class LifeEstimator {
  readonly #model: EstimatingModel;
  readonly #features: LifeFeatures;
  readonly #row: Float64Array;
  readonly #added: Float64Array;
  readonly #way = new RecentWay();

  constructor(model: EstimatingModel) {
    this.#model = model;
    this.#features = new LifeFeatures(model.signals, model.index);
    this.#row = new Float64Array(this.#features.count);
    this.#added = new Float64Array(this.#features.count);
  }

  /** The newest cycle; NaN before the first. */
  get cycle(): number {
    return this.#features.cycle;
  }

  /** Cycles taken in. */
  get cycles(): number {
    return this.#features.rows;
  }

  /** @param values one per signal of the model, in its unit; not finite: missing. @throws RungError `life-cycle` */
  push(cycle: number, values: Float64Array): LifeEstimate {
    this.#features.push(cycle, values);
    this.#features.write(this.#row);
    const { members, capCycles, interval } = this.#model;
    const { health, missing } = this.#features;
    this.#way.add(cycle, health);
    let sum = 0;
    for (const member of members) sum += predictRow(member, this.#row);
    const rul = Math.min(Math.max(sum / members.length, 0), capCycles);
    const { low, high } = intervalAround(interval, rul);
    return { cycle, rul, low, high, health: Math.min(Math.max(health, 0), 1), missing };
  }

  /** What moved the newest estimate most, the strongest first. */
  drivers(most = 3): LifeDriver[] {
    const { members, signals } = this.#model;
    const bySource = new Map<string, number>();
    for (const member of members) {
      contributions(member, this.#row, this.#added);
      for (let f = 0; f < this.#added.length; f++) {
        const signal = signalOfFeature(f, signals.length);
        const isAge = f === this.#added.length - 1;
        const name = signal !== undefined ? signals[signal]!.name : isAge ? "age" : "health index";
        bySource.set(name, (bySource.get(name) ?? 0) + this.#added[f]! / members.length);
      }
    }
    return Array.from(bySource, ([name, cycles]) => ({ name, cycles }))
      .sort((a, b) => Math.abs(b.cycles) - Math.abs(a.cycles))
      .slice(0, most);
  }

  /** Past failures that went the same way, the nearest first. */
  similar(): SimilarFailure[] {
    return similarFailures(this.#model.past, this.#way.points(), SIMILAR);
  }
}
