import type { BarView } from "../look/bar-view.ts";

export interface TileView {
  readonly bars: readonly BarView[];
  /** Set where there is nothing to show: what the reader can do about it. */
  readonly empty?: string;
}
