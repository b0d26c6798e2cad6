import type { Rung } from "../../core/evidence.ts";
import type { Reality } from "../../core/frame.ts";
import type { FlowProblem } from "../flow-nodes.ts";

export type TwinClass = "model" | "shadow" | "twin";

/** A next step in words a palette knows: put `role` after the node `after` (null: in front of the state). */
export interface MissingPiece {
  readonly row: Rung;
  readonly role: string;
  readonly after: string | null;
}

export interface WiringWarning {
  /** Stable; docs/ladder.md lists them. */
  readonly code: string;
  readonly node: string;
  readonly text: string;
}

/** What the flow could do for one twin. */
export interface WiredTwin {
  readonly address: string;
  /** Id of the twin's configuration node. */
  readonly node: string;
  readonly name: string;
  readonly scope: string;
  /** Address of the parent, or null. */
  readonly parent: string | null;
  readonly class: TwinClass;
  /** The highest rung whose row, and all rows below it, are wired. */
  readonly wired: Rung;
  /** Every row that is wired, whatever stands below it. */
  readonly capabilities: readonly Rung[];
  /** The weakest link on the paths; null where no source feeds the twin. */
  readonly reality: Reality | null;
  /** Ids along the path of each wired row, sources first. */
  readonly paths: Readonly<Record<string, readonly string[]>>;
  /** Pieces that are there but do not count towards the wired rung. */
  readonly floating: readonly { readonly node: string; readonly row: Rung }[];
  readonly missing: readonly MissingPiece[];
  readonly warnings: readonly WiringWarning[];
  readonly states: readonly string[];
  /** Every node on a path of this twin; only their evidence counts for it. */
  readonly members: readonly string[];
  /** A parent needs this twin to hold what it holds. */
  readonly needed: boolean;
  readonly objective: string;
  readonly target: Rung | null;
}

export interface UnguardedOutput {
  readonly node: string;
  readonly type: string;
  /** Addresses of the twins whose data reaches it. */
  readonly twins: readonly string[];
}

/** The verdict of the wires alone. */
export interface Wiring {
  readonly twins: readonly WiredTwin[];
  readonly unguardedOutputs: readonly UnguardedOutput[];
  readonly notAnalysable: readonly { readonly node: string; readonly reason: string }[];
  readonly errors: readonly FlowProblem[];
  /** Ids of everything that stands on a canvas and runs. */
  readonly nodes: ReadonlySet<string>;
}
