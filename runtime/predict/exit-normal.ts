/** What the pyrometers normally read against the model: learnt from bodies in normal operation. */
export class ExitNormal {
  #needed: number;
  #rows: Float64Array[] = [];
  /** Pyrometer minus model, K, per node. */
  readonly offsetK: Float64Array;
  /** Variance of one body about it, K². */
  readonly varianceK2: Float64Array;

  constructor(nodes: number, needed: number) {
    this.#needed = needed;
    this.offsetK = new Float64Array(nodes);
    this.varianceK2 = new Float64Array(nodes);
  }

  /** Forgets what it knows, to learn anew from so many bodies. */
  reset(needed: number): void {
    this.#needed = needed;
    this.#rows = [];
    this.offsetK.fill(0);
    this.varianceK2.fill(0);
  }

  /** Bodies it learns from. */
  get needed(): number {
    return this.#needed;
  }

  get bodies(): number {
    return this.#rows.length;
  }

  /** @param residualK measured minus model, per node @returns true once enough bodies have taught */
  learn(residualK: Float64Array): boolean {
    this.#rows.push(residualK);
    if (this.#rows.length < this.#needed) return false;
    for (let n = 0; n < this.offsetK.length; n++) {
      const column = this.#rows.map((row) => row[n]!);
      const mean = column.reduce((sum, r) => sum + r, 0) / column.length;
      this.offsetK[n] = mean;
      this.varianceK2[n] = column.reduce((sum, r) => sum + (r - mean) ** 2, 0) / (column.length - 1);
    }
    return true;
  }
}
