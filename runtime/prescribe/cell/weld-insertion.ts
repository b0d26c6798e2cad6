import type { CellRobot, Variant, WeldPoint } from "../../model/cell/cell.ts";
import { soonest } from "../../model/cell/program-poses.ts";
import { turnedAndRetracted } from "../../model/cell/weld-point.ts";
import { turnedAround } from "./approach.ts";
import { planProgram, type WantedPoint } from "./plan-program.ts";
import { timingOf } from "./program-run.ts";
import type { PlannedProgram } from "./robot-look.ts";
import { weldReach } from "./weld-reach.ts";

/** How a weld is made: what its programmed points say, or where they say nothing, this. */
const APPROACH_M = 0.12;

/** A program with one more weld. */
export interface Insertion {
  readonly program: PlannedProgram;
  readonly wanted: readonly WantedPoint[];
  readonly seconds: number;
}

/**
 * Programs with a weld put in, one for each place between the welds that are there, the shortest first. The weld's points
 * are those it had in the other program, the gun turned as this robot reaches it.
 * @param how turned by so many degrees instead; and `isBare` without the approach that is put to a weld that had none
 */
export function withWeld(
  robot: CellRobot,
  variant: Variant,
  program: PlannedProgram,
  wanted: readonly WantedPoint[],
  weld: WeldPoint,
  points: readonly WantedPoint[],
  how: { readonly turnDeg?: number; readonly isBare?: boolean } = {},
): Insertion[] {
  const reach = weldReach(robot, weld.pose12);
  if (reach.result !== "reachable" && reach.result !== "fixable") return [];
  const turnRad = ((how.turnDeg ?? reach.thetaDeg) * Math.PI) / 180;
  const added = pointsOf(weld, points, turnRad, how.isBare ?? false);
  const places = wanted.flatMap((point, i) =>
    wanted[i - 1] !== undefined && startsAnew(wanted, i, point) ? [i] : [],
  );
  return places
    .map((at) => {
      const all = [...wanted.slice(0, at), ...added, ...wanted.slice(at)];
      const solved = all.map((point) => (added.includes(point) ? solvedAfter(robot, all, point) : point));
      const planned = planProgram(robot, program.name, variant, solved);
      return { program: planned, wanted: solved, seconds: timingOf(planned).durationS };
    })
    .filter(({ program: { unreached } }) => unreached.every(({ name }) => name !== weld.name))
    .sort((a, b) => a.seconds - b.seconds);
}

/** Between two welds, or beside a home: nowhere between an approach and its weld. */
function startsAnew(wanted: readonly WantedPoint[], i: number, point: WantedPoint): boolean {
  const before = wanted[i - 1]!;
  return before.weld === undefined || point.weld === undefined || before.weld !== point.weld;
}

/** @param before the points of the whole program, of which the last one that is solved says the posture */
function solvedAfter(robot: CellRobot, all: readonly WantedPoint[], point: WantedPoint): WantedPoint {
  const before = all.slice(0, all.indexOf(point)).findLast(({ q }) => q !== undefined)?.q ?? robot.homeRad;
  const q = soonest(robot, point.pose12!, before);
  return { ...point, ...(q === undefined ? {} : { q }) };
}

function pointsOf(
  weld: WeldPoint,
  points: readonly WantedPoint[],
  turnRad: number,
  isBare: boolean,
): WantedPoint[] {
  const known = points.filter((point) => point.weld === weld.name && point.pose12 !== undefined);
  const spot = known.find(({ kind }) => kind === "weld");
  const approach = (name: string, speed: number): WantedPoint => ({
    name,
    kind: "via",
    weld: weld.name,
    pose12: turnedAndRetracted(weld.pose12, turnRad, APPROACH_M),
    speed,
    dwellS: 0,
  });
  if (known.some(({ kind }) => kind === "via"))
    return known.map(({ q: _q, ...point }) => ({
      ...point,
      pose12: turnedAround(weld.pose12, point.pose12!, turnRad),
    }));
  const speed = spot?.speed ?? 1;
  const weldPose = turnedAndRetracted(weld.pose12, turnRad, 0);
  const at: WantedPoint = {
    name: weld.name,
    kind: "weld",
    weld: weld.name,
    pose12: weldPose,
    speed,
    dwellS: spot?.dwellS ?? 0,
  };
  return isBare ? [at] : [approach(`before ${weld.name}`, speed), at, approach(`after ${weld.name}`, speed)];
}
