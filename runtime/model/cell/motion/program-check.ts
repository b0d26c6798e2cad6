import { RungError } from "../../../core/errors.ts";
import { between } from "../../robot/between.ts";
import type { Situation } from "../cell.ts";
import type { CellEngine } from "../cell-engine.ts";
import type { SolvedPoint } from "../program-poses.ts";
import type { MoveCheck } from "./move-check.ts";
import { checkPath, type PathOptions } from "./path-check.ts";
import { approachShare } from "./weld-approach.ts";

/** How a program's moves are checked. */
export interface ProgramOptions extends Omit<PathOptions, "situation" | "clearanceM"> {
  /** How far around a weld the clearances of welding hold, m of the TCP's way. Left out: 50 mm. */
  readonly approachM?: number;
}

/** A point of a program that its robot reaches. */
export interface ReachedPoint extends SolvedPoint {
  readonly qRad: Float64Array;
}

/** A part of a move on which the same clearances hold. */
export interface CheckedStretch {
  /** Places on the program: 2.5 is half the way from its point 2 to its point 3. */
  readonly fromPlace: number;
  readonly toPlace: number;
  /** Names of the points the whole move runs between. */
  readonly from: string;
  readonly to: string;
  readonly situation: Situation;
  /** Places in it run from 0 at `fromPlace` to 1 at `toPlace`. */
  readonly check: MoveCheck;
}

const APPROACH_M = 0.05;

/** The points of a program that are reached, in their order: what moves and times run over. */
export function reachedPoints(points: readonly SolvedPoint[]): ReachedPoint[] {
  return points.filter((point): point is ReachedPoint => point.qRad !== undefined);
}

/**
 * Checks all moves of a program, each joint-linear from point to point and proven between them. Around a weld the
 * clearances of welding hold and the gun tips may touch the sheets; on the rest those of motion.
 * @param points see `reachedPoints`
 * @throws RungError `unknown-robot`, `motion`
 */
export function checkProgram(
  engine: CellEngine,
  robot: string,
  points: readonly ReachedPoint[],
  options: ProgramOptions = {},
): CheckedStretch[] {
  return points
    .slice(1)
    .flatMap((to, move) => checkProgramMove(engine, robot, points[move]!, to, move, options));
}

/** Checks one move of a program, from its point `move` to the next: one to three stretches. */
export function checkProgramMove(
  engine: CellEngine,
  robot: string,
  from: ReachedPoint,
  to: ReachedPoint,
  move: number,
  options: ProgramOptions = {},
): CheckedStretch[] {
  const approachM = options.approachM ?? APPROACH_M;
  if (!(approachM >= 0)) {
    throw new RungError({
      code: "motion",
      where: `${robot}, ${from.point.name} to ${to.point.name}`,
      what: `the approach to a weld must be >= 0 m, got ${approachM}`,
    });
  }
  const { arm } = engine.robot(robot);
  const share = (weld: ReachedPoint, away: ReachedPoint): number =>
    weld.situation === "weld" ? approachShare(arm, weld.qRad, away.qRad, approachM) : 0;
  const leaves = share(from, to);
  const arrives = 1 - share(to, from);
  const stretches: [number, number, Situation][] =
    leaves >= arrives
      ? [[0, 1, "weld"]]
      : [
          [0, leaves, "weld"],
          [leaves, arrives, "motion"],
          [arrives, 1, "weld"],
        ];
  return stretches
    .filter(([start, end]) => end > start)
    .map(([start, end, situation]) => ({
      fromPlace: move + start,
      toPlace: move + end,
      from: from.point.name,
      to: to.point.name,
      situation,
      check: checkPath(engine, robot, between(from.qRad, to.qRad, start), between(from.qRad, to.qRad, end), {
        ...options,
        situation,
      }),
    }));
}
