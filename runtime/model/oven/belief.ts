import type { OvenConfig } from "./oven-config.ts";

/**
 * What is believed of the parameters a plant does not tell: a vector of Gaussian parameters, in this order:
 * ln of the heat transfer multiplier of each node, ln of that of each zone, and the air's bias in each zone (true
 * air minus thermocouple, K).
 */
export interface OvenBelief {
  readonly nodes: number;
  readonly zones: number;
  readonly mean: Float64Array;
  /** Row-major, size x size. */
  readonly covariance: Float64Array;
}

export const beliefSize = (nodes: number, zones: number): number => nodes + 2 * zones;
export const nodeIndex = (node: number): number => node;
export const zoneFactorIndex = (nodes: number, zone: number): number => nodes + zone;
export const airBiasIndex = (nodes: number, zones: number, zone: number): number => nodes + zones + zone;

/** Standard deviations of what is known before any measurement. */
export interface BeliefPrior {
  /** ln multiplier of a node: the handbook's heat transfer is good to about a quarter. */
  readonly nodeLn: number;
  /** ln multiplier of a zone against the others: nozzles are set up alike. */
  readonly zoneLn: number;
  /** Air against its thermocouple, K: class 1 type K at 200 °C plus the place in the duct. */
  readonly airBiasK: number;
}

export const DEFAULT_PRIOR: BeliefPrior = { nodeLn: 0.25, zoneLn: 0.08, airBiasK: 3 };

/** The handbook's figures before any measurement. */
export function priorBelief(config: OvenConfig, prior: BeliefPrior = DEFAULT_PRIOR): OvenBelief {
  const nodes = config.nodes.length;
  const zones = config.zones.length;
  const size = beliefSize(nodes, zones);
  const covariance = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    const deviation = i < nodes ? prior.nodeLn : i < nodes + zones ? prior.zoneLn : prior.airBiasK;
    covariance[i * size + i] = deviation * deviation;
  }
  return { nodes, zones, mean: new Float64Array(size), covariance };
}

/**
 * Lower Cholesky factor of a covariance, row-major, so that factor times standard normals is a draw from it. A
 * direction without variance stays zero.
 */
export function choleskyFactor(covariance: Float64Array, size: number): Float64Array {
  const factor = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let col = 0; col <= row; col++) {
      let sum = covariance[row * size + col]!;
      for (let k = 0; k < col; k++) sum -= factor[row * size + k]! * factor[col * size + k]!;
      if (row === col) factor[row * size + row] = Math.sqrt(Math.max(0, sum));
      else {
        const pivot = factor[col * size + col]!;
        factor[row * size + col] = pivot > 0 ? sum / pivot : 0;
      }
    }
  }
  return factor;
}
