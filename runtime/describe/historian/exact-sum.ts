/**
 * Sums Float64 numbers without rounding error: the result is the true sum, rounded once, whatever the order
 * (Shewchuk 1997, "Adaptive Precision Floating-Point Arithmetic", grow-expansion; the same result as Python's
 * math.fsum).
 */
export class ExactSum {
  /** Non-overlapping partial sums, ascending by magnitude. */
  #partials: number[] = [];
  /** Sum of infinities and NaN, which have no partials. */
  #special = 0;

  add(value: number): void {
    if (!Number.isFinite(value)) {
      this.#special += value;
      return;
    }
    let x = value;
    let kept = 0;
    for (let y of this.#partials) {
      if (Math.abs(x) < Math.abs(y)) [x, y] = [y, x];
      const high = x + y;
      const low = y - (high - x);
      if (low !== 0) this.#partials[kept++] = low;
      x = high;
    }
    this.#partials.length = kept;
    this.#partials.push(x);
  }

  get value(): number {
    if (this.#special !== 0 || Number.isNaN(this.#special)) return this.#special;
    const partials = this.#partials;
    let n = partials.length;
    if (n === 0) return 0;
    let high = partials[--n]!;
    let low = 0;
    while (n > 0) {
      const x = high;
      const y = partials[--n]!;
      high = x + y;
      low = y - (high - x);
      if (low !== 0) break;
    }
    // Half-way cases: round to even over all the partials, not over two of them.
    if (n > 0 && ((low < 0 && partials[n - 1]! < 0) || (low > 0 && partials[n - 1]! > 0))) {
      const y = low * 2;
      const x = high + y;
      if (y === x - high) high = x;
    }
    return high;
  }
}
