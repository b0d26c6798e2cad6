import type { Xyz } from "../robot/pose.ts";
import type { ClearanceClass, Situation } from "./cell.ts";

/**
 * Which bodies of the other robots count: all, where they were last moved to; those that stand whatever the robots do
 * (their bases, and robots that wait); or none.
 */
export type OtherRobots = "all" | "fixed" | "none";

/** What a robot is tested against beside fixtures and parts. */
export interface CheckOptions {
  /** Which clearances hold; at a weld the gun tip may touch body and parts. Left out: motion. */
  readonly situation?: Situation;
  /** Whether the other robots count, or only what of them is fixed. Left out: yes. */
  readonly others?: boolean | "fixed";
  /** Whether the robot's own links count, which joints and covers keep apart. Left out: no. */
  readonly own?: boolean;
}

/** One body of a robot and what it is nearest to. */
export interface BodyClearance {
  readonly body: string;
  readonly clearanceClass: ClearanceClass;
  readonly obstacle: string;
  /** 0 in contact or inside. */
  readonly distanceM: number;
  /** Where on the body and on the obstacle, in the cell, m. */
  readonly pointA: Xyz;
  readonly pointB: Xyz;
  /** Smallest distance that is wanted of this body here. */
  readonly limitM: number;
}

/** A pair whose surfaces touch, or of which one lies inside the other. */
export interface Contact {
  readonly body: string;
  readonly obstacle: string;
  readonly isInside: boolean;
}

/** A robot at one configuration. */
export interface PoseCheck {
  /** In the order of the robot's bodies; those with nothing around them are left out. */
  readonly perBody: readonly BodyClearance[];
  /** By body, then by obstacle. */
  readonly contacts: readonly Contact[];
  /** The smallest of `perBody`, the first of equals. */
  readonly nearest: BodyClearance | undefined;
  /** Those of `perBody` that are in contact or nearer than their limit. */
  readonly short: readonly BodyClearance[];
}
