import type { TrendColumn, TrendSeries, TrendView } from "./trend-view.ts";

/**
 * What a browser knows of the curves: the whole as it was fetched, and all changes since. Putting a column in again
 * changes nothing, so that messages may overlap; where one is missed, `take` says so and the whole is to be fetched.
 */
export class CurveStore {
  #address = "";
  #runs = 0;
  #revision = Number.NEGATIVE_INFINITY;
  #columns: Map<number, TrendColumn>[] = [];
  #view: TrendView | undefined;

  /** The newest view with whole curves; undefined before the first whole one. */
  get view(): TrendView | undefined {
    return this.#view;
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
    const oldest = view.nowS === null ? 0 : Math.floor(((view.nowS - view.spanS) * 1000) / view.widthMs) - 1;
    this.#view = {
      ...view,
      series: view.series.map((series, i) => ({ ...series, columns: this.#merged(i, series, oldest) })),
    };
    return true;
  }

  #merged(place: number, { columns }: TrendSeries, oldest: number): TrendColumn[] {
    const known = this.#columns[place]!;
    for (const column of columns) known.set(column[0]!, column);
    for (const number of known.keys()) if (number < oldest) known.delete(number);
    return [...known.values()].sort((a, b) => a[0]! - b[0]!);
  }
}
