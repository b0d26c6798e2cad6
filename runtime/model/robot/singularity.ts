import { Jacobian } from "./jacobian.ts";
import { ARM_JOINTS, type SerialArm } from "./serial-arm.ts";

/** Metres that count as much as a radian where ways and turns stand in one matrix. */
const LENGTH_M = 1;
const MOST_SWEEPS = 20;

/**
 * How near an arm stands to a singularity: the smallest singular value of its Jacobian at the TCP, the way in m and the
 * turn in rad weighed alike (1 m to 1 rad). It is the slowest that the TCP can be made to move with all joints together
 * at 1 rad/s: 0 where some direction is lost (stretched elbow, aligned wrist, wrist centre on axis 1), and falling to 0
 * evenly on the way there (Nakamura 1991, 4.2). Allocates nothing.
 */
export class SingularityMeasure {
  readonly #jacobian: Jacobian;
  readonly #columns = new Float64Array(36);

  constructor(arm: SerialArm) {
    this.#jacobian = new Jacobian(arm);
  }

  /** The smallest singular value at six angles in rad. */
  at(q: ArrayLike<number>): number {
    this.#jacobian.at(q);
    const { matrix } = this.#jacobian;
    const columns = this.#columns;
    for (let row = 0; row < 6; row++)
      for (let joint = 0; joint < ARM_JOINTS; joint++)
        columns[6 * joint + row] = matrix[6 * row + joint]! / (row < 3 ? LENGTH_M : 1);
    return smallestSingularValue(columns);
  }
}

/**
 * Smallest singular value of six columns of six: turned in pairs until all are square to each other (one-sided Jacobi,
 * Hestenes 1958), where their lengths are the singular values. Works in place.
 */
function smallestSingularValue(columns: Float64Array): number {
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let square = true;
    for (let i = 0; i < 30; i += 6)
      for (let k = i + 6; k < 36; k += 6) {
        let ii = 0;
        let kk = 0;
        let ik = 0;
        for (let row = 0; row < 6; row++) {
          ii += columns[i + row]! ** 2;
          kk += columns[k + row]! ** 2;
          ik += columns[i + row]! * columns[k + row]!;
        }
        if (Math.abs(ik) <= 1e-15 * Math.sqrt(ii * kk)) continue;
        square = false;
        const cot = (kk - ii) / (2 * ik);
        const tan = (cot < 0 ? -1 : 1) / (Math.abs(cot) + Math.sqrt(1 + cot * cot));
        const cos = 1 / Math.sqrt(1 + tan * tan);
        const sin = cos * tan;
        for (let row = 0; row < 6; row++) {
          const a = columns[i + row]!;
          const b = columns[k + row]!;
          columns[i + row] = cos * a - sin * b;
          columns[k + row] = sin * a + cos * b;
        }
      }
    if (square) break;
  }
  let smallest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 36; i += 6) {
    let squares = 0;
    for (let row = 0; row < 6; row++) squares += columns[i + row]! ** 2;
    smallest = Math.min(smallest, Math.sqrt(squares));
  }
  return smallest;
}
