import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ScreenedScene } from "../../../../runtime/model/cell/field/screened-check.ts";
import { readMeshFile } from "../../../../runtime/model/cell/mesh-files/mesh-file.ts";
import { identityPose, poseFromRpy, type Xyz } from "../../../../runtime/model/robot/pose.ts";
import { publishedArm, ROBOTS_FOLDER } from "../../robot/published-robots.ts";

/** Robots that another engine was asked about. */
export const ASKED_ROBOTS = ["r2000ic165f", "kr210l150"] as const;
export type AskedRobot = (typeof ASKED_ROBOTS)[number];

interface SceneFile {
  base: { xyz: Xyz; rpy: Xyz };
  tools: { name: string; link: string; mesh: string }[];
  obstacles: { name: string; mesh: string }[];
}

/** What FCL answers at one pose. */
export interface PublishedAnswer {
  readonly id: string;
  readonly q: number[];
  readonly minDistance_mm: number;
  readonly perLink_mm: Readonly<Record<string, number>>;
}

export function publishedAnswers(robot: AskedRobot): PublishedAnswer[] {
  return read<{ results: PublishedAnswer[] }>(robot, "expected_fcl.json").results;
}

/** A published robot with its gun, and the body, reinforcement and fixture before it. */
export async function publishedScene(robot: AskedRobot): Promise<ScreenedScene> {
  const { base, tools, obstacles } = read<SceneFile>(robot, "scene.json");
  const arm = publishedArm(robot, poseFromRpy(base.xyz, base.rpy));
  const mesh = async (...path: string[]) => (await readMeshFile(join(ROBOTS_FOLDER, ...path), "m")).mesh;
  const links = arm.model.links.flatMap(({ name, collision }) =>
    collision.map(async ({ file, pose12 }) => ({ name, link: name, pose12, mesh: await mesh(robot, file) })),
  );
  const held = tools.map(async (tool) => ({
    name: tool.name,
    link: tool.link,
    pose12: identityPose(),
    mesh: await mesh(tool.mesh),
  }));
  const still = obstacles.map(async (obstacle) => ({
    name: obstacle.name,
    pose12: identityPose(),
    mesh: await mesh(obstacle.mesh),
  }));
  return { arm, bodies: await Promise.all([...links, ...held]), obstacles: await Promise.all(still) };
}

function read<T>(...path: string[]): T {
  return JSON.parse(readFileSync(join(ROBOTS_FOLDER, ...path), "utf8")) as T;
}
