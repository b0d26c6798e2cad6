import type { Cell, CellRobot } from "../../model/cell/cell.ts";
import { InverseKinematics } from "../../model/robot/inverse.ts";
import { SerialArm } from "../../model/robot/serial-arm.ts";
import { type BaseShift, shiftedBase } from "./base-placement.ts";
import type { RobotLook } from "./robot-look.ts";

/** Asks the engine about a cell, also about one that is changed: a robot set elsewhere, a fixture moved. */
export type LookAt = (cell: Cell) => Promise<(robot: string) => RobotLook>;

/** The same robot on a base that was moved. */
export function setElsewhere(robot: CellRobot, shift: BaseShift): CellRobot {
  const base12 = shiftedBase(robot.base12, shift);
  const { model, tipLink, tcp12 } = robot;
  const joints = robot.arm.joints.map(({ name }) => name);
  const arm = new SerialArm(model, { base: base12, tipLink, tcp: tcp12, joints });
  return { ...robot, base12, arm, ik: new InverseKinematics(arm) };
}

export const withRobot = (cell: Cell, robot: CellRobot): Cell => ({
  ...cell,
  robots: cell.robots.map((other) => (other.name === robot.name ? robot : other)),
});
