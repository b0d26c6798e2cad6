import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Pose, poseFromRpy } from "../../../runtime/model/robot/pose.ts";
import { SerialArm } from "../../../runtime/model/robot/serial-arm.ts";
import { readUrdf } from "../../../runtime/model/robot/urdf.ts";

/** Robots of ROS-Industrial, with a scene and answers of other programs for two of them. */
export const ROBOTS_FOLDER = join(import.meta.dirname, "../../../../shared/data/robots");
export const ROBOTS = ["r2000ic165f", "r2000ic210l", "kr210l150"] as const;
export type PublishedRobot = (typeof ROBOTS)[number];

/** One of them, with a gun's TCP 850 mm before the flange. */
export function publishedArm(robot: PublishedRobot, base: Pose, tcpZM = 0.85): SerialArm {
  const text = readFileSync(join(ROBOTS_FOLDER, robot, `${robot}.urdf`), "utf8");
  const tcp = poseFromRpy([0, 0, tcpZM], [0, 0, 0]);
  return new SerialArm(readUrdf(text, `${robot}.urdf`), { base, tipLink: "tool0", tcp });
}
