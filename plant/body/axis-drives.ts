import { Drift } from "../physics/drift.ts";
import type { RandomStream } from "../physics/random-stream.ts";
import { SPEEDS_DEG_S, type StationProgram } from "./station-programs.ts";
import { AXES } from "./tcp.ts";

/** Load of a motor that holds its axis still, and what moving at its top speed would add, %. */
const HOLDING_LOAD = [9, 22, 18, 8, 9, 6];
const MOVING_LOAD = 60;
/** What the load scatters by from body to body, and wanders by over hours (grease, hoses), shares of it. */
const LOAD_SCATTER = 0.01;
const LOAD_WANDER = 0.008;
const WANDER_TIME_S = 2 * 3600;
/** Motors of one type are never alike. */
const LOAD_SPREAD = 0.04;
/** Losses grow with the square of the current: K over the hall at 100 % load, in the long run. */
const HEATING_K = 260;
const HEATING_TIME_S = 1800;
const TEMPERATURE_NOISE_K = 0.25;

/** The six motors of a robot: how hard they worked on the last body, and how warm they have become. */
export class AxisDrives {
  /** Mean load over the last program, % of what the motor may do for ever; NaN before the first. */
  readonly loadPercent = new Float64Array(AXES).fill(Number.NaN);
  /** As the drive reports at the end of the program; NaN before the first. */
  readonly temperatureC = new Float64Array(AXES).fill(Number.NaN);
  readonly #random: RandomStream;
  readonly #baseLoad: Float64Array;
  readonly #wander: Drift[];
  readonly #windingC = new Float64Array(AXES);
  #lastEndS = Number.NaN;

  constructor({ points }: StationProgram, cycleS: number, random: RandomStream) {
    this.#random = random;
    this.#baseLoad = Float64Array.from({ length: AXES }, (_, axis) => {
      const wayDeg = points.reduce(
        (sum, { qDeg }, i) => sum + Math.abs(qDeg[axis]! - points[Math.max(0, i - 1)]!.qDeg[axis]!),
        0,
      );
      const moving = (MOVING_LOAD * wayDeg) / cycleS / SPEEDS_DEG_S[axis]!;
      return (HOLDING_LOAD[axis]! + moving) * (1 + LOAD_SPREAD * random.normal());
    });
    this.#wander = Array.from({ length: AXES }, () => new Drift(LOAD_WANDER, WANDER_TIME_S, cycleS, random));
  }

  /**
   * The program has ended.
   * @param friction share by which a worn gearbox raises the load of an axis
   */
  ended(endS: number, hallC: number, friction: (axis: number) => number): void {
    const isFirst = Number.isNaN(this.#lastEndS);
    const left = isFirst ? 0 : Math.exp(-(endS - this.#lastEndS) / HEATING_TIME_S);
    this.#lastEndS = endS;
    for (let axis = 0; axis < AXES; axis++) {
      const scatter = 1 + this.#wander[axis]!.step(this.#random) + LOAD_SCATTER * this.#random.normal();
      const load = this.#baseLoad[axis]! * scatter * (1 + friction(axis + 1));
      const warmC = hallC + HEATING_K * (load / 100) ** 2;
      this.loadPercent[axis] = load;
      this.#windingC[axis] = warmC + (this.#windingC[axis]! - warmC) * left;
      this.temperatureC[axis] = this.#windingC[axis]! + TEMPERATURE_NOISE_K * this.#random.normal();
    }
  }
}
