import assert from "node:assert/strict";
import type { Cell, CellRobot, Program, WeldPoint } from "../../../runtime/model/cell/cell.ts";
import { weldPose } from "../../../runtime/model/cell/weld-point.ts";
import { studyCell } from "../../../runtime/prescribe/cell/cell-study.ts";
import type { CellStudy } from "../../../runtime/prescribe/cell/finding.ts";
import { boxBody, boxCell, boxRobot } from "../../model/cell/motion/box-cell.ts";
import { placeAt } from "../../model/cell/motion/slide.ts";

/** A program through joint angles. */
function swing(robot: string, ...angles: readonly (readonly number[])[]): Program {
  const points = angles.map((q, i) => ({
    name: `${robot} p${i + 1}`,
    kind: "via" as const,
    qRad: Float64Array.from(q),
    speed: 1,
    dwellS: 0,
  }));
  return { name: `${robot} main`, robot, points };
}

const toward = (yaw: number): number[] => [yaw, 0, 0, 0, 0, 0];
const facing = (x: number): Float64Array => Float64Array.of(-1, 0, 0, x, 0, -1, 0, 0.05, 0, 0, 1, 0);

async function studied(
  robots: readonly CellRobot[],
  programs: readonly Program[],
  more: { welds?: readonly WeldPoint[]; robots?: readonly string[] } = {},
): Promise<CellStudy> {
  const far = boxBody("body", "body", [0.2, 0.2, 0.2], [0, 8, 0.1]);
  const bare = boxCell(robots, [], [far]);
  const variants = bare.variants.map((variant) => ({ ...variant, welds: more.welds ?? [] }));
  const cell: Cell = { ...bare, variants, programs };
  const { welds: _welds, ...asked } = more;
  const order = {
    study: "variant" as const,
    file: cell.file,
    fixes: false,
    computedAt: "2026-03-02T10:00:00Z",
  };
  return studyCell(cell, { ...order, ...asked }, () => undefined);
}

const told = ({ findings }: CellStudy) =>
  findings.map(({ kind, robot, body, other }) => [kind, robot, body, other]);

describe("cell study: other robots", function () {
  this.timeout(30_000);

  it("finds the base of another robot in the way, which no interlock keeps apart", async () => {
    // The foot of R2 stands at the height at which R1 swings.
    const robots = [boxRobot("R1", placeAt([0, 0, 0])), boxRobot("R2", placeAt([1.2, 0, 1.4]))];
    const high = swing("R2", toward(Math.PI / 2));
    const study = await studied(robots, [swing("R1", toward(-1), toward(1)), high]);
    assert.ok(
      told(study).some(([kind, robot, , other]) => kind === "clash" && robot === "R1" && other === "R2 foot"),
    );
    const alone = await studied(robots, [swing("R1", toward(-1), toward(1)), high], { robots: ["R1"] });
    assert.ok(told(alone).some(([kind, , , other]) => kind === "clash" && other === "R2 foot"));
    assert.ok(alone.notes.includes("Left out of this study: R2. Only their bases count."));
  });

  it("finds a robot that waits at home in the way, since it has no program for the variant", async () => {
    const robots = [boxRobot("R1", placeAt([0, 0, 0])), boxRobot("R2", facing(2.3))];
    const study = await studied(robots, [swing("R1", toward(-1), toward(1))]);
    assert.ok(
      told(study).some(
        ([kind, robot, , other]) => kind === "clash" && robot === "R1" && other!.startsWith("R2 "),
      ),
    );
    assert.ok(study.notes.includes("R2 has no program for V: it counts where it stands at home."));
  });

  it("asks an interlock of robots at different stations that share room", async () => {
    const away = { ...boxRobot("R2", facing(2.3)), station: "s2" };
    const programs = ["R1", "R2"].map((name) => swing(name, toward(-1), toward(0), toward(1)));
    const study = await studied([boxRobot("R1", placeAt([0, 0, 0])), away], programs);
    assert.ok(study.interlocks.length > 0);
    const shared = study.findings.filter(({ kind }) => kind === "interference");
    assert.deepEqual([shared[0]!.robot, shared[0]!.other], ["R1", "R2"]);
    // The second waits, and all that is waited stands at the zone it is waited for.
    const costs = study.interlocks.reduce((sum, { costsS }) => sum + costsS, 0);
    const waits = study.cycles.reduce((sum, { waitingS }) => sum + waitingS, 0);
    assert.ok(
      waits > 0 && Math.abs(costs - waits) < 0.051 * study.interlocks.length,
      `${costs} of ${waits} s`,
    );
  });

  it("follows a robot through all of its programs", async () => {
    const robots = [boxRobot("R1", placeAt([0, 0, 0])), boxRobot("R2", facing(2.3))];
    const aside = swing("R1", toward(2), toward(2.5));
    const through = { ...swing("R1", toward(2.5), toward(-1)), name: "R1 second" };
    const study = await studied(robots, [aside, through, swing("R2", toward(-1), toward(1))]);
    assert.ok(study.interlocks.length > 0);
    assert.ok(study.notes.every((note) => !note.startsWith("Not checked")));
    const apart = { ...swing("R1", toward(2), toward(-1)), name: "R1 third" };
    const jumped = await studied(robots, [aside, apart, swing("R2", toward(-1), toward(1))]);
    assert.ok(jumped.notes.includes("Not checked: the way of R1 from the end of R1 main to R1 third."));
  });

  it("says that robots stand too near where they start, and not of those whose zone only begins there", async () => {
    const robots = [boxRobot("R1", placeAt([0, 0, 0])), boxRobot("R2", facing(2.3))];
    const into = (name: string) => swing(name, toward(0), toward(1));
    const study = await studied(robots, [into("R1"), into("R2")]);
    const start = study.findings.find(({ id }) => id === "interference/R1/R2/start")!;
    assert.deepEqual([start.priority, start.place], [1, "R1 p1"]);
    assert.match(start.detail, /^R1 \w+ touches R2 \w+, wanted 30\.0 mm\. No interlock helps\.$/);
    // 1.435 m and 1.435 m of reach, a clearance of 10 mm: 2.95 m apart they are free.
    const apart = [boxRobot("R1", placeAt([0, 0, 0])), boxRobot("R2", facing(2.95))];
    const free = await studied(apart, [into("R1"), into("R2")]);
    assert.deepEqual(told(free), []);
  });

  it("tells a weld out of reach where that leaves nothing of the program", async () => {
    const pointM = [5, 0, 1.5] as const;
    const weld: WeldPoint = {
      name: "W1",
      pointM,
      normal: [-1, 0, 0],
      pose12: weldPose(pointM, [-1, 0, 0]),
      robot: "R1",
    };
    const program: Program = {
      name: "R1 main",
      robot: "R1",
      points: [{ name: "W1", kind: "weld", weld: "W1", speed: 1, dwellS: 1 }],
    };
    const study = await studied([boxRobot("R1", placeAt([0, 0, 0]))], [program], { welds: [weld] });
    assert.deepEqual(told(study), [["reach", "R1", undefined, "W1"]]);
    assert.deepEqual(
      study.cycles.map(({ seconds }) => seconds),
      [0],
    );
  });

  it("names welds that no program makes", async () => {
    const pointM = [1.2, 0, 1.5] as const;
    const weld: WeldPoint = { name: "W9", pointM, normal: [-1, 0, 0], pose12: weldPose(pointM, [-1, 0, 0]) };
    const study = await studied([boxRobot("R1", placeAt([0, 0, 0]))], [swing("R1", toward(0), toward(1))], {
      welds: [weld],
    });
    assert.ok(study.notes.includes("In no program, so only reach was looked at: W9."));
    const given = { ...weld, robot: "R2" };
    const robots = [boxRobot("R1", placeAt([0, 0, 0])), boxRobot("R2", placeAt([0, 6, 0]))];
    const programs = [swing("R1", toward(0), toward(1)), swing("R2", toward(0), toward(1))];
    const both = await studied(robots, programs, { welds: [given] });
    assert.deepEqual(
      both.welds.map(({ weld: name, robot, gapMm }) => [name, robot, gapMm]),
      [["W9", "R2", null]],
    );
    assert.deepEqual((await studied(robots, programs, { welds: [given], robots: ["R1"] })).welds, []);
  });

  it("says which bodies of one robot it does not test, since they touch at home", async () => {
    const robot = boxRobot("R1", placeAt([0, 0, 0]));
    const program = [swing("R1", toward(0), toward(1))];
    assert.ok((await studied([robot], program)).notes.every((note) => !note.includes("touch at home")));
    // Folded back, the gun touches the upper arm.
    robot.homeRad.set([0, 0, 1.6, 0, 2.4, 0]);
    const { notes } = await studied([robot], program);
    const note = notes.find((one) => one.includes("touch at home"))!;
    assert.match(
      note,
      /^Not checked against each other, since they touch at home: of R1 upper arm and forearm, upper arm and gun/,
    );
  });
});
