import { RungError } from "../../core/errors.ts";
import { type ArmGeometry, measureArm } from "./arm-geometry.ts";
import {
  ELECTRODE_AXIS,
  type FreedomOptions,
  TURN_STEP_RAD,
  turnedAbout,
  turnsToTry,
} from "./electrode-freedom.ts";
import { InverseKinematics, MOST_SOLUTIONS } from "./inverse.ts";
import { checkPose, inverted, moved, POSE_SIZE, type Pose, turned, type Xyz } from "./pose.ts";
import { ReachSection } from "./reach-section.ts";
import type { SerialArm } from "./serial-arm.ts";

export interface ReachOptions extends FreedomOptions {
  /** Whether the gun may turn about its electrodes. */
  readonly freeAboutElectrode: boolean;
}

/**
 * - `reachable` as taught
 * - `fixable` by a turn about the electrodes
 * - `short`: the wrist centre lies out of reach at every turn
 * - `wrist-limits`: the wrist centre is in reach, but joint 1, 4, 5 or 6 is not within its limits at any turn
 */
export type ReachKind = "reachable" | "fixable" | "short" | "wrist-limits";

export interface WeldReach {
  readonly kind: ReachKind;
  /**
   * Distance of the wrist centre, in the arm's plane, to where joints 2 and 3 can bring it within their limits; the
   * least over all turns. 0 unless `short`.
   */
  readonly shortfallM: number;
  /** The smallest turn that is reached (`fixable`), or that of the least shortfall (`short`). */
  readonly thetaRad: number;
  /** The shortest move of the base along `baseDirection` that makes the weld reached; undefined where none of 2 m does. */
  readonly baseShiftM: number | undefined;
  /** Unit vector in the world, square to axis 1: towards the weld, or away from it where the arm cannot fold enough. */
  readonly baseDirection: Xyz;
}

const MOST_SHIFT_M = 2;
/** A shift is right to this. */
const SHIFT_M = 1e-4;
/** Step while the wrist centre is in reach and the wrist is not. */
const WRIST_SHIFT_STEP_M = 5e-3;
const GOLDEN = (Math.sqrt(5) - 1) / 2;
const GOLDEN_STEPS = 40;

/** Tells how far welds lie out of one arm's reach. */
export class ReachJudge {
  readonly #robot: string;
  readonly #inverse: InverseKinematics;
  readonly #geometry: ArmGeometry;
  readonly #section: ReachSection;
  readonly #options: ReachOptions;
  readonly #axis: Xyz;
  readonly #turns: readonly number[];
  readonly #turned = new Float64Array(POSE_SIZE);
  readonly #solutions = new Float64Array(6 * MOST_SOLUTIONS);

  /** @throws RungError `no-reach-section` for an arm without a closed form: its wrist has no centre */
  constructor(arm: SerialArm, options: ReachOptions) {
    const geometry = measureArm(arm);
    if ("reason" in geometry)
      throw new RungError({
        code: "no-reach-section",
        where: `robot ${arm.model.name}`,
        what: `how far a weld lies out of reach cannot be told: ${geometry.reason}`,
        advice: "whether it is reached can: solve its pose",
      });
    this.#robot = arm.model.name;
    this.#geometry = geometry;
    this.#inverse = new InverseKinematics(arm);
    this.#section = new ReachSection(arm, geometry);
    this.#options = options;
    this.#axis = options.electrodeAxis ?? ELECTRODE_AXIS;
    this.#turns = options.freeAboutElectrode ? turnsToTry(options) : [0];
  }

  /**
   * @param weldPose the TCP at the weld in the world, at turn 0
   * @throws RungError `bad-pose`
   */
  of(weldPose: Pose): WeldReach {
    checkPose(weldPose, `robot ${this.#robot}`, "the weld");
    const least = this.#leastShortfall(weldPose);
    const thetaRad = this.#smallestReachedTurn(weldPose, least.thetaRad);
    const towards = this.#towards(weldPose, least.thetaRad);
    if (thetaRad !== undefined)
      return {
        kind: thetaRad === 0 ? "reachable" : "fixable",
        shortfallM: 0,
        thetaRad,
        baseShiftM: 0,
        baseDirection: towards,
      };
    const away: Xyz = [-towards[0], -towards[1], -towards[2]];
    const shifts = [towards, away].map((direction) => ({
      direction,
      shiftM: this.#shift(weldPose, direction),
    }));
    shifts.sort((a, b) => (a.shiftM ?? Number.POSITIVE_INFINITY) - (b.shiftM ?? Number.POSITIVE_INFINITY));
    return {
      kind: least.shortfallM > 0 ? "short" : "wrist-limits",
      shortfallM: least.shortfallM,
      thetaRad: least.thetaRad,
      baseShiftM: shifts[0]!.shiftM,
      baseDirection: shifts[0]!.direction,
    };
  }

  /** The smallest turn that joints reach; the one of the least shortfall is tried too, which may lie between steps. */
  #smallestReachedTurn(weldPose: Pose, besidesRad: number): number | undefined {
    for (const turnRad of [...this.#turns, besidesRad])
      if (this.#inverse.solve(turnedAbout(weldPose, this.#axis, turnRad, this.#turned), this.#solutions) > 0)
        return turnRad;
    return undefined;
  }

  /** The least shortfall over the turns: the best of the steps, then a golden section between its neighbours. */
  #leastShortfall(weldPose: Pose): { shortfallM: number; thetaRad: number } {
    let thetaRad = 0;
    let shortfallM = Number.POSITIVE_INFINITY;
    for (const turnRad of this.#turns) {
      const tried = this.#shortfallAt(weldPose, turnRad);
      if (tried < shortfallM) [shortfallM, thetaRad] = [tried, turnRad];
      if (shortfallM === 0) break;
    }
    if (shortfallM === 0 || !this.#options.freeAboutElectrode) return { shortfallM, thetaRad };
    const step = this.#options.stepRad ?? TURN_STEP_RAD;
    const most = this.#options.mostTurnRad ?? Math.PI;
    let from = Math.max(thetaRad - step, -most);
    let to = Math.min(thetaRad + step, most);
    for (let i = 0; i < GOLDEN_STEPS; i++) {
      const left = to - GOLDEN * (to - from);
      const right = from + GOLDEN * (to - from);
      if (this.#shortfallAt(weldPose, left) < this.#shortfallAt(weldPose, right)) to = right;
      else from = left;
    }
    const between = (from + to) / 2;
    const refined = this.#shortfallAt(weldPose, between);
    return refined < shortfallM ? { shortfallM: refined, thetaRad: between } : { shortfallM, thetaRad };
  }

  #shortfallAt(weldPose: Pose, turnRad: number): number {
    const [x, y, z] = this.#wristCentre(weldPose, turnRad);
    const { lateralM } = this.#geometry;
    const outM = Math.hypot(x, y);
    const besideM = Math.max(0, Math.abs(lateralM) - outM);
    const inPlaneM = Math.sqrt(Math.max(0, (outM - lateralM) * (outM + lateralM)));
    const front = this.#section.nearest(inPlaneM, z).distanceM;
    const back = front === 0 ? 0 : this.#section.nearest(-inPlaneM, z).distanceM;
    return Math.hypot(Math.min(front, back), besideM);
  }

  /** The wrist centre in the arm's frame. */
  #wristCentre(weldPose: Pose, turnRad: number): Xyz {
    const { fromWorld, wristInTcp } = this.#geometry;
    return moved(fromWorld, moved(turnedAbout(weldPose, this.#axis, turnRad, this.#turned), wristInTcp));
  }

  /** From axis 1 square to it towards the wrist centre, in the world. */
  #towards(weldPose: Pose, turnRad: number): Xyz {
    const [x, y] = this.#wristCentre(weldPose, turnRad);
    const outM = Math.hypot(x, y);
    const direction: Xyz = outM > 0 ? [x / outM, y / outM, 0] : [1, 0, 0];
    return turned(inverted(this.#geometry.fromWorld), direction);
  }

  /**
   * The least move of the base along a direction that makes the weld reached, to 0.1 mm. A move brings the wrist centre
   * nearer to the section by no more than its own length, so moving on by the shortfall that is left never passes the
   * first one. Where the wrist's own joints stand in the way it goes on in steps, and back by bisection.
   */
  #shift(weldPose: Pose, direction: Xyz): number | undefined {
    let missedM = 0;
    for (let shiftM = 0; shiftM <= MOST_SHIFT_M; ) {
      const shifted = movedBy(weldPose, direction, -shiftM);
      const { shortfallM, thetaRad } = this.#leastShortfall(shifted);
      if (shortfallM === 0 && this.#smallestReachedTurn(shifted, thetaRad) !== undefined)
        return this.#leastBetween(weldPose, direction, missedM, shiftM);
      missedM = shiftM;
      shiftM += shortfallM > 0 ? Math.max(shortfallM, SHIFT_M) : WRIST_SHIFT_STEP_M;
    }
    return undefined;
  }

  #leastBetween(weldPose: Pose, direction: Xyz, missedM: number, reachedM: number): number {
    let [missed, reached] = [missedM, reachedM];
    while (reached - missed > SHIFT_M) {
      const middle = (missed + reached) / 2;
      const shifted = movedBy(weldPose, direction, -middle);
      if (this.#smallestReachedTurn(shifted, this.#leastShortfall(shifted).thetaRad) !== undefined)
        reached = middle;
      else missed = middle;
    }
    return reached;
  }
}

function movedBy(pose: Pose, direction: Xyz, wayM: number): Pose {
  const out = Float64Array.from(pose);
  for (let row = 0; row < 3; row++) out[4 * row + 3]! += wayM * direction[row]!;
  return out;
}

/**
 * How far one weld lies out of an arm's reach; for many welds of one arm keep a `ReachJudge`.
 * @param weldPose the TCP at the weld in the world
 * @throws RungError `no-reach-section`, `bad-pose`
 */
export function reachShortfall(
  arm: SerialArm,
  weldPose: Pose,
  options: ReachOptions = { freeAboutElectrode: true },
): WeldReach {
  return new ReachJudge(arm, options).of(weldPose);
}
