import type { Bodies, MeshHandle } from "../../compute/mesh/mesh-engine.ts";
import { POSE_SIZE } from "../robot/pose.ts";
import type { CellBody } from "./cell.ts";
import type { PlacedRobot } from "./placed-robot.ts";

/** What a robot may run into: a body that stands, or one of another robot. */
export interface Obstacle {
  readonly name: string;
  readonly body: CellBody;
  /** The robot it belongs to; absent of what stands. */
  readonly robot?: string;
}

/** An obstacle that does not move. */
export interface StandingBody {
  readonly obstacle: Obstacle;
  readonly handle: MeshHandle;
  /** In the cell, m. */
  readonly pose12: Float64Array;
}

/** All that is around one robot: fixtures, the variant's parts, and where wanted the other robots. */
export class Surroundings {
  readonly obstacles: readonly Obstacle[];
  readonly all: Bodies;
  readonly each: readonly Bodies[];
  readonly #moving: readonly { readonly from: PlacedRobot; readonly at: number }[];

  /** @param others robots whose places `refresh` follows */
  constructor(standing: readonly StandingBody[], others: readonly PlacedRobot[]) {
    this.obstacles = [
      ...standing.map(({ obstacle }) => obstacle),
      ...others.flatMap(({ robot }) =>
        robot.bodies.map((body) => ({ name: `${robot.name} ${body.name}`, body, robot: robot.name })),
      ),
    ];
    const meshes = [...standing.map(({ handle }) => handle), ...others.flatMap(({ all }) => all.meshes)];
    const poses = new Float64Array(POSE_SIZE * meshes.length);
    for (const [i, { pose12 }] of standing.entries()) poses.set(pose12, POSE_SIZE * i);
    let at = POSE_SIZE * standing.length;
    this.#moving = others.map((from) => {
      const start = at;
      at += from.all.poses.length;
      return { from, at: start };
    });
    this.all = { meshes, poses };
    this.each = meshes.map((mesh, i) => ({
      meshes: [mesh],
      poses: poses.subarray(POSE_SIZE * i, POSE_SIZE * (i + 1)),
    }));
    this.refresh();
  }

  /** Takes the other robots' bodies to where they are now. */
  refresh(): void {
    for (const { from, at } of this.#moving) this.all.poses.set(from.all.poses, at);
  }
}
