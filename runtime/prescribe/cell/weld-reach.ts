import type { CellRobot } from "../../model/cell/cell.ts";
import { turnedAndRetracted } from "../../model/cell/weld-point.ts";
import { turnsToTry } from "../../model/robot/electrode-freedom.ts";
import { MOST_SOLUTIONS } from "../../model/robot/inverse.ts";
import type { Pose, Xyz } from "../../model/robot/pose.ts";
import { reachShortfall } from "../../model/robot/reach.ts";
import { degOf, mmOf } from "./shown-figures.ts";

/** Whether a robot reaches a weld, and what is missing where it does not. */
export interface WeldReach {
  readonly result: "reachable" | "fixable" | "short" | "wrist-limits";
  /** Undefined where it cannot be told, see `untold`. */
  readonly shortMm: number | undefined;
  /** Rotation about the electrode axis that reaches it, or comes nearest. */
  readonly thetaDeg: number;
  /** How far the base must move along `baseDirection`; undefined where 2 m do not mend it, or it cannot be told. */
  readonly baseShiftMm: number | undefined;
  /** Unit vector in the cell. */
  readonly baseDirection: Xyz;
  /** Why it cannot be told by how much a weld is missed: what the arm has that no closed form fits. */
  readonly untold?: string;
}

/** @param pose12 TCP pose that is wanted at the weld, in the cell */
export function weldReach(robot: CellRobot, pose12: Pose): WeldReach {
  if (robot.ik.kind === "numerical") return reachBySearch(robot, pose12);
  const { kind, shortfallM, thetaRad, baseShiftM, baseDirection } = reachShortfall(robot.arm, pose12, {
    freeAboutElectrode: true,
    electrodeAxis: [0, 0, 1],
  });
  return {
    result: kind,
    shortMm: mmOf(shortfallM),
    thetaDeg: degOf(thetaRad),
    baseShiftMm: baseShiftM === undefined ? undefined : mmOf(baseShiftM),
    baseDirection,
  };
}

/** Turns of the gun at a weld that are worth trying: none, where it comes nearest, and on both sides of that, degrees. */
export function turnsTried(bestDeg: number): number[] {
  return [0, ...[0, -15, 15, -30, 30, -45, 45, -60, 60, -90, 90, 180].map((byDeg) => bestDeg + byDeg)];
}

/** Between two turns that are tried of an arm that is solved by search: each takes a thousand times as long. */
const SEARCHED_STEP_RAD = Math.PI / 12;

/** Of an arm whose wrist has no centre: whether a turn about the electrodes reaches it; a distance has no meaning there. */
function reachBySearch({ ik }: CellRobot, pose12: Pose): WeldReach {
  const solutions = new Float64Array(6 * MOST_SOLUTIONS);
  const turnRad = turnsToTry({ stepRad: SEARCHED_STEP_RAD }).find(
    (turn) => ik.solve(turnedAndRetracted(pose12, turn, 0), solutions) > 0,
  );
  const nothing = { shortMm: undefined, baseShiftMm: undefined, baseDirection: [1, 0, 0] } as const;
  if (turnRad === undefined) return { ...nothing, result: "short", thetaDeg: 0, untold: ik.reason };
  return { ...nothing, result: turnRad === 0 ? "reachable" : "fixable", thetaDeg: degOf(turnRad) };
}
