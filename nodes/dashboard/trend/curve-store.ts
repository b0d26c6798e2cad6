import type { TrendColumn, TrendView } from "./trend-view.ts";

/**
 * What a browser knows of the curves: the whole as it was fetched, and all changes since. Putting a column in again
 * changes nothing, so that messages may overlap; where one is missed, `take` says so and the whole is to be fetched.
 */
export class CurveStore {
  #address = "";
  #runs = 0;
  #revision = Number.NEGATIVE_INFINITY;
  #columns: Map<number, TrendColumn>[] = [];
  #newest: TrendView | undefined;

  /** The newest view with whole curves, put together when it is asked for; undefined before the first whole one. */
  get view(): TrendView | undefined {
    const newest = this.#newest;
    if (newest === undefined) return undefined;
    return {
      ...newest,
      series: newest.series.map((series, i) => ({ ...series, columns: this.#ordered(i) })),
    };
  }

  /** @returns false where a part is missing before this one: the whole must be fetched */
  take(view: TrendView): boolean {
    const isWhole = view.since < 0;
    const isKnown = view.address === this.#address && view.runs === this.#runs;
    if (!isWhole && (!isKnown || view.since > this.#revision)) return false;
    // An older message that comes late, after the whole, has nothing new.
    if (!isWhole && view.revision < this.#revision) return true;
    if (isWhole) this.#columns = view.series.map(() => new Map());
    this.#address = view.address;
    this.#runs = view.runs;
    this.#revision = view.revision;
    this.#newest = view;
    const oldest = view.nowS === null ? 0 : Math.floor(((view.nowS - view.spanS) * 1000) / view.widthMs) - 1;
    for (const [i, { columns }] of view.series.entries()) {
      const known = this.#columns[i]!;
      for (const column of columns) known.set(column[0]!, column);
      for (const number of known.keys()) if (number < oldest) known.delete(number);
    }
    return true;
  }

  #ordered(place: number): TrendColumn[] {
    return [...this.#columns[place]!.values()].sort((a, b) => a[0]! - b[0]!);
  }
}
