/**
 * How far the level lies from where it lay one and two periods ago: the smaller of the two where both point the same way,
 * 0 otherwise, so that one odd cycle is not held against the next.
 */
export class Season {
  readonly #period: number;
  readonly #ring: Float64Array;
  #next = 0;
  #count = 0;

  /** @param period rows, 0 for a signal without one */
  constructor(period: number) {
    this.#period = period;
    this.#ring = new Float64Array(2 * period);
  }

  get isPeriodic(): boolean {
    return this.#period > 0;
  }

  /** @param level of the newest row @returns in its unit; 0 until a whole period has been seen */
  step(level: number): number {
    const period = this.#period;
    if (period === 0) return 0;
    const at = this.#next;
    const twoAgo = this.#ring[at]!;
    const oneAgo = this.#ring[at < period ? at + period : at - period]!;
    this.#ring[at] = level;
    this.#next = at + 1 === 2 * period ? 0 : at + 1;
    const seen = this.#count;
    if (seen < 2 * period) this.#count++;
    if (seen < period) return 0;
    const fromOne = level - oneAgo;
    if (seen < 2 * period) return fromOne;
    const fromTwo = level - twoAgo;
    if (fromOne > 0 !== fromTwo > 0) return 0;
    return Math.abs(fromOne) < Math.abs(fromTwo) ? fromOne : fromTwo;
  }

  restart(): void {
    this.#count = 0;
    this.#next = 0;
  }
}
