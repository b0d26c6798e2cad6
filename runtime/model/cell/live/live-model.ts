import { POSE_SIZE } from "../../robot/pose.ts";
import { CellEngine } from "../cell-engine.ts";
import { type Cell, readCell } from "../cell-model.ts";
import { ProgramTiming } from "../motion/cycle-time.ts";
import { programsFor, solveProgram } from "../program-poses.ts";
import type { LiveAnswer, LiveClearance, LiveQuestion, LiveReady, PlannedProgram } from "./live-message.ts";

/** Farther than this nothing is told, m. */
const LOOK_M = 0.5;
/** How far around a weld the clearances of welding hold, m of the TCP's way. */
const APPROACH_M = 0.05;

/** A cell that real joint angles move: heavy, so it lives in a thread of its own. */
export class LiveModel {
  readonly ready: LiveReady;
  readonly #engine: CellEngine;
  readonly #tcp = new Float64Array(POSE_SIZE);

  private constructor(cell: Cell, engine: CellEngine) {
    this.#engine = engine;
    this.ready = {
      kind: "live-cell-ready",
      cell: cell.name,
      variant: engine.variant?.name,
      robots: cell.robots.map(({ name }) => name),
      programs: plannedPrograms(cell, engine),
    };
  }

  /** @param variant by name; left out: the first of the file, or none */
  static async create(file: string, variant?: string): Promise<LiveModel> {
    const cell = await readCell(file);
    return new LiveModel(cell, await CellEngine.create(cell, variant ?? cell.variants[0]?.name));
  }

  /** @throws RungError `unknown-robot` */
  answer({ poses, probed }: LiveQuestion): LiveAnswer {
    // All first: each is among the obstacles of the others.
    for (const { robot, qRad } of poses) this.#engine.moveTo(robot, qRad);
    const clearances = poses.flatMap(({ robot, qRad }) => this.#clearanceOf(robot, qRad) ?? []);
    const tcps = probed.map(({ robot, qRad }) => {
      this.#engine.robot(robot).arm.tcpPose(qRad, this.#tcp);
      return { robot, tcpM: [this.#tcp[3]!, this.#tcp[7]!, this.#tcp[11]!] as const };
    });
    return { clearances, tcps };
  }

  /** At a weld the gun tips touch the sheet, and that is no news: what else is near is. */
  #clearanceOf(robot: string, qRad: readonly number[]): LiveClearance | undefined {
    const situation = this.#isWelding(robot, qRad) ? "weld" : "motion";
    const found = this.#engine.nearest(robot, qRad, LOOK_M, { situation });
    if (found === undefined) return undefined;
    const { body, obstacle, nearest } = found;
    return {
      robot,
      body: body.name,
      obstacle: obstacle.name,
      distanceM: nearest.distanceM,
      limitM: this.#engine.limitM(body.clearanceClass!, situation),
      points: [nearest.pointA, nearest.pointB],
    };
  }

  /** As where programs are checked: so near to a weld the clearances of welding hold. */
  #isWelding(robot: string, qRad: readonly number[]): boolean {
    this.#engine.robot(robot).arm.tcpPose(qRad, this.#tcp);
    const [x, y, z] = [this.#tcp[3]!, this.#tcp[7]!, this.#tcp[11]!];
    return (this.#engine.variant?.welds ?? []).some(
      ({ pointM }) => Math.hypot(pointM[0] - x, pointM[1] - y, pointM[2] - z) <= APPROACH_M,
    );
  }
}

function plannedPrograms(cell: Cell, engine: CellEngine): PlannedProgram[] {
  return programsFor(cell.programs, engine.variant).map((program) => {
    const robot = engine.robot(program.robot);
    const points = solveProgram(robot, program, engine.variant).flatMap(({ qRad, point }) =>
      qRad === undefined ? [] : [{ name: point.name, q: qRad, speed: point.speed, dwellS: point.dwellS }],
    );
    const accelerationRadS2 = robot.accelerationsRadS2;
    const durationS =
      accelerationRadS2 === undefined || points.length === 0
        ? undefined
        : new ProgramTiming(points, { velocityRadS: robot.arm.velocityRadS, accelerationRadS2 }, program.name)
            .durationS;
    return { name: program.name, robot: program.robot, durationS };
  });
}
