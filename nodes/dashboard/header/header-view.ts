import type { Reality } from "../../../runtime/core/frame.ts";

export const DISPLAY_LEVELS = ["plant", "shop", "station", "detail"] as const;
export type DisplayLevel = (typeof DISPLAY_LEVELS)[number];

export interface HeaderView {
  readonly place: string;
  /** Address of the twin whose page it is. */
  readonly address: string;
  /** Which of the four display levels of ISA-101 the page is; no rung of the ladder. */
  readonly display: DisplayLevel;
  readonly reality: Reality | "none";
  /** Plant seconds per wall second; 1 where the plant is real. */
  readonly speed: number;
  /** The link's clock; null before the first sample. */
  readonly timeUs: number | null;
  readonly counts: { readonly p1: number; readonly p2: number; readonly p3: number; readonly stale: number };
}
