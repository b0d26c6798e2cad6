import { Matrix, solve } from "ml-matrix";
import { RungError } from "../../core/errors.ts";
import { beliefSize, type OvenBelief } from "./belief.ts";
import { NetworkTrack } from "./network-track.ts";
import type { OvenConfig } from "./oven-config.ts";

/** One body's way through the oven as it was measured, step by step. */
export interface RideRecord {
  /** Metal at the entry, °C, one per node. */
  readonly startC: ArrayLike<number>;
  /** Standard deviation of each of these, K; left out where they are known well against the logger's noise. */
  readonly startDeviationK?: ArrayLike<number>;
  readonly durationS: ArrayLike<number>;
  /** Index of the zone the body is in. */
  readonly zone: ArrayLike<number>;
  /** Thermocouple of that zone, °C. */
  readonly airC: ArrayLike<number>;
  /** Heat transfer against its normal by the measured fan flow, 1 where unknown. */
  readonly flowFactor?: ArrayLike<number>;
  /** Logger at the end of each step, °C, per node; NaN where none. */
  readonly measuredC: readonly ArrayLike<number>[];
}

export interface Calibration {
  readonly belief: OvenBelief;
  /** One standard deviation of each parameter. */
  readonly deviation: Float64Array;
  /** Of the logger against the calibrated model, K, per node. */
  readonly rmseK: readonly number[];
  readonly iterations: number;
  readonly samples: number;
  /**
   * Sum of the squares of the residuals over the noise and of the parameters' way from the prior over its deviation.
   * Where the model is right it is a draw of chi² with as many degrees of freedom as there are samples.
   */
  readonly chiSquare: number;
  /** Correlation of each node's residual with the one before it: near 0 where nothing is left but noise. */
  readonly residualLag: readonly number[];
}

const MOST_ITERATIONS = 30;
const CONVERGED = 1e-7;

/**
 * Fits the parameters of a belief to a logger's profile: Gauss-Newton on the logarithms of the multipliers, with
 * the prior as further measurements (maximum a posteriori). Its inverse normal matrix is the covariance.
 * The body is the oven's default type, its couplings and the oven's emitters included.
 * @param prior what is believed before the ride; a parameter without variance stays as it is
 * @param noiseK standard deviation of one logger sample
 * @throws RungError `calibration` where the profile holds too little or the fit does not settle
 */
export function calibrate(
  config: OvenConfig,
  record: RideRecord,
  prior: OvenBelief,
  noiseK = 1,
): Calibration {
  const nodes = config.nodes.length;
  const zones = config.zones.length;
  const size = beliefSize(nodes, zones);
  checkRecord(config, record);
  // The starts are fitted along, so that what is not known of them shows in the parameters.
  const whole = withStarts(prior, record);
  const free: number[] = [];
  for (let i = 0; i < whole.size; i++) if (whole.covariance[i * whole.size + i]! > 0) free.push(i);
  const mean = Float64Array.from(whole.mean);
  const priorInverse = inverse(whole.covariance, free, whole.size);
  for (let iteration = 1; iteration <= MOST_ITERATIONS; iteration++) {
    const fit = residuals(config, record, mean);
    const { normal, right } = normalEquations(fit.rows, noiseK, priorInverse, free, mean, whole.mean);
    const step = solve(normal, right);
    let largest = 0;
    for (const [a, p] of free.entries()) {
      mean[p] = mean[p]! + step.get(a, 0);
      const scale = p < nodes + zones ? 1 : 10;
      largest = Math.max(largest, Math.abs(step.get(a, 0)) / scale);
    }
    if (largest > CONVERGED) continue;
    const covariance = new Float64Array(size * size);
    const posterior = solve(normal, Matrix.eye(free.length));
    for (const [a, p] of free.entries()) {
      for (const [b, q] of free.entries())
        if (p < size && q < size) covariance[p * size + q] = posterior.get(a, b);
    }
    return {
      belief: { nodes, zones, mean: mean.slice(0, size), covariance },
      deviation: Float64Array.from({ length: size }, (_, i) => Math.sqrt(covariance[i * size + i]!)),
      rmseK: fit.rmseK,
      iterations: iteration,
      samples: fit.rows.length,
      chiSquare: chiSquare(fit.rows, noiseK, priorInverse, free, mean, whole.mean),
      residualLag: fit.residualLag,
    };
  }
  throw fault(
    config,
    `the fit has not settled after ${MOST_ITERATIONS} steps`,
    "check the logger's profile and its zones",
  );
}

/** J'J + P^-1 and J'r + P^-1 (prior - mean), over the free parameters. */
function normalEquations(
  rows: readonly FitRow[],
  noiseK: number,
  priorInverse: Matrix,
  free: readonly number[],
  mean: Float64Array,
  before: Float64Array,
): { normal: Matrix; right: Matrix } {
  const count = free.length;
  const products = new Float64Array(count * count);
  const pulls = new Float64Array(count);
  for (const { by, residualK } of rows) {
    for (let a = 0; a < count; a++) {
      const slope = by[free[a]!]!;
      if (slope === 0) continue;
      pulls[a] = pulls[a]! + slope * residualK;
      for (let b = 0; b <= a; b++) products[a * count + b] = products[a * count + b]! + slope * by[free[b]!]!;
    }
  }
  const normal = priorInverse.clone();
  const right = new Matrix(count, 1);
  for (let a = 0; a < count; a++) {
    let pull = pulls[a]! / noiseK ** 2;
    for (let b = 0; b < count; b++) {
      const product = products[a >= b ? a * count + b : b * count + a]!;
      normal.set(a, b, normal.get(a, b) + product / noiseK ** 2);
      pull += priorInverse.get(a, b) * (before[free[b]!]! - mean[free[b]!]!);
    }
    right.set(a, 0, pull);
  }
  return { normal, right };
}

/** A belief with the temperatures at the start behind its parameters. */
function withStarts(
  prior: OvenBelief,
  record: RideRecord,
): { size: number; mean: Float64Array; covariance: Float64Array } {
  const before = prior.mean.length;
  const size = before + record.startC.length;
  const mean = new Float64Array(size);
  mean.set(prior.mean);
  mean.set(Array.from(record.startC), before);
  const covariance = new Float64Array(size * size);
  for (let p = 0; p < before; p++)
    covariance.set(prior.covariance.subarray(p * before, (p + 1) * before), p * size);
  for (let n = 0; n < record.startC.length; n++)
    covariance[(before + n) * (size + 1)] = (record.startDeviationK?.[n] ?? 0) ** 2;
  return { size, mean, covariance };
}

function chiSquare(
  rows: readonly FitRow[],
  noiseK: number,
  priorInverse: Matrix,
  free: readonly number[],
  mean: Float64Array,
  before: Float64Array,
): number {
  let sum = 0;
  for (const row of rows) sum += (row.residualK / noiseK) ** 2;
  for (const [a, p] of free.entries()) {
    for (const [b, q] of free.entries())
      sum += (mean[p]! - before[p]!) * priorInverse.get(a, b) * (mean[q]! - before[q]!);
  }
  return sum;
}

interface FitRow {
  readonly residualK: number;
  /** d model / d parameter. */
  readonly by: Float64Array;
}

function residuals(
  config: OvenConfig,
  record: RideRecord,
  mean: Float64Array,
): { rows: FitRow[]; rmseK: number[]; residualLag: number[] } {
  const nodes = config.nodes.length;
  const track = new NetworkTrack(config, mean.subarray(beliefSize(nodes, config.zones.length)));
  const rows: FitRow[] = [];
  const left: number[][] = Array.from({ length: nodes }, () => []);
  for (let s = 0; s < record.durationS.length; s++) {
    track.step(record.zone[s]!, record.airC[s]!, record.durationS[s]!, record.flowFactor?.[s] ?? 1, mean);
    for (let n = 0; n < nodes; n++) {
      const measured = record.measuredC[n]![s]!;
      if (!Number.isFinite(measured)) continue;
      const residualK = measured - track.temperatureC[n]!;
      rows.push({ residualK, by: Float64Array.from(track.by[n]!) });
      left[n]!.push(residualK);
    }
  }
  return {
    rows,
    rmseK: left.map((series) => Math.sqrt(series.reduce((sum, r) => sum + r * r, 0) / series.length)),
    residualLag: left.map(lagOne),
  };
}

/** Correlation of a series about zero with itself one step later. */
function lagOne(series: readonly number[]): number {
  let together = 0;
  let own = 0;
  for (const [i, residual] of series.entries()) {
    own += residual * residual;
    if (i > 0) together += residual * series[i - 1]!;
  }
  return own > 0 ? together / own : 0;
}

function checkRecord(config: OvenConfig, record: RideRecord): void {
  if (record.measuredC.length !== config.nodes.length) {
    throw fault(
      config,
      `the logger has ${record.measuredC.length} channels, the model ${config.nodes.length} nodes`,
      "give each node its channel",
    );
  }
  const seen = new Set<number>();
  for (let s = 0; s < record.zone.length; s++) {
    if (config.zones[record.zone[s]!] === undefined) {
      throw fault(config, `step ${s} lies in zone ${record.zone[s]}, the oven has ${config.zones.length}`);
    }
    seen.add(record.zone[s]!);
  }
  if (seen.size < config.zones.length) {
    throw fault(config, `the ride covers ${seen.size} of ${config.zones.length} zones`, "use a whole ride");
  }
  for (const [n, channel] of record.measuredC.entries()) {
    let count = 0;
    for (let s = 0; s < channel.length; s++) if (Number.isFinite(channel[s]!)) count++;
    if (count < 3 * config.zones.length) {
      throw fault(config, `channel ${config.nodes[n]!.name} has ${count} samples`, "check the logger's plug");
    }
  }
}

function inverse(covariance: Float64Array, free: readonly number[], size: number): Matrix {
  const block = new Matrix(free.map((p) => free.map((q) => covariance[p * size + q]!)));
  return solve(block, Matrix.eye(free.length));
}

function fault(config: OvenConfig, what: string, advice?: string): RungError {
  return new RungError({
    code: "calibration",
    where: `${config.name}/logger`,
    what,
    ...(advice === undefined ? {} : { advice }),
  });
}
