import type { RobotModel } from "../../../runtime/model/robot/robot-model.ts";
import { SerialArm } from "../../../runtime/model/robot/serial-arm.ts";
import type { PlainRobotModel, SceneRobot } from "./cell-view.ts";
import type { Point } from "./orbit.ts";

/** Where a robot's links are, by the same kinematics that the findings were computed with. */
export class RobotPoser {
  readonly #arm: SerialArm;
  readonly #home: readonly number[];
  readonly #index: ReadonlyMap<string, number>;
  readonly #poses: Float64Array;
  readonly #tcp = new Float64Array(12);

  constructor({ model: plain, base, tipLink, tcp, homeRad }: SceneRobot) {
    const model = modelOf(plain);
    this.#arm = new SerialArm(model, { base: Float64Array.from(base), tipLink, tcp: Float64Array.from(tcp) });
    this.#home = homeRad;
    this.#index = new Map(model.links.map(({ name }, at) => [name, at]));
    this.#poses = new Float64Array(12 * model.links.length);
  }

  /** Poses of all links in the cell, row-major 3x4, m, one after another: good until the next call. */
  linkPoses(anglesRad?: readonly number[]): Float64Array {
    this.#arm.linkPoses(anglesRad ?? this.#home, this.#poses);
    return this.#poses;
  }

  indexOf(link: string): number {
    const at = this.#index.get(link);
    if (at === undefined) throw new Error(`the robot has no link ${link}: reload the page`);
    return at;
  }

  tcpPoint(anglesRad?: readonly number[]): Point {
    this.#arm.tcpPose(anglesRad ?? this.#home, this.#tcp);
    return [this.#tcp[3]!, this.#tcp[7]!, this.#tcp[11]!];
  }

  /** A place in the middle of the arm, for its label to point at. */
  middlePoint(anglesRad?: readonly number[]): Point {
    const poses = this.linkPoses(anglesRad);
    const at = 12 * Math.floor(this.#index.size / 2);
    return [poses[at + 3]!, poses[at + 7]!, poses[at + 11]!];
  }
}

/** JSON knows no infinity, so the limits of a continuous joint come without one. */
function modelOf({ name, root, links, joints }: PlainRobotModel): RobotModel {
  return {
    name,
    root,
    links: links.map((link) => ({ ...link, joint: link.joint ?? undefined, collision: [], visual: [] })),
    joints: joints.map(({ origin, lowerRad, upperRad, mimic, ...joint }) => ({
      ...joint,
      origin12: Float64Array.from(origin),
      lowerRad: lowerRad ?? Number.NEGATIVE_INFINITY,
      upperRad: upperRad ?? Number.POSITIVE_INFINITY,
      ...(mimic === undefined ? {} : { mimic }),
    })),
  };
}

/** What is drawn of a robot's model, fit for JSON. */
export function plainModel({ name, root, links, joints }: RobotModel): PlainRobotModel {
  return {
    name,
    root,
    links: links.map((link) => ({ name: link.name, joint: link.joint ?? null })),
    joints: joints.map(({ origin12, lowerRad, upperRad, ...joint }) => ({
      ...joint,
      origin: [...origin12],
      lowerRad: Number.isFinite(lowerRad) ? lowerRad : null,
      upperRad: Number.isFinite(upperRad) ? upperRad : null,
    })),
  };
}
