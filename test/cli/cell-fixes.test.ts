import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../runtime/cli/cell.ts";
import type { CellStudy } from "../../runtime/prescribe/cell/finding.ts";
import { writeMadeCell } from "../model/cell/made-cell.ts";
import { caughtOutput } from "./caught-output.ts";

interface Made {
  /** Where the post stands, mm. */
  readonly postMm?: readonly [number, number];
  /** Welds of R1. */
  readonly welds: readonly string[];
  /** Another fixture. */
  readonly beside?: string;
  /** R1 stops and grips straight ahead instead. */
  readonly grips?: boolean;
}

/** Both reach these, one above the other between them; the gun looks along y. */
const BETWEEN = ["W1", "W3", "W4"].map(
  (name, i) => `{ name: ${name}, at: [1300, 1200, ${1300 + 150 * i}], normal: [0, -1, 0], robot: R1 }`,
);
/** R2 reaches this one, R1 does not. */
const FAR = "{ name: W2, at: [4450, 0, 1600], normal: [-1, 0, 0], robot: R1 }";

function cellText({ postMm: [x, y] = [0, 6000], welds, beside, grips }: Made): string {
  const robot = (name: string, baseXMm: number): string => `  - name: ${name}
    station: ST1
    urdf: made.urdf
    base: { xyz: [${baseXMm}, 0, 0] }
    tipLink: tool0
    tcp: { xyz: [0, 0, 300] }
    home: [-90, 0, 0, 0, 0, 0]
    accelerations: [300, 300, 350, 600, 600, 900]
    tools:
      - { name: gun, link: tool0, mesh: gun.stl, clearance: gun }
      - { name: tip, link: tool0, mesh: tip.stl, unit: mm, clearance: gunTip }`;
  const names = welds.map((weld) => /name: (\w+)/.exec(weld)![1]!);
  const made = names.flatMap((name) => [
    `{ weld: ${name}, retract: 120 }`,
    `{ weld: ${name}, dwellS: 3 }`,
    `{ weld: ${name}, retract: 120 }`,
  ]);
  const stops = grips === true ? "{ q: [0, 0, 0, 0, 0, 0], dwellS: 2 }" : made.join(", ");
  return `rung: cell
version: 1
name: two robots
units: { length: mm, angle: deg, mesh: m }
clearances:
  gunTip: { weld: 0, motion: 5 }
  gun: { weld: 3, motion: 10 }
  arm: { weld: 20, motion: 20 }
  end: { weld: 10, motion: 15 }
  base: { weld: 20, motion: 20 }
stations: [{ name: ST1 }]
robots:
${robot("R1", 0)}
${robot("R2", 2600)}
fixtures: [{ name: post, mesh: post.stl, pose: { xyz: [${x}, ${y}, 0] } }${beside === undefined ? "" : `, ${beside}`}]
variants:
  - name: A
    parts: [{ name: sheet, role: body, mesh: sheet.stl, pose: { xyz: [4450, 0, 1600] } }]
    welds: [${welds.join(", ")}]
programs:
  - { name: R1 main, robot: R1, points: [{ home: true }, ${stops}, { home: true }] }
  - { name: R2 main, robot: R2, points: [{ home: true }, { q: [-60, 0, 0, 0, 0, 0] }, { home: true }] }
`;
}

/** The columns of change orders that say what is to be done. */
function orders(csv: string): { finding: string; change: string; recheck: string; gapAfterMm: string }[] {
  const rows = csv
    .trim()
    .split("\r\n")
    .map((line) =>
      line.match(/("([^"]|"")*"|[^,]*)(,|$)/g)!.map((cell) => cell.replace(/,$/, "").replace(/^"|"$/g, "")),
    );
  const at = (name: string) => rows[0]!.indexOf(name);
  return rows.slice(1).map((row) => ({
    finding: row[at("finding")]!,
    change: row[at("change")]!,
    recheck: row[at("recheck")]!,
    gapAfterMm: row[at("gapAfterMm")]!,
  }));
}

describe("rung cell study: changes other than teaching", function () {
  this.timeout(60_000);
  let folder: string;
  let file: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "rung-cell-fixes-"));
    file = writeMadeCell(folder);
  });
  after(() => rmSync(folder, { recursive: true }));

  async function told(made: Made, ...args: readonly string[]): Promise<{ code: number; out: string }> {
    writeFileSync(file, cellText(made));
    const { code, out, err } = await caughtOutput(() => run(["study", file, ...args]));
    assert.equal(err, "");
    return { code, out };
  }

  it("gives a weld that one robot does not reach to the other, whose whole program was checked with it", async () => {
    const { code, out } = await told({ welds: [FAR] }, "--csv");
    assert.equal(code, 0);
    const [order] = orders(out);
    assert.match(order!.finding, /^R1 cannot reach W2: short by /);
    assert.equal(order!.change, "F-1: give W2 to R2");
    assert.match(
      order!.recheck,
      /^Whole program of R2 re-checked with W2: 6 poses and 5 stretches, every stretch proven/,
    );
  });

  /** R1 grips straight ahead, and the post stands 8 mm beside its forearm: there is nothing to teach. */
  const grips = { welds: [], grips: true } as const;

  it("moves a fixture where no teaching frees the arm, by the least that does", async () => {
    const { code, out } = await told({ ...grips, postMm: [800, 138] }, "--json");
    const study = JSON.parse(out) as CellStudy;
    assert.equal(code, 0);
    const [finding] = study.findings;
    assert.deepEqual(
      [finding!.kind, finding!.body, finding!.other, finding!.mm],
      ["clearance", "link_4", "post", 8],
    );
    const [fix] = study.fixes;
    assert.equal(fix!.text, "move post by 20 mm along y; whether it still holds the body is not checked");
    assert.deepEqual(fix!.fixtureShift, { fixture: "post", xyzMm: [0, 20, 0] });
    assert.match(fix!.recheck, /Beside what was moved re-checked: R2 main\.$/);
    const after = await told({ ...grips, postMm: [800, 158] }, "--json");
    assert.deepEqual((JSON.parse(after.out) as CellStudy).findings, []);
  });

  it("moves no fixture into another thing that stands", async () => {
    const wall = "{ name: wall, mesh: stiffener.stl, pose: { xyz: [800, 178, 1000] } }";
    const { code, out } = await told({ ...grips, postMm: [800, 138], beside: wall }, "--json");
    const study = JSON.parse(out) as CellStudy;
    // Of least priority, so the code says nothing of it.
    assert.deepEqual([code, study.fixes], [0, []]);
    assert.deepEqual(
      [...new Set(study.findings.map(({ body, other }) => `${body} ${other}`))],
      ["link_4 post"],
    );
  });

  it("moves welds between robots: what is out of reach, then what shortens the longest cycle", async () => {
    const { out } = await told({ welds: [...BETWEEN, FAR] }, "--json", "--rebalance", "--no-fixes");
    const { rebalancing, cycles } = JSON.parse(out) as CellStudy;
    const [first, ...more] = rebalancing!;
    assert.deepEqual(
      [first!.weld, first!.from, first!.to, first!.reason],
      ["W2", "R1", "R2", "out of reach"],
    );
    assert.ok(more.length > 0);
    assert.ok(
      Math.abs(first!.cycleBeforeS - Math.max(...cycles.map((row) => row.seconds - row.waitingS))) < 0.11,
    );
    let longestS = first!.cycleAfterS;
    for (const move of more) {
      assert.deepEqual([move.from, move.to, move.reason], ["R1", "R2", "shortens the longest cycle"]);
      assert.equal(move.cycleBeforeS, longestS);
      assert.ok(move.cycleAfterS < move.cycleBeforeS);
      longestS = move.cycleAfterS;
    }
  });
});
