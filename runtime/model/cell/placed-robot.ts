import type { Bodies, MeshHandle } from "../../compute/mesh/mesh-engine.ts";
import { multiplyPoses, POSE_SIZE } from "../robot/pose.ts";
import type { CellRobot } from "./cell.ts";

/** A robot's bodies in the mesh engine, at one configuration. */
export class PlacedRobot {
  readonly robot: CellRobot;
  /** All its bodies, in the order of `robot.bodies`; the poses follow `moveTo`. */
  readonly all: Bodies;
  /** Each of them alone, over the same poses. */
  readonly each: readonly Bodies[];
  readonly tcp12 = new Float64Array(POSE_SIZE);
  readonly #linkPoses: Float64Array;
  readonly #linkOf: Int32Array;

  constructor(robot: CellRobot, handles: readonly MeshHandle[]) {
    this.robot = robot;
    const poses = new Float64Array(POSE_SIZE * handles.length);
    this.all = { meshes: handles, poses };
    this.each = handles.map((handle, i) => ({
      meshes: [handle],
      poses: poses.subarray(POSE_SIZE * i, POSE_SIZE * (i + 1)),
    }));
    const { links } = robot.model;
    this.#linkPoses = new Float64Array(POSE_SIZE * links.length);
    this.#linkOf = Int32Array.from(robot.bodies, (body) => links.findIndex(({ name }) => name === body.link));
    this.moveTo(robot.homeRad);
  }

  /** Takes the bodies to where joint angles (rad) put them. Allocates nothing. */
  moveTo(qRad: ArrayLike<number>): void {
    const { arm, bodies } = this.robot;
    arm.linkPoses(qRad, this.#linkPoses);
    arm.tcpPose(qRad, this.tcp12);
    for (let i = 0; i < bodies.length; i++) {
      multiplyPoses(
        this.#linkPoses,
        POSE_SIZE * this.#linkOf[i]!,
        bodies[i]!.pose12,
        0,
        this.all.poses,
        POSE_SIZE * i,
      );
    }
  }
}
