import type { Reality } from "../../../runtime/core/frame.ts";

export interface HeaderView {
  readonly place: string;
  readonly level: string;
  readonly reality: Reality | "none";
  /** Plant seconds per wall second; 1 where the plant is real. */
  readonly speed: number;
  /** The link's clock; null before the first sample. */
  readonly timeUs: number | null;
  readonly counts: { readonly p1: number; readonly p2: number; readonly p3: number; readonly stale: number };
}
