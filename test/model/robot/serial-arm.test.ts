import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { poseFromRpy, type Xyz } from "../../../runtime/model/robot/pose.ts";
import { needsFile } from "../../needs.ts";
import { publishedArm, ROBOTS_FOLDER } from "./published-robots.ts";

interface Scene {
  base: { xyz: Xyz; rpy: Xyz };
}
interface Answer {
  id: string;
  q: number[];
  tcp: number[];
  tcpR: number[];
}

function json<T>(...path: string[]): T {
  return JSON.parse(readFileSync(join(ROBOTS_FOLDER, ...path), "utf8")) as T;
}

describe("the TCP of published robots", () => {
  before(function () {
    needsFile(this, ROBOTS_FOLDER);
  });

  for (const robot of ["r2000ic165f", "kr210l150"] as const)
    it(`of ${robot} stands within 1e-6 mm of where another program has it, at every published pose`, () => {
      const { base } = json<Scene>(robot, "scene.json");
      const { results } = json<{ results: Answer[] }>(robot, "expected_fcl.json");
      const arm = publishedArm(robot, poseFromRpy(base.xyz, base.rpy));
      const pose = new Float64Array(12);
      assert.ok(results.length > 40);
      for (const { id, q, tcp, tcpR } of results) {
        arm.tcpPose(q, pose);
        for (let row = 0; row < 3; row++) {
          assert.ok(Math.abs(pose[4 * row + 3]! - tcp[row]!) <= 1e-9, id);
          for (let k = 0; k < 3; k++)
            assert.ok(Math.abs(pose[4 * row + k]! - tcpR[3 * row + k]!) <= 1e-9, id);
        }
      }
    });

  it("is carried by the links: tool0 and the TCP from it give the same pose", () => {
    const arm = publishedArm("kr210l150", poseFromRpy([1, -2, 0.5], [0.1, -0.2, 0.3]), 0);
    const q = [0.3, -0.2, 0.5, 1, -1.1, 2];
    const links = new Float64Array(12 * arm.model.links.length);
    const pose = new Float64Array(12);
    arm.linkPoses(q, links);
    arm.tcpPose(q, pose);
    const at = 12 * arm.model.links.findIndex((link) => link.name === "tool0");
    for (let i = 0; i < 12; i++) assert.ok(Math.abs(links[at + i]! - pose[i]!) < 1e-14);
  });
});
