import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { RungError } from "../../core/errors.ts";
import type { PrincipalComponents } from "../principal-components.ts";
import type { PlaneCalibration } from "./plane-model.ts";
import { PlaneMonitor } from "./plane-monitor.ts";
import { asShares, type RowDetector, type RowLeading, type RowVerdict } from "./row-detector.ts";

export interface AdaptiveOptions {
  /** Rows after which an old row counts 1/e. */
  readonly memoryRows: number;
  /** The components are computed anew after so many rows taken up. */
  readonly refreshRows: number;
  /** How far normal may move from where it was calibrated, in its standard deviations, per signal. */
  readonly mostDrift: number;
}

export const ADAPTIVE_DEFAULTS: AdaptiveOptions = { memoryRows: 2000, refreshRows: 500, mostDrift: 3 };

/**
 * T² and SPE whose normal follows a plant that changes slowly: mean, spread and covariance are averaged exponentially
 * over the rows judged normal (recursive PCA: Li, Yue, Valle-Cervantes and Qin 2000), and the components computed anew
 * every so often. A row over the limit, or with a missing value, teaches nothing. A fault that creeps in more slowly
 * than the memory would be learnt; so normal moves at most `mostDrift` standard deviations, and says when it is there.
 *
 * The limits stay as they were set on held-out data; that of SPE grows and shrinks with the variance off the plane.
 */
export class AdaptivePlane implements RowDetector {
  readonly #base: PlaneCalibration;
  readonly #options: AdaptiveOptions;
  readonly #centre: Float64Array;
  readonly #covariance: Float64Array;
  readonly #offset: Float64Array;
  readonly #baseSigma: Float64Array;
  readonly #atBound: Uint8Array;
  #monitor: PlaneMonitor;
  #current: PlaneCalibration;
  #taken = 0;
  /** Rows that normal has learnt from. */
  learnt = 0;

  /** @throws RungError `bad-option` */
  constructor(calibration: PlaneCalibration, given: Partial<AdaptiveOptions> = {}) {
    const options = { ...ADAPTIVE_DEFAULTS, ...given };
    for (const [name, low] of [
      ["memoryRows", 10],
      ["refreshRows", 1],
      ["mostDrift", 0],
    ] as const) {
      if (options[name] >= low && Number.isFinite(options[name])) continue;
      throw new RungError({
        code: "bad-option",
        where: `option ${name}`,
        what: `must be at least ${low}, got ${options[name]}`,
      });
    }
    const n = calibration.scale.names.length;
    this.#options = options;
    this.#base = calibration;
    this.#current = calibration;
    this.#monitor = new PlaneMonitor(calibration);
    this.#baseSigma = Float64Array.from(calibration.scale.sigma);
    // In standard deviations of the calibration, as offsets from its centre.
    this.#centre = new Float64Array(n);
    this.#covariance = covarianceOf(calibration);
    this.#offset = new Float64Array(n);
    this.#atBound = new Uint8Array(n);
  }

  get names(): readonly string[] {
    return this.#base.scale.names;
  }
  get judged(): boolean {
    return this.#monitor.judged;
  }
  get score(): number {
    return this.#monitor.score;
  }
  get leading(): RowLeading {
    return this.#monitor.leading;
  }
  get missing(): number {
    return this.#monitor.missing;
  }

  /** What is normal now, as plain data that another monitor or a restart can begin with. */
  get calibration(): PlaneCalibration {
    return this.#current;
  }

  /** Signals whose normal has moved as far as it may: time to calibrate anew, or a fault that crept in. */
  get drifted(): string[] {
    return this.names.filter((_, i) => this.#atBound[i] === 1);
  }

  step(row: Float64Array): RowVerdict {
    const verdict = this.#monitor.step(row);
    if (verdict.judged && verdict.missing === 0 && verdict.score <= 1) this.#learn(row);
    return verdict;
  }

  shares(into?: Float64Array): Float64Array {
    return this.#monitor.judged
      ? this.#monitor.shares(into)
      : asShares(into?.fill(0) ?? new Float64Array(this.names.length));
  }

  #learn(row: Float64Array): void {
    const n = row.length;
    const weight = 1 / this.#options.memoryRows;
    const { mostDrift } = this.#options;
    const centre = this.#centre;
    const offset = this.#offset;
    const { scale } = this.#base;
    for (let i = 0; i < n; i++) {
      const sigma = this.#baseSigma[i]!;
      const x = sigma === 0 ? 0 : (row[i]! - scale.centre[i]!) / sigma;
      offset[i] = x - centre[i]!;
      const moved = centre[i]! + weight * offset[i]!;
      const kept = Math.min(mostDrift, Math.max(-mostDrift, moved));
      this.#atBound[i] = kept === moved ? 0 : 1;
      centre[i] = kept;
    }
    const covariance = this.#covariance;
    for (let i = 0; i < n; i++) {
      const scaled = weight * offset[i]!;
      for (let j = 0; j <= i; j++) {
        const at = i * n + j;
        covariance[at]! += scaled * offset[j]! - weight * covariance[at]!;
      }
    }
    this.learnt++;
    if (++this.#taken >= this.#options.refreshRows) this.#refresh();
  }

  #refresh(): void {
    this.#taken = 0;
    const n = this.names.length;
    const base = this.#base;
    const spread = Float64Array.from({ length: n }, (_, i) =>
      this.#baseSigma[i] === 0 ? 0 : Math.sqrt(Math.max(this.#covariance[i * n + i]!, 1e-12)),
    );
    const components = componentsOf(this.#covariance, spread, base.components.count);
    const judged = n - base.scale.ignored.length;
    const kept = components.variances.reduce((sum, variance) => sum + variance, 0);
    const off = judged - components.count;
    const noise = off > 0 ? Math.max(0, judged - kept) / off : 0;
    this.#current = {
      ...base,
      scale: {
        ...base.scale,
        centre: base.scale.centre.map((centre, i) => centre + this.#centre[i]! * this.#baseSigma[i]!),
        sigma: base.scale.sigma.map((sigma, i) => sigma * spread[i]!),
      },
      components,
      noise,
      // SPE is in mean proportional to the variance off the plane (Jackson and Mudholkar 1979: theta 1).
      limits: {
        t2: base.limits.t2,
        spe: base.noise > 0 ? (base.limits.spe * noise) / base.noise : base.limits.spe,
      },
    };
    this.#monitor = new PlaneMonitor(this.#current);
  }
}

/** The covariance that a calibration stands for: its plane, and equal noise off it. Lower half, n x n. */
function covarianceOf({ scale, components, noise }: PlaneCalibration): Float64Array {
  const n = scale.names.length;
  const { count, loadings, variances } = components;
  const result = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    if (scale.sigma[i] === 0) continue;
    for (let j = 0; j <= i; j++) {
      let sum = i === j ? noise : 0;
      for (let k = 0; k < count; k++)
        sum += (variances[k]! - noise) * loadings[k * n + i]! * loadings[k * n + j]!;
      result[i * n + j] = sum;
    }
  }
  return result;
}

function componentsOf(covariance: Float64Array, spread: Float64Array, count: number): PrincipalComponents {
  const n = spread.length;
  const correlation = Matrix.zeros(n, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const scale = spread[i]! * spread[j]!;
      const value = scale > 0 ? covariance[i * n + j]! / scale : 0;
      correlation.set(i, j, value);
      correlation.set(j, i, value);
    }
  }
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(correlation, {
    assumeSymmetric: true,
  });
  const order = [...realEigenvalues.keys()]
    .sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!)
    .slice(0, count);
  return {
    dimension: n,
    count: order.length,
    loadings: order.flatMap((k) => eigenvectorMatrix.getColumn(k)),
    variances: order.map((k) => Math.max(realEigenvalues[k]!, 1e-9)),
  };
}
