import { airBiasIndex, type OvenBelief, zoneFactorIndex } from "../model/oven/belief.ts";
import { type BeliefUpdate, deviationOf, updateBelief, widen } from "./belief-filter.ts";
import type { TrackerOptions } from "./tracker-options.ts";
import type { JudgedBurner } from "./zone-burners.ts";

/** 99.9 % point of chi² with five degrees of freedom: an exit beyond it is odd. */
const ODD_NIS = 20.5;

/**
 * What is believed of nodes and zones, and the rules by which the sources may move it: a slow walk, burners that tell
 * soon but never exactly, pyrometers that tell exactly but late.
 */
export class ZoneBelief {
  readonly #options: TrackerOptions;
  #belief: OvenBelief;
  /** The parameters when learning ended. */
  #normal: Float64Array;
  /** Exits in a row that the belief did not expect. */
  #odd = 0;

  constructor(belief: OvenBelief, options: TrackerOptions) {
    this.#options = options;
    this.#belief = copyBelief(belief);
    this.#normal = Float64Array.from(belief.mean);
  }

  get current(): OvenBelief {
    return this.#belief;
  }

  copy(): OvenBelief {
    return copyBelief(this.#belief);
  }

  replace(belief: OvenBelief): void {
    this.#belief = copyBelief(belief);
  }

  /** What is believed now is normal. */
  settle(): void {
    this.#normal = Float64Array.from(this.#belief.mean);
  }

  bias(zone: number): number {
    return this.#belief.mean[this.#biasIndex(zone)]!;
  }

  /** Multiplier of a node in a zone. */
  multiplier(node: number, zone: number): number {
    const { mean, nodes } = this.#belief;
    return Math.exp(mean[node]! + mean[zoneFactorIndex(nodes, zone)]!);
  }

  /** One standard deviation of a zone's ln heat transfer and of its air bias, K. */
  deviations(zone: number): { readonly factorLn: number; readonly airBiasK: number } {
    return {
      factorLn: deviationOf(this.#belief, zoneFactorIndex(this.#belief.nodes, zone)),
      airBiasK: deviationOf(this.#belief, this.#biasIndex(zone)),
    };
  }

  /** Time passes: parameters may have walked. */
  walk(seconds: number): void {
    const hours = seconds / 3600;
    for (let z = 0; z < this.#belief.zones; z++) {
      this.doubtFactor(z, this.#options.zoneLnWalk ** 2 * hours);
      widen(this.#belief, this.#biasIndex(z), this.#options.airBiasWalkK ** 2 * hours);
    }
  }

  /** Adds variance to a zone's ln heat transfer. */
  doubtFactor(zone: number, variance: number): void {
    widen(this.#belief, zoneFactorIndex(this.#belief.nodes, zone), variance);
  }

  /**
   * Burners against their heat balance.
   * @param flowDoubtLn per zone: how far its fan flow lets the heat transfer be off
   */
  byBurners(
    judged: readonly JudgedBurner[],
    flowDoubtLn: (zone: number) => number,
  ): Float64Array | undefined {
    if (judged.length === 0) return undefined;
    const last = this.#belief.zones - 1;
    for (const { doubt, zone } of judged) {
      // The pyrometers see the last zone's air at the next exit; its burner need not be guessed from.
      if (doubt && zone < last) widen(this.#belief, this.#biasIndex(zone), this.#options.airDoubtK ** 2);
    }
    const update = updateBelief(
      this.#belief,
      judged.map((one) => one.row),
      judged.map((one) => one.innovation),
      judged.map((one) => one.variance),
    );
    for (const { zone, systematicK } of judged) {
      this.#keepAtLeast(this.#biasIndex(zone), Math.min(systematicK, this.#options.systematicMostK));
    }
    this.#keepPossible(flowDoubtLn);
    // How strongly a burner answers is known to a third, and no number of windows betters that: what the burners have
    // moved a parameter by stays so uncertain, for the pyrometers to settle.
    for (let i = this.#belief.nodes; i < this.#belief.mean.length; i++) {
      const moved = Math.abs(this.#belief.mean[i]! - this.#normal[i]!);
      this.#keepAtLeast(i, this.#options.burnerGainDoubt * moved);
    }
    return update.shift;
  }

  /** Pyrometers at the exit against the model. */
  byExit(rows: readonly Float64Array[], innovation: Float64Array, variance: Float64Array): BeliefUpdate {
    const update = updateBelief(this.#belief, rows, innovation, variance);
    this.#odd = update.nis > ODD_NIS ? this.#odd + 1 : 0;
    if (this.#odd === 2) {
      widen(this.#belief, this.#biasIndex(this.#belief.zones - 1), this.#options.systematicMostK ** 2);
      this.#odd = 0;
    }
    return update;
  }

  #biasIndex(zone: number): number {
    return airBiasIndex(this.#belief.nodes, this.#belief.zones, zone);
  }

  #keepAtLeast(index: number, deviation: number): void {
    const now = this.#belief.covariance[index * this.#belief.mean.length + index]!;
    if (now < deviation * deviation) widen(this.#belief, index, deviation * deviation - now);
  }

  /** Holds what is said of zones to what can be: three deviations of what the fan flow allows. */
  #keepPossible(flowDoubtLn: (zone: number) => number): void {
    const { mean, nodes, zones } = this.#belief;
    const hold = (i: number, mostAway: number): void => {
      const normal = this.#normal[i]!;
      mean[i] = Math.min(normal + mostAway, Math.max(normal - mostAway, mean[i]!));
    };
    for (let z = 0; z < zones; z++) {
      hold(zoneFactorIndex(nodes, z), 3 * flowDoubtLn(z) + this.#options.factorMostLn);
      hold(this.#biasIndex(z), this.#options.airBiasMostK);
    }
  }
}

function copyBelief(belief: OvenBelief): OvenBelief {
  return {
    nodes: belief.nodes,
    zones: belief.zones,
    mean: Float64Array.from(belief.mean),
    covariance: Float64Array.from(belief.covariance),
  };
}
