import assert from "node:assert/strict";
import type { Near } from "../../../runtime/prescribe/cell/check-program.ts";
import { findingsOf } from "../../../runtime/prescribe/cell/findings.ts";
import { type ProgramRun, timingOf } from "../../../runtime/prescribe/cell/program-run.ts";
import { isWorse, recheck, recheckWords } from "../../../runtime/prescribe/cell/recheck.ts";
import type { PlannedProgram, RobotLook } from "../../../runtime/prescribe/cell/robot-look.ts";
import { boxRobot } from "../../model/cell/motion/box-cell.ts";
import { placeAt } from "../../model/cell/motion/slide.ts";

const robot = boxRobot("R1", placeAt([0, 0, 0]));
const HOME = new Float64Array(6);
const program: PlannedProgram = {
  robot,
  name: "main",
  points: ["a", "b", "c"].map((name) => ({ name, kind: "via", q: HOME, speed: 1, dwellS: 0 })),
  unreached: [],
  lost: [],
};
const look: RobotLook = {
  robot,
  pose: () => assert.fail("not asked"),
  move: () => assert.fail("not asked"),
  isClear: () => assert.fail("not asked"),
  gapOnMove: () => undefined,
  exits: () => assert.fail("not asked"),
  touchedBy: () => [],
};

function near(other: string, gapM: number, clipM?: number): Near {
  const exits = clipM === undefined ? {} : { exits: { leastM: clipM, along: "+x", retractM: null } };
  const place = { first: 1, last: 1, place: "b", atPoint: 1, q: HOME };
  return { body: "gun", other, gapM, limitM: 0.01, ...place, ...exits };
}

function run(nears: readonly Near[], unproven: readonly string[] = []): ProgramRun {
  const check = { nears, gapOfWeld: new Map(), poses: 3, stretches: 2, unproven };
  return { look, program, wanted: [], timing: timingOf(program), check };
}

const CLASH = near("sheet", 0, 0.02);

describe("cell study: a change checked again", () => {
  it("is no mend where what was known comes nearer, or is clipped deeper", () => {
    const [finding] = findingsOf(run([CLASH]));
    const other = (gapM: number, clipM?: number) => near("fixture", gapM, clipM);
    for (const [before, after, isTaken] of [
      [other(0.009), other(0.009), true],
      [other(0.009), other(0.0089), true],
      [other(0.009), other(0.001), false],
      [other(0, 0.005), other(0, 0.3), false],
      [other(0, 0.3), other(0, 0.005), true],
      [other(0.009), other(0, 0.005), false],
    ] as const) {
      const checked = recheck(finding!, run([CLASH, before]), run([after]));
      assert.equal(checked !== undefined, isTaken, JSON.stringify([before.gapM, after.gapM]));
    }
    assert.equal(recheck(finding!, run([CLASH]), run([CLASH])), undefined);
  });

  it("is no mend where another stretch stays unproven than before, even as many", () => {
    const [before, same, other] = [["R1 a to b"], ["R1 a to b"], ["R1 b to c"]].map((names) =>
      run([], names),
    );
    assert.equal(isWorse(before!, same!), false);
    assert.equal(isWorse(before!, other!), true);
    assert.equal(isWorse(before!, run([])), false);
  });

  it("says what is proven, and names what is not", () => {
    assert.match(
      recheckWords(run([])),
      /3 poses and 2 stretches, every stretch proven from end to end by motion bound; 5 bodies, exact meshes\./,
    );
    const words = recheckWords(run([], ["R1 a to b"]), "with W1");
    assert.match(words, /^Whole program of R1 re-checked with W1:/);
    assert.match(
      words,
      /2 stretches, 1 of them proven from end to end by motion bound, not R1 a to b, as before/,
    );
    assert.match(words, /Of other robots their bases: interlocks are to be planned anew\./);
  });
});
