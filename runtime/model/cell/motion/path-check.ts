import type { Situation } from "../cell.ts";
import { type CellEngine, isWelding } from "../cell-engine.ts";
import type { OtherRobots } from "../pose-check.ts";
import { checkMove, isMoveClear, type MoveCheck } from "./move-check.ts";
import type { MoveScene } from "./move-scene.ts";
import { enclosureOf, robotMover } from "./robot-mover.ts";

/** How a robot's move is checked. */
export interface PathOptions {
  /** Distance all bodies must keep, m; or one per body. Left out: what the cell states for their classes. */
  readonly clearanceM?: number | ArrayLike<number>;
  /** Which clearances hold; at a weld the gun tips may touch body and parts. Left out: motion. */
  readonly situation?: Situation;
  /** Which bodies of the other robots are looked at, where these were last moved to. Left out: all. */
  readonly others?: OtherRobots;
  /** Whether the robot's own links and tools may not touch each other. Left out: yes. */
  readonly own?: boolean;
  /** How well the smallest clearance is told, m. Left out: 0.1 mm. */
  readonly toleranceM?: number;
  /** Nothing further away than this is told, m. Left out: 0.3 m. */
  readonly lookM?: number;
}

/**
 * Checks a joint-linear move of a robot of the cell, proven between its ends: see `checkMove`.
 * The engine's robots stay where they were.
 * @param qFrom,qTo joint angles, rad
 * @throws RungError `unknown-robot`, `motion`
 */
export function checkPath(
  engine: CellEngine,
  robot: string,
  qFrom: ArrayLike<number>,
  qTo: ArrayLike<number>,
  options: PathOptions = {},
): MoveCheck {
  return checkMove(engine.mesh, sceneOf(engine, robot, options), qFrom, qTo, {
    ...options,
    clearanceM: options.clearanceM ?? clearancesM(engine, robot, options.situation ?? "motion"),
  });
}

/** Whether a move is clear by the same proof, and no more: the cheap question of a search. */
export function isPathClear(
  engine: CellEngine,
  robot: string,
  qFrom: ArrayLike<number>,
  qTo: ArrayLike<number>,
  options: PathOptions = {},
): boolean {
  return isMoveClear(engine.mesh, sceneOf(engine, robot, options), qFrom, qTo, {
    ...options,
    clearanceM: options.clearanceM ?? clearancesM(engine, robot, options.situation ?? "motion"),
  }).clear;
}

/** What the cell states for each body of a robot, m, in the order of its bodies. */
export function clearancesM(engine: CellEngine, robot: string, situation: Situation): Float64Array {
  return Float64Array.from(engine.robot(robot).bodies, (body) =>
    engine.limitM(body.clearanceClass!, situation),
  );
}

function sceneOf(engine: CellEngine, robot: string, options: PathOptions): MoveScene {
  const { bodies } = engine.robot(robot);
  const mover = robotMover(engine, robot);
  const enclosure = enclosureOf(engine);
  const around = engine.surroundings(robot, options.others ?? "all");
  const situation = options.situation ?? "motion";
  const { obstacles } = around;
  return {
    mover,
    still: obstacles.map(({ name }, index) => ({
      name,
      mesh: around.all.meshes[index]!,
      pose12: around.each[index]!.poses,
    })),
    mayTouch: (body, still) => isWelding(bodies[body]!, obstacles[still]!, situation),
    isEnclosed: (body, bodyAt, still, stillAt) =>
      enclosure.isEnclosed(bodies[body]!, bodyAt, obstacles[still]!.body, stillAt),
    ownPairs: options.own === false ? [] : mover.ownPairs,
  };
}
