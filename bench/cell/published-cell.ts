import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { TriangleMesh } from "../../runtime/compute/mesh/triangle-mesh.ts";
import { Random } from "../../runtime/core/random.ts";
import { readMeshFile } from "../../runtime/model/cell/mesh-files/mesh-file.ts";
import {
  identityPose,
  multiplyPoses,
  POSE_SIZE,
  poseFromRpy,
  type Xyz,
} from "../../runtime/model/robot/pose.ts";
import { SerialArm } from "../../runtime/model/robot/serial-arm.ts";
import { readUrdf } from "../../runtime/model/robot/urdf.ts";
import type { MeshScene } from "./scene-file.ts";

/** Published robots with a body, a reinforcement, a fixture and a gun, and FCL's answers for some poses. */
export const ROBOTS_FOLDER = join(import.meta.dirname, "../../../shared/data/robots");
export const ROBOTS_WITH_ANSWERS = ["r2000ic165f", "kr210l150"] as const;
export type RobotWithAnswers = (typeof ROBOTS_WITH_ANSWERS)[number];

interface SceneJson {
  readonly base: { readonly xyz: Xyz; readonly rpy: Xyz };
  readonly tipLink: string;
  readonly tcp: { readonly xyz: Xyz; readonly rpy: Xyz };
  readonly tools: readonly { readonly name: string; readonly link: string; readonly mesh: string }[];
  readonly obstacles: readonly { readonly name: string; readonly mesh: string }[];
}

/** Seven links and a gun, three obstacles. */
export interface PublishedCell {
  readonly robot: RobotWithAnswers;
  readonly arm: SerialArm;
  readonly bodyNames: readonly string[];
  readonly bodies: readonly TriangleMesh[];
  readonly obstacleNames: readonly string[];
  readonly obstacles: readonly TriangleMesh[];
}

const meshOf = async (file: string): Promise<TriangleMesh> =>
  (await readMeshFile(join(ROBOTS_FOLDER, file), "m")).mesh;

export async function publishedCell(robot: RobotWithAnswers): Promise<PublishedCell> {
  const scene = JSON.parse(readFileSync(join(ROBOTS_FOLDER, robot, "scene.json"), "utf8")) as SceneJson;
  const urdf = join(ROBOTS_FOLDER, robot, `${robot}.urdf`);
  const model = readUrdf(readFileSync(urdf, "utf8"), urdf);
  const pose = ({ xyz, rpy }: SceneJson["base"]) => poseFromRpy(xyz, rpy);
  const arm = new SerialArm(model, {
    base: pose(scene.base),
    tipLink: scene.tipLink,
    tcp: pose(scene.tcp),
  });
  const links = model.links.filter((link) => link.collision.length > 0);
  return {
    robot,
    arm,
    bodyNames: [...links.map((link) => link.name), ...scene.tools.map((tool) => tool.name)],
    bodies: await Promise.all([
      ...links.map((link) => meshOf(join(robot, link.collision[0]!.file))),
      ...scene.tools.map((tool) => meshOf(tool.mesh)),
    ]),
    obstacleNames: scene.obstacles.map((obstacle) => obstacle.name),
    obstacles: await Promise.all(scene.obstacles.map((obstacle) => meshOf(obstacle.mesh))),
  };
}

/** The poses of all bodies for each configuration. */
export function posesOf({ arm, bodyNames }: PublishedCell, configurations: readonly ArrayLike<number>[]) {
  const { links } = arm.model;
  // What is no link is a tool at the tip.
  const carriers = bodyNames.map((name) => {
    const index = links.findIndex((link) => link.name === name);
    return index >= 0
      ? { index, mesh12: links[index]!.collision[0]!.pose12 }
      : { index: links.findIndex((link) => link.name === arm.tipLink), mesh12: identityPose() };
  });
  const linkPoses = new Float64Array(POSE_SIZE * links.length);
  const poses = new Float64Array(POSE_SIZE * bodyNames.length * configurations.length);
  configurations.forEach((q, c) => {
    arm.linkPoses(q, linkPoses);
    carriers.forEach(({ index, mesh12 }, i) => {
      multiplyPoses(linkPoses, POSE_SIZE * index, mesh12, 0, poses, POSE_SIZE * (c * carriers.length + i));
    });
  });
  return poses;
}

/** Joint angles at random within the limits. */
export function randomConfigurations({ arm }: PublishedCell, count: number, seed: number): Float64Array[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () =>
    Float64Array.from(arm.lowerRad, (lower, i) => lower + (arm.upperRad[i]! - lower) * random.uniform()),
  );
}

/** Joint angles near those that were asked of FCL, most of which have the gun at the body: each off by up to 0.2 rad. */
export function nearConfigurations(cell: PublishedCell, count: number, seed: number): Float64Array[] {
  const file = join(ROBOTS_FOLDER, cell.robot, "queries.json");
  const { queries } = JSON.parse(readFileSync(file, "utf8")) as { queries: { readonly q: number[] }[] };
  const random = new Random(seed);
  return Array.from({ length: count }, () => {
    const { q } = queries[random.integer(queries.length)]!;
    return Float64Array.from(q, (angle, i) =>
      Math.min(Math.max(angle + 0.4 * random.uniform() - 0.2, cell.arm.lowerRad[i]!), cell.arm.upperRad[i]!),
    );
  });
}

export function sceneOf(cell: PublishedCell, configurations: readonly ArrayLike<number>[]): MeshScene {
  return {
    name: cell.robot,
    bodies: cell.bodies,
    obstacles: cell.obstacles,
    standing: Float64Array.from(cell.obstacles.flatMap(() => [...identityPose()])),
    moving: posesOf(cell, configurations),
  };
}
