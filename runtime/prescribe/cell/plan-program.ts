import type { CellRobot, Program, Variant } from "../../model/cell/cell.ts";
import { type SolvedPoint, solveProgram, soonest } from "../../model/cell/program-poses.ts";
import type { Pose } from "../../model/robot/pose.ts";
import { tcpOf } from "./approach.ts";
import type { PlannedPoint, PlannedProgram } from "./robot-look.ts";

/** Where a program wants its robot, whether it gets there or not. */
export interface WantedPoint {
  readonly name: string;
  readonly kind: "weld" | "via" | "home";
  /** The weld it makes, or stands next to. */
  readonly weld?: string;
  /** TCP pose in the cell; absent of a home, which belongs to the robot and not to the cell. */
  readonly pose12?: Pose;
  /** Joint angles of the program as it is, rad; absent where nothing reaches the pose. */
  readonly q?: Float64Array;
  readonly speed: number;
  readonly dwellS: number;
}

/** Points of a program for a variant, solved as they are written; those of welds it has not are left out. */
export function wantedPoints(robot: CellRobot, variant: Variant, program: Program): WantedPoint[] {
  const solved = solveProgram(robot, program, variant);
  return solved.map(({ point, qRad, tcp12 }, i) => {
    const { name, kind, speed, dwellS } = point;
    // Where a weld is taught, the gun is turned as it was taught.
    const pose12 = kind === "home" ? undefined : qRad === undefined ? tcp12 : tcpOf(robot, qRad);
    const weld = point.weld ?? (pose12 && weldBeside(pose12, solved[i - 1], kind, solved[i + 1]));
    return {
      ...{ name, kind, speed, dwellS },
      ...(weld === undefined ? {} : { weld }),
      ...(pose12 === undefined ? {} : { pose12 }),
      ...(qRad === undefined ? {} : { q: qRad }),
    };
  });
}

/** Farther from a weld than this a point is on its way and no approach, m. */
const BESIDE_M = 0.3;

/** A point next to a weld is the approach to it, or the way back from it. */
function weldBeside(
  pose12: Pose,
  before: SolvedPoint | undefined,
  kind: string,
  after: SolvedPoint | undefined,
): string | undefined {
  if (kind !== "via") return undefined;
  const beside = [after, before].find((other) => {
    if (other?.point.kind !== "weld" || other.tcp12 === undefined) return false;
    const away = [3, 7, 11].map((at) => other.tcp12![at]! - pose12[at]!);
    return Math.hypot(...away) <= BESIDE_M;
  });
  return beside?.point.weld;
}

/**
 * The program as its wanted points stand. A weld that is not reached is left out, with the points next to it; where that
 * leaves nothing the robot stays at home.
 */
export function planProgram(
  robot: CellRobot,
  name: string,
  variant: Variant,
  wanted: readonly WantedPoint[],
): PlannedProgram {
  const missed = new Set(
    wanted.filter(({ q, kind }) => q === undefined && kind === "weld").map(({ weld }) => weld),
  );
  const points = wanted.flatMap(({ pose12: _pose12, q, ...point }): PlannedPoint[] =>
    q === undefined || missed.has(point.weld) ? [] : [{ ...point, q }],
  );
  return {
    robot,
    name,
    points:
      points.length > 0 ? points : [{ name: "home", kind: "home", q: robot.homeRad, speed: 1, dwellS: 0 }],
    unreached: variant.welds.filter((weld) => missed.has(weld.name)),
    lost: wanted.filter(({ q, kind }) => q === undefined && kind !== "weld").map((point) => point.name),
  };
}

/** The same places for a robot that stands elsewhere, or for another one: every TCP pose is solved anew. */
export function solvedAnew(robot: CellRobot, wanted: readonly WantedPoint[]): WantedPoint[] {
  let before: Float64Array = robot.homeRad;
  return wanted.map(({ q: old, ...point }) => {
    const q = point.pose12 === undefined ? old : soonest(robot, point.pose12, old ?? before);
    if (q !== undefined) before = q;
    return { ...point, ...(q === undefined ? {} : { q }) };
  });
}
