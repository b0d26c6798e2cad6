/** Exit temperature measured minus predicted of the bodies that left last, per node. */
export class ExitResiduals {
  readonly #nodes: number;
  readonly #keep: number;
  #residuals: Float64Array[] = [];

  /** @param keep number of bodies the figures are taken over */
  constructor(nodes: number, keep: number) {
    this.#nodes = nodes;
    this.#keep = keep;
  }

  add(residualK: Float64Array): void {
    this.#residuals.push(residualK);
    if (this.#residuals.length > this.#keep) this.#residuals.shift();
  }

  clear(): void {
    this.#residuals = [];
  }

  get bodies(): number {
    return this.#residuals.length;
  }

  get capacity(): number {
    return this.#keep;
  }

  /** Over all nodes, K. */
  get rmseK(): number {
    let squares = 0;
    for (const row of this.#residuals) for (const r of row) squares += r * r;
    return Math.sqrt(squares / Math.max(1, this.bodies * this.#nodes));
  }

  rmseOf(node: number): number {
    return Math.sqrt(this.#mean((row) => row[node]! ** 2));
  }

  biasOf(node: number): number {
    return this.#mean((row) => row[node]!);
  }

  /**
   * Largest error that two bodies in a row show together, K: the magnitude of their mean, so that the pyrometer's own
   * noise on one body is not taken for the model's.
   */
  largestOf(node: number): number {
    let largest = 0;
    for (let i = 1; i < this.bodies; i++) {
      const together = (this.#residuals[i]![node]! + this.#residuals[i - 1]![node]!) / 2;
      largest = Math.max(largest, Math.abs(together));
    }
    return largest;
  }

  #mean(of: (row: Float64Array) => number): number {
    return this.#residuals.reduce((sum, row) => sum + of(row), 0) / Math.max(1, this.bodies);
  }
}
