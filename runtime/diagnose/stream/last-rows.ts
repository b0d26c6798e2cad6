/**
 * The newest rows of a signal in two windows, one behind the other: mean and spread of the newer, mean of the older, and
 * how much the signal moves from row to row. A row costs the same however long the window is; the sums are made anew once
 * in a window, so that rounding never adds up.
 */
export class LastRows {
  readonly #window: number;
  readonly #ring: Float64Array;
  #next = 0;
  #sum = 0;
  #squares = 0;
  #moves = 0;
  #older = 0;
  /** Rows since the start or the last gap, up to two windows. */
  count = 0;

  /** @param window rows, at least 2 */
  constructor(window: number) {
    this.#window = window;
    this.#ring = new Float64Array(2 * window + 1);
  }

  /** True once both windows are full. */
  get full(): boolean {
    return this.count > 2 * this.#window;
  }

  /** @param x near 0 for exact squares: the value less a centre */
  push(x: number): void {
    const window = this.#window;
    const size = this.#ring.length;
    const at = this.#next;
    this.#ring[at] = x;
    this.#next = at + 1 === size ? 0 : at + 1;
    if (this.count < size) this.count++;
    if (!this.full || at % window === 0) {
      this.#sumUp();
      return;
    }
    const leaving = this.#back(window);
    const oldest = this.#back(2 * window);
    this.#sum += x - leaving;
    this.#squares += x * x - leaving * leaving;
    this.#moves += Math.abs(x - this.#back(1)) - Math.abs(leaving - this.#back(window + 1));
    this.#older += leaving - oldest;
  }

  /** Mean of the newer window. */
  get mean(): number {
    return this.#sum / this.#window;
  }

  /** Mean of the older window. */
  get meanBefore(): number {
    return this.#older / this.#window;
  }

  /** Standard deviation of the newer window. */
  get spread(): number {
    const mean = this.mean;
    return Math.sqrt(Math.max(0, this.#squares / this.#window - mean * mean));
  }

  /** Mean size of the change from row to row in the newer window. */
  get movement(): number {
    return this.#moves / this.#window;
  }

  /** Forgets all rows, after a gap. */
  restart(): void {
    this.count = 0;
    this.#next = 0;
    this.#ring.fill(0);
  }

  /** The row `rows` before the newest. */
  #back(rows: number): number {
    const at = this.#next - 1 - rows;
    return this.#ring[at < 0 ? at + this.#ring.length : at]!;
  }

  #sumUp(): void {
    this.#sum = this.#squares = this.#moves = this.#older = 0;
    for (let k = 0; k < this.#window; k++) {
      const x = this.#back(k);
      this.#sum += x;
      this.#squares += x * x;
      this.#moves += Math.abs(x - this.#back(k + 1));
      this.#older += this.#back(k + this.#window);
    }
  }
}
