import { Random } from "../../core/random.ts";
import { Jacobian } from "./jacobian.ts";
import { ARM_JOINTS, type SerialArm } from "./serial-arm.ts";

/** A six-axis arm has at most 16 branches (Lee, Liang 1988). */
const MOST_BRANCHES = 16;
/** Starts of the search, drawn once per arm. */
const STARTS = 128;
const MOST_ITERATIONS = 60;
/** Reached: within 1e-7 mm and 1e-10 rad. */
const REACHED = 1e-10;
/** No step turns a joint further than this. */
const MOST_STEP_RAD = 0.6;
/** Branches whose angles all agree to this (rad) are one. */
const SAME_RAD = 1e-5;

/**
 * Inverse kinematics by damped least squares (Levenberg 1944, Marquardt 1963; for arms Wampler 1986) from many starts,
 * the same ones in every run. What it finds is right; that it finds every branch is likely, not proven.
 */
export class NumericalInverse {
  readonly #jacobian: Jacobian;
  readonly #starts: Float64Array;
  readonly #q = new Float64Array(ARM_JOINTS);
  readonly #trial = new Float64Array(ARM_JOINTS);
  readonly #error = new Float64Array(6);
  readonly #step = new Float64Array(6);
  readonly #normal = new Float64Array(36);
  readonly #gradient = new Float64Array(6);

  constructor(arm: SerialArm) {
    this.#jacobian = new Jacobian(arm);
    const random = new Random(6);
    this.#starts = Float64Array.from({ length: STARTS * ARM_JOINTS }, (_, index) => {
      const lower = Math.max(arm.lowerRad[index % ARM_JOINTS]!, -Math.PI);
      const upper = Math.min(arm.upperRad[index % ARM_JOINTS]!, Math.PI);
      return lower < upper ? lower + random.uniform() * (upper - lower) : arm.lowerRad[index % ARM_JOINTS]!;
    });
  }

  /** As `AnalyticInverse.branches`; up to 16, each angle within (-pi, pi]. */
  branches(tcp12: Float64Array, out: Float64Array): number {
    let count = 0;
    for (let start = 0; start < STARTS && count < MOST_BRANCHES; start++) {
      for (let i = 0; i < ARM_JOINTS; i++) this.#q[i] = this.#starts[ARM_JOINTS * start + i]!;
      if (!this.refine(tcp12, this.#q, 0) || isKnown(this.#q, out, count)) continue;
      for (let i = 0; i < ARM_JOINTS; i++) out[ARM_JOINTS * count + i] = wrapped(this.#q[i]!);
      count++;
    }
    return count;
  }

  /**
   * Moves six angles, from index `at` on, to where the TCP meets a pose.
   * @returns whether it got there
   */
  refine(tcp12: Float64Array, angles: Float64Array, at: number): boolean {
    const trial = this.#trial;
    for (let i = 0; i < ARM_JOINTS; i++) trial[i] = angles[at + i]!;
    let damping = 1e-3;
    let error = this.#measure(tcp12, trial);
    for (let iteration = 0; iteration < MOST_ITERATIONS && error > REACHED; iteration++) {
      this.#findStep(damping);
      for (let i = 0; i < ARM_JOINTS; i++) trial[i] = angles[at + i]! + this.#step[i]!;
      const tried = this.#measure(tcp12, trial);
      if (tried < error) {
        error = tried;
        damping = Math.max(1e-12, damping * 0.1);
        for (let i = 0; i < ARM_JOINTS; i++) angles[at + i] = trial[i]!;
        continue;
      }
      damping *= 8;
      if (damping > 1e6) return false;
      for (let i = 0; i < ARM_JOINTS; i++) trial[i] = angles[at + i]!;
      this.#measure(tcp12, trial);
    }
    return error <= REACHED;
  }

  /** Way and turn that are left to the pose, into the error; the Jacobian with it. @returns the larger of both (m, rad) */
  #measure(tcp12: Float64Array, q: Float64Array): number {
    this.#jacobian.at(q);
    const { tcp } = this.#jacobian;
    const error = this.#error;
    for (let row = 0; row < 3; row++) error[row] = tcp12[4 * row + 3]! - tcp[4 * row + 3]!;
    // Half the sum of the columns' cross products is the axis times the sine of the turn that is left.
    let sx = 0;
    let sy = 0;
    let sz = 0;
    let trace = 0;
    for (let k = 0; k < 3; k++) {
      const ax = tcp[k]!;
      const ay = tcp[4 + k]!;
      const az = tcp[8 + k]!;
      const bx = tcp12[k]!;
      const by = tcp12[4 + k]!;
      const bz = tcp12[8 + k]!;
      sx += ay * bz - az * by;
      sy += az * bx - ax * bz;
      sz += ax * by - ay * bx;
      trace += ax * bx + ay * by + az * bz;
    }
    const sine = Math.hypot(sx, sy, sz) / 2;
    const angle = Math.atan2(sine, (trace - 1) / 2);
    const scale = sine > 1e-12 ? angle / (2 * sine) : 0.5;
    error[3] = scale * sx;
    error[4] = scale * sy;
    error[5] = scale * sz;
    return Math.max(Math.hypot(error[0]!, error[1]!, error[2]!), angle);
  }

  /** `(J'J + damping I) step = J' error`, by Cholesky; shortened to the most a joint may turn. */
  #findStep(damping: number): void {
    const j = this.#jacobian.matrix;
    const normal = this.#normal;
    const gradient = this.#gradient;
    const step = this.#step;
    for (let i = 0; i < 6; i++) {
      for (let k = 0; k <= i; k++) {
        let sum = i === k ? damping : 0;
        for (let row = 0; row < 36; row += 6) sum += j[row + i]! * j[row + k]!;
        normal[6 * i + k] = sum;
      }
      let sum = 0;
      for (let row = 0; row < 6; row++) sum += j[6 * row + i]! * this.#error[row]!;
      gradient[i] = sum;
    }
    for (let i = 0; i < 6; i++) {
      for (let k = 0; k <= i; k++) {
        let sum = normal[6 * i + k]!;
        for (let m = 0; m < k; m++) sum -= normal[6 * i + m]! * normal[6 * k + m]!;
        normal[6 * i + k] = i === k ? Math.sqrt(Math.max(sum, 1e-300)) : sum / normal[6 * k + k]!;
      }
      let sum = gradient[i]!;
      for (let m = 0; m < i; m++) sum -= normal[6 * i + m]! * step[m]!;
      step[i] = sum / normal[6 * i + i]!;
    }
    let largest = 0;
    for (let i = 5; i >= 0; i--) {
      let sum = step[i]!;
      for (let m = i + 1; m < 6; m++) sum -= normal[6 * m + i]! * step[m]!;
      step[i] = sum / normal[6 * i + i]!;
      largest = Math.max(largest, Math.abs(step[i]!));
    }
    if (largest <= MOST_STEP_RAD) return;
    for (let i = 0; i < 6; i++) step[i]! *= MOST_STEP_RAD / largest;
  }
}

/** The angle within [-pi, pi] that points the same way. */
export function wrapped(angleRad: number): number {
  return angleRad - 2 * Math.PI * Math.round(angleRad / (2 * Math.PI));
}

function isKnown(q: Float64Array, found: Float64Array, count: number): boolean {
  for (let branch = 0; branch < count; branch++) {
    let apart = 0;
    for (let i = 0; i < ARM_JOINTS; i++)
      apart = Math.max(apart, Math.abs(wrapped(q[i]! - found[ARM_JOINTS * branch + i]!)));
    if (apart < SAME_RAD) return true;
  }
  return false;
}
