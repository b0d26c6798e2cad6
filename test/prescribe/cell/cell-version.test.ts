import assert from "node:assert/strict";
import type { Cell } from "../../../runtime/model/cell/cell.ts";
import { cellVersion } from "../../../runtime/prescribe/cell/cell-version.ts";
import { boxBody, boxCell, boxRobot } from "../../model/cell/motion/box-cell.ts";
import { placeAt } from "../../model/cell/motion/slide.ts";

const part = boxBody("sheet", "body", [1, 1, 1], [3, 0, 0]);
const robot = boxRobot("R1", placeAt([0, 0, 0]));
const cell = boxCell([robot], [], [part]);
const other = { ...cell.variants[0]!, name: "W", parts: [] };
const two: Cell = { ...cell, variants: [cell.variants[0]!, other] };

describe("version of a cell", () => {
  it("is the same for the same cell, and another for all that a study stands on", () => {
    assert.equal(cellVersion(two), cellVersion(structuredCopy()));
    const moved = two.variants.map((variant, i) => ({ ...variant, parts: i === 0 ? [] : [part] }));
    for (const changed of [
      { ...two, variants: moved },
      { ...two, robots: [{ ...robot, retractAxis: [0, 0, -1] as const }] },
      {
        ...two,
        variants: two.variants.map((one) => ({
          ...one,
          parts: one.parts.map((p) => ({ ...p, role: "part" as const })),
        })),
      },
      { ...two, fixtures: [boxBody("post", "fixture", [1, 1, 1], [4, 0, 0])] },
    ])
      assert.notEqual(cellVersion(changed), cellVersion(two));
  });
});

const structuredCopy = (): Cell => ({ ...two, robots: [boxRobot("R1", placeAt([0, 0, 0]))] });
