import assert from "node:assert/strict";
import { changeOrders, changeOrdersCsv } from "../../../runtime/prescribe/cell/change-orders.ts";
import type { CellStudy } from "../../../runtime/prescribe/cell/finding.ts";

const STUDY: CellStudy = {
  kind: "cell-study",
  study: "variant",
  cell: "framing",
  variant: "B7",
  computedAt: "2026-03-02T10:39:02.000Z",
  modelVersion: "c0ffee",
  findings: [
    {
      id: "clash/R3/gun/reinforcement/W-118",
      priority: 1,
      kind: "clash",
      station: "120",
      robot: "R3",
      other: "reinforcement",
      weld: "W-118",
      place: "W-118 approach",
      mm: 38.8,
      text: "R3 clips reinforcement by 38.8 mm",
      detail: 'gun against "B-pillar", first exit along +y',
      fix: "F-1",
    },
    {
      id: "reach/R3/W-131",
      priority: 2,
      kind: "reach",
      station: "120",
      robot: "=R3",
      other: "W-131",
      weld: "W-131",
      place: "W-131",
      mm: 67.5,
      text: "R3 cannot reach W-131: short by 67.5 mm",
      detail: "Best at -12.5°.",
    },
  ],
  welds: [],
  fixes: [
    {
      id: "F-1",
      kind: "re-teach",
      robot: "R3",
      mends: ["clash/R3/gun/reinforcement/W-118"],
      text: "move the W-118 approach back 65 mm",
      points: [],
      rows: [
        {
          what: "gap",
          label: "gun to reinforcement",
          unit: "mm",
          asProgrammed: -38.8,
          withFix: 16.4,
          limit: 10,
        },
        { what: "cycle", label: "cycle of R3", unit: "s", asProgrammed: 54.2, withFix: 54.5 },
      ],
      recheck: "the whole program",
    },
  ],
  cycles: [],
  interlocks: [],
  paths: [],
  checked: { robots: 1, links: 8, obstacles: 3, poses: 12, stretches: 11, unproven: 0 },
  notes: [],
};

describe("change orders", () => {
  it("say what was found and what mends it, with the figures of the re-check", () => {
    const [first, second] = changeOrders(STUDY);
    assert.equal(first!.change, "F-1: move the W-118 approach back 65 mm");
    assert.deepEqual(
      [first!.order, first!.mm, first!.gapAfterMm, first!.cycleBeforeS, first!.cycleAfterS],
      [1, 38.8, 16.4, 54.2, 54.5],
    );
    assert.deepEqual([second!.order, second!.change, second!.gapAfterMm], [2, "", null]);
  });

  it("are a table whose cells hold commas and quotes and begin no formula", () => {
    const lines = changeOrdersCsv(changeOrders(STUDY)).split("\r\n");
    assert.equal(lines.length, 4);
    assert.match(lines[0]!, /^order,priority,station,robot,variant,weld,place,finding,detail,mm,change,/);
    assert.ok(lines[1]!.includes('"gun against ""B-pillar"", first exit along +y"'));
    assert.ok(lines[2]!.startsWith("2,2,120,'=R3,B7,W-131,"));
    assert.equal(lines[3], "");
  });
});
