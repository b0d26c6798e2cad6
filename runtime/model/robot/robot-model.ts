import type { Pose, Xyz } from "./pose.ts";

/** A mesh of a link. */
export interface LinkMesh {
  /** As the URDF names it: relative to its own folder, or `package://...`. */
  readonly file: string;
  readonly scale: Xyz;
  /** Pose of the mesh in the link's frame. */
  readonly pose12: Pose;
}

export interface RobotLink {
  readonly name: string;
  /** Name of the joint that carries it; undefined for the root. */
  readonly joint: string | undefined;
  readonly collision: readonly LinkMesh[];
  readonly visual: readonly LinkMesh[];
}

export type JointType = "revolute" | "continuous" | "prismatic" | "fixed";

export interface JointMimic {
  readonly joint: string;
  readonly multiplier: number;
  readonly offsetRad: number;
}

export interface RobotJoint {
  readonly name: string;
  readonly type: JointType;
  readonly parent: string;
  readonly child: string;
  /** Pose of the child at position 0, in the parent's frame. */
  readonly origin12: Pose;
  /** Unit vector in the joint's own frame; of a fixed joint it means nothing. */
  readonly axis: Xyz;
  /** Limits in rad (m for a prismatic joint); infinite for a continuous joint, 0 for a fixed one. */
  readonly lowerRad: number;
  readonly upperRad: number;
  /** rad/s (m/s for a prismatic joint); 0 where none is given. */
  readonly velocityRadS: number;
  readonly mimic?: JointMimic;
}

/** A robot as its URDF describes it: a tree of links, each carried by one joint. */
export interface RobotModel {
  readonly name: string;
  readonly links: readonly RobotLink[];
  readonly joints: readonly RobotJoint[];
  /** Name of the link that nothing carries. */
  readonly root: string;
}
