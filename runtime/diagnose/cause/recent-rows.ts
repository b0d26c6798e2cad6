import type { TimeUs } from "../../core/time.ts";
import type { Columns } from "../columns.ts";

/** The newest rows of some signals, oldest first; older ones make room. */
export class RecentRows {
  readonly names: readonly string[];
  readonly #values: Float64Array[];
  readonly #timeUs: Float64Array;
  #next = 0;
  count = 0;

  /** @param rows kept; 8 bytes a signal each */
  constructor(names: readonly string[], rows: number) {
    this.names = names;
    this.#values = names.map(() => new Float64Array(rows).fill(Number.NaN));
    this.#timeUs = new Float64Array(rows);
  }

  /** A row that does not lie after the newest one is left out. */
  add(timeUs: TimeUs, row: Float64Array): boolean {
    const size = this.#timeUs.length;
    if (this.count > 0 && !(timeUs > this.#timeUs[(this.#next + size - 1) % size]!)) return false;
    for (let c = 0; c < this.names.length; c++) this.#values[c]![this.#next] = row[c]!;
    this.#timeUs[this.#next] = timeUs;
    this.#next = (this.#next + 1) % size;
    this.count = Math.min(size, this.count + 1);
    return true;
  }

  /** A copy. */
  columns(): Columns {
    const order = (ring: Float64Array): Float64Array => {
      if (this.count < ring.length) return ring.slice(0, this.count);
      const result = new Float64Array(ring.length);
      result.set(ring.subarray(this.#next));
      result.set(ring.subarray(0, this.#next), ring.length - this.#next);
      return result;
    };
    return { names: this.names, values: this.#values.map(order), timeUs: order(this.#timeUs) };
  }

  /** The same rows for other signals; those that were not there before are missing in them. */
  forSignals(names: readonly string[]): RecentRows {
    const rows = new RecentRows(names, this.#timeUs.length);
    const old = this.columns();
    const at = names.map((name) => old.names.indexOf(name));
    const row = new Float64Array(names.length);
    for (let r = 0; r < this.count; r++) {
      for (const [c, from] of at.entries()) row[c] = from < 0 ? Number.NaN : old.values[from]![r]!;
      rows.add(old.timeUs[r]!, row);
    }
    return rows;
  }
}
