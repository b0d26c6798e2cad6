import type { CellRobot } from "../../model/cell/cell.ts";
import { soonest } from "../../model/cell/program-poses.ts";
import { tcpOf } from "./approach.ts";
import { wayRound } from "./reteach.ts";
import { type PlannedPoint, type PlannedProgram, type RobotLook, stopOf } from "./robot-look.ts";

/** How far an approach stands off, m. */
const APPROACH_M = 0.12;
/** Columns of the TCP's pose and the sign in which the gun is drawn off: back along the electrode first. */
const WAYS_OFF = [
  [2, -1],
  [0, 1],
  [0, -1],
  [1, 1],
  [1, -1],
] as const;

/**
 * A program in which a weld has an approach and a way back: off along the first axis of the gun that is free, with points
 * put between where the rest of the way is blocked.
 * @returns the program as it is where its moves are free already; undefined where no such way was found
 */
export function withFreeApproach(
  look: RobotLook,
  program: PlannedProgram,
  weld: string,
  seed: number,
): PlannedProgram | undefined {
  const { points } = program;
  const at = points.findIndex((point) => point.kind === "weld" && point.weld === weld);
  const spot = points[at];
  if (spot === undefined || look.pose(spot.q, "weld").tooNear.length > 0) return undefined;
  const [before, after] = [points[at - 1], points[at + 1]];
  if ([before, after].every((next) => next === undefined || look.isClear(stopOf(next), stopOf(spot))))
    return program;
  for (const [axis, sign] of WAYS_OFF) {
    const q = drawnOff(look.robot, spot, axis, sign);
    if (q === undefined || look.pose(q, "motion").tooNear.length > 0) continue;
    const off = (name: string): PlannedPoint => ({ ...spot, name, kind: "via", q, dwellS: 0 });
    const [approach, back] = [off(`before ${weld}`), off(`after ${weld}`)];
    if (!look.isClear(stopOf(approach), stopOf(spot))) continue;
    const stops = [before, approach, spot, back, after].filter((point) => point !== undefined);
    const way = wayRound(look, stops, seed);
    if (way === undefined) continue;
    const inner = way.slice(before === undefined ? 0 : 1, after === undefined ? way.length : -1);
    return { ...program, points: [...points.slice(0, at), ...inner, ...points.slice(at + 1)] };
  }
  return undefined;
}

function drawnOff(
  robot: CellRobot,
  spot: PlannedPoint,
  axis: number,
  sign: number,
): Float64Array | undefined {
  const pose = tcpOf(robot, spot.q);
  for (let row = 0; row < 3; row++) pose[4 * row + 3]! += sign * APPROACH_M * pose[4 * row + axis]!;
  return soonest(robot, pose, spot.q);
}
