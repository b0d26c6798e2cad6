/**
 * The limit of a rule, as a multiple of the one it was calibrated with. Each alarm doubles it, and what was added fades
 * over the rows of a budget: a rule that speaks often has to see ever more before it speaks again, and one that has been
 * quiet is as keen as at first. So a rule's alarms keep within a budget on a signal of any kind, where a fixed limit
 * keeps it on the data alone that it came from (the idea of adaptive conformal inference, Gibbs and Candès 2021).
 */
export class RuleLimit {
  readonly #keep: number;
  readonly #raise: number;
  factor = 1;

  /** @param fadeRows rows over which what an alarm added falls to 37 % @param raise factor of an alarm */
  constructor(fadeRows: number, raise: number) {
    this.#keep = Math.exp(-1 / fadeRows);
    this.#raise = raise;
  }

  /** A row has passed. */
  fade(): void {
    this.factor = 1 + (this.factor - 1) * this.#keep;
  }

  alarmed(): void {
    this.factor *= this.#raise;
  }

  set(factor: number): void {
    this.factor = Math.max(this.factor, factor);
  }
}
