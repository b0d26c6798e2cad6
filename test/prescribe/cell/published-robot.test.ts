import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../../runtime/cli/cell.ts";
import type { CellFix, CellStudy } from "../../../runtime/prescribe/cell/finding.ts";
import { caughtOutput } from "../../cli/caught-output.ts";

const ROBOTS = join(import.meta.dirname, "../../../../shared/data/robots");
const HOME_DEG = "[0, -40, 20, 0, -30, 0]";
const degrees = (qRad: readonly number[]): string =>
  `[${qRad.map((angle) => (angle * 180) / Math.PI).join(", ")}]`;

interface Story {
  /** Where R4 stands, mm, and what it runs. */
  readonly baseMm: readonly [number, number];
  /** Weld of R4, x in mm. */
  readonly weldXMm: number;
  readonly r3: string;
  readonly r4: string;
}

/** Two published robots with their gun at the published body: R3 beside the pillar, R4 as in the published reach case. */
const cellText = ({ baseMm: [x, y], weldXMm, r3, r4 }: Story): string => `rung: cell
version: 1
name: published robots
units: { length: mm, angle: deg, mesh: m }
clearances:
  gunTip: &near { weld: 0, motion: 2 }
  gun: *near
  arm: *near
  end: *near
  base: *near
stations: [{ name: ST1 }]
robots:
  - name: R3
    station: ST1
    urdf: ${ROBOTS}/r2000ic165f/r2000ic165f.urdf
    base: { xyz: [50, 2350, 250], rpy: [0, 0, -90] }
    tipLink: tool0
    tcp: { xyz: [0, 0, 850] }
    home: ${HOME_DEG}
    accelerations: [300, 300, 350, 600, 600, 900]
    tools: [{ name: gun, link: tool0, mesh: ${ROBOTS}/scene/cgun.stl, clearance: gun }]
  - name: R4
    station: ST1
    urdf: ${ROBOTS}/r2000ic165f/r2000ic165f.urdf
    base: { xyz: [${x}, ${y}, 0], rpy: [0, 0, -90] }
    tipLink: tool0
    tcp: { xyz: [0, 0, 850], rpy: [0, 90, 0] }
    retract: [-1, 0, 0]
    home: ${HOME_DEG}
    accelerations: [300, 300, 350, 600, 600, 900]
    tools: [{ name: gun, link: tool0, mesh: ${ROBOTS}/scene/cgun.stl, clearance: gun }]
fixtures: [{ name: fixture, mesh: ${ROBOTS}/scene/fixture.stl }]
variants:
  - name: A6
    parts: [{ name: body, role: body, mesh: ${ROBOTS}/scene/biw_body.stl }]
  - name: B7
    basedOn: A6
    parts: [{ name: reinforcement, mesh: ${ROBOTS}/scene/bpillar_reinforcement.stl }]
    welds: [{ name: W-131, at: [${weldXMm}, 720, 1450], normal: [-1, 0, 0], x: [0, 1, 0], robot: R4 }]
programs:
  - { name: R3 pillar, robot: R3, points: [${r3}] }
  - { name: R4 rear, robot: R4, points: [${r4}] }
`;

/** Behind the body, where the gun has room. */
const REAR: Pick<Story, "baseMm" | "weldXMm"> = { baseMm: [-1870, 4450], weldXMm: -1800 };
const WELD = "{ home: true }, { weld: W-131, dwellS: 2 }, { home: true }";

describe("cell study: published robots", function () {
  this.timeout(60_000);
  let folder: string;
  let past: string;

  before(function () {
    if (!existsSync(ROBOTS)) {
      if (process.env.RUNG_REQUIRE_ALL === "1") assert.fail(`no published robots at ${ROBOTS}`);
      this.skip();
    }
    folder = mkdtempSync(join(tmpdir(), "rung-published-"));
    const answers = JSON.parse(readFileSync(join(ROBOTS, "r2000ic165f/expected_fcl.json"), "utf8"));
    // FCL: the gun touches the reinforcement here and nothing else; 30.7 mm along -y free it.
    const touch = answers.results.find(({ id }: { id: string }) => id === "r2000ic165f-04");
    assert.deepEqual(touch.colliding, ["gun|reinf"]);
    past = `{ home: true }, { q: ${degrees(touch.q)} }, { home: true }`;
  });
  after(() => {
    if (folder !== undefined) rmSync(folder, { recursive: true });
  });

  async function studied(
    story: Story,
    ...args: readonly string[]
  ): Promise<{ code: number; study: CellStudy }> {
    const file = join(folder, "cell.yaml");
    writeFileSync(file, cellText(story));
    const { code, out, err } = await caughtOutput(() => run(["study", file, "--json", ...args]));
    assert.equal(err, "");
    return { code, study: JSON.parse(out) as CellStudy };
  }

  const brief = ({ findings }: CellStudy) =>
    findings
      .filter(({ kind }) => kind !== "interference")
      .map(({ kind, robot, other }) => [kind, robot, other]);

  it("the reinforcement makes one clip by 31 mm and a weld lies 67 mm out of reach of the other; both are mended", async () => {
    const story = { ...REAR, r3: past, r4: WELD };
    const today = await studied(story, "--variant", "A6");
    assert.deepEqual([today.code, brief(today.study)], [0, []]);

    const { study } = await studied(story, "--variant", "B7");
    const clash = study.findings[0]!;
    assert.deepEqual(
      [clash.kind, clash.robot, clash.body, clash.other],
      ["clash", "R3", "gun", "reinforcement"],
    );
    assert.ok(Math.abs(clash.mm! - 30.7) <= 0.1, `clips by ${clash.mm} mm`);
    const reach = study.findings.find(({ kind }) => kind === "reach")!;
    assert.ok(Math.abs(reach.mm! - 67.46) <= 1, `short by ${reach.mm} mm`);
    const fixOf = (id: string | undefined): CellFix => study.fixes.find((fix) => fix.id === id)!;
    const [way, base] = [fixOf(clash.fix), fixOf(reach.fix)];
    assert.deepEqual([way.kind, way.text, way.points], ["re-teach", "via 2: left out", []]);
    assert.deepEqual([base.kind, base.robot], ["reposition", "R4"]);
    const { xMm, yMm } = base.baseShift!;
    const shiftMm = Math.hypot(xMm, yMm);
    assert.ok(shiftMm >= 69 && shiftMm <= 76, `base moved by ${shiftMm} mm`);
    assert.match(base.text, /for the other variants too, which was not checked$/);
    assert.match(
      base.recheck,
      /2 stretches, every stretch proven from end to end by motion bound;.* R3 pillar\.$/,
    );

    // What the change orders say, done: the same cell then has nothing left.
    const taught = base.points.map(({ point, qRad }) =>
      point === "W-131" ? `{ weld: W-131, q: ${degrees(qRad)}, dwellS: 2 }` : `{ q: ${degrees(qRad)} }`,
    );
    const [x, y] = REAR.baseMm;
    const mended: Story = {
      ...REAR,
      baseMm: [x + xMm, y + yMm],
      r3: "{ home: true }, { home: true }",
      r4: taught.join(", "),
    };
    const after = await studied(mended, "--variant", "B7");
    assert.deepEqual([after.code, brief(after.study)], [0, []]);
    assert.deepEqual([after.study.checked.unproven, after.study.welds[0]!.result], [0, "reachable"]);
  });

  it("no base is proposed where the moved robot would run into the body, and the order says so", async () => {
    const inside = { baseMm: [0, 4450] as const, weldXMm: 70, r3: "{ home: true }", r4: WELD };
    const { code, study } = await studied(inside, "--variant", "B7", "--robots", "R4");
    assert.equal(code, 1);
    assert.deepEqual(brief(study), [["reach", "R4", "W-131"]]);
    assert.deepEqual([study.fixes, study.findings[0]!.fix], [[], undefined]);
    assert.ok(study.welds[0]!.baseShiftMm! >= 67 && study.welds[0]!.baseShiftMm! <= 72);
  });
});
