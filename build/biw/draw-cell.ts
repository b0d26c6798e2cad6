/**
 * Draws the demo's body-in-white cell, examples/data/biw: its robot and its meshes.
 *
 *     node build/biw/draw-cell.ts
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { robotLinks, robotUrdf } from "./robot-shape.ts";
import { binaryStl, type Solid } from "./solid.ts";
import { body, electrodes, fixture, gun, reinforcement } from "./station-shape.ts";
import { BRACKET, GUSSET } from "./welds.ts";

const FOLDER = join(import.meta.dirname, "..", "..", "examples", "data", "biw");

/** Every mesh of the cell by the name of its file. */
export function cellSolids(): ReadonlyMap<string, Solid> {
  return new Map([
    ...robotLinks(),
    ["gun", gun()],
    ["electrodes", electrodes()],
    ["body", body()],
    ["fixture", fixture()],
    ["reinforcement", reinforcement(GUSSET, BRACKET)],
  ]);
}

if (import.meta.main) {
  mkdirSync(join(FOLDER, "meshes"), { recursive: true });
  writeFileSync(join(FOLDER, "robot.urdf"), robotUrdf());
  for (const [name, solid] of cellSolids()) {
    writeFileSync(join(FOLDER, "meshes", `${name}.stl`), binaryStl(solid, `Rung demo cell: ${name}`));
  }
}
