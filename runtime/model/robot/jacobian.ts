import { ARM_JOINTS, type SerialArm } from "./serial-arm.ts";

/**
 * The geometric Jacobian at the TCP, in world axes: how fast the TCP moves (rows 0-2, m/rad) and turns (rows 3-5,
 * rad/rad) as each joint turns. Keeps its own memory, so that reckoning it allocates nothing.
 */
export class Jacobian {
  readonly #arm: SerialArm;
  readonly #axes = new Float64Array(6 * ARM_JOINTS);
  /** Pose of the TCP of the latest configuration. */
  readonly tcp = new Float64Array(12);
  /** 6x6, row-major. */
  readonly matrix = new Float64Array(36);

  constructor(arm: SerialArm) {
    this.#arm = arm;
  }

  at(q: ArrayLike<number>): void {
    const axes = this.#axes;
    const tcp = this.tcp;
    const matrix = this.matrix;
    this.#arm.axes(q, axes, tcp);
    for (let joint = 0; joint < ARM_JOINTS; joint++) {
      const at = 6 * joint;
      const px = tcp[3]! - axes[at]!;
      const py = tcp[7]! - axes[at + 1]!;
      const pz = tcp[11]! - axes[at + 2]!;
      const x = axes[at + 3]!;
      const y = axes[at + 4]!;
      const z = axes[at + 5]!;
      matrix[joint] = y * pz - z * py;
      matrix[6 + joint] = z * px - x * pz;
      matrix[12 + joint] = x * py - y * px;
      matrix[18 + joint] = x;
      matrix[24 + joint] = y;
      matrix[30 + joint] = z;
    }
  }
}
