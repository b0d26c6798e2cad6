import type { Assignment, EndedBy } from "./balance-problem.ts";
import type { OrderSequence } from "./rules/order-sequence.ts";

/** What is asked of a line. */
export type BalanceQuestion =
  /** Fewest stations for a cycle time (SALBP-1). */
  | { readonly kind: "stations"; readonly cycleS: number }
  /** Shortest cycle for a number of stations (SALBP-2). */
  | { readonly kind: "cycle"; readonly stations: number }
  /** Least stations times cycle within a range (SALBP-E). */
  | {
      readonly kind: "efficiency";
      readonly fewestStations?: number;
      readonly mostStations?: number;
      readonly shortestCycleS?: number;
      readonly longestCycleS?: number;
    };

/** A balance, or the proof that there is none, with how far it may be from the best. Plain data. */
export interface BalanceAnswer {
  readonly kind: BalanceQuestion["kind"];
  /** Stations, copies that work in parallel counted each; undefined where no balance was found. */
  readonly stations?: number;
  readonly cycleS?: number;
  /** Whether no better one exists; without a balance, whether none exists at all. */
  readonly proven: boolean;
  /** No balance is better: stations, seconds of the cycle, or seconds paid a piece. Undefined where none exists. */
  readonly bound?: number;
  /** How far from the best the balance may be: (found - bound) / found. */
  readonly gap?: number;
  readonly endedBy: EndedBy;
  /** What searched for it. Branch, bound and remember reckons in whole numbers; HiGHS within its tolerances. */
  readonly solver: "branch, bound and remember" | "HiGHS";
  readonly assignment?: Assignment;
  /** Of each place of the line, how many stations work there in parallel; only where there may be several. */
  readonly copies?: readonly number[];
  /** Share of the paid time in which nobody works. */
  readonly idleShare?: number;
  /** Where no balance exists: rules that cannot hold together, none of which can be left out of the clash. */
  readonly clash?: readonly string[];
  /** Of a mixed line with orders. */
  readonly sequence?: OrderSequence;
}

/** How far a search is: the best found and the bound, in the unit of the question. */
export interface BalanceProgress {
  readonly best: number;
  readonly bound: number;
}
