import type { TrendView } from "./trend-view.ts";

/** What came since the last drawing shows within this time, whatever the width of a column. */
const LATEST_MS = 2_000;

/**
 * When a live curve is worth drawing anew. Between two columns of its window nothing moves on the screen, and drawing is
 * what a page of trends costs; so it waits for the next column, but not for long.
 */
export class DrawPace {
  #drawn: TrendView | undefined;
  #drawnMs = Number.NEGATIVE_INFINITY;

  /** @returns true where the view is to be drawn, and counts as drawn from then on */
  isDue(view: TrendView, nowMs: number): boolean {
    if (nowMs - this.#drawnMs < LATEST_MS && this.#drawn !== undefined && isAlike(view, this.#drawn))
      return false;
    this.#drawn = view;
    this.#drawnMs = nowMs;
    return true;
  }
}

const isAlike = (one: TrendView, other: TrendView): boolean =>
  one.nowS === other.nowS &&
  one.runs === other.runs &&
  one.address === other.address &&
  restOf(one) === restOf(other);

/** All that is drawn beside the curves, and whether they are to be believed. */
const restOf = ({ forecasts, marks, trouble, series, low, high }: TrendView): string =>
  JSON.stringify([
    forecasts,
    marks,
    trouble,
    low,
    high,
    series.map(({ label, unit, isStale }) => [label, unit, isStale]),
  ]);
