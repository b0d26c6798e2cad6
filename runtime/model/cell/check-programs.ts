import { RungError } from "../../core/errors.ts";
import { ReachJudge, type WeldReach } from "../robot/reach.ts";
import type { CellRobot, Program } from "./cell.ts";
import type { CellEngine } from "./cell-engine.ts";
import type { Contact, PoseCheck } from "./pose-check.ts";
import { programsFor, type SolvedPoint, solveProgram } from "./program-poses.ts";
import type { Separations } from "./separations.ts";
import { ELECTRODES } from "./weld-point.ts";

/** A contact, with the ways out of it; of one body inside another there are none to march along. */
export interface Clip extends Contact {
  readonly separations?: Separations;
}

/** What the cell says of one point of a program. */
export interface CheckedPoint {
  readonly robot: string;
  readonly station: string;
  readonly program: string;
  readonly solved: SolvedPoint;
  readonly result: "clear" | "near" | "contact" | "unreachable";
  /** Absent where no joint angles reach the point. */
  readonly check?: PoseCheck;
  readonly clips: readonly Clip[];
  /** Of an unreachable point: what a turn or the base would mend. */
  readonly reach?: WeldReach;
}

/**
 * Checks every point of every program that is run for the engine's variant, the other robots at home. The ways between
 * the points are not looked at here.
 */
export function checkPrograms(engine: CellEngine): CheckedPoint[] {
  const { cell, variant } = engine;
  return cell.robots.flatMap((robot) => {
    const programs = programsFor(cell.programs, variant).filter((program) => program.robot === robot.name);
    const points = programs.flatMap((program) =>
      solveProgram(robot, program, variant).map((solved) => checkPoint(engine, robot, program, solved)),
    );
    engine.moveTo(robot.name, robot.homeRad);
    return points;
  });
}

function checkPoint(
  engine: CellEngine,
  robot: CellRobot,
  program: Program,
  solved: SolvedPoint,
): CheckedPoint {
  const place = { robot: robot.name, station: robot.station, program: program.name, solved };
  const { qRad, situation } = solved;
  if (qRad === undefined || !robot.arm.isWithinLimits(qRad)) {
    const reach = reachOf(robot, solved);
    return { ...place, result: "unreachable", clips: [], ...(reach && { reach }) };
  }
  const check = engine.check(robot.name, qRad, { situation, own: true });
  const clips = check.contacts.map((contact): Clip => {
    const isOwn = contact.obstacle.startsWith(`${robot.name} `);
    if (contact.isInside || isOwn) return contact;
    return { ...contact, separations: engine.separations(robot.name, contact.body, contact.obstacle) };
  });
  const result = clips.length > 0 ? "contact" : check.short.length > 0 ? "near" : "clear";
  return { ...place, result, check, clips };
}

/** How far a wanted TCP pose lies out of reach; undefined for an arm whose wrist has no centre to measure to. */
function reachOf(robot: CellRobot, { tcp12 }: SolvedPoint): WeldReach | undefined {
  if (tcp12 === undefined) return undefined;
  try {
    return new ReachJudge(robot.arm, { freeAboutElectrode: true, electrodeAxis: ELECTRODES }).of(tcp12);
  } catch (thrown) {
    if (thrown instanceof RungError && thrown.code === "no-reach-section") return undefined;
    throw thrown;
  }
}
