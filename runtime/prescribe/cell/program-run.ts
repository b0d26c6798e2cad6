import type { CellRobot } from "../../model/cell/cell.ts";
import type { ProgramTiming } from "../../model/cell/motion/cycle-time.ts";
import type { ReachedPoint } from "../../model/cell/motion/program-check.ts";
import { programTiming } from "../../model/cell/motion/robot-cycle.ts";
import { checkProgram, type ProgramCheck } from "./check-program.ts";
import type { RobotPath } from "./finding.ts";
import type { WantedPoint } from "./plan-program.ts";
import { type PlannedProgram, type RobotLook, situationOf } from "./robot-look.ts";

/** A robot's program with all that was found of it. */
export interface ProgramRun {
  readonly look: RobotLook;
  readonly program: PlannedProgram;
  readonly wanted: readonly WantedPoint[];
  readonly timing: ProgramTiming;
  readonly check: ProgramCheck;
  /** What the station allows a program of this robot, s. */
  readonly limitS?: number;
}

/** Its points as the checks of motion take them. */
export function reachedOf({ points }: PlannedProgram): ReachedPoint[] {
  return points.map((point) => ({ point, qRad: point.q, situation: situationOf(point) }));
}

/** @throws RungError `motion` where it has no point, or its robot no accelerations */
export const timingOf = (program: PlannedProgram): ProgramTiming =>
  programTiming(program.robot, reachedOf(program));

export function runProgram(
  look: RobotLook,
  program: PlannedProgram,
  wanted: readonly WantedPoint[],
  onStep?: () => void,
): ProgramRun {
  return { look, program, wanted, timing: timingOf(program), check: checkProgram(look, program, onStep) };
}

/** A pose every so often is enough to draw by: the screen goes from one to the next. */
const SAMPLE_S = 0.2;

/** The robot's way over its own time, for drawing: at an even step and at every point. */
export function pathOf(robot: CellRobot, { points }: PlannedProgram, timing: ProgramTiming): RobotPath {
  const q = new Float64Array(robot.arm.dof);
  const stops = points.map(({ name }, i) => ({ atS: timing.timeAt(i), point: name }));
  const even = Array.from({ length: Math.ceil(timing.durationS / SAMPLE_S) }, (_, i) => ({
    atS: i * SAMPLE_S,
  }));
  const samples = [...stops, ...even, { atS: timing.durationS }]
    .sort((a, b) => a.atS - b.atS)
    .map((sample) => {
      timing.jointsAt(sample.atS, q);
      const rounded = { ...sample, atS: Math.round(sample.atS * 1000) / 1000 };
      return { ...rounded, qRad: Array.from(q, (angle) => Math.round(angle * 1e5) / 1e5) };
    });
  return { robot: robot.name, samples };
}
