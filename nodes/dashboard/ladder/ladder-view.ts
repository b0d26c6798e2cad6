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
}

export interface LadderView {
  readonly name: string;
  readonly address: string;
  readonly class: "model" | "shadow" | "twin";
  readonly reality: Reality | "none";
  readonly held: number;
  readonly wired: number;
  readonly rungs: readonly RungView[];
  readonly evaluatedUs: number;
  /** The objective it is enough for, where it stands at its target. */
  readonly enoughFor?: string;
  readonly lastFall?: {
    readonly from: number;
    readonly to: number;
    readonly timeUs: number;
    readonly cause: string;
  };
}
