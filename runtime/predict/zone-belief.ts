import { airBiasIndex, beliefSize, type OvenBelief, zoneFactorIndex } from "../model/oven/belief.ts";
import { type BeliefUpdate, deviationOf, forget, settle, updateBelief, widen } from "./belief-filter.ts";
import type { TrackerOptions } from "./tracker-options.ts";
import type { JudgedBurner } from "./zone-burners.ts";

/** 99.9 % point of chi² with five degrees of freedom: an exit beyond it is odd. */
const ODD_NIS = 20.5;
/** A burner's lasting error is forgotten with this time constant, s. */
const LASTING_S = 7200;
/** Share by which what was granted to it falls, window by window, once less is called for. */
const GRANT_FADES = 0.005;

/**
 * What is believed of nodes and zones, and the rules by which the sources may move it: a slow walk, burners that tell
 * soon but never exactly, pyrometers that tell exactly but late. What each burner may be off by for good, %, stands as
 * a further parameter behind those of the oven (Schmidt 1966: states that are considered though nobody asks for
 * them), so that many windows of one burner are never taken for many opinions.
 */
export class ZoneBelief {
  readonly #options: TrackerOptions;
  /** The oven's parameters, then the lasting error of each zone's burner, %. */
  #belief: OvenBelief;
  /** The parameters when learning ended. */
  #normal: Float64Array;
  /** Covariance of the oven's parameters that was left then, row-major: zero before. */
  #normalCovariance: Float64Array;
  /** Variance of each burner's lasting error that was granted since, %². */
  readonly #granted: Float64Array;
  /** Zones whose burner is told by its mean over many windows. */
  readonly #patient: boolean[];
  /** Exits in a row that the belief did not expect. */
  #odd = 0;

  constructor(belief: OvenBelief, options: TrackerOptions) {
    this.#options = options;
    this.#belief = resized(belief, belief.mean.length + belief.zones);
    this.#normal = Float64Array.from(this.#belief.mean);
    this.#normalCovariance = new Float64Array(belief.covariance.length);
    this.#granted = new Float64Array(belief.zones);
    this.#patient = new Array<boolean>(belief.zones).fill(false);
  }

  /** With the burners' lasting errors behind the oven's own parameters. */
  get current(): OvenBelief {
    return this.#belief;
  }

  /** The parameters of normal operation, in the order of `current`. */
  get normal(): Float64Array {
    return this.#normal;
  }

  /** What is believed of the oven itself: what is normal with its doubt, and what has changed since. */
  copy(): OvenBelief {
    const oven = resized(this.#belief, beliefSize(this.#belief.nodes, this.#belief.zones));
    for (const [i, left] of this.#normalCovariance.entries()) oven.covariance[i] = oven.covariance[i]! + left;
    return oven;
  }

  replace(belief: OvenBelief): void {
    this.#belief = resized(belief, belief.mean.length + belief.zones);
    this.#normalCovariance.fill(0);
    this.#granted.fill(0);
    this.#patient.fill(false);
  }

  /**
   * What is believed now is normal. Burners and exits are held to what they showed with it, so they tell of changes
   * alone: the doubt that is left of what is normal is set aside, and the filter begins sure that nothing has changed.
   */
  settle(): void {
    this.#normal = Float64Array.from(this.#belief.mean);
    this.#normalCovariance = this.copy().covariance;
    const before = this.#belief;
    this.#belief = resized(before, before.mean.length);
    const oven = beliefSize(before.nodes, before.zones);
    for (let i = 0; i < before.mean.length; i++) {
      for (let j = 0; j < before.mean.length; j++)
        if (i < oven || j < oven) this.#belief.covariance[i * before.mean.length + j] = 0;
    }
  }

  /** What a zone's burner is believed to be off by for good, %. */
  #lastingError(zone: number): number {
    return this.#belief.mean[this.#lastingIndex(zone)]!;
  }

  bias(zone: number): number {
    return this.#belief.mean[this.#biasIndex(zone)]!;
  }

  /** Multiplier of a node in a zone. */
  multiplier(node: number, zone: number): number {
    const { mean, nodes } = this.#belief;
    return Math.exp(mean[node]! + mean[zoneFactorIndex(nodes, zone)]!);
  }

  /** One standard deviation of what a zone's ln heat transfer and its air bias, K, have changed by since normal. */
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
      settle(this.#belief, this.#lastingIndex(z), Math.exp(-seconds / LASTING_S), this.#granted[z]!);
    }
  }

  /** Adds variance to a zone's ln heat transfer. */
  doubtFactor(zone: number, variance: number): void {
    widen(this.#belief, zoneFactorIndex(this.#belief.nodes, zone), variance);
  }

  /** Moves a zone's ln heat transfer to what is expected of it. */
  shiftFactor(zone: number, ln: number): void {
    const i = zoneFactorIndex(this.#belief.nodes, zone);
    this.#belief.mean[i] = this.#belief.mean[i]! + ln;
  }

  /**
   * Opens the question whose burner does not fit: is it the thermocouple or the burner?
   * @returns the zones whose air is in doubt from now on
   */
  doubtAir(judged: readonly JudgedBurner[]): readonly JudgedBurner[] {
    // The pyrometers see the last zone's air at the next exit; its burner need not be guessed from.
    const doubted = judged.filter(
      ({ doubtK, zone }) => doubtK !== undefined && zone < this.#belief.zones - 1,
    );
    for (const { zone, doubtK, lasting } of doubted) {
      widen(this.#belief, this.#biasIndex(zone), Math.max(this.#options.airDoubtK, doubtK!) ** 2);
      forget(this.#belief, this.#lastingIndex(zone), lasting ** 2);
      this.#granted[zone] = lasting ** 2;
    }
    return doubted;
  }

  /**
   * Burners against their heat balance.
   * @param flowAwayLn per zone: ln of its fan flow against normal, 0 while it is normal
   */
  byBurners(judged: readonly JudgedBurner[], flowAwayLn: (zone: number) => number): Float64Array | undefined {
    if (judged.length === 0) return undefined;
    for (const { zone, lasting, patient } of judged) {
      // What was granted for single windows is no error of their mean, which was normal until heat transfer changed.
      if (patient && !this.#patient[zone]) {
        forget(this.#belief, this.#lastingIndex(zone), lasting ** 2);
        this.#granted[zone] = lasting ** 2;
      }
      this.#patient[zone] = patient;
      const more = lasting ** 2 - this.#granted[zone]!;
      if (more > 0) widen(this.#belief, this.#lastingIndex(zone), more);
      this.#granted[zone] = this.#granted[zone]! + more * (more > 0 ? 1 : GRANT_FADES);
    }
    const before = Float64Array.from(this.#belief.mean);
    updateBelief(
      this.#belief,
      judged.map(({ row, zone, lastingBy }) => row.with(this.#lastingIndex(zone), lastingBy)),
      judged.map(({ unexplained, zone, lastingBy }) => unexplained - lastingBy * this.#lastingError(zone)),
      judged.map((one) => one.variance),
    );
    this.#keepPossible(flowAwayLn);
    return this.#belief.mean.map((value, i) => value - before[i]!);
  }

  /** Pyrometers at the exit against the model. */
  byExit(rows: readonly Float64Array[], innovation: Float64Array, variance: Float64Array): BeliefUpdate {
    const size = this.#belief.mean.length;
    const wide = rows.map((row) => Float64Array.from({ length: size }, (_, i) => row[i] ?? 0));
    const update = updateBelief(this.#belief, wide, innovation, variance);
    this.#odd = update.nis > ODD_NIS ? this.#odd + 1 : 0;
    if (this.#odd === 2) {
      widen(this.#belief, this.#biasIndex(this.#belief.zones - 1), this.#options.oddExitAirK ** 2);
      this.#odd = 0;
    }
    return update;
  }

  #biasIndex(zone: number): number {
    return airBiasIndex(this.#belief.nodes, this.#belief.zones, zone);
  }

  #lastingIndex(zone: number): number {
    return beliefSize(this.#belief.nodes, this.#belief.zones) + zone;
  }

  /**
   * Holds what is said of zones to what can be: less flow never heats better, nor more flow worse, than the flow alone
   * tells, and the rest goes no further than three deviations of the doubt. What had to be taken back is doubted by as
   * much, since the source that said it was off by that.
   */
  #keepPossible(flowAwayLn: (zone: number) => number): void {
    const { mean, nodes, zones } = this.#belief;
    const { factorMostLn, airBiasMostK, doubtPerFlowLn } = this.#options;
    const hold = (i: number, low: number, high: number): void => {
      const possible = Math.min(this.#normal[i]! + high, Math.max(this.#normal[i]! + low, mean[i]!));
      if (possible === mean[i]) return;
      widen(this.#belief, i, (mean[i]! - possible) ** 2);
      mean[i] = possible;
    };
    for (let z = 0; z < zones; z++) {
      const away = flowAwayLn(z);
      const reach = 3 * doubtPerFlowLn * away;
      hold(
        zoneFactorIndex(nodes, z),
        away > 0 ? 0 : reach - factorMostLn,
        away < 0 ? 0 : reach + factorMostLn,
      );
      hold(this.#biasIndex(z), -airBiasMostK, airBiasMostK);
    }
  }
}

/** A copy with more parameters, of mean and variance zero, or with fewer. */
function resized({ nodes, zones, mean, covariance }: OvenBelief, size: number): OvenBelief {
  const kept = Math.min(size, mean.length);
  const copy = { nodes, zones, mean: new Float64Array(size), covariance: new Float64Array(size * size) };
  copy.mean.set(mean.subarray(0, kept));
  for (let i = 0; i < kept; i++) {
    copy.covariance.set(covariance.subarray(i * mean.length, i * mean.length + kept), i * size);
  }
  return copy;
}
