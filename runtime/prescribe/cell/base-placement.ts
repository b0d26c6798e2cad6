import type { CellRobot, WeldPoint } from "../../model/cell/cell.ts";
import { turnedAndRetracted } from "../../model/cell/weld-point.ts";
import { MOST_SOLUTIONS } from "../../model/robot/inverse.ts";
import { composed, inverted, type Pose } from "../../model/robot/pose.ts";

/** A move of a robot's base over the floor: along the cell's x and y, and about its own upright through the base. */
export interface BaseShift {
  readonly xM: number;
  readonly yM: number;
  readonly yawRad: number;
}

export interface PlacementScore {
  /** Welds that some rotation about the electrode brings within reach. */
  readonly reachable: number;
  /** Smallest margin of a joint to its limit over those welds, rad; 0 without one. */
  readonly marginRad: number;
}

export interface Placement extends PlacementScore {
  readonly shift: BaseShift;
}

/** How far a base may be moved, and how finely is looked. */
export interface PlacementOptions {
  readonly mostM: number;
  readonly mostYawRad: number;
}

const DEFAULTS: PlacementOptions = { mostM: 0.6, mostYawRad: Math.PI / 6 };
/** Rotations about the electrode that are tried, a whole turn of them. */
const TURNS = 36;
/** Places a side of the first grid; then the step is halved until it is below a millimetre. */
const GRID = 7;
const YAWS = 5;
const FINEST_M = 0.001;
/** Of equal reach and margin the smaller move wins; margins closer than this are equal, rad. */
const EQUAL_RAD = 1e-9;

const solutions = new Float64Array(6 * MOST_SOLUTIONS);
const margins = new Float64Array(6);

/** The base after a shift: moved in the cell, turned about the upright through itself. */
export function shiftedBase(base12: Pose, { xM, yM, yawRad }: BaseShift): Pose {
  const [c, s] = [Math.cos(yawRad), Math.sin(yawRad)];
  const [x, y] = [base12[3]!, base12[7]!];
  const turn = Float64Array.of(c, -s, 0, x - c * x + s * y + xM, s, c, 0, y - s * x - c * y + yM, 0, 0, 1, 0);
  return composed(turn, base12);
}

/**
 * What a place of the base is worth for some welds. Moving the base is the same as moving every weld the other way, so no
 * arm is built for it.
 */
export function scoreOf(robot: CellRobot, welds: readonly WeldPoint[], shift: BaseShift): PlacementScore {
  const back = composed(robot.base12, inverted(shiftedBase(robot.base12, shift)));
  let reachable = 0;
  let marginRad = Number.POSITIVE_INFINITY;
  for (const { pose12 } of welds) {
    const best = bestMargin(robot, composed(back, pose12));
    if (best === undefined) continue;
    reachable++;
    marginRad = Math.min(marginRad, best);
  }
  return { reachable, marginRad: reachable === 0 ? 0 : marginRad };
}

/** Largest of the smallest joint margins over all rotations about the electrode; undefined where none reaches it. */
function bestMargin(robot: CellRobot, pose12: Pose): number | undefined {
  let best: number | undefined;
  for (let turn = 0; turn < TURNS; turn++) {
    const count = robot.ik.solve(turnedAndRetracted(pose12, (turn * 2 * Math.PI) / TURNS, 0), solutions);
    for (let i = 0; i < count; i++) {
      robot.arm.margins(solutions.subarray(6 * i, 6 * i + 6), margins);
      const least = Math.min(...margins);
      if (best === undefined || least > best) best = least;
    }
  }
  return best;
}

/**
 * The best place of a robot's base for all its welds, over x, y and yaw: as many reachable as can be, then the largest
 * margin to the joints' limits, then the smallest move. A grid first, then a pattern search with halved steps (Hooke and
 * Jeeves 1961) from its best place and from where the base stands; no chance in it.
 * @param breathe is called after each place that was looked at
 */
export function bestPlacement(
  robot: CellRobot,
  welds: readonly WeldPoint[],
  options: Partial<PlacementOptions> = {},
  breathe: () => void = () => undefined,
): Placement {
  const { mostM, mostYawRad } = { ...DEFAULTS, ...options };
  const place = (xM: number, yM: number, yawRad: number): Placement => {
    const shift = { xM, yM, yawRad };
    const score = scoreOf(robot, welds, shift);
    breathe();
    return { shift, ...score };
  };
  const stay = place(0, 0, 0);
  let coarse = stay;
  for (const yaw of spread(mostYawRad, YAWS))
    for (const y of spread(mostM, GRID))
      for (const x of spread(mostM, GRID)) coarse = better(coarse, place(x, y, yaw));
  const refined = [stay, coarse].map((start) => refine(start, place, { mostM, mostYawRad }));
  return refined.reduce(better);
}

function refine(
  start: Placement,
  place: (xM: number, yM: number, yawRad: number) => Placement,
  { mostM, mostYawRad }: PlacementOptions,
): Placement {
  let best = start;
  for (let step = 1 / GRID; step * mostM >= FINEST_M; step /= 2) {
    const [byM, byRad] = [step * mostM, step * mostYawRad];
    for (let from: Placement | undefined; from !== best; ) {
      from = best;
      const { xM, yM, yawRad } = from.shift;
      for (const [x, y, yaw] of [
        ...[[byM, 0, 0] as const, [-byM, 0, 0] as const, [0, byM, 0] as const, [0, -byM, 0] as const],
        ...[[0, 0, byRad] as const, [0, 0, -byRad] as const],
      ]) {
        if (Math.abs(xM + x) > mostM || Math.abs(yM + y) > mostM || Math.abs(yawRad + yaw) > mostYawRad)
          continue;
        best = better(best, place(xM + x, yM + y, yawRad + yaw));
      }
    }
  }
  return best;
}

/** The first where they are equal. */
function better(a: Placement, b: Placement): Placement {
  if (a.reachable !== b.reachable) return b.reachable > a.reachable ? b : a;
  if (Math.abs(a.marginRad - b.marginRad) > EQUAL_RAD) return b.marginRad > a.marginRad ? b : a;
  return size(b.shift) < size(a.shift) ? b : a;
}

/** A radian of yaw counts as a metre. */
const size = ({ xM, yM, yawRad }: BaseShift): number => Math.hypot(xM, yM, yawRad);

function spread(most: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => (count === 1 ? 0 : -most + (2 * most * i) / (count - 1)));
}
