import { add, cross, type Point, scale } from "./solid.ts";
import type { Weld } from "./welds.ts";

/** Six joint angles in rad. */
export type Joints = readonly number[];

/** One robot among the obstacles it has to pass, as the planner sees it. */
export interface PlannedRobot {
  readonly home: Joints;
  /** rad/s */
  readonly speeds: Joints;
  /** All joint angles within limits that put the TCP there. @param pose12 row-major 3x4, m */
  solutions(pose12: Float64Array): Joints[];
  /** Distance from robot and gun to what stands around, m; `boundM` or more where nothing is nearer. */
  clearanceM(joints: Joints, boundM: number): number;
}

export interface PlannedPoint {
  readonly name: string;
  readonly kind: "home" | "via" | "weld";
  readonly weld?: string;
  readonly q: Joints;
}

/** Wanted at points and along paths, m. */
const MOTION_CLEARANCE_M = 0.02;
const WELD_CLEARANCE_M = 0.016;
const APPROACH_M = 0.11;
const OUT_M = 0.45;
/** Greatest step of any joint between two configurations that are looked at along a path, rad. */
const STEP_RAD = 0.02;
/** Turns of the gun about its electrodes that are tried, degrees. */
const TURNS_DEG = [0, -10, 10, -20, 20, -30, 30, -45, 45, -60, 60, -75, 75, -90, 90];

interface Stop {
  readonly out: Joints;
  readonly approach: Joints;
  readonly weld: Joints;
  /** Where the gun goes after the weld: back along itself. */
  readonly retract: Joints;
}

/**
 * A program that makes the welds in their order and stays clear: for each weld the turn of the gun about its electrodes
 * and the branch of the arm nearest to where it is, whose way in, and over from the weld before, is free.
 * @param robotFor the robot among the obstacles of the variant that first has the weld
 * @throws Error naming the weld that cannot be planned
 */
export function planProgram(robotFor: (weld: Weld) => PlannedRobot, welds: readonly Weld[]): PlannedPoint[] {
  const home = robotFor(welds[0]!).home;
  const points: PlannedPoint[] = [{ name: "home", kind: "home", q: home }];
  let last: Stop | undefined;
  for (const weld of welds) {
    const next = planStop(robotFor(weld), weld, last);
    if (next === undefined) throw new Error(`${weld.name}: no clear way for ${weld.robot}`);
    if (last !== undefined && !next.isDirect) points.push(viaOf(last, points));
    if (last === undefined || !next.isDirect)
      points.push({ name: `${weld.name} out`, kind: "via", q: next.stop.out });
    const approach = {
      name: `${weld.name} approach`,
      kind: "via",
      weld: weld.name,
      q: next.stop.approach,
    } as const;
    points.push(
      approach,
      { name: weld.name, kind: "weld", weld: weld.name, q: next.stop.weld },
      { ...approach, name: `${weld.name} retract`, q: next.stop.retract },
    );
    last = next.stop;
  }
  if (last !== undefined) points.push(viaOf(last, points));
  points.push({ name: "home again", kind: "home", q: home });
  return points;
}

function viaOf(stop: Stop, points: readonly PlannedPoint[]): PlannedPoint {
  return { name: `${points.at(-1)!.weld} back out`, kind: "via", q: stop.out };
}

/** The cheapest clear way of making a weld after the one before. */
function planStop(
  robot: PlannedRobot,
  weld: Weld,
  last: Stop | undefined,
): { stop: Stop; isDirect: boolean } | undefined {
  const from = last?.retract ?? robot.home;
  const candidates = TURNS_DEG.flatMap((turnDeg) => stopsAt(robot, weld, turnDeg)).sort(
    (a, b) => costOf(robot, from, a) - costOf(robot, from, b),
  );
  const isUsable = (stop: Stop): boolean =>
    isClearWay(robot, stop.approach, stop.weld, WELD_CLEARANCE_M) &&
    isClearWay(robot, stop.weld, stop.retract, WELD_CLEARANCE_M) &&
    isClearWay(robot, stop.out, stop.approach, MOTION_CLEARANCE_M) &&
    isClearWay(robot, stop.retract, stop.out, MOTION_CLEARANCE_M) &&
    // Out and home again must be free from every stop, so that each can be the last.
    isClearWay(robot, robot.home, stop.out, MOTION_CLEARANCE_M);
  const usable = candidates.filter(isUsable);
  if (last === undefined) return usable[0] && { stop: usable[0], isDirect: false };
  const direct = usable.find((stop) => isClearWay(robot, last.retract, stop.approach, MOTION_CLEARANCE_M));
  if (direct !== undefined) return { stop: direct, isDirect: true };
  const over = usable.find((stop) => isClearWay(robot, last.out, stop.out, MOTION_CLEARANCE_M));
  return over && { stop: over, isDirect: false };
}

function costOf(robot: PlannedRobot, from: Joints, stop: Stop): number {
  return timeS(robot, from, stop.approach) + timeS(robot, stop.approach, stop.weld);
}

/** Time at full speed, without acceleration. */
function timeS(robot: PlannedRobot, from: Joints, to: Joints): number {
  return Math.max(...from.map((angle, j) => Math.abs(to[j]! - angle) / robot.speeds[j]!));
}

/** Every branch of the arm for one turn of the gun that is the same at weld, approach and out. */
function stopsAt(robot: PlannedRobot, weld: Weld, turnDeg: number): Stop[] {
  const retract = turned(weld.retract, weld.normal, turnDeg);
  const solve = (point: Point): Joints[] => robot.solutions(tcpPose(point, weld.normal, retract));
  const retractAt = add(weld.point, scale(retract, APPROACH_M));
  const approachAt = weld.approach === undefined ? retractAt : add(weld.point, weld.approach);
  const atRetract = solve(retractAt);
  const atApproach = solve(approachAt);
  const atOut = solve(add(approachAt, scale(weld.out, OUT_M)));
  return solve(weld.point).flatMap((q) => {
    const back = nearest(q, atRetract);
    const approach = nearest(q, atApproach);
    const out = approach && nearest(approach, atOut);
    return back && approach && out ? [{ weld: q, retract: back, approach, out }] : [];
  });
}

/** The same branch a little further on; undefined where it ends on the way. */
function nearest(from: Joints, candidates: readonly Joints[]): Joints | undefined {
  const wayTo = (q: Joints): number => Math.max(...q.map((angle, j) => Math.abs(angle - from[j]!)));
  const best = candidates.toSorted((a, b) => wayTo(a) - wayTo(b))[0];
  return best !== undefined && wayTo(best) < 1.2 ? best : undefined;
}

/** TCP with z into the sheet and x back along the gun. */
export function tcpPose(at: Point, normal: Point, retract: Point): Float64Array {
  const z = scale(normal, -1);
  const y = cross(z, retract);
  return Float64Array.from([0, 1, 2].flatMap((row) => [retract[row]!, y[row]!, z[row]!, at[row]!]));
}

/** A vector turned about a unit vector at right angles to it. */
function turned(vector: Point, about: Point, deg: number): Point {
  const angle = (deg * Math.PI) / 180;
  return add(scale(vector, Math.cos(angle)), scale(cross(about, vector), Math.sin(angle)));
}

/** Whether the straight way in joint angles keeps its distance; looks from the ends inwards, where it is closest. */
export function isClearWay(robot: PlannedRobot, from: Joints, to: Joints, clearanceM: number): boolean {
  const widest = Math.max(...from.map((angle, j) => Math.abs(to[j]! - angle)));
  const steps = Math.max(1, Math.ceil(widest / STEP_RAD));
  return Array.from({ length: steps + 1 }, (_, i) => (i % 2 === 0 ? i / 2 : steps - (i - 1) / 2)).every(
    (i) => {
      const q = from.map((angle, j) => angle + ((to[j]! - angle) * i) / steps);
      return robot.clearanceM(q, clearanceM) >= clearanceM;
    },
  );
}
