import { taughtAnew } from "./approach.ts";
import {
  type PlannedPoint,
  type PlannedProgram,
  type RobotLook,
  type Stop,
  situationOf,
  stopOf,
} from "./robot-look.ts";
import { rrtConnect } from "./rrt-connect.ts";

/** Points of a program that are taught anew, and the points put between. */
export interface Retaught {
  readonly points: readonly PlannedPoint[];
  /** Names of points that changed or are new. */
  readonly changed: readonly string[];
  readonly rotateDeg: number;
  readonly retractMm: number;
  /** Points put between by the search for a way round. */
  readonly vias: number;
  /** Names of points on the way that are left out. */
  readonly leftOut: readonly string[];
}

const TURNS_DEG = [0, 4, -4, 8, -8, 12, -12, 16, -16, 20, -20, 25, -25, 30, -30, 40, -40, 50, -50, 60, -60];
const BACK_MM = [0, 15, 30, 45, 65, 85, 105, 130, 160, 200, 250, 300];
/** A degree about the electrode weighs as much as these millimetres of retract: both are small changes of a program. */
const MM_PER_DEG = 4;
/** Ways round are searched for so many of the poses that are clear, cheapest first. */
const MOST_SEARCHES = 3;
const STEP_RAD = 0.15;
const MOST_STEPS = 3000;
/** Joints may go so far beyond both ends of a way that is searched, rad. */
const DETOUR_RAD = 0.8;

/**
 * The smallest change of the points `first` to `last` of a program after which they and the moves to and from them keep
 * their limits: turned about the electrode's axis, moved back along it, and where no such change frees the moves, with
 * a way round by RRT-Connect.
 * @returns undefined where none was found
 */
export function reteach(
  look: RobotLook,
  program: PlannedProgram,
  first: number,
  last: number,
  seed: number,
): Retaught | undefined {
  const { points } = program;
  const group = points.slice(first, last + 1);
  const hasWeld = group.some(({ weld }) => weld !== undefined);
  const before = points[first - 1];
  const after = points[last + 1];
  const around = (anew: readonly PlannedPoint[]): PlannedPoint[] =>
    [before, ...anew, after].filter((point) => point !== undefined);
  const changes = (hasWeld ? changesByCost() : []).filter(
    // A retract moves nothing where every point of the group is a weld.
    ({ backMm }) => backMm === 0 || group.some(({ kind }) => kind !== "weld"),
  );
  const clearPoses: { anew: PlannedPoint[]; turnDeg: number; backMm: number }[] = [];
  for (const { turnDeg, backMm } of changes) {
    const anew = taughtAnew(look.robot, group, (turnDeg * Math.PI) / 180, backMm / 1000);
    if (anew === undefined || !anew.every((point) => isPoseClear(look, point))) continue;
    if (movesClear(look, around(anew))) return told(program, first, last, anew, { turnDeg, backMm, vias: 0 });
    if (clearPoses.length < MOST_SEARCHES) clearPoses.push({ anew, turnDeg, backMm });
  }
  // Points on the way may be left out for a way round; where something is welded or done, or home, the robot must come.
  if (group.every(({ kind, weld, dwellS }) => kind === "via" && weld === undefined && dwellS === 0))
    clearPoses.push({ anew: [], turnDeg: 0, backMm: 0 });
  for (const { anew, turnDeg, backMm } of clearPoses) {
    const way = wayRound(look, around(anew), seed);
    if (way === undefined) continue;
    const inner = way.slice(before === undefined ? 0 : 1, after === undefined ? way.length : -1);
    return told(program, first, last, inner, { turnDeg, backMm, vias: inner.length - anew.length });
  }
  return undefined;
}

function changesByCost(): { turnDeg: number; backMm: number }[] {
  const cost = (turnDeg: number, backMm: number): number => MM_PER_DEG * Math.abs(turnDeg) + backMm;
  return TURNS_DEG.flatMap((turnDeg) => BACK_MM.map((backMm) => ({ turnDeg, backMm }))).sort(
    (a, b) => cost(a.turnDeg, a.backMm) - cost(b.turnDeg, b.backMm),
  );
}

function isPoseClear(look: RobotLook, point: PlannedPoint): boolean {
  return look.pose(point.q, situationOf(point)).tooNear.length === 0;
}

function movesClear(look: RobotLook, points: readonly PlannedPoint[]): boolean {
  return points.every((to, i) => {
    const from = points[i - 1];
    return from === undefined || look.isClear(stopOf(from), stopOf(to));
  });
}

/** The points with others put between where a move is blocked; undefined where one stays blocked. */
export function wayRound(
  look: RobotLook,
  points: readonly PlannedPoint[],
  seed: number,
): PlannedPoint[] | undefined {
  const { lowerRad, upperRad } = look.robot.arm;
  const way: PlannedPoint[] = points.slice(0, 1);
  for (const [i, to] of points.entries()) {
    const from = points[i - 1];
    if (from === undefined) continue;
    // Of a way that is searched only its ends can be welds.
    const stop = (q: Float64Array): Stop => ({ q, isWeld: [from, to].some((end) => isWeldAt(end, q)) });
    const between = rrtConnect(from.q, to.q, (a, b) => look.isClear(stop(a), stop(b)), {
      lowRad: from.q.map((angle, j) => Math.max(lowerRad[j]!, Math.min(angle, to.q[j]!) - DETOUR_RAD)),
      highRad: from.q.map((angle, j) => Math.min(upperRad[j]!, Math.max(angle, to.q[j]!) + DETOUR_RAD)),
      stepRad: STEP_RAD,
      mostSteps: MOST_STEPS,
      seed: seed + i,
    });
    if (between === undefined) return undefined;
    for (const [n, q] of between.entries())
      way.push({ name: `${to.name} via ${n + 1}`, kind: "via", q, speed: to.speed, dwellS: 0 });
    way.push(to);
  }
  return way;
}

function isWeldAt({ kind, q }: PlannedPoint, angles: Float64Array): boolean {
  return kind === "weld" && q.every((angle, joint) => angle === angles[joint]);
}

function told(
  program: PlannedProgram,
  first: number,
  last: number,
  anew: readonly PlannedPoint[],
  change: { turnDeg: number; backMm: number; vias: number },
): Retaught {
  const { points } = program;
  const old = new Map(points.map((point) => [point.name, point]));
  return {
    points: [...points.slice(0, first), ...anew, ...points.slice(last + 1)],
    changed: anew
      .filter(({ name, q }) => old.get(name)?.q.some((angle, j) => angle !== q[j]) ?? true)
      .map(({ name }) => name),
    rotateDeg: change.turnDeg,
    retractMm: change.backMm,
    vias: change.vias,
    leftOut: points
      .slice(first, last + 1)
      .map(({ name }) => name)
      .filter((name) => anew.every((point) => point.name !== name)),
  };
}
