import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { RungError } from "../../core/errors.ts";
import type { RobotLink, RobotModel } from "../robot/robot-model.ts";
import type { CellBody, ClearanceClass } from "./cell.ts";
import type { CellReading } from "./cell-reading.ts";

/** From which moving joint on a link counts to the wrist: of six axes the fifth and sixth. */
const FIRST_WRIST_JOINT = 5;

/**
 * The collision meshes of a robot's links, in the order of the model. A link that is only drawn is said to be unchecked.
 * @param urdf the robot's file, to whose folder mesh names are relative
 * @throws RungError `mesh-file`, `bad-mesh`, with the link's mesh and what is wrong; `no-collision` where no link has one
 */
export async function linkBodies(reading: CellReading, model: RobotModel, urdf: string): Promise<CellBody[]> {
  const drawnOnly = model.links.filter(
    ({ collision, visual }) => collision.length === 0 && visual.length > 0,
  );
  if (model.links.every(({ collision }) => collision.length === 0))
    throw new RungError({
      code: "no-collision",
      where: urdf,
      what: "no link has a collision mesh: whatever stood in its way, the robot would be called clear",
      advice: "give its links collision meshes",
    });
  for (const { name } of drawnOnly)
    reading.warnings.add(`${urdf}, link ${name}: is drawn and has no collision mesh: it is not checked`);
  const bodies = model.links.map((link) => bodiesOf(reading, model, link, urdf));
  return (await Promise.all(bodies)).flat();
}

function bodiesOf(
  reading: CellReading,
  model: RobotModel,
  link: RobotLink,
  urdf: string,
): Promise<CellBody[]> {
  return Promise.all(
    link.collision.map(async ({ file, scale, pose12 }, index): Promise<CellBody> => {
      const source = meshPath(file, urdf);
      // URDF is in m; a mesh saved in another unit has its scale beside it.
      const { mesh, report } = await ofLink(link, urdf, reading.mesh(source, "m", "link", scale));
      return {
        name: index === 0 ? link.name : `${link.name}#${index + 1}`,
        role: "link",
        mesh,
        pose12,
        source,
        closed: report.watertight,
        report,
        link: link.name,
        clearanceClass: classOf(model, link.name),
      };
    }),
  );
}

/** Names the link in what is wrong with its mesh. */
async function ofLink<T>(link: RobotLink, urdf: string, read: Promise<T>): Promise<T> {
  try {
    return await read;
  } catch (thrown) {
    if (!(thrown instanceof RungError)) throw thrown;
    const where = `${urdf}, link ${link.name}`;
    throw new RungError({ code: thrown.code, where, what: thrown.message, cause: thrown });
  }
}

/** `package://name/meshes/a.stl` lies in the package, of which `urdf/` is a folder beside `meshes/`. */
function meshPath(file: string, urdf: string): string {
  const folder = dirname(urdf);
  const inPackage = /^package:\/\/[^/]+\/(.+)$/.exec(file)?.[1];
  if (inPackage === undefined) return resolve(folder, file.replace(/^file:\/\//, ""));
  const beside = resolve(folder, inPackage);
  return existsSync(beside) ? beside : resolve(folder, "..", inPackage);
}

/** Which clearance a link is given: by how many moving joints lie between it and the floor. */
function classOf(model: RobotModel, link: string): ClearanceClass {
  const moving = movingJointsTo(model, link);
  if (moving === 0) return "base";
  return moving >= FIRST_WRIST_JOINT ? "end" : "arm";
}

function movingJointsTo(model: RobotModel, link: string): number {
  let moving = 0;
  let at = link;
  for (;;) {
    const joint = model.joints.find(({ child }) => child === at);
    if (joint === undefined) return moving;
    if (joint.type !== "fixed") moving++;
    at = joint.parent;
  }
}
