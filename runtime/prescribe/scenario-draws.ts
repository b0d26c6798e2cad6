import { Random } from "../core/random.ts";
import { choleskyFactor } from "../model/oven/belief.ts";
import type { OvenSituation } from "../predict/oven-situation.ts";
import { airDoubtPerK } from "./oven-outlook.ts";

/** What one run assumes. The arrays are used again for the next one. */
export interface ScenarioDraw {
  /** The parameters of the belief (belief.ts). */
  readonly theta: Float64Array;
  /** The body's own ln multiplier of each node. */
  readonly own: Float64Array;
  /** What the model leaves out of ln E170 of each node. */
  readonly cure: Float64Array;
  /** Of the exit pyrometers, K. */
  readonly noise: Float64Array;
  /** Air of each zone per kelvin away from where the model was learnt. */
  readonly doubt: Float64Array;
  /** Share of the ride at which a stop meets the body. */
  readonly stopAt: number;
  /** Gas by the meter over gas by the balance. */
  readonly ratio: number;
}

/** Draws of a situation, run by run: the same seed gives the same runs, whatever plan they are used for. */
export class ScenarioDraws {
  readonly #situation: OvenSituation;
  readonly #random: Random;
  readonly #factor: Float64Array;
  readonly #normals: Float64Array;
  readonly #theta: Float64Array;
  readonly #own: Float64Array;
  readonly #cure: Float64Array;
  readonly #noise: Float64Array;
  readonly #doubt: Float64Array;

  constructor(situation: OvenSituation, seed: number) {
    const nodes = situation.nodeNames.length;
    const zones = situation.zoneNames.length;
    const size = situation.mean.length;
    this.#situation = situation;
    this.#random = new Random(seed);
    this.#factor = choleskyFactor(situation.covariance, size);
    this.#normals = new Float64Array(size);
    this.#theta = new Float64Array(size);
    this.#own = new Float64Array(nodes);
    this.#cure = new Float64Array(nodes);
    this.#noise = new Float64Array(nodes);
    this.#doubt = new Float64Array(zones);
  }

  next(): ScenarioDraw {
    const situation = this.#situation;
    const random = this.#random;
    const normals = this.#normals;
    const size = normals.length;
    for (let i = 0; i < size; i++) normals[i] = random.normal();
    for (let i = 0; i < size; i++) {
      let value = situation.mean[i]!;
      for (let k = 0; k <= i; k++) value += this.#factor[i * size + k]! * normals[k]!;
      this.#theta[i] = value;
    }
    const nodes = this.#own.length;
    for (let n = 0; n < nodes; n++) this.#own[n] = situation.bodyLn * random.normal();
    for (let n = 0; n < nodes; n++) this.#noise[n] = situation.exitDeviationK[n]! * random.normal();
    const perK = airDoubtPerK(situation);
    for (let z = 0; z < this.#doubt.length; z++) this.#doubt[z] = perK * random.normal();
    const stopAt = random.uniform();
    const ratio = situation.gasRatio + situation.gasRatioDeviation * random.normal();
    // Of a drawing without this doubt nothing is drawn, and last: its runs are those of its seed as ever.
    if (situation.cureLn > 0)
      for (let n = 0; n < nodes; n++) this.#cure[n] = situation.cureLn * random.normal();
    return {
      theta: this.#theta,
      own: this.#own,
      cure: this.#cure,
      noise: this.#noise,
      doubt: this.#doubt,
      stopAt,
      ratio,
    };
  }
}
