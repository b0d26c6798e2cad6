import type { StateMeaning } from "../../../runtime/describe/states/packml-states.ts";

/** How a piece of a band is drawn: what a state means; that nobody knows; several short states. */
export type BandLook = StateMeaning | "unknown" | "mixed";

/** From the beginning of the window, s; the state's place in `states`, -1 for nobody knows, -2 for several. */
export type BandPiece = readonly [fromS: number, toS: number, state: number, changes: number];

export interface BandRow {
  readonly name: string;
  /** Of the machine, whose detail its name leads to. */
  readonly station: string;
  readonly label: string;
  /** Word of the state now; null where nobody knows. */
  readonly now: string | null;
  readonly pieces: readonly BandPiece[];
  /** Time of each state in the window, s, the longest first. */
  readonly shares: readonly (readonly [state: number, seconds: number])[];
  /** OEE of the machine in the window, 0 to 1; null where it cannot be counted. */
  readonly oee: number | null;
}

export interface BandOee {
  /** From when on elements are known, s since 1970. */
  readonly fromS: number;
  readonly availability: number | null;
  readonly effectiveness: number | null;
  readonly quality: number | null;
  readonly oee: number | null;
  /** "st07: its state is stale" */
  readonly leftOut: readonly string[];
}

/** States of machines over a window of plant time. Plain data: the node makes it, the widget draws it. */
export interface BandView {
  /** s since 1970; null before the first sample. */
  readonly fromS: number | null;
  readonly spanS: number;
  readonly states: readonly { readonly name: string; readonly look: BandLook }[];
  readonly rows: readonly BandRow[];
  readonly oee: BandOee | null;
  /** Why history does not answer; empty where it does. */
  readonly trouble: string;
}
