import { normalProbability } from "../runtime/core/statistics/normal.ts";
import { arrheniusK } from "../runtime/model/oven/cure.ts";
import { MetalTrack } from "../runtime/model/oven/metal-track.ts";
import type { OvenConfig } from "../runtime/model/oven/oven-config.ts";
import { timeConstantS } from "../runtime/model/oven/ride.ts";

const STEP_S = 5;
const STEEL_J_PER_KG_K = 470;
/** Change of ln heat transfer by which the burners' answer is differenced. */
const DELTA_LN = 1e-3;

/** How well the signals of a number of bodies can tell one zone's step of ln heat transfer, standard deviations. */
export interface ZoneInformation {
  readonly byExits: number;
  readonly byBurners: number;
  readonly byBoth: number;
  /** Share of estimates that an unbiased estimator which reaches the bound has within 2 %. */
  readonly within2Percent: number;
}

export interface InstrumentNoise {
  /** Variance of one body's exit about the model, K², per node. */
  readonly exitVarianceK2: ArrayLike<number>;
  /** Standard deviation of a burner's mean output over the bodies in question, %, and what a watt costs, %/W. */
  readonly burnerMean: ArrayLike<number>;
  readonly burnerPerW: ArrayLike<number>;
}

/**
 * The Cramér-Rao bound (1945/46) of a step of one zone's ln heat transfer, by the model's own derivatives, in the most
 * favourable case: the zone and the moment are known, nothing else has changed, what was before is known exactly, and
 * the burners have come to their new means. Any unbiased estimate scatters by at least as much.
 */
export function zoneInformation(
  config: OvenConfig,
  zone: number,
  bodies: number,
  noise: InstrumentNoise,
): ZoneInformation {
  const ridden = rideThrough(config, zone, 0);
  let exits = 0;
  for (const [n, row] of ridden.exitBy.entries()) exits += (bodies * row ** 2) / noise.exitVarianceK2[n]!;
  const less = rideThrough(config, zone, -DELTA_LN).heatJ;
  const more = rideThrough(config, zone, DELTA_LN).heatJ;
  let burners = 0;
  for (const [z, joules] of more.entries()) {
    const perBodyJ = (joules - less[z]!) / (2 * DELTA_LN);
    const outputBy = noise.burnerPerW[z]! * ((perBodyJ * config.energy.bodiesPerHour) / 3600);
    burners += (outputBy / noise.burnerMean[z]!) ** 2;
  }
  const byBoth = 1 / Math.sqrt(exits + burners);
  return {
    byExits: 1 / Math.sqrt(exits),
    byBurners: 1 / Math.sqrt(burners),
    byBoth,
    within2Percent: 2 * normalProbability(0.02 / byBoth) - 1,
  };
}

/** One body at the setpoints: what each zone gives to it, J, and d exit temperature / d ln heat transfer of the zone, K. */
function rideThrough(
  config: OvenConfig,
  zone: number,
  changeLn: number,
): { readonly heatJ: number[]; readonly exitBy: number[] } {
  const { nodes, zones, energy, conveyor } = config;
  const taus = nodes.map(timeConstantS);
  const slowest = taus.indexOf(Math.max(...taus));
  const energyK = arrheniusK(config.cure.activationEnergyKJPerMol);
  const metal = new MetalTrack(nodes.length, zones.length, config.bodyStartC);
  const heatJ: number[] = [];
  for (const [z, { airTemperatureC, heatTransferFactor, lengthM }] of zones.entries()) {
    const factor = heatTransferFactor * Math.exp(z === zone ? changeLn : 0);
    const before = Float64Array.from(metal.temperatureC);
    const steps = Math.ceil(((lengthM / conveyor.speedMPerMin) * 60) / STEP_S);
    const stepS = ((lengthM / conveyor.speedMPerMin) * 60) / steps;
    const rates = taus.map((tau) => factor / tau);
    for (let i = 0; i < steps; i++) metal.step(z, airTemperatureC, stepS, rates, energyK);
    heatJ.push(
      taus.reduce((sum, _, n) => {
        const kg = energy.bodyKg / nodes.length + (n === slowest ? energy.skidKg : 0);
        return sum + kg * STEEL_J_PER_KG_K * (metal.temperatureC[n]! - before[n]!);
      }, 0),
    );
  }
  const width = 1 + 2 * zones.length;
  return { heatJ, exitBy: nodes.map((_, n) => metal.temperatureBy[n * width + 1 + zone]!) };
}
