import assert from "node:assert/strict";
import type { CellRobot, Program, ProgramPoint, WeldPoint } from "../../../runtime/model/cell/cell.ts";
import { weldPose } from "../../../runtime/model/cell/weld-point.ts";
import { studyCell } from "../../../runtime/prescribe/cell/cell-study.ts";
import type { CellStudy } from "../../../runtime/prescribe/cell/finding.ts";
import { boxBody, boxCell, boxRobot } from "../../model/cell/motion/box-cell.ts";
import { placeAt } from "../../model/cell/motion/slide.ts";

type Xyz = readonly [number, number, number];

/** Welds straight before the robot: its TCP looks along z, so the gun of boxes comes from above. */
const weldAt = (name: string, pointM: Xyz): WeldPoint => ({
  name,
  pointM,
  normal: [0, 0, -1],
  pose12: weldPose(pointM, [0, 0, -1]),
  robot: "R1",
});

function study(robot: CellRobot, welds: readonly WeldPoint[], turnRad = 0): Promise<CellStudy> {
  const bare = boxCell([robot], [], [boxBody("body", "body", [0.2, 0.2, 0.2], [0, 8, 0.1])]);
  const points = welds.map(
    ({ name }): ProgramPoint => ({ name, kind: "weld", weld: name, turnRad, speed: 1, dwellS: 1 }),
  );
  const programs: Program[] = [{ name: "R1 main", robot: "R1", points }];
  const variants = bare.variants.map((variant) => ({ ...variant, welds }));
  const order = { study: "reach" as const, file: "", computedAt: "2026-03-02T10:00:00Z" };
  return studyCell({ ...bare, variants, programs }, order, () => undefined);
}

const REACHED: Xyz = [0.9, 0.1, 1.3];
const BEYOND: Xyz = [9, 0, 1.3];

describe("cell study: welds out of reach", function () {
  this.timeout(60_000);

  it("of an arm whose wrist has no centre are found, and by how much is not made up", async () => {
    const offset = boxRobot("R1", placeAt([0, 0, 0]), 0.08);
    assert.equal(offset.ik.kind, "numerical");
    const { findings, welds, fixes } = await study(offset, [weldAt("W1", REACHED), weldAt("W2", BEYOND)]);
    assert.deepEqual(
      findings.map(({ kind, weld, mm, text }) => [kind, weld, mm, text]),
      [["reach", "W2", null, "R1 cannot reach W2"]],
    );
    assert.match(
      findings[0]!.detail,
      /By how much cannot be told: the wrist's axes miss each other by 53\.333 mm\./,
    );
    assert.deepEqual(fixes, []);
    const rows = new Map(welds.map((row) => [row.weld, row]));
    assert.equal(rows.get("W1")!.result, "reachable");
    const { result, shortMm, baseShiftMm } = rows.get("W2")!;
    assert.deepEqual([result, shortMm, baseShiftMm], ["short", undefined, undefined]);
  });

  it("are told in the weld table as they are programmed, not as they are drawn", async () => {
    const robot = boxRobot("R1", placeAt([0, 0, 0]));
    const drawn = weldAt("W1", REACHED);
    assert.equal((await study(robot, [drawn])).welds[0]!.result, "reachable");
    // A joint that hardly turns: the gun is reached as drawn and at no half turn.
    robot.arm.lowerRad[5] = -0.3;
    robot.arm.upperRad[5] = 0.3;
    const turned = await study(robot, [drawn], Math.PI);
    const [row] = turned.welds;
    assert.deepEqual(
      turned.findings.map(({ kind }) => kind),
      ["reach"],
    );
    assert.equal(row!.result, "fixable");
    assert.ok(row!.thetaDeg! !== 0);
  });
});
