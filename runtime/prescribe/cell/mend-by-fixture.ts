import type { Cell } from "../../model/cell/cell.ts";
import type { CellFinding, CellFix, Point } from "./finding.ts";
import type { LookAt } from "./looks.ts";
import { type ProgramRun, runProgram } from "./program-run.ts";
import { besideOthers, fixOf, recheck, worsensAnother } from "./recheck.ts";

/** A fixture is shifted over the floor. */
const DIRECTIONS: readonly Point[] = [
  [1, 0, 0],
  [-1, 0, 0],
  [0, 1, 0],
  [0, -1, 0],
];
const STEPS_MM = [5, 10, 20, 40, 60];

/**
 * Mends what comes too near to a fixture by moving that: the smallest move after which the programs of all robots find
 * nothing new and it touches nothing that it did not touch before. Whether it still holds the body there is not looked at,
 * and said.
 */
export async function mendByFixture(
  id: string,
  finding: CellFinding,
  run: ProgramRun,
  runs: readonly ProgramRun[],
  { cell, lookAt }: { cell: Cell; lookAt: LookAt },
): Promise<CellFix | undefined> {
  if (cell.fixtures.every(({ name }) => name !== finding.other)) return undefined;
  const touched = run.look.touchedBy(finding.other);
  for (const stepMm of STEPS_MM) {
    for (const direction of DIRECTIONS) {
      const xyzMm = direction.map((part) => part * stepMm) as unknown as Point;
      const looks = await lookAt(withFixtureMoved(cell, finding.other, xyzMm));
      const look = looks(run.program.robot.name);
      if (look.touchedBy(finding.other).some((name) => !touched.includes(name))) continue;
      const after = runProgram(look, run.program, run.wanted);
      const checked = recheck(finding, run, after);
      if (checked === undefined || worsensAnother(run, runs, looks)) continue;
      const axis = direction[0] === 0 ? "y" : "x";
      return fixOf(id, after, besideOthers(checked, run, runs), {
        kind: "fixture-shift",
        text: `move ${finding.other} by ${xyzMm[axis === "x" ? 0 : 1]} mm along ${axis}; whether it still holds the body is not checked`,
        points: [],
        fixtureShift: { fixture: finding.other, xyzMm },
      });
    }
  }
  return undefined;
}

function withFixtureMoved(cell: Cell, name: string, xyzMm: Point): Cell {
  const fixtures = cell.fixtures.map((fixture) => {
    if (fixture.name !== name) return fixture;
    const pose12 = Float64Array.from(fixture.pose12);
    for (const [k, mm] of xyzMm.entries()) pose12[4 * k + 3]! += mm / 1000;
    return { ...fixture, pose12 };
  });
  return { ...cell, fixtures };
}
