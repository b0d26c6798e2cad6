import type { ArmGeometry } from "./arm-geometry.ts";
import { multiplyPoses, POSE_SIZE } from "./pose.ts";
import { cross, dot, length, squareTo } from "./vector.ts";

/** Two shoulders, two elbows, two wrists. */
export const MOST_BRANCHES = 8;
/** Index of the forearm's turn beside joints 1 to 3. */
const FORE_TURN = 3;
/** A wrist centre this far out of the section is taken as on its border, so that rounding refuses no stretched arm. */
const BORDER_M = 1e-10;
/** Cosine of the wrist's bend may pass its range by this much, which rounding does. */
const BORDER_COSINE = 1e-14;
/** Sine of the angle between axes 4 and 6 below which they count as one line. */
const ALIGNED = 1e-12;

/**
 * Inverse kinematics in closed form for a spherical wrist and parallel axes 2 and 3 (Pieper 1968; the wrist by
 * Paden-Kahan subproblems, Murray, Li, Sastry 1994, 3.2): shoulder and elbow from the wrist centre in the arm's plane,
 * the wrist from the turn that is left. Square roots of small differences are taken through half angles, so a stretched
 * arm and an aligned wrist keep their digits. Nothing is allocated by `branches`.
 */
export class AnalyticInverse {
  readonly #geometry: ArmGeometry;
  readonly #upperAngleRad: number;
  readonly #foreAngleRad: number;
  /** Bend of joint 5 about which its two answers lie evenly, and the least and most angle between axes 4 and 6. */
  readonly #evenBendRad: number;
  readonly #leastRad: number;
  readonly #mostRad: number;
  /** A direction square to axis 6 at zero: how far it is turned is joint 6. */
  readonly #mark: Float64Array;
  readonly #axis4: Float64Array;
  readonly #axis5: Float64Array;
  readonly #axis6: Float64Array;
  readonly #pose = new Float64Array(POSE_SIZE);
  /** Joints 1 to 3 of the branch at hand, then the turn of the forearm about y. */
  readonly #armAngles = new Float64Array(4);
  /** What axis 6 and the mark have become: at the target, then seen by the wrist; and three for the wrist. */
  readonly #axis6AtGoal = new Float64Array(3);
  readonly #markAtGoal = new Float64Array(3);
  readonly #axisInWrist = new Float64Array(3);
  readonly #markInWrist = new Float64Array(3);
  readonly #bent = new Float64Array(3);
  readonly #turned = new Float64Array(3);

  constructor(geometry: ArmGeometry) {
    this.#geometry = geometry;
    const { shoulder, elbow, wrist, wristAxes } = geometry;
    this.#upperAngleRad = Math.atan2(elbow[1] - shoulder[1], elbow[0] - shoulder[0]);
    this.#foreAngleRad = Math.atan2(wrist[1] - elbow[1], wrist[0] - elbow[0]);
    const [axis4, axis5, axis6] = wristAxes;
    const across = dot(axis4, axis5) * dot(axis5, axis6);
    this.#evenBendRad = Math.atan2(dot(axis4, cross(axis5, axis6)), dot(axis4, axis6) - across);
    const between45 = Math.atan2(length(cross(axis4, axis5)), dot(axis4, axis5));
    const between56 = Math.atan2(length(cross(axis5, axis6)), dot(axis5, axis6));
    this.#leastRad = Math.abs(between45 - between56);
    this.#mostRad = Math.min(between45 + between56, 2 * Math.PI - between45 - between56);
    this.#mark = Float64Array.from(squareTo(axis6));
    this.#axis4 = Float64Array.from(axis4);
    this.#axis5 = Float64Array.from(axis5);
    this.#axis6 = Float64Array.from(axis6);
  }

  /**
   * Angles of every branch, whatever the limits, each within (-2 pi, 2 pi).
   * @param tcp12 pose of the TCP in the world
   * @param out six angles per branch, up to 8 branches
   * @returns the number of branches
   */
  branches(tcp12: Float64Array, out: Float64Array): number {
    const { fromWorld, tcpAtZero, wristInTcp, shoulder, lateralM, upperArmM, forearmM, elbowSign } =
      this.#geometry;
    const pose = this.#pose;
    multiplyPoses(fromWorld, 0, tcp12, 0, pose, 0);
    const wx = wristInTcp[0];
    const wy = wristInTcp[1];
    const wz = wristInTcp[2];
    const x = pose[0]! * wx + pose[1]! * wy + pose[2]! * wz + pose[3]!;
    const y = pose[4]! * wx + pose[5]! * wy + pose[6]! * wz + pose[7]!;
    const z = pose[8]! * wx + pose[9]! * wy + pose[10]! * wz + pose[11]!;
    turnedSinceZero(pose, tcpAtZero, this.#axis6, this.#axis6AtGoal);
    turnedSinceZero(pose, tcpAtZero, this.#mark, this.#markAtGoal);

    // Not Math.hypot, here and below: its arguments go over the heap.
    const outM = Math.sqrt(x * x + y * y);
    if (outM < Math.abs(lateralM) - BORDER_M) return 0;
    const inPlaneM = Math.sqrt(Math.max(0, (outM - lateralM) * (outM + lateralM)));
    const longest = upperArmM + forearmM;
    const shortest = Math.abs(upperArmM - forearmM);
    const border = 2 * longest * BORDER_M;
    let count = 0;
    for (let front = 1; front >= -1; front -= 2) {
      const radiusM = front * inPlaneM;
      const q1 = Math.atan2(y, x) - Math.atan2(lateralM, radiusM);
      const dx = radiusM - shoulder[0];
      const dz = z - shoulder[1];
      const squared = dx * dx + dz * dz;
      const short = longest * longest - squared;
      const long = squared - shortest * shortest;
      if (short < -border || long < -border) continue;
      const bend = 2 * Math.atan2(Math.sqrt(Math.max(0, short)), Math.sqrt(Math.max(0, long)));
      for (let side = 1; side >= -1; side -= 2) {
        const elbowBend = side * bend;
        const upperAngle =
          Math.atan2(dz, dx) -
          Math.atan2(forearmM * Math.sin(elbowBend), upperArmM + forearmM * Math.cos(elbowBend));
        // A turn about y takes z to x: angles in the plane, counted from x to z, fall as joint 2 grows.
        const q2 = this.#upperAngleRad - upperAngle;
        const foreTurn = this.#foreAngleRad - (upperAngle + elbowBend);
        const arm = this.#armAngles;
        arm[0] = q1;
        arm[1] = q2;
        arm[2] = elbowSign * (foreTurn - q2);
        arm[FORE_TURN] = foreTurn;
        count = this.#wrist(out, count);
        if (bend === 0) break;
      }
    }
    return count;
  }

  /** Adds the branches of the wrist to one of the arm. */
  #wrist(out: Float64Array, first: number): number {
    const axis4 = this.#axis4;
    const axis5 = this.#axis5;
    const axis6 = this.#axis6;
    const arm = this.#armAngles;
    seenByForearm(this.#axis6AtGoal, this.#markAtGoal, arm, this.#axisInWrist, this.#markInWrist);
    const goal = this.#axisInWrist;
    const sx = axis4[1]! * goal[2]! - axis4[2]! * goal[1]!;
    const sy = axis4[2]! * goal[0]! - axis4[0]! * goal[2]!;
    const sz = axis4[0]! * goal[1]! - axis4[1]! * goal[0]!;
    const sine = Math.sqrt(sx * sx + sy * sy + sz * sz);
    const cosine = axis4[0]! * goal[0]! + axis4[1]! * goal[1]! + axis4[2]! * goal[2]!;
    const angle = Math.atan2(sine, cosine);
    // cos(least) - cos(angle) and cos(angle) - cos(most), as products.
    const over = Math.sin((angle + this.#leastRad) / 2) * Math.sin((angle - this.#leastRad) / 2);
    const under = Math.sin((this.#mostRad + angle) / 2) * Math.sin((this.#mostRad - angle) / 2);
    if (over < -BORDER_COSINE || under < -BORDER_COSINE) return first;
    const bend = 2 * Math.atan2(Math.sqrt(Math.max(0, over)), Math.sqrt(Math.max(0, under)));
    let count = first;
    for (let side = 1; side >= -1; side -= 2) {
      const at = 6 * count;
      out[at] = arm[0]!;
      out[at + 1] = arm[1]!;
      out[at + 2] = arm[2]!;
      out[at + 4] = this.#evenBendRad + side * bend;
      turnInto(axis6, axis5, out, at + 4, 1, this.#bent);
      // With axes 4 and 6 in one line only the sum of their angles counts: joint 4 takes none of it.
      if (sine < ALIGNED) out[at + 3] = 0;
      else angleAbout(axis4, this.#bent, goal, out, at + 3);
      turnInto(this.#markInWrist, axis4, out, at + 3, -1, this.#turned);
      turnInto(this.#turned, axis5, out, at + 4, -1, this.#turned);
      angleAbout(axis6, this.#mark, this.#turned, out, at + 5);
      count++;
      if (bend === 0 || bend === Math.PI) break;
    }
    return count;
  }
}

/** A direction of the last link at zero, as it stands at the pose: `R(pose) R(zero)' direction`. */
function turnedSinceZero(
  pose: Float64Array,
  zero: Float64Array,
  direction: Float64Array,
  out: Float64Array,
): void {
  const dx = direction[0]!;
  const dy = direction[1]!;
  const dz = direction[2]!;
  const x = zero[0]! * dx + zero[4]! * dy + zero[8]! * dz;
  const y = zero[1]! * dx + zero[5]! * dy + zero[9]! * dz;
  const z = zero[2]! * dx + zero[6]! * dy + zero[10]! * dz;
  for (let row = 0; row < 3; row++)
    out[row] = pose[4 * row]! * x + pose[4 * row + 1]! * y + pose[4 * row + 2]! * z;
}

// The functions below take angles from an array and write them to one: a number handed over by itself may be put on the
// heap.

/** Two vectors from the arm's frame into the forearm's: `Rot(y, -foreTurn) Rot(z, -q1) v`. */
function seenByForearm(
  a: Float64Array,
  b: Float64Array,
  arm: Float64Array,
  outA: Float64Array,
  outB: Float64Array,
): void {
  const c1 = Math.cos(arm[0]!);
  const s1 = Math.sin(arm[0]!);
  const c = Math.cos(arm[FORE_TURN]!);
  const s = Math.sin(arm[FORE_TURN]!);
  const ax = c1 * a[0]! + s1 * a[1]!;
  outA[0] = c * ax - s * a[2]!;
  outA[1] = c1 * a[1]! - s1 * a[0]!;
  outA[2] = s * ax + c * a[2]!;
  const bx = c1 * b[0]! + s1 * b[1]!;
  outB[0] = c * bx - s * b[2]!;
  outB[1] = c1 * b[1]! - s1 * b[0]!;
  outB[2] = s * bx + c * b[2]!;
}

/** A vector turned about a unit axis (Rodrigues) by `sign` times the angle at `at`. `out` may be the vector. */
function turnInto(
  v: Float64Array,
  axis: Float64Array,
  angles: Float64Array,
  at: number,
  sign: 1 | -1,
  out: Float64Array,
): void {
  const ax = axis[0]!;
  const ay = axis[1]!;
  const az = axis[2]!;
  const x = v[0]!;
  const y = v[1]!;
  const z = v[2]!;
  const c = Math.cos(angles[at]!);
  const s = sign * Math.sin(angles[at]!);
  const share = (ax * x + ay * y + az * z) * (1 - c);
  out[0] = x * c + (ay * z - az * y) * s + ax * share;
  out[1] = y * c + (az * x - ax * z) * s + ay * share;
  out[2] = z * c + (ax * y - ay * x) * s + az * share;
}

/**
 * Angle about an axis from one vector to another, both taken square to it: what lies along the axis is taken off first,
 * or it would swamp the rest near an aligned wrist.
 */
function angleAbout(
  axis: Float64Array,
  from: Float64Array,
  to: Float64Array,
  angles: Float64Array,
  at: number,
): void {
  const ax = axis[0]!;
  const ay = axis[1]!;
  const az = axis[2]!;
  const f = ax * from[0]! + ay * from[1]! + az * from[2]!;
  const fx = from[0]! - f * ax;
  const fy = from[1]! - f * ay;
  const fz = from[2]! - f * az;
  const t = ax * to[0]! + ay * to[1]! + az * to[2]!;
  const tx = to[0]! - t * ax;
  const ty = to[1]! - t * ay;
  const tz = to[2]! - t * az;
  const sine = ax * (fy * tz - fz * ty) + ay * (fz * tx - fx * tz) + az * (fx * ty - fy * tx);
  angles[at] = Math.atan2(sine, fx * tx + fy * ty + fz * tz);
}
