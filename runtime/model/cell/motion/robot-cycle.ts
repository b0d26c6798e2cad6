import { RungError } from "../../../core/errors.ts";
import type { CellRobot } from "../cell.ts";
import type { CellEngine } from "../cell-engine.ts";
import { fitAccelerationFactor, ProgramTiming, type TimedPoint } from "./cycle-time.ts";
import { type InterferenceZone, interferenceZones, type MoverPath } from "./interference.ts";
import { type InterlockPlan, planInterlocks } from "./interlock.ts";
import { clearancesM } from "./path-check.ts";
import type { ReachedPoint } from "./program-check.ts";
import { robotMover } from "./robot-mover.ts";
import type { AxisLimits } from "./time-law.ts";

/** A robot and the points it runs through in one cycle. */
export interface RobotProgram {
  readonly robot: string;
  readonly points: readonly ReachedPoint[];
}

/** An interference zone and the robots it lies between, as indices into the programs. */
export interface RobotInterference extends InterferenceZone {
  readonly robotA: number;
  readonly robotB: number;
}

/**
 * What the axes of a robot can do: velocities of its URDF, accelerations of the cell file.
 * @throws RungError `motion` where the cell states no accelerations: a cycle time without them would be made up
 */
export function axisLimits(robot: CellRobot): AxisLimits {
  const { accelerationsRadS2 } = robot;
  if (accelerationsRadS2 === undefined) {
    throw new RungError({
      code: "motion",
      where: robot.name,
      what: "has no joint accelerations, without which there is no cycle time",
      advice: "state them in the cell file; a measured cycle then calibrates them",
    });
  }
  return { velocityRadS: robot.arm.velocityRadS, accelerationRadS2: accelerationsRadS2 };
}

/** A robot's program over time. @throws RungError `motion` */
export function programTiming(robot: CellRobot, points: readonly ReachedPoint[]): ProgramTiming {
  return new ProgramTiming(timedPoints(points), axisLimits(robot), robot.name);
}

/**
 * The factor by which a robot's stated accelerations must be multiplied for its program to take as long as measured.
 * @throws RungError `motion` where no acceleration gives that cycle
 */
export function calibrateAccelerations(
  robot: CellRobot,
  points: readonly ReachedPoint[],
  measuredS: number,
): { readonly factor: number; readonly durationS: number } {
  return fitAccelerationFactor(timedPoints(points), axisLimits(robot), measuredS, robot.name);
}

/**
 * Where the robots of a cell interfere on their programs, each pair, with the clearances of motion of their bodies.
 * @throws RungError `motion` for a program of fewer than two points
 */
export function robotInterferences(
  engine: CellEngine,
  programs: readonly RobotProgram[],
  resolutionM?: number,
): { readonly zones: readonly RobotInterference[]; readonly queries: number } {
  const paths = programs.map(
    ({ robot, points }): MoverPath => ({
      mover: robotMover(engine, robot),
      points: points.map(({ qRad }) => ({ q: qRad })),
      clearancesM: clearancesM(engine, robot, "motion"),
    }),
  );
  const zones: RobotInterference[] = [];
  let queries = 0;
  for (let robotA = 0; robotA < paths.length; robotA++) {
    for (let robotB = robotA + 1; robotB < paths.length; robotB++) {
      const found = interferenceZones(engine.mesh, paths[robotA]!, paths[robotB]!, resolutionM);
      zones.push(...found.zones.map((zone) => ({ ...zone, robotA, robotB })));
      queries += found.queries;
    }
  }
  return { zones, queries };
}

/** One cycle of all robots, with the waits that their interference zones cost. @throws RungError `motion` */
export function planCycle(
  engine: CellEngine,
  programs: readonly RobotProgram[],
  zones: readonly RobotInterference[],
): InterlockPlan {
  const robots = programs.map(({ robot, points }) => ({
    name: robot,
    points: points.map(({ point }) => point.name),
    timing: programTiming(engine.robot(robot), points),
  }));
  return planInterlocks(robots, zones);
}

function timedPoints(points: readonly ReachedPoint[]): TimedPoint[] {
  return points.map(({ point, qRad }) => ({
    name: point.name,
    q: qRad,
    speed: point.speed,
    dwellS: point.dwellS,
  }));
}
