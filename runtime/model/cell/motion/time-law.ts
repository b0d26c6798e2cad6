import { RungError } from "../../../core/errors.ts";

/** What the axes of one robot can do; one entry per joint. Lengths stand for angles where a joint slides (m/s, m/s²). */
export interface AxisLimits {
  /** From the URDF. */
  readonly velocityRadS: Float64Array;
  /** Stated by the cell: a URDF holds none. `fitAccelerationFactor` corrects it by a measured cycle. */
  readonly accelerationRadS2: Float64Array;
}

/**
 * Time law of one joint-linear move from standstill to standstill: all joints start and end together
 * (synchronised trapezoid), so that the path stays the straight line in joint space that was checked.
 * Without jerk limits and without blending into the next move: both are said wherever a cycle time is told.
 *
 * Source: Siciliano, Sciavicco, Villani, Oriolo, Robotics (2009), 4.2.1 and 4.3.
 */
export class MoveLaw {
  readonly durationS: number;
  readonly #rampS: number;
  /** Of the path parameter s in [0, 1], 1/s and 1/s². */
  readonly #speed: number;
  readonly #acceleration: number;

  /**
   * @param from,to joint values, rad (m where a joint slides)
   * @param speed share of the axes' velocities, above 0 up to 1
   * @throws RungError `motion` where a figure is missing or out of its range
   */
  constructor(
    from: ArrayLike<number>,
    to: ArrayLike<number>,
    limits: AxisLimits,
    speed: number,
    where: string,
  ) {
    if (!(speed > 0 && speed <= 1)) {
      throw fault(
        where,
        `speed must be above 0 and at most 1, got ${speed}`,
        "it is a share of the axes' velocities",
      );
    }
    let fastest = Number.POSITIVE_INFINITY;
    let hardest = Number.POSITIVE_INFINITY;
    for (let joint = 0; joint < from.length; joint++) {
      const way = Math.abs(to[joint]! - from[joint]!);
      if (!Number.isFinite(way))
        throw fault(where, `joint ${joint + 1} has no finite value`, "give all joints");
      if (way === 0) continue;
      const velocity = limits.velocityRadS[joint]!;
      const acceleration = limits.accelerationRadS2[joint]!;
      if (!(velocity > 0)) {
        throw fault(where, `joint ${joint + 1} has no velocity above 0`, "set velocity in the URDF's limit");
      }
      if (!(acceleration > 0)) {
        throw fault(where, `joint ${joint + 1} has no acceleration above 0`, "state it in the cell file");
      }
      fastest = Math.min(fastest, (speed * velocity) / way);
      hardest = Math.min(hardest, acceleration / way);
    }
    if (fastest === Number.POSITIVE_INFINITY) {
      this.durationS = 0;
      this.#rampS = 0;
      this.#speed = 0;
      this.#acceleration = 0;
      return;
    }
    // A short move never reaches its speed: the trapezoid becomes a triangle.
    this.#speed = Math.min(fastest, Math.sqrt(hardest));
    this.#acceleration = hardest;
    this.#rampS = this.#speed / hardest;
    this.durationS = 1 / this.#speed + this.#rampS;
  }

  /** Share of the way done, 0 to 1, `timeS` after the start; held at its ends outside the move. */
  shareAt(timeS: number): number {
    if (timeS >= this.durationS) return 1;
    if (timeS <= 0) return 0;
    const left = this.durationS - timeS;
    if (timeS < this.#rampS) return (this.#acceleration * timeS * timeS) / 2;
    if (left < this.#rampS) return 1 - (this.#acceleration * left * left) / 2;
    return this.#speed * (timeS - this.#rampS / 2);
  }

  /** When that share of the way is done, s after the start: the inverse of `shareAt`. */
  timeAt(share: number): number {
    if (share <= 0 || this.durationS === 0) return 0;
    if (share >= 1) return this.durationS;
    const ramp = (this.#speed * this.#rampS) / 2;
    if (share < ramp) return Math.sqrt((2 * share) / this.#acceleration);
    if (1 - share < ramp) return this.durationS - Math.sqrt((2 * (1 - share)) / this.#acceleration);
    return share / this.#speed + this.#rampS / 2;
  }
}

function fault(where: string, what: string, advice: string): RungError {
  return new RungError({ code: "motion", where, what, advice });
}
