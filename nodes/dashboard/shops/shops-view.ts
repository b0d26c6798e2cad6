import type { Reality } from "../../../runtime/core/frame.ts";
import type { BarView } from "../look/bar-view.ts";

/** One rung of a small ladder. */
export interface SmallRung {
  readonly rung: number;
  readonly name: string;
  readonly state: "held" | "wired" | "not wired";
}

/** What keeps a shop from the next rung: parts that hold less, its own evidence, or that no more is wanted of it. */
export type ShopLack =
  | { readonly rung: number; readonly parts: readonly { readonly name: string; readonly held: number }[] }
  | { readonly rung: number; readonly fact: string }
  | { readonly enoughFor: string };

/** Whether the OEE of a shop is told, and what it leaves out. */
export interface ShopOee {
  /** No report came yet. */
  readonly isUntold: boolean;
  readonly isCounted: boolean;
  /** Each in words, with why. */
  readonly leftOut: readonly string[];
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
  /** Why it holds no rung more; absent where all that is wired is held. */
  readonly lack?: ShopLack;
  readonly lastFall?: {
    readonly from: number;
    readonly to: number;
    readonly timeUs: number;
    readonly cause: string;
  };
  readonly bars: readonly BarView[];
  readonly oee: ShopOee;
}

export interface ShopsView {
  readonly plant?: ShopView;
  readonly shops: readonly ShopView[];
}
