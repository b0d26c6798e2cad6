import type { CellRobot, Situation, WeldPoint } from "../../model/cell/cell.ts";
import type { Point } from "./finding.ts";

/** A robot's body and what it is near to. */
export interface PairGap {
  readonly body: string;
  readonly other: string;
  /** 0 in contact, or with the body inside the other. */
  readonly gapM: number;
  /** What is wanted of this pair. */
  readonly limitM: number;
  readonly isInside?: boolean;
  /** Witness points, m, world: on the body, on the other. */
  readonly points?: readonly [Point, Point];
}

export interface PoseLook {
  /** Pairs below their limits. */
  readonly tooNear: readonly PairGap[];
  /** The pair with least to spare; absent where nothing is in sight. */
  readonly tightest?: PairGap;
}

/** A pair somewhere along a move. */
export interface MoveGap extends PairGap {
  /** Share of the move, 0 to 1. */
  readonly at: number;
}

export interface MoveLook {
  readonly tooNear: readonly MoveGap[];
  readonly tightest?: MoveGap;
  /** False where the steps allowed did not suffice to prove what lies between the poses that were read. */
  readonly isProven: boolean;
}

/** An end of a move. Near a weld the clearances of welding hold. */
export interface Stop {
  readonly q: ArrayLike<number>;
  readonly isWeld: boolean;
}

/** How far one of two bodies that touch must go for the first exit, m; null: not within 600 mm. */
export interface Exits {
  readonly leastM: number | null;
  /** `+x` ... `-z`, `retract`. */
  readonly along: string;
  readonly retractM: number | null;
}

/** What a study asks the exact engine about one robot in one variant; what is studied further stands on it alone. */
export interface RobotLook {
  readonly robot: CellRobot;
  pose(q: ArrayLike<number>, situation: Situation): PoseLook;
  /** The straight move in joint space, from end to end. */
  move(from: Stop, to: Stop): MoveLook;
  /** Whether a move keeps its limits, given up at the first pair that does not. */
  isClear(from: Stop, to: Stop): boolean;
  /**
   * Where one pair has least to spare on a move, measured at even places; undefined where one of them does not stand
   * there, or they may touch all the way.
   */
  gapOnMove(from: Stop, to: Stop, body: string, other: string): MoveGap | undefined;
  exits(q: ArrayLike<number>, body: string, other: string): Exits;
  /** Names of what stands and touches something that stands: a fixture that holds the body. */
  touchedBy(standing: string): string[];
}

/** One point of a program with the joint angles that were found for it, rad. */
export interface PlannedPoint {
  readonly name: string;
  readonly kind: "weld" | "via" | "home";
  readonly weld?: string;
  readonly q: Float64Array;
  readonly speed: number;
  readonly dwellS: number;
}

/** A robot's program as it is run: a weld that nothing reaches is left out, with its approach. */
export interface PlannedProgram {
  readonly robot: CellRobot;
  readonly name: string;
  readonly points: readonly PlannedPoint[];
  readonly unreached: readonly WeldPoint[];
  /** Points without a weld that nothing reaches. */
  readonly lost: readonly string[];
}

/** What a pair keeps beyond what is wanted, m; below 0 it is too near. */
export const spareM = ({ gapM, limitM }: PairGap): number => gapM - limitM;

/** At a weld a gun stands nearer to the sheet than on its way. */
export const situationOf = ({ kind }: PlannedPoint): Situation => (kind === "weld" ? "weld" : "motion");

export const stopOf = ({ kind, q }: PlannedPoint): Stop => ({ q, isWeld: kind === "weld" });
