import type { TimeUs } from "../core/time.ts";
import type { Columns } from "./columns.ts";

/** Collects rows into a table of a fixed size. */
export class RowGatherer {
  readonly #names: readonly string[];
  readonly #values: Float64Array[];
  readonly #timeUs: Float64Array;
  count = 0;

  constructor(names: readonly string[], rows: number) {
    this.#names = names;
    this.#values = names.map(() => new Float64Array(rows));
    this.#timeUs = new Float64Array(rows);
  }

  get full(): boolean {
    return this.count === this.#timeUs.length;
  }

  get size(): number {
    return this.#timeUs.length;
  }

  /** Ignored once full. */
  add(timeUs: TimeUs, row: Float64Array): void {
    if (this.full) return;
    for (let c = 0; c < row.length; c++) this.#values[c]![this.count] = row[c]!;
    this.#timeUs[this.count++] = timeUs;
  }

  columns(): Columns {
    return { names: this.#names, values: this.#values, timeUs: this.#timeUs };
  }
}
