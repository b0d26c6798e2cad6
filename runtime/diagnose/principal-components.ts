import { EigenvalueDecomposition, Matrix } from "ml-matrix";

/** A principal component model of centred, scaled rows. Plain data, so that it can be stored and sent. */
export interface PrincipalComponents {
  readonly dimension: number;
  readonly count: number;
  /** Row-major, count x dimension; rows are orthonormal. */
  readonly loadings: readonly number[];
  /** Variance of each score, descending. */
  readonly variances: readonly number[];
}

/**
 * Fits the leading components of a covariance matrix.
 * @param rows row-major, n x dimension, already centred and scaled
 * @param choice a fixed number of components, or the share of variance they must explain
 * @param leastVariance what a variable is known to vary by at least: what its rows lack of it is taken as its own
 */
export function fitPrincipalComponents(
  rows: Float64Array,
  dimension: number,
  choice: { readonly count: number } | { readonly explained: number },
  leastVariance = 0,
): PrincipalComponents {
  const n = rows.length / dimension;
  const covariance = new Matrix(dimension, dimension);
  for (let i = 0; i < dimension; i++) {
    for (let j = i; j < dimension; j++) {
      let sum = 0;
      for (let r = 0; r < rows.length; r += dimension) sum += rows[r + i]! * rows[r + j]!;
      covariance.set(i, j, sum / (n - 1));
      covariance.set(j, i, sum / (n - 1));
    }
    covariance.set(i, i, Math.max(covariance.get(i, i), leastVariance));
  }
  const decomposition = new EigenvalueDecomposition(covariance, { assumeSymmetric: true });
  const order = decomposition.realEigenvalues
    .map((variance, index) => ({ variance, index }))
    .sort((a, b) => b.variance - a.variance);
  const total = order.reduce((sum, { variance }) => sum + Math.max(0, variance), 0);
  const positive = order.filter(({ variance }) => variance > 1e-9 * total);
  const kept = positive.slice(
    0,
    "count" in choice ? choice.count : explaining(positive, total, choice.explained),
  );
  const vectors = decomposition.eigenvectorMatrix;
  return {
    dimension,
    count: kept.length,
    loadings: kept.flatMap(({ index }) => vectors.getColumn(index)),
    variances: kept.map(({ variance }) => variance),
  };
}

function explaining(ordered: readonly { readonly variance: number }[], total: number, share: number): number {
  let sum = 0;
  const at = ordered.findIndex(({ variance }) => {
    sum += variance;
    return sum >= share * total;
  });
  return at < 0 ? ordered.length : at + 1;
}

/**
 * Hotelling's T² inside the model's plane and the squared prediction error (SPE, Q) off it, for one row at a time
 * (Jackson and Mudholkar 1979; Russell, Chiang and Braatz 2000). Reuses its buffers: about 2 x count x dimension
 * multiplications a row.
 */
export class PlaneDistance {
  readonly #model: PrincipalComponents;
  readonly #loadings: Float64Array;
  readonly #inverseVariance: Float64Array;
  readonly #scores: Float64Array;
  readonly #residual: Float64Array;
  t2 = 0;
  spe = 0;

  constructor(model: PrincipalComponents) {
    this.#model = model;
    this.#loadings = Float64Array.from(model.loadings);
    this.#inverseVariance = Float64Array.from(model.variances, (variance) => 1 / variance);
    this.#scores = new Float64Array(model.count);
    this.#residual = new Float64Array(model.dimension);
  }

  /** Sets `t2` and `spe` for a centred, scaled row. */
  measure(row: Float64Array): void {
    const { dimension, count } = this.#model;
    const residual = this.#residual;
    const loadings = this.#loadings;
    residual.set(row);
    let t2 = 0;
    for (let k = 0, base = 0; k < count; k++, base += dimension) {
      let score = 0;
      for (let i = 0; i < dimension; i++) score += loadings[base + i]! * row[i]!;
      for (let i = 0; i < dimension; i++) residual[i]! -= score * loadings[base + i]!;
      this.#scores[k] = score;
      t2 += score * score * this.#inverseVariance[k]!;
    }
    let spe = 0;
    for (let i = 0; i < dimension; i++) spe += residual[i]! * residual[i]!;
    this.t2 = t2;
    this.spe = spe;
  }

  /** What each variable adds to the T² of the row measured last; they sum to it, and some may be negative. */
  t2Contributions(row: Float64Array, into: Float64Array = new Float64Array(row.length)): Float64Array {
    const { dimension, count } = this.#model;
    const loadings = this.#loadings;
    into.fill(0);
    for (let k = 0, base = 0; k < count; k++, base += dimension) {
      const weight = this.#scores[k]! * this.#inverseVariance[k]!;
      for (let i = 0; i < dimension; i++) into[i]! += weight * loadings[base + i]!;
    }
    for (let i = 0; i < dimension; i++) into[i]! *= row[i]!;
    return into;
  }

  /** What each variable adds to the SPE of the row measured last; they sum to it. */
  speContributions(into: Float64Array = new Float64Array(this.#residual.length)): Float64Array {
    const residual = this.#residual;
    for (let i = 0; i < residual.length; i++) into[i] = residual[i]! * residual[i]!;
    return into;
  }
}
