import type { Reality } from "../../../runtime/core/frame.ts";

/** One rung as the wall display shows it. */
export interface RungView {
  readonly rung: number;
  readonly name: string;
  readonly wired: boolean;
  readonly state: "held" | "own row holds" | "recovering" | "fails" | "collecting" | "not wired";
  /** The one fact that decides it: "Metal RMSE 2.1 K". */
  readonly fact: string;
  /** Its limit in words: "limit 3.0 K". */
  readonly limit: string;
  /** Of rung 5, which nothing but people unlocks: what it still takes, by its own evidence; absent where it holds. */
  readonly takes?: readonly string[];
}

/** A part of the twin, with what it holds. */
export interface PartView {
  readonly name: string;
  readonly held: number;
  readonly wired: number;
  readonly needed: boolean;
  /** The twin cannot hold more as long as this part holds no more. */
  readonly limits: boolean;
}

export interface LadderView {
  readonly name: string;
  readonly address: string;
  readonly class: "model" | "shadow" | "twin";
  readonly reality: Reality | "none";
  readonly held: number;
  readonly wired: number;
  /** "+ 4" for a capability that stands above a gap; empty where none does. */
  readonly heldAbove: string;
  readonly wiredAbove: string;
  readonly rungs: readonly RungView[];
  readonly evaluatedUs: number;
  readonly objective: string;
  readonly target: number | null;
  /** It holds its target rung. */
  readonly enough: boolean;
  /** The weakest first; none of a twin that is no parent. */
  readonly parts: readonly PartView[];
  readonly lastFall?: {
    readonly from: number;
    readonly to: number;
    readonly timeUs: number;
    readonly cause: string;
  };
  /** Id of the twin's state node; missing for a twin that its parts alone make. */
  readonly state?: string;
  /** Where the twin's passport is printed; missing where this Node-RED has no admin API. */
  readonly passport?: string;
}
