import type { Bodies } from "../../../compute/mesh/mesh-engine.ts";
import type { Mover, StillBody } from "./mover.ts";

/** A mover among bodies that stand still, and which pairs of them are looked at. */
export interface MoveScene {
  readonly mover: Mover;
  readonly still: readonly StillBody[];
  /** Pairs that may touch: a base and its pedestal. Indices into the mover's bodies and into `still`. */
  mayTouch?(body: number, still: number): boolean;
  /** Whether one of two bodies that do not touch lies inside the other, each given alone at its place. */
  isEnclosed?(body: number, bodyAt: Bodies, still: number, stillAt: Bodies): boolean;
  /** Pairs of the mover's own bodies that could meet: a gun and the first links. */
  readonly ownPairs?: readonly (readonly [number, number])[];
}

/** Two bodies that do not touch, one inside the other. */
export interface Enclosed {
  readonly body: string;
  readonly other: string;
}

export interface MoveOptions {
  /**
   * Distance every body must keep, m; or one per body of the mover. Below `toleranceM` it counts as that: a body that
   * may come to nearly nothing is one whose contact cannot be ruled out.
   */
  readonly clearanceM: number | ArrayLike<number>;
  /** How well the smallest clearance is told, m; 0.1 mm where left out. */
  readonly toleranceM?: number;
  /** Nothing further away than this is told, m; 0.3 m where left out. */
  readonly lookM?: number;
}

/** One place of a move at which a body is near to another. Plain data. */
export interface MoveMeeting {
  /** Place on the move, 0 at its start to 1 at its end, in shares of the joints' way. */
  readonly at: number;
  readonly body: string;
  readonly other: string;
  /** 0 in contact. */
  readonly distanceM: number;
  /** What the body had to keep, m. */
  readonly requiredM: number;
  /** The nearest points on the body and on the other, in the cell, m. */
  readonly points: readonly [readonly [number, number, number], readonly [number, number, number]];
}
