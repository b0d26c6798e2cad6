import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { messageOf, RungError } from "../../core/errors.ts";
import { InverseKinematics } from "../robot/inverse.ts";
import { SerialArm } from "../robot/serial-arm.ts";
import { readUrdf } from "../robot/urdf.ts";
import { type Cell, CLEARANCE_CLASSES, type Clearances } from "./cell.ts";
import { CellDocument, type Field } from "./cell-document.ts";
import { CellReading } from "./cell-reading.ts";
import { CellUnits } from "./cell-units.ts";
import { linkBodies } from "./robot-bodies.ts";
import { BACK_AGAINST_Z } from "./weld-point.ts";

/** What the one robot of a scene is called. */
export const SCENE_ROBOT = "robot";
const SCENE_STATION = "scene";

/**
 * Reads a scene: one robot among obstacles, in m and rad, as benchmarks of collision engines exchange them:
 * `{urdf, joints, base, tipLink, tcp, tools: [{name, link, mesh}], obstacles: [{name, mesh}]}`, base and tcp as xyz and rpy.
 * Paths are relative to the scene's folder or its parent; meshes are in m.
 * @returns a cell with the robot `SCENE_ROBOT` and the obstacles as fixtures
 * @throws RungError `cell-file` with every fault
 */
export async function readScene(file: string): Promise<Cell> {
  const document = new CellDocument(await textOf(file), file);
  const { root } = document;
  const units = new CellUnits(new CellDocument("{length: m, angle: rad, mesh: m}", file).root);
  const reading = new CellReading(document, units);
  const urdf = pathIn(file, root.at("urdf").text("name the robot's URDF"));
  const base12 = units.pose(root.at("base"));
  const tcp12 = units.pose(root.at("tcp"));
  const tipLink = root.at("tipLink").text("name the link that carries the tool");
  const joints = root
    .at("joints")
    .list()
    .map((joint) => joint.text("name a joint"));
  document.throwFaults();

  const model = readUrdf(await textOf(urdf), urdf);
  const arm = new SerialArm(model, {
    base: base12,
    tipLink,
    tcp: tcp12,
    ...(joints.length > 0 && { joints }),
  });
  const tools = await Promise.all(
    root
      .at("tools")
      .list()
      .map(async (tool) => {
        const link = tool.at("link").text("name the link that carries it");
        if (!model.links.some(({ name }) => name === link))
          tool.at("link").fault(`is no link of ${model.name}`, "correct it");
        return { ...(await bodyOf(reading, tool, "tool")), link, clearanceClass: "gun" as const };
      }),
  );
  const fixtures = await Promise.all(
    root
      .at("obstacles")
      .list()
      .map((obstacle) => bodyOf(reading, obstacle, "fixture")),
  );
  document.throwFaults();
  return {
    name: file,
    file,
    stations: [{ name: SCENE_STATION }],
    robots: [
      {
        name: SCENE_ROBOT,
        station: SCENE_STATION,
        model,
        arm,
        ik: new InverseKinematics(arm),
        base12,
        tipLink,
        tcp12,
        retractAxis: BACK_AGAINST_Z,
        tools: tools.map(({ name, link, mesh, clearanceClass }) => ({ name, link, mesh, clearanceClass })),
        bodies: [...(await linkBodies(reading, model, urdf)), ...tools],
        homeRad: new Float64Array(arm.dof),
      },
    ],
    fixtures,
    variants: [],
    programs: [],
    clearances: NO_CLEARANCES,
    warnings: [...reading.warnings].sort(),
  };
}

/** A scene asks for distances and wants none. */
const NO_CLEARANCES = Object.fromEntries(
  CLEARANCE_CLASSES.map((name) => [name, { weldM: 0, motionM: 0 }]),
) as Clearances;

async function bodyOf(reading: CellReading, field: Field, role: "tool" | "fixture") {
  const name = field.at("name").text("name the body");
  const source = pathIn(reading.document.file, field.at("mesh").text("name a mesh file"));
  const { mesh, report } = await reading.mesh(source, /\.gl(b|tf)$/i.test(source) ? undefined : "m", role);
  const pose12 = reading.units.pose(field.at("pose"));
  return { name, role, mesh, pose12, source, closed: report.watertight, report };
}

/** A path relative to the scene's folder, or to its parent. */
function pathIn(scene: string, path: string): string {
  const folder = dirname(scene);
  const beside = resolve(folder, path);
  return existsSync(beside) ? beside : resolve(folder, "..", path);
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (thrown) {
    throw new RungError({ code: "cell-file", where: file, what: messageOf(thrown), cause: thrown });
  }
}
