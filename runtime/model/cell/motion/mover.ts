import type { MeshHandle } from "../../../compute/mesh/mesh-engine.ts";
import { RungError } from "../../../core/errors.ts";

/** A rigid body as the motion checks see it. */
export interface SolidMesh {
  readonly name: string;
  readonly mesh: MeshHandle;
}

/** A body that does not move during the check: a fixture, a part, a link of a robot that waits. */
export interface StillBody extends SolidMesh {
  /** Row-major 3x4, m. */
  readonly pose12: Float64Array;
}

/** Bodies that are carried by joints: a robot with its tools, a slide, a turntable. */
export interface Mover {
  readonly name: string;
  /** Number of joints. */
  readonly dof: number;
  readonly bodies: readonly SolidMesh[];
  /**
   * How far any point of a body moves at most per unit of each joint, whatever the other joints are:
   * bodies x joints, row-major, m/rad (1 where a joint slides). 0 where the joint does not carry the body.
   */
  readonly travelPerRad: Float64Array;
  /** A sphere around each body: its centre in the body's own frame and its radius, 4 each, m. */
  readonly spheres: Float64Array;
  /** A joint drives others along, so that it may carry two bodies each in its own way. */
  readonly isCoupled?: boolean;
  /** Poses of all bodies at joint values q, 12 each. */
  posesAt(q: ArrayLike<number>, out: Float64Array): void;
}

/** Bound of the way of one body on a joint-linear move, m. */
export function travelOf(mover: Mover, body: number, from: ArrayLike<number>, to: ArrayLike<number>): number {
  let travelM = 0;
  for (let joint = 0; joint < mover.dof; joint++) {
    travelM += Math.abs(to[joint]! - from[joint]!) * mover.travelPerRad[body * mover.dof + joint]!;
  }
  return travelM;
}

/**
 * Bound of the change of distance between two bodies of one mover, m: a joint that carries both moves them as one,
 * so only those between them count, with the way of the body they carry. Unless the mover is coupled: then all count.
 */
export function travelBetween(
  mover: Mover,
  a: number,
  b: number,
  from: ArrayLike<number>,
  to: ArrayLike<number>,
): number {
  let travelM = 0;
  for (let joint = 0; joint < mover.dof; joint++) {
    const ofA = mover.travelPerRad[a * mover.dof + joint]!;
    const ofB = mover.travelPerRad[b * mover.dof + joint]!;
    if (ofA > 0 && ofB > 0 && mover.isCoupled !== true) continue;
    travelM += Math.abs(to[joint]! - from[joint]!) * (ofA + ofB);
  }
  return travelM;
}

/** @throws RungError `motion` where joint values do not fit the mover */
export function checkJoints(mover: Mover, q: ArrayLike<number>): void {
  if (q.length !== mover.dof) {
    throw new RungError({
      code: "motion",
      where: mover.name,
      what: `has ${mover.dof} joints, got ${q.length} values`,
      advice: "give one value per joint",
    });
  }
  for (let joint = 0; joint < mover.dof; joint++) {
    if (!Number.isFinite(q[joint]!)) {
      throw new RungError({
        code: "motion",
        where: `${mover.name}/joint ${joint + 1}`,
        what: `must be a finite angle, got ${q[joint]}`,
        advice: "mend the point of the program",
      });
    }
  }
}
