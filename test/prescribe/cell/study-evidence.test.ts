import assert from "node:assert/strict";
import type { Evidence } from "../../../runtime/core/evidence.ts";
import { judgeRow } from "../../../runtime/ladder/judge.ts";
import { analyse } from "../../../runtime/ladder/wiring.ts";
import type { LiveCellView } from "../../../runtime/model/cell/live/live-cell.ts";
import { liveEvidence } from "../../../runtime/model/cell/live/live-evidence.ts";
import type { CellFix, CellStudy, FixRow } from "../../../runtime/prescribe/cell/finding.ts";
import { studyEvidence } from "../../../runtime/prescribe/cell/study-evidence.ts";
import { draw, OVEN } from "../../ladder/draw.ts";

const NOW_US = 1_790_000_000e6;
const DAY_US = 24 * 3600e6;

const row = (
  what: FixRow["what"],
  asProgrammed: number | null,
  withFix: number | null,
  limit?: number,
): FixRow => ({
  ...{ what, label: "gun to sheet", unit: "mm", asProgrammed, withFix },
  ...(limit === undefined ? {} : { limit }),
});
const GOOD = [row("gap", -39.5, 14.7, 10), row("contacts", 2, 0), row("new findings", 0, 0)];

function study(rows: readonly FixRow[], recheck = "whole program re-checked"): CellStudy {
  const fix: CellFix = {
    id: "F-1",
    kind: "re-teach",
    robot: "R3",
    mends: [],
    text: "",
    points: [],
    rows,
    recheck,
  };
  return { variant: "B7", modelVersion: "c0ffee", fixes: [fix] } as unknown as CellStudy;
}

const of = (last: CellStudy | undefined): Evidence =>
  studyEvidence("variant", last && { study: last, timeUs: NOW_US }, OVEN, "v", NOW_US);

/** The cell follows its plant: the tool where the model has it, the cycle as planned. */
const tracking = (tcpDriftMm: number): Evidence[] => {
  const robot = { robot: "R3", qRad: [], tcpDriftMm, probes: 3, cycleS: 55, plannedS: 55, cycles: 3 };
  const view: LiveCellView = {
    kind: "live-cell",
    cell: "framing",
    variant: "B7",
    timeUs: NOW_US,
    robots: [robot],
  };
  return liveEvidence(view, OVEN, "c", { tcpMm: 1, cyclePercent: 5 });
};

describe("cell study: evidence for row 4", () => {
  it("holds where every change was checked again and keeps what is wanted, for seven days", () => {
    const { verdict, value, what, validUntilUs } = of(study(GOOD));
    assert.deepEqual([verdict, value, validUntilUs], ["holds", 0, NOW_US + 7 * DAY_US]);
    assert.equal(what, "changes that break a constraint, of 1 proposed for B7 (model c0ffee)");
  });

  it("fails by a change that says of itself what it breaks, and names it", () => {
    for (const [broken, cause] of [
      [study([row("gap", -39.5, 4, 10)]), "F-1 leaves gun to sheet at 4 mm, wanted 10 mm"],
      [study([row("new findings", 0, 2)]), "F-1 brings 2 new findings"],
      [study([row("contacts", 1, 3)]), "F-1 brings 2 contacts"],
      [study(GOOD, ""), "F-1 was not checked again"],
    ] as const) {
      const { verdict, value, cause: told } = of(broken);
      assert.deepEqual(
        [verdict, value, told],
        ["fails", 1, `a proposed change breaks a constraint: ${cause}`],
      );
    }
  });

  it("makes row 4 of a cell with its tracking, where the study stands behind the cell", () => {
    const { twins } = analyse(draw("src opcua-source > st state > c cell > v variant"));
    const twin = twins.find(({ address }) => address === OVEN)!;
    assert.ok(twin.members.includes("v"));
    const verdict = (records: readonly Evidence[], nowUs = NOW_US) =>
      judgeRow(twin, 4, records, nowUs).verdict;
    assert.equal(verdict([...tracking(0.2), of(undefined)]), "collecting");
    assert.equal(verdict([...tracking(0.2), of(study(GOOD))]), "holds");
    assert.equal(verdict([...tracking(2), of(study(GOOD))]), "fails");
    assert.equal(verdict([...tracking(0.2), of(study([row("new findings", 0, 1)]))]), "fails");
    assert.equal(verdict([of(study(GOOD))], NOW_US + 8 * DAY_US), "fails");
  });

  it("says nothing of a twin whose cell it does not stand behind: such a study is a planner's", () => {
    const { twins } = analyse(draw("src opcua-source > st state > c cell; i 'inject' > v variant"));
    assert.ok(!twins.find(({ address }) => address === OVEN)!.members.includes("v"));
  });
});
