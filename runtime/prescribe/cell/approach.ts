import type { CellRobot } from "../../model/cell/cell.ts";
import { soonest } from "../../model/cell/program-poses.ts";
import { POSE_SIZE, type Pose, turnPose } from "../../model/robot/pose.ts";
import type { PlannedPoint } from "./robot-look.ts";

/** TCP pose of a configuration. */
export function tcpOf(robot: CellRobot, q: ArrayLike<number>): Pose {
  const pose = new Float64Array(POSE_SIZE);
  robot.arm.tcpPose(q, pose);
  return pose;
}

/**
 * TCP poses around a weld after the gun was turned about its electrodes: the weld's own stays in its place, those of the
 * points next to it go round with it.
 */
export function turnedAround(weld12: Pose, pose12: Pose, turnRad: number): Pose {
  const [x, y, z] = [weld12[2]!, weld12[6]!, weld12[10]!];
  const at = Float64Array.of(1, 0, 0, weld12[3]!, 0, 1, 0, weld12[7]!, 0, 0, 1, weld12[11]!);
  turnPose(at, 0, x, y, z, turnRad);
  const out = new Float64Array(POSE_SIZE);
  for (let row = 0; row < 12; row += 4) {
    for (let k = 0; k < 4; k++) {
      let sum = k === 3 ? at[row + 3]! : 0;
      for (let j = 0; j < 3; j++) {
        const from = k === 3 ? pose12[4 * j + 3]! - weld12[4 * j + 3]! : pose12[4 * j + k]!;
        sum += at[row + j]! * from;
      }
      out[row + k] = sum;
    }
  }
  return out;
}

/** A pose farther along the way that leads from the weld to it; against the electrode's direction where it is the weld. */
function movedBack(weld12: Pose, pose12: Pose, backM: number): Pose {
  const way = [3, 7, 11].map((at) => pose12[at]! - weld12[at]!);
  const lengthM = Math.hypot(...way);
  const out = Float64Array.from(pose12);
  for (const [k, at] of [3, 7, 11].entries())
    out[at]! += backM * (lengthM > 1e-6 ? way[k]! / lengthM : -pose12[at - 1]!);
  return out;
}

/** A joint may turn so far in one taught change, rad: beyond it the arm takes another posture. */
const SAME_POSTURE_RAD = 1.5;

/**
 * Points taught anew: all turned about the electrode's axis at the weld, those that are no weld also moved back.
 * @returns undefined where a point has no configuration in its old posture
 */
export function taughtAnew(
  robot: CellRobot,
  points: readonly PlannedPoint[],
  turnRad: number,
  backM: number,
): PlannedPoint[] | undefined {
  const spot = points.find(({ kind }) => kind === "weld") ?? points[0]!;
  const weld12 = tcpOf(robot, spot.q);
  const anew: PlannedPoint[] = [];
  for (const point of points) {
    const turned = turnedAround(weld12, tcpOf(robot, point.q), turnRad);
    const pose = point.kind === "weld" ? turned : movedBack(weld12, turned, backM);
    const q =
      turnRad === 0 && (backM === 0 || point.kind === "weld") ? point.q : soonest(robot, pose, point.q);
    if (q === undefined || q.some((angle, j) => Math.abs(angle - point.q[j]!) > SAME_POSTURE_RAD))
      return undefined;
    anew.push({ ...point, q });
  }
  return anew;
}
