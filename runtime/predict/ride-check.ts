import type { TimeUs } from "../core/time.ts";
import type { OvenBelief } from "../model/oven/belief.ts";
import type { RideRecord } from "../model/oven/calibrate.ts";
import { arrheniusK, cureRate } from "../model/oven/cure.ts";
import { MetalTrack } from "../model/oven/metal-track.ts";
import type { OvenConfig } from "../model/oven/oven-config.ts";
import { timeConstantS } from "../model/oven/ride.ts";

/** A logger's ride says so much about the model for so long, s: a week. */
export const RIDE_VALID_S = 7 * 86_400;

/** How one node's metal was told on a logger's ride. */
export interface NodeCheck {
  readonly rmseK: number;
  /** Mean of measured minus model, and the greatest error of three samples in a row, K. */
  readonly biasK: number;
  readonly largestK: number;
  /** Two standard deviations by which one body's metal may differ from the mean body's, over the ride, K. */
  readonly oneBodyK: number;
  /** Equivalent minutes at 170 °C of the measured profile, and the model's. */
  readonly measuredE170Min: number;
  readonly modelE170Min: number;
}

/** The model held against a body whose metal was measured all the way. */
export interface RideCheck {
  readonly timeUs: TimeUs;
  readonly nodes: readonly NodeCheck[];
  /** True where the model knew nothing of this ride; false where it is the one that calibrated it. */
  readonly ahead: boolean;
}

/** Samples of the logger that count as one, so that its noise is not taken for the model's error. */
const TOGETHER = 3;

/**
 * @param belief by which the ride is told again from its entry
 * @param bodyLn standard deviation of a body's ln heat transfer over heat capacity about the mean body's
 */
export function checkRide(
  config: OvenConfig,
  record: RideRecord,
  belief: OvenBelief,
  bodyLn: number,
  timeUs: TimeUs,
  ahead: boolean,
): RideCheck {
  const nodes = config.nodes.length;
  const { mean } = belief;
  const energyK = arrheniusK(config.cure.activationEnergyKJPerMol);
  const taus = config.nodes.map(timeConstantS);
  const track = new MetalTrack(nodes, config.zones.length, record.startC);
  const errors: number[][] = taus.map(() => []);
  const measuredE170Min = new Float64Array(nodes);
  const slopes = new Float64Array(nodes);
  const lastC = Array.from({ length: nodes }, (_, n) => record.startC[n]!);
  for (let s = 0; s < record.durationS.length; s++) {
    const zone = record.zone[s]!;
    const durationS = record.durationS[s]!;
    const factor = config.zones[zone]!.heatTransferFactor * (record.flowFactor?.[s] ?? 1);
    const rates = taus.map((tau, n) => (factor * Math.exp(mean[n]! + mean[nodes + zone]!)) / tau);
    track.step(zone, record.airC[s]! + mean[nodes + config.zones.length + zone]!, durationS, rates, energyK);
    for (let n = 0; n < nodes; n++) {
      const measuredC = record.measuredC[n]![s]!;
      if (!Number.isFinite(measuredC)) continue;
      errors[n]!.push(measuredC - track.temperatureC[n]!);
      slopes[n] = slopes[n]! + track.temperatureRow(n)[n]!;
      const midC = (measuredC + lastC[n]!) / 2;
      measuredE170Min[n] = measuredE170Min[n]! + (cureRate(midC, energyK) * durationS) / 60;
      lastC[n] = measuredC;
    }
  }
  return {
    timeUs,
    ahead,
    nodes: errors.map((row, n) => ({
      rmseK: Math.sqrt(row.reduce((sum, e) => sum + e * e, 0) / row.length),
      biasK: row.reduce((sum, e) => sum + e, 0) / row.length,
      largestK: largestTogether(row),
      oneBodyK: (2 * bodyLn * slopes[n]!) / row.length,
      measuredE170Min: measuredE170Min[n]!,
      modelE170Min: track.e170Min[n]!,
    })),
  };
}

function largestTogether(errors: readonly number[]): number {
  let largest = 0;
  for (let i = TOGETHER; i <= errors.length; i++) {
    const sum = errors.slice(i - TOGETHER, i).reduce((total, error) => total + error, 0);
    largest = Math.max(largest, Math.abs(sum / TOGETHER));
  }
  return largest;
}

/** E170 by the model against the measured one, share of it: above 0 where the model tells more cure than there was. */
export const e170Error = ({ measuredE170Min, modelE170Min }: NodeCheck): number =>
  modelE170Min / measuredE170Min - 1;
