import { RungError } from "../../core/errors.ts";
import { cross, dot, type Xyz } from "./vector.ts";

export type { Xyz } from "./vector.ts";

/**
 * A pose: the rigid transform from a frame to the one it stands in, as the 12 numbers of a row-major 3x4 matrix
 * (rotation | translation in m). Many poses lie one after another in one array; `at` is the index of the first number.
 */
export type Pose = Float64Array;

/** Numbers in a pose. */
export const POSE_SIZE = 12;

/** How far a rotation's columns may be from unit length and square to each other. */
const MOST_SKEW = 1e-6;

/** @throws RungError `bad-pose` for what is not 12 finite numbers with a rotation among them */
export function checkPose(pose: Pose, where: string, what: string): void {
  const refuse = (why: string, advice: string): RungError =>
    new RungError({ code: "bad-pose", where, what: `${what} is ${why}`, advice });
  if (pose.length !== POSE_SIZE || !pose.every(Number.isFinite))
    throw refuse("not 12 finite numbers", "give it as a row-major 3x4 matrix in m");
  const column = (k: number): Xyz => [pose[k]!, pose[4 + k]!, pose[8 + k]!];
  const [x, y, z] = [column(0), column(1), column(2)];
  const right = cross(x, y);
  const skew = Math.max(
    Math.abs(dot(x, x) - 1),
    Math.abs(dot(y, y) - 1),
    Math.abs(dot(x, y)),
    ...right.map((part, row) => Math.abs(part - z[row]!)),
  );
  if (skew > MOST_SKEW)
    throw refuse("no right-handed rotation", "its columns are unit vectors, square to each other");
}

export function identityPose(): Pose {
  return Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0);
}

/** A pose from a translation in m and roll, pitch, yaw in rad: turned about the fixed x, y, z in turn (URDF, `origin`). */
export function poseFromRpy(xyzM: Xyz, rpyRad: Xyz): Pose {
  const [roll, pitch, yaw] = rpyRad;
  const [cr, sr] = [Math.cos(roll), Math.sin(roll)];
  const [cp, sp] = [Math.cos(pitch), Math.sin(pitch)];
  const [cy, sy] = [Math.cos(yaw), Math.sin(yaw)];
  return Float64Array.of(
    cy * cp,
    cy * sp * sr - sy * cr,
    cy * sp * cr + sy * sr,
    xyzM[0],
    sy * cp,
    sy * sp * sr + cy * cr,
    sy * sp * cr - cy * sr,
    xyzM[1],
    -sp,
    cp * sr,
    cp * cr,
    xyzM[2],
  );
}

/** `out = a b`. `out` may be `a`, never `b`. */
export function multiplyPoses(
  a: Float64Array,
  atA: number,
  b: Float64Array,
  atB: number,
  out: Float64Array,
  atOut: number,
): void {
  for (let row = 0; row < 12; row += 4) {
    const x = a[atA + row]!;
    const y = a[atA + row + 1]!;
    const z = a[atA + row + 2]!;
    const t = a[atA + row + 3]!;
    out[atOut + row] = x * b[atB]! + y * b[atB + 4]! + z * b[atB + 8]!;
    out[atOut + row + 1] = x * b[atB + 1]! + y * b[atB + 5]! + z * b[atB + 9]!;
    out[atOut + row + 2] = x * b[atB + 2]! + y * b[atB + 6]! + z * b[atB + 10]!;
    out[atOut + row + 3] = x * b[atB + 3]! + y * b[atB + 7]! + z * b[atB + 11]! + t;
  }
}

/** `a b` as a new pose. */
export function composed(a: Pose, b: Pose): Pose {
  const out = new Float64Array(POSE_SIZE);
  multiplyPoses(a, 0, b, 0, out, 0);
  return out;
}

/** The inverse, as a new pose. */
export function inverted(a: Pose): Pose {
  const out = new Float64Array(POSE_SIZE);
  for (let i = 0; i < 3; i++) {
    for (let k = 0; k < 3; k++) out[4 * i + k] = a[4 * k + i]!;
    out[4 * i + 3] = -(a[i]! * a[3]! + a[4 + i]! * a[7]! + a[8 + i]! * a[11]!);
  }
  return out;
}

/** Turns the pose at `at` about an axis of its own frame, in place: `pose = pose Rot(axis, angle)`. The axis is a unit vector. */
export function turnPose(
  poses: Float64Array,
  at: number,
  x: number,
  y: number,
  z: number,
  angleRad: number,
): void {
  const c = Math.cos(angleRad);
  const s = Math.sin(angleRad);
  const v = 1 - c;
  const r00 = c + x * x * v;
  const r01 = x * y * v - z * s;
  const r02 = x * z * v + y * s;
  const r10 = y * x * v + z * s;
  const r11 = c + y * y * v;
  const r12 = y * z * v - x * s;
  const r20 = z * x * v - y * s;
  const r21 = z * y * v + x * s;
  const r22 = c + z * z * v;
  for (let row = at; row < at + 12; row += 4) {
    const a = poses[row]!;
    const b = poses[row + 1]!;
    const d = poses[row + 2]!;
    poses[row] = a * r00 + b * r10 + d * r20;
    poses[row + 1] = a * r01 + b * r11 + d * r21;
    poses[row + 2] = a * r02 + b * r12 + d * r22;
  }
}

/** A direction of the pose's frame, in the frame it stands in. */
export function turned(pose: Pose, direction: Xyz): Xyz {
  const [x, y, z] = direction;
  return [
    pose[0]! * x + pose[1]! * y + pose[2]! * z,
    pose[4]! * x + pose[5]! * y + pose[6]! * z,
    pose[8]! * x + pose[9]! * y + pose[10]! * z,
  ];
}

/** A point of the pose's frame (m), in the frame it stands in. */
export function moved(pose: Pose, pointM: Xyz): Xyz {
  const [x, y, z] = turned(pose, pointM);
  return [x + pose[3]!, y + pose[7]!, z + pose[11]!];
}

/** How far two poses lie apart: their origins in m, and the angle of the turn between them in rad. */
export function poseDifference(
  a: Float64Array,
  b: Float64Array,
  atA = 0,
  atB = 0,
): { distanceM: number; angleRad: number } {
  let squares = 0;
  for (let row = 0; row < 12; row += 4)
    for (let k = 0; k < 3; k++) squares += (a[atA + row + k]! - b[atB + row + k]!) ** 2;
  return {
    distanceM: Math.hypot(a[atA + 3]! - b[atB + 3]!, a[atA + 7]! - b[atB + 7]!, a[atA + 11]! - b[atB + 11]!),
    // |A - B|_F^2 = 8 sin^2(angle / 2), which keeps its digits at small angles, where the trace loses them.
    angleRad: 2 * Math.asin(Math.min(1, Math.sqrt(squares / 8))),
  };
}
