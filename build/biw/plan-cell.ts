/**
 * Plans the demo cell's programs with the product's own engines and writes them: cell.yaml beside the meshes, and what
 * the virtual plant's robots run. Deterministic. Needs the mesh engine, so after `npm run build`:
 *
 *     node build/biw/plan-cell.ts
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { CellEngine } from "../../runtime/model/cell/cell-engine.ts";
import { readCell } from "../../runtime/model/cell/cell-model.ts";
import { MOST_SOLUTIONS } from "../../runtime/model/robot/inverse.ts";
import { type CellProgram, cellFile } from "./cell-file.ts";
import { type PlannedRobot, planProgram } from "./plan.ts";
import { stationPrograms } from "./station-programs.ts";
import { ROBOT_NAMES, type RobotName, type Weld, weldsOf } from "./welds.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const CELL_FILE = join(ROOT, "examples", "data", "biw", "cell.yaml");
const PLANT_FILE = join(ROOT, "plant", "body", "station-programs.ts");
const JOINTS = 6;

function plannedRobot(engine: CellEngine, name: RobotName): PlannedRobot {
  const { ik, arm, homeRad } = engine.robot(name);
  const out = new Float64Array(JOINTS * MOST_SOLUTIONS);
  return {
    home: [...homeRad],
    speeds: [...arm.velocityRadS],
    solutions: (pose12) =>
      Array.from({ length: ik.solve(pose12, out) }, (_, i) => [
        ...out.subarray(JOINTS * i, JOINTS * (i + 1)),
      ]),
    clearanceM: (q, boundM) => {
      // Its own links need not keep a distance from each other, only not meet.
      if (engine.collides(name, q, { others: false, own: true })) return 0;
      return engine.nearest(name, q, boundM, { others: false })?.nearest.distanceM ?? boundM;
    },
  };
}

function programsOf(today: CellEngine, next: CellEngine): CellProgram[] {
  return ROBOT_NAMES.flatMap((robot): CellProgram[] => {
    const [now, later] = [plannedRobot(today, robot), plannedRobot(next, robot)];
    const welds = weldsOf(robot);
    const kept = welds.filter((weld) => !weld.isNew);
    const points = planProgram(() => now, kept);
    if (kept.length === welds.length)
      return [{ name: `${robot} side`, robot, variants: ["A6", "B7"], points }];
    // Nobody looked at the old welds again when the new ones were added: that is the demo's story.
    const robotFor = (weld: Weld): PlannedRobot => (weld.isNew ? later : now);
    return [
      { name: `${robot} A6`, robot, variants: ["A6"], points },
      {
        name: `${robot} B7`,
        robot,
        variants: ["B7"],
        points: planProgram(robotFor, welds),
        unplanned: ["W-131"],
      },
    ];
  });
}

// The engines want a cell to read: one without programs is enough to plan them in.
writeFileSync(CELL_FILE, cellFile([]));
const cell = await readCell(CELL_FILE);
const programs = programsOf(await CellEngine.create(cell, "A6"), await CellEngine.create(cell, "B7"));
writeFileSync(CELL_FILE, cellFile(programs));
writeFileSync(PLANT_FILE, stationPrograms(programs));
