import type { CellEngine } from "../../model/cell/cell-engine.ts";
import { clearancesM } from "../../model/cell/motion/path-check.ts";
import type { RobotProgram } from "../../model/cell/motion/robot-cycle.ts";

/** Bodies of two robots that are nearer than they may be before anything moves. */
export interface TogetherAtStart {
  readonly robot: string;
  readonly body: string;
  readonly other: string;
  readonly otherBody: string;
  readonly place: string;
  readonly gapM: number;
  readonly limitM: number;
}

/**
 * The bodies of two robots that miss their clearance most at the first points of their programs. A zone is outlined
 * roughly, so this is measured. Moves both robots there.
 */
export function nearestAtStart(
  engine: CellEngine,
  a: RobotProgram,
  b: RobotProgram,
): TogetherAtStart | undefined {
  const sides = [a, b].map(({ robot, points }) => {
    engine.moveTo(robot, points[0]!.qRad);
    return { ...engine.placed(robot), limitsM: clearancesM(engine, robot, "motion") };
  });
  const [one, other] = [sides[0]!, sides[1]!];
  let worst: TogetherAtStart | undefined;
  for (const [i, body] of one.robot.bodies.entries()) {
    for (const [k, otherBody] of other.robot.bodies.entries()) {
      const limitM = Math.max(one.limitsM[i]!, other.limitsM[k]!);
      const gapM = engine.mesh.nearest(one.each[i]!, other.each[k]!, limitM)?.distanceM;
      if (gapM === undefined || gapM >= limitM) continue;
      if (worst !== undefined && worst.gapM - worst.limitM <= gapM - limitM) continue;
      worst = {
        ...{ robot: a.robot, body: body.name, other: b.robot, otherBody: otherBody.name },
        ...{ place: a.points[0]!.point.name, gapM, limitM },
      };
    }
  }
  return worst;
}
