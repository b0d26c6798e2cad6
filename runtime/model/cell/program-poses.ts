import { MOST_SOLUTIONS } from "../robot/inverse.ts";
import type { Pose } from "../robot/pose.ts";
import { ARM_JOINTS } from "../robot/serial-arm.ts";
import type { CellRobot, Program, ProgramPoint, Situation, Variant, WeldPoint } from "./cell.ts";
import { turnedAndRetracted } from "./weld-point.ts";

/** A point of a program with the joint angles that reach it. */
export interface SolvedPoint {
  readonly point: ProgramPoint;
  /** Absent where nothing reaches it as it is written. */
  readonly qRad?: Float64Array;
  /** TCP pose wanted in the cell; of points written as joint angles absent. */
  readonly tcp12?: Pose;
  readonly weld?: WeldPoint;
  readonly situation: Situation;
}

/**
 * The joint angles of a program's points: as written, or of all that reach the wanted TCP pose within the limits those
 * the joints come to soonest from the point before (the first from home). Points of welds that the variant has not are
 * left out. Nothing is turned or moved to reach a point.
 */
export function solveProgram(
  robot: CellRobot,
  program: Program,
  variant: Variant | undefined,
): SolvedPoint[] {
  const welds = new Map(variant?.welds.map((weld) => [weld.name, weld]));
  const solved: SolvedPoint[] = [];
  let from = robot.homeRad;
  for (const point of program.points) {
    const weld = point.weld === undefined ? undefined : welds.get(point.weld);
    if (point.weld !== undefined && weld === undefined) continue;
    const tcp12 = wantedTcp(robot, point, weld);
    const qRad = anglesOf(robot, point, tcp12, from);
    solved.push({
      point,
      situation: point.kind === "weld" ? "weld" : "motion",
      ...(qRad && { qRad }),
      ...(tcp12 && { tcp12 }),
      ...(weld && { weld }),
    });
    if (qRad !== undefined) from = qRad;
  }
  return solved;
}

const TURN = 2 * Math.PI;

/** The programs a robot runs for a variant. */
export function programsFor(programs: readonly Program[], variant: Variant | undefined): Program[] {
  return programs.filter(
    ({ variants }) => variants === undefined || (variant !== undefined && variants.includes(variant.name)),
  );
}

function wantedTcp(robot: CellRobot, point: ProgramPoint, weld: WeldPoint | undefined): Pose | undefined {
  if (point.pose12 !== undefined) return point.pose12;
  return weld && turnedAndRetracted(weld.pose12, point.turnRad ?? 0, point.retractM ?? 0, robot.retractAxis);
}

function anglesOf(
  robot: CellRobot,
  point: ProgramPoint,
  tcp12: Pose | undefined,
  from: Float64Array,
): Float64Array | undefined {
  if (point.qRad !== undefined) return point.qRad;
  if (point.kind === "home") return robot.homeRad;
  return tcp12 && soonest(robot, tcp12, from);
}

/**
 * @returns the solution that takes least time from joint angles, each joint at its top speed; a joint without limits goes
 * the shorter way round
 */
export function soonest(robot: CellRobot, tcp12: Pose, from: Float64Array): Float64Array | undefined {
  const solutions = new Float64Array(ARM_JOINTS * MOST_SOLUTIONS);
  const count = robot.ik.solve(tcp12, solutions);
  const { velocityRadS, upperRad } = robot.arm;
  let best: Float64Array | undefined;
  let bestS = Number.POSITIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    const q = solutions.subarray(ARM_JOINTS * i, ARM_JOINTS * (i + 1));
    for (const [joint, angle] of q.entries())
      if (upperRad[joint] === Number.POSITIVE_INFINITY)
        q[joint] = angle + TURN * Math.round((from[joint]! - angle) / TURN);
    const seconds = Math.max(
      ...q.map((angle, joint) => Math.abs(angle - from[joint]!) / velocityRadS[joint]!),
    );
    if (seconds >= bestS) continue;
    best = q;
    bestS = seconds;
  }
  return best && Float64Array.from(best);
}
