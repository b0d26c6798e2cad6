import type { Reality } from "../../../runtime/core/frame.ts";
import type { BarView } from "../look/bar-view.ts";

/** One rung of a small ladder. */
export interface SmallRung {
  readonly rung: number;
  readonly name: string;
  readonly state: "held" | "wired" | "not wired";
}

/** A shop, or the plant that its shops make, as the overview shows it. */
export interface ShopView {
  readonly name: string;
  readonly address: string;
  /** Path of the page that shows more; empty for none. */
  readonly page: string;
  readonly class: "model" | "shadow" | "twin";
  readonly reality: Reality | "none";
  readonly held: number;
  readonly wired: number;
  /** "+ 4" for a capability above a gap; empty where there is none. */
  readonly heldAbove: string;
  readonly rungs: readonly SmallRung[];
  /** "Rung 3 not held:", and what fails, in words; empty words where all that is wired is held. */
  readonly lack: { readonly what: string; readonly why: string };
  readonly lastFall?: {
    readonly from: number;
    readonly to: number;
    readonly timeUs: number;
    readonly cause: string;
  };
  readonly bars: readonly BarView[];
  /** What the OEE does not count, and why; empty where it counts all. */
  readonly note: string;
}

export interface ShopsView {
  readonly plant?: ShopView;
  readonly shops: readonly ShopView[];
}
