import type { CellEngine } from "../../model/cell/cell-engine.ts";
import type { ReachedPoint } from "../../model/cell/motion/program-check.ts";
import { planCycle, type RobotProgram, robotInterferences } from "../../model/cell/motion/robot-cycle.ts";
import type { CellFinding, Interlock } from "./finding.ts";
import { interlockFindings, togetherFinding } from "./interlocks.ts";
import { type ProgramRun, reachedOf } from "./program-run.ts";
import { nearestAtStart } from "./together-at-start.ts";

/** What two robots of the cell want at once, and the interlocks that keep them apart. */
export interface SharedZones {
  readonly findings: readonly CellFinding[];
  readonly interlocks: readonly Interlock[];
  /** Per robot, in the planned cycle. */
  readonly waitS: ReadonlyMap<string, number>;
}

/** How finely a zone is outlined, m: it is rounded outwards to whole moves anyway. */
const RESOLUTION_M = 0.1;

/** Zones of every pair of robots that run a program, whatever their stations: those stand side by side. */
export function sharedZones(engine: CellEngine, runs: readonly ProgramRun[]): SharedZones {
  const programs = wholeProgramsOf(runs);
  const { zones } = robotInterferences(engine, programs, RESOLUTION_M);
  const plan = planCycle(engine, programs, zones);
  const stationOf = new Map(runs.map(({ program: { robot } }) => [robot.name, robot.station]));
  const { findings, interlocks } = interlockFindings(plan, stationOf);
  const together = plan.togetherAtStart.flatMap(([a, b]) => {
    const near = nearestAtStart(engine, programOf(programs, a), programOf(programs, b));
    return near === undefined ? [] : [togetherFinding(near, stationOf)];
  });
  return {
    findings: [...together, ...findings],
    interlocks,
    waitS: new Map(plan.robots.map(({ robot, waitS }) => [robot, waitS])),
  };
}

/** A robot's programs one after another, as it runs them; one that only stands stays for a move of no length. */
function wholeProgramsOf(runs: readonly ProgramRun[]): RobotProgram[] {
  const points = new Map<string, ReachedPoint[]>();
  for (const { program } of runs) {
    const { name } = program.robot;
    points.set(name, [...(points.get(name) ?? []), ...reachedOf(program)]);
  }
  return [...points].map(([robot, own]) => ({ robot, points: own.length > 1 ? own : [...own, ...own] }));
}

const programOf = (programs: readonly RobotProgram[], name: string): RobotProgram =>
  programs.find(({ robot }) => robot === name)!;
