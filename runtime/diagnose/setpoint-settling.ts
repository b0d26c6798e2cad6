import { median } from "../core/statistics/quantile.ts";

/** A detector waits at most so many settling times in a row; where setpoints go on changing, it judges again. */
const LONGEST_WAIT = 3;

/**
 * What a detector does after a setpoint was changed on purpose: it waits until the plant has settled, then moves each
 * signal's normal centre by as much as the signal itself moved, told by the medians just before the change and at the
 * end of the wait. A deviation that was there before the change is therefore still there after it. A fault that comes
 * during the wait is taken for part of the change.
 */
export class SetpointSettling {
  readonly #settleTicks: number;
  readonly #rows: Float64Array[];
  #next = 0;
  #count = 0;
  #before: Float64Array | undefined;
  #left = 0;
  /** Rows waited, until as many as a settling time have been judged in a row. */
  #waited = 0;
  #judged = 0;

  /** @param settleTicks how long to wait; half of it is the length of the windows compared */
  constructor(signals: number, settleTicks: number) {
    this.#settleTicks = settleTicks;
    this.#rows = Array.from({ length: signals }, () =>
      new Float64Array(Math.max(1, Math.floor(settleTicks / 2))).fill(Number.NaN),
    );
  }

  get settling(): boolean {
    return this.#left > 0;
  }

  /** A setpoint was changed before the next row. Without a past to compare with there is nothing to move. */
  changed(): void {
    if (this.#settleTicks === 0 || this.#count === 0) return;
    if (this.#waited >= LONGEST_WAIT * this.#settleTicks) return;
    if (!this.settling) {
      this.#before = this.#medians();
      this.#judged = 0;
    }
    this.#left = this.#settleTicks;
  }

  /** @returns the shifts of the centres, one per signal, on the row that ends the wait */
  step(row: Float64Array): Float64Array | undefined {
    for (let i = 0; i < row.length; i++) this.#rows[i]![this.#next] = row[i]!;
    this.#next = (this.#next + 1) % this.#rows[0]!.length;
    if (this.#count < this.#rows[0]!.length) this.#count++;
    if (!this.settling) {
      if (++this.#judged >= this.#settleTicks) this.#waited = 0;
      return undefined;
    }
    this.#waited++;
    this.#left--;
    if (this.settling) return undefined;
    const before = this.#before!;
    return this.#medians().map((after, i) => {
      const shift = after - before[i]!;
      return Number.isFinite(shift) ? shift : 0;
    });
  }

  #medians(): Float64Array {
    return Float64Array.from(this.#rows, (values) => median(values));
  }
}
