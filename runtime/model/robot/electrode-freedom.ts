import { type InverseKinematics, MOST_SOLUTIONS } from "./inverse.ts";
import { POSE_SIZE, type Pose, turnPose, type Xyz } from "./pose.ts";

/** Turns of a gun about its electrodes that a robot reaches, rad; `toRad` is never below `fromRad`. */
export interface TurnRange {
  readonly fromRad: number;
  readonly toRad: number;
}

export interface FreedomOptions {
  /** Direction of the electrodes in the TCP's frame; a spot weld leaves the turn about it free. z unless given. */
  readonly electrodeAxis?: Xyz;
  /** Turns are tried up to this, both ways. A full circle unless given. */
  readonly mostTurnRad?: number;
  /** At most between two turns that are tried; a range narrower than it can be missed. 2.5 degrees unless given. */
  readonly stepRad?: number;
}

export const ELECTRODE_AXIS: Xyz = [0, 0, 1];
export const TURN_STEP_RAD = (2.5 * Math.PI) / 180;
/** Ends of a range are found to this. */
const END_RAD = 1e-6;

/** Turns to try, the smallest first, the positive one of two alike first. */
export function turnsToTry(options: FreedomOptions): number[] {
  const mostRad = options.mostTurnRad ?? Math.PI;
  const steps = Math.ceil(mostRad / (options.stepRad ?? TURN_STEP_RAD) - 1e-9);
  const step = mostRad / steps;
  return [0, ...Array.from({ length: steps }, (_, i) => [(i + 1) * step, -(i + 1) * step]).flat()];
}

/** A pose turned about a direction of its own frame, into `out`. */
export function turnedAbout(pose: Pose, axis: Xyz, angleRad: number, out: Pose): Pose {
  out.set(pose);
  turnPose(out, 0, axis[0], axis[1], axis[2], angleRad);
  return out;
}

/**
 * The turns about the electrodes at which a weld is reached, in rising order. Found at steps, their ends by bisection
 * to 1e-6 rad; one that goes over the half turn comes in two.
 * @param weldPose the TCP at the weld in the world, at turn 0
 */
export function electrodeFreedom(
  inverse: InverseKinematics,
  weldPose: Pose,
  options: FreedomOptions = {},
): TurnRange[] {
  const axis = options.electrodeAxis ?? ELECTRODE_AXIS;
  const turned = new Float64Array(POSE_SIZE);
  const solutions = new Float64Array(6 * MOST_SOLUTIONS);
  const reaches = (turnRad: number): boolean =>
    inverse.solve(turnedAbout(weldPose, axis, turnRad, turned), solutions) > 0;
  /** The last turn that is reached, from one that is towards one that is not. */
  const end = (reachedRad: number, missedRad: number): number => {
    let [inner, outer] = [reachedRad, missedRad];
    while (Math.abs(outer - inner) > END_RAD) {
      const middle = (inner + outer) / 2;
      if (reaches(middle)) inner = middle;
      else outer = middle;
    }
    return inner;
  };
  const turns = turnsToTry(options).sort((a, b) => a - b);
  const reached = turns.map(reaches);
  const ranges: TurnRange[] = [];
  for (let first = 0; first < turns.length; first++) {
    if (!reached[first]) continue;
    let last = first;
    while (reached[last + 1]) last++;
    ranges.push({
      fromRad: first === 0 ? turns[first]! : end(turns[first]!, turns[first - 1]!),
      toRad: last === turns.length - 1 ? turns[last]! : end(turns[last]!, turns[last + 1]!),
    });
    first = last;
  }
  return ranges;
}
