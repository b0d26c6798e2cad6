import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { cellSolids } from "../../build/biw/draw-cell.ts";
import { robotUrdf } from "../../build/biw/robot-shape.ts";
import { binaryStl } from "../../build/biw/solid.ts";
import { STATION_PROGRAMS } from "../../plant/body/station-programs.ts";
import { CellEngine } from "../../runtime/model/cell/cell-engine.ts";
import type { Cell, Situation } from "../../runtime/model/cell/cell-model.ts";
import { readCell } from "../../runtime/model/cell/cell-model.ts";
import { programsFor, type SolvedPoint, solveProgram } from "../../runtime/model/cell/program-poses.ts";
import { reachShortfall } from "../../runtime/model/robot/reach.ts";

const FOLDER = join(import.meta.dirname, "..", "..", "examples", "data", "biw");
const MESHES = join(FOLDER, "meshes");
/** Greatest step of any joint between two configurations along a path, rad. */
const STEP_RAD = 0.03;

describe("the demo's body-in-white cell", function () {
  this.timeout(60_000);
  let cell: Cell;
  let today: CellEngine;
  let next: CellEngine;
  before(async () => {
    cell = await readCell(join(FOLDER, "cell.yaml"));
    today = await CellEngine.create(cell, "A6");
    next = await CellEngine.create(cell, "B7");
  });

  const pointsOf = (engine: CellEngine, robot: string): SolvedPoint[] => {
    const [program] = programsFor(cell.programs, engine.variant).filter((one) => one.robot === robot);
    return solveProgram(engine.robot(robot), program!, engine.variant);
  };
  const pointOf = (engine: CellEngine, robot: string, name: string): Float64Array =>
    pointsOf(engine, robot).find(({ point }) => point.name === name)!.qRad!;

  it("is what its generator draws, closed, in less than 1.5 MB", () => {
    assert.equal(readFileSync(join(FOLDER, "robot.urdf"), "utf8"), robotUrdf());
    const solids = cellSolids();
    assert.deepEqual(readdirSync(MESHES).sort(), [...solids.keys()].map((name) => `${name}.stl`).sort());
    for (const [name, solid] of solids) {
      const drawn = binaryStl(solid, `Rung demo cell: ${name}`);
      assert.ok(readFileSync(join(MESHES, `${name}.stl`)).equals(drawn), name);
    }
    const bytes = readdirSync(MESHES).map((name) => statSync(join(MESHES, name)).size);
    assert.ok(bytes.reduce((a, b) => a + b) < 1.5e6);
    assert.deepEqual(cell.warnings, []);
    const bodies = [...cell.robots[0]!.bodies, ...cell.fixtures, ...cell.variants[1]!.parts];
    assert.deepEqual(
      bodies.filter(({ closed }) => !closed).map(({ name }) => name),
      [],
    );
  });

  it("has four robots, 50 welds today and 52 in B7, each taught where it stands", () => {
    assert.deepEqual(
      cell.robots.map(({ name }) => name),
      ["R1", "R2", "R3", "R4"],
    );
    assert.deepEqual(
      cell.variants.map(({ welds }) => welds.length),
      [50, 52],
    );
    assert.deepEqual(cell.variants[1]!.added, ["reinforcement", "W-131", "W-132"]);
    const tcp = new Float64Array(12);
    const made = new Set<string>();
    for (const { name, arm } of cell.robots) {
      for (const { point, qRad, weld } of pointsOf(next, name)) {
        if (point.kind !== "weld" || qRad === undefined) continue;
        arm.tcpPose(qRad, tcp);
        const missM = Math.hypot(...weld!.pointM.map((value, i) => value - tcp[4 * i + 3]!));
        assert.ok(missM < 5e-5, `${point.name} misses its weld by ${missM} m`);
        made.add(point.name);
      }
    }
    assert.equal(made.size, 51);
  });

  it("is clear of body and fixture along every program of today", () => {
    let smallestM = Number.POSITIVE_INFINITY;
    for (const { name } of cell.robots) {
      const points = pointsOf(today, name);
      for (const [i, to] of points.entries()) {
        const from = points[Math.max(0, i - 1)]!;
        const widest = Math.max(...to.qRad!.map((angle, j) => Math.abs(angle - from.qRad![j]!)));
        const steps = Math.max(1, Math.ceil(widest / STEP_RAD));
        for (let step = 0; step <= steps; step++) {
          const q = from.qRad!.map((angle, j) => angle + ((to.qRad![j]! - angle) * step) / steps);
          const atWeld = [from, to].some(({ situation }) => situation === "weld");
          const situation: Situation = atWeld ? "weld" : "motion";
          assert.ok(
            !today.collides(name, q, { others: false, own: true, situation }),
            `${name} to ${to.point.name}`,
          );
          const near = today.nearest(name, q, 0.05, { others: false, situation });
          smallestM = Math.min(smallestM, near?.nearest.distanceM ?? 0.05);
          assert.ok(
            near === undefined || near.nearest.distanceM >= 0.015,
            `${name} to ${to.point.name}: ${near?.body.name} ${near?.nearest.distanceM} m from ${near?.obstacle.name}`,
          );
        }
      }
    }
    assert.ok(smallestM < 0.02, "the paths were looked at where they are tight");
  });

  it("lets R3 clip the reinforcement of B7 by 38.6 mm before W-118, and no other taught point", () => {
    const clips = cell.robots.flatMap(({ name }) =>
      pointsOf(next, name).flatMap(({ point, qRad, situation }) =>
        qRad === undefined
          ? []
          : next
              .check(name, qRad, { others: false, situation })
              .contacts.map((contact) => ({ at: point.name, ...contact })),
      ),
    );
    assert.deepEqual(
      clips.map(({ at, body, obstacle }) => `${at}: ${body}, ${obstacle}`),
      ["W-118 approach: gun, reinforcement", "W-118 approach: electrodes, reinforcement"],
    );
    const q = pointOf(next, "R3", "W-118 approach");
    assert.deepEqual(today.check("R3", q, { others: false }).contacts, []);
    next.moveTo("R3", q);
    const ways = next.separations("R3", "gun", "reinforcement");
    assert.equal(ways.least?.way, "+x");
    assert.ok(Math.abs(ways.least.distanceM - 0.0386) < 1e-4, `clips by ${ways.least.distanceM} m`);
  });

  it("puts W-131 of B7 67.5 mm out of R3's reach", () => {
    const weld = cell.variants[1]!.welds.find(({ name }) => name === "W-131")!;
    const reach = reachShortfall(next.robot("R3").arm, weld.pose12, {
      freeAboutElectrode: true,
      electrodeAxis: [0, 0, 1],
    });
    assert.equal(reach.kind, "short");
    assert.ok(Math.abs(reach.shortfallM - 0.0675) < 0.0005, `short by ${reach.shortfallM} m`);
    assert.ok(reach.baseShiftM! > 0.06 && reach.baseShiftM! < 0.1, `base shift ${reach.baseShiftM} m`);
  });

  it("is what the virtual plant's robots run", () => {
    for (const { robot, program, points } of STATION_PROGRAMS) {
      const ours = cell.programs.find(({ name }) => name === program)!;
      assert.equal(ours.robot, robot);
      const solved = solveProgram(today.robot(robot), ours, today.variant);
      assert.equal(solved.length, points.length);
      for (const [i, { qRad, point }] of solved.entries()) {
        assert.ok(qRad!.every((angle, j) => Math.abs((angle * 180) / Math.PI - points[i]!.qDeg[j]!) < 1e-9));
        assert.deepEqual(
          [point.name, point.speed, point.dwellS],
          [points[i]!.name, points[i]!.speed, points[i]!.dwellS],
        );
      }
    }
  });
});
