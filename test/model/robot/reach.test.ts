import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { measureArm } from "../../../runtime/model/robot/arm-geometry.ts";
import { poseFromRpy } from "../../../runtime/model/robot/pose.ts";
import { reachShortfall } from "../../../runtime/model/robot/reach.ts";
import { ReachSection } from "../../../runtime/model/robot/reach-section.ts";
import { needsFile } from "../../needs.ts";
import { type PublishedRobot, publishedArm, ROBOTS_FOLDER } from "./published-robots.ts";

interface ReachCase {
  baseY: number;
  z: number;
  shortfall_mm: number;
  theta_deg: number;
  base_shift_needed_mm: number;
}
interface PublishedReach {
  robot: PublishedRobot;
  maxHorizontalWristReach_mm: number;
  published_mm: number;
  cases: ReachCase[];
}

/**
 * The published cases name the base's y and the weld's z alone. The rest is that of the scene: the robot on the floor
 * looks along -y, the electrodes lie along x, the gun comes in along -y. The weld's x and y follow from the two
 * cases that are out of reach, which agree on them to 0.1 mm.
 */
function weldOfCases(z: number) {
  return Float64Array.of(1, 0, 0, 0.07, 0, 0, -1, 0.72, 0, 1, 0, z);
}

describe("reach of published robots", () => {
  let published: PublishedReach[];
  before(function () {
    const file = join(ROBOTS_FOLDER, "reach_cases.json");
    needsFile(this, file);
    published = JSON.parse(readFileSync(file, "utf8")) as PublishedReach[];
  });

  it("falls short as far as another program has it, within 1 mm, and asks for the same move of the base", () => {
    assert.equal(published.flatMap(({ cases }) => cases).length, 15);
    for (const { robot, cases } of published)
      for (const { baseY, z, ...expected } of cases) {
        const arm = publishedArm(robot, poseFromRpy([0, baseY, 0], [0, 0, -Math.PI / 2]));
        const reach = reachShortfall(arm, weldOfCases(z), {
          freeAboutElectrode: true,
          electrodeAxis: [1, 0, 0],
        });
        const place = `${robot} at y ${baseY}, z ${z}: ${JSON.stringify(reach)}`;
        assert.ok(Math.abs(1000 * reach.shortfallM - expected.shortfall_mm) <= 1, place);
        assert.ok(Math.abs(1000 * reach.baseShiftM! - expected.base_shift_needed_mm) <= 1, place);
        assert.equal(reach.kind, expected.shortfall_mm === 0 ? "reachable" : "short", place);
        if (reach.kind !== "short") continue;
        // The published turn stands on a grid of 2.5 degrees.
        assert.ok(Math.abs((180 / Math.PI) * reach.thetaRad - expected.theta_deg) <= 2.5, place);
        assert.ok(reach.baseDirection[1] < -0.99, place);
      }
  });

  it("is as far out as the data sheets say, within 2 mm, and as another program has it within 0.01 mm", () => {
    for (const { robot, maxHorizontalWristReach_mm, published_mm } of published) {
      const arm = publishedArm(robot, poseFromRpy([0, 0, 0], [0, 0, 0]));
      const geometry = measureArm(arm);
      assert.ok(!("reason" in geometry));
      const reachMm = 1000 * new ReachSection(arm, geometry).mostHorizontalM();
      assert.ok(Math.abs(reachMm - published_mm) <= 2, `${robot}: ${reachMm}`);
      assert.ok(Math.abs(reachMm - maxHorizontalWristReach_mm) <= 0.01, `${robot}: ${reachMm}`);
    }
  });
});
