import type { BarView } from "../look/bar-view.ts";

export interface TileView {
  readonly bars: readonly BarView[];
  /** Name of the twin, where it has no state yet. */
  readonly noState?: string;
}
