/** One task of an assembly line: work that is done whole at one station. */
export interface BalanceTask {
  /** As the file names it; a number in files that number their tasks. */
  readonly id: string;
  readonly name?: string;
  /** Standard time; of a line with several models the longest of them where `models` says no other. */
  readonly timeS: number;
  /** Tasks that come before it, at an earlier station or at the same one. */
  readonly after: readonly string[];
  /** Equipment that its station must have. */
  readonly needs?: readonly string[];
  /** Part of the product that is worked on: two zones never share a station. */
  readonly zone?: string;
  readonly ergonomicPoints?: number;
  /** Side of the line that it is done from; "both" takes a station with both sides. */
  readonly side?: Side;
}

export const SIDES = ["left", "right", "both"] as const;
export type Side = (typeof SIDES)[number];

/** Tasks and what comes before what. Checked by `checkProblem`; every reader gives checked ones. */
export interface BalanceProblem {
  /** The file or the name that errors and tables call it. */
  readonly name: string;
  readonly tasks: readonly BalanceTask[];
  /** As the file says; readers of files without one leave it out. */
  readonly cycleS?: number;
}

/** What stands at one place of the line. */
export interface StationType {
  readonly id?: string;
  readonly equipment?: readonly string[];
  /** Default "both". */
  readonly side?: Side;
}

/** One model of a mixed line. */
export interface MixedModel {
  readonly name: string;
  /** How many of it are made among the others, such as pieces a shift. */
  readonly share: number;
  /** Task times that differ from the task's own, 0 where the model does without the task. */
  readonly timesS?: Readonly<Record<string, number>>;
}

/** One piece that is ordered of a mixed line. */
export interface SequencedOrder {
  readonly id: string;
  readonly model: string;
  /** When it must have left the last station, after the first piece starts. */
  readonly dueS: number;
}

/** What a line asks beside precedence and cycle time. Plain data. */
export interface BalanceRules {
  /** Groups of tasks that stay at one station. */
  readonly together?: readonly (readonly string[])[];
  /** Groups of tasks no two of which share a station. */
  readonly apart?: readonly (readonly string[])[];
  /** The places of the line in their order; without them every station has everything. */
  readonly stations?: readonly StationType[];
  /** Sum of the ergonomic points of one station; copies share the tasks' points piece by piece, and so do not raise it. */
  readonly mostErgonomicPoints?: number;
  /** Copies of a station that may work in parallel: k copies have k cycle times for each piece. Default 1. */
  readonly mostCopies?: number;
  readonly models?: readonly MixedModel[];
  /**
   * What must fit the cycle time of a mixed line: "weighted" the mean over the shares, "worst" every model by itself.
   * Default "weighted".
   */
  readonly mixed?: "weighted" | "worst";
  readonly orders?: readonly SequencedOrder[];
}

/** Which tasks are at which station: station numbers from 0, by task id. */
export type Assignment = Readonly<Record<string, number>>;

/** Why a search ended: an answer proved optimal or impossible, or a limit. */
export type EndedBy = "proof" | "time" | "work" | "memory";
