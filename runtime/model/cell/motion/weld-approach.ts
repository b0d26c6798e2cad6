import { POSE_SIZE } from "../../robot/pose.ts";
import type { SerialArm } from "../../robot/serial-arm.ts";

/** Steps of the march that looks where an approach ends, and of the bisection of the last of them. */
const MARCH_STEPS = 128;
const BISECTIONS = 20;

/**
 * Share of a move, from a weld at `q` on, on which the TCP is no further than `approachM` from that weld: there the
 * clearances of welding hold. A move that comes back later is on its way there, with the clearances of motion.
 * @param qWeld,qAway joint angles at the weld and at the other end of the move, rad
 * @returns 0 to 1
 */
export function approachShare(
  arm: SerialArm,
  qWeld: ArrayLike<number>,
  qAway: ArrayLike<number>,
  approachM: number,
): number {
  const q = new Float64Array(arm.dof);
  const weld = new Float64Array(POSE_SIZE);
  const pose = new Float64Array(POSE_SIZE);
  arm.tcpPose(qWeld, weld);
  const isNear = (share: number): boolean => {
    for (let i = 0; i < q.length; i++) q[i] = qWeld[i]! + share * (qAway[i]! - qWeld[i]!);
    arm.tcpPose(q, pose);
    return Math.hypot(pose[3]! - weld[3]!, pose[7]! - weld[7]!, pose[11]! - weld[11]!) <= approachM;
  };
  for (let step = 1; step <= MARCH_STEPS; step++) {
    if (isNear(step / MARCH_STEPS)) continue;
    let near = (step - 1) / MARCH_STEPS;
    let away = step / MARCH_STEPS;
    for (let i = 0; i < BISECTIONS; i++) {
      const middle = (near + away) / 2;
      if (isNear(middle)) near = middle;
      else away = middle;
    }
    return near;
  }
  return 1;
}
