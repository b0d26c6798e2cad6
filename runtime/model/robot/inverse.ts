import { AnalyticInverse } from "./analytic-inverse.ts";
import { measureArm } from "./arm-geometry.ts";
import { NumericalInverse, wrapped } from "./numerical-inverse.ts";
import { ARM_JOINTS, type SerialArm } from "./serial-arm.ts";

/** Solutions that hold all of an arm whose joints 1, 4 and 6 reach over a full turn: eight branches on two turns each. */
export const MOST_SOLUTIONS = 64;
/** Branches of the numerical search, the larger of both ways. */
const MOST_BRANCHES = 16;
/** An angle this little past a limit is set to it: rounding puts a limit's own pose there. Moves a TCP by < 1e-6 mm. */
const LIMIT_ROUNDING_RAD = 1e-10;
const TURN = 2 * Math.PI;

/**
 * Inverse kinematics of a six-axis arm: in closed form where the wrist is spherical, axes 2 and 3 parallel and axis 1
 * square to them, numerically otherwise (`reason` says why). Every solution brings the TCP to the pose within 1e-6 mm.
 */
export class InverseKinematics {
  readonly kind: "analytic" | "numerical";
  /** Why there is no closed form; "" where there is. */
  readonly reason: string;
  readonly #arm: SerialArm;
  readonly #analytic: AnalyticInverse | undefined;
  /** Searches where there is no closed form, and polishes where the axes meet it only nearly. */
  readonly #numerical: NumericalInverse | undefined;
  readonly #branches = new Float64Array(ARM_JOINTS * MOST_BRANCHES);

  constructor(arm: SerialArm) {
    this.#arm = arm;
    const geometry = measureArm(arm);
    if ("reason" in geometry) {
      this.kind = "numerical";
      this.reason = geometry.reason;
      this.#numerical = new NumericalInverse(arm);
      return;
    }
    this.kind = "analytic";
    this.reason = "";
    this.#analytic = new AnalyticInverse(geometry);
    if (!geometry.exact) this.#numerical = new NumericalInverse(arm);
  }

  /**
   * All configurations within the limits that bring the TCP to a pose: first one per branch, each joint on the turn
   * with the widest margin, then the same branches with joints a full turn on. A joint without limits is given within
   * [-pi, pi]. Of an aligned wrist, where only the sum of joints 4 and 6 counts, the one with joint 4 at 0 is given; of a
   * wrist centre on axis 1, where any angle of joint 1 serves, one of them.
   * @param tcp12 pose of the TCP in the world; one that is not finite has no solution
   * @param out six angles in rad per solution; those beyond its length are left out (see `MOST_SOLUTIONS`)
   * @returns the number of solutions
   */
  solve(tcp12: Float64Array, out: Float64Array): number {
    const room = Math.floor(out.length / ARM_JOINTS);
    const branches = this.#branches;
    const found = (this.#analytic ?? this.#numerical!).branches(tcp12, branches);
    let count = 0;
    for (let branch = 0; branch < found && count < room; branch++) {
      const at = ARM_JOINTS * branch;
      if (this.#analytic !== undefined && this.#numerical !== undefined)
        if (!this.#numerical.refine(tcp12, branches, at)) continue;
      if (this.#takeWithin(branches, at, out, ARM_JOINTS * count)) count++;
    }
    const firsts = count;
    for (let first = 0; first < firsts; first++) count = this.#addTurns(out, first, count, room);
    return count;
  }

  /** Copies a branch with every joint on the turn of the widest margin; false where one has none within its limits. */
  #takeWithin(branches: Float64Array, from: number, out: Float64Array, to: number): boolean {
    for (let i = 0; i < ARM_JOINTS; i++) {
      const lower = this.#arm.lowerRad[i]!;
      const upper = this.#arm.upperRad[i]!;
      let angle = wrapped(branches[from + i]!);
      if (lower !== Number.NEGATIVE_INFINITY) {
        const middle = (lower + upper) / 2;
        angle += TURN * Math.round((middle - angle) / TURN);
      }
      // A pose that is not finite has angles that are not, which no comparison holds for.
      if (!(angle >= lower - LIMIT_ROUNDING_RAD && angle <= upper + LIMIT_ROUNDING_RAD)) return false;
      angle = Math.min(Math.max(angle, lower), upper);
      out[to + i] = angle;
    }
    return true;
  }

  /** Adds what a solution becomes with joints whole turns on, in every combination that the limits let. */
  #addTurns(out: Float64Array, first: number, count: number, room: number): number {
    const added = count;
    let end = count;
    for (let i = 0; i < ARM_JOINTS; i++) {
      const lower = this.#arm.lowerRad[i]!;
      const upper = this.#arm.upperRad[i]!;
      if (upper - lower < TURN || upper === Number.POSITIVE_INFINITY) continue;
      const angle = out[ARM_JOINTS * first + i]!;
      const known = end;
      const least = Math.ceil((lower - angle) / TURN);
      const most = Math.floor((upper - angle) / TURN);
      for (let turns = least; turns <= most; turns++) {
        if (turns === 0) continue;
        for (let source = added - 1; source < known && end < room; source++) {
          const from = ARM_JOINTS * (source < added ? first : source);
          const to = ARM_JOINTS * end++;
          for (let k = 0; k < ARM_JOINTS; k++) out[to + k] = out[from + k]!;
          out[to + i] = angle + TURN * turns;
        }
      }
    }
    return end;
  }
}
