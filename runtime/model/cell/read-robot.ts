import { readFileSync } from "node:fs";
import { messageOf, RungError } from "../../core/errors.ts";
import { InverseKinematics } from "../robot/inverse.ts";
import type { RobotModel } from "../robot/robot-model.ts";
import { SerialArm } from "../robot/serial-arm.ts";
import { readUrdf } from "../robot/urdf.ts";
import { type CellBody, type CellRobot, CLEARANCE_CLASSES } from "./cell.ts";
import type { Field } from "./cell-document.ts";
import type { CellReading } from "./cell-reading.ts";
import { directionOf } from "./cell-units.ts";
import { linkBodies } from "./robot-bodies.ts";
import { BACK_AGAINST_Z } from "./weld-point.ts";

const ROBOT_KEYS = [
  "name",
  "station",
  "urdf",
  "xacro",
  "args",
  "base",
  "tipLink",
  "tcp",
  "retract",
  "joints",
  "home",
  "accelerations",
  "tools",
];

/** @param field an entry of `robots`; its faults are kept in the document and undefined returned */
export async function readRobot(reading: CellReading, field: Field): Promise<CellRobot | undefined> {
  field.keys(ROBOT_KEYS);
  const { units, document } = reading;
  const faultsBefore = document.faultCount;
  const name = field.at("name").text("name the robot");
  const station = field.at("station").text("name its station");
  const base12 = units.pose(field.at("base"));
  const tcp12 = units.pose(field.at("tcp"));
  const tipLink = field.at("tipLink").text("name the link that carries the tool, often tool0");
  const retract = field.at("retract");
  const retractAxis = retract.isThere ? directionOf(retract) : BACK_AGAINST_Z;
  const home = field.at("home");
  const homeRad = home.isThere ? units.anglesRad(home) : new Float64Array(6);
  const accelerations = field.at("accelerations");
  const accelerationsRadS2 = accelerations.isThere ? units.anglesRad(accelerations) : undefined;
  if (accelerationsRadS2?.some((value) => value <= 0))
    accelerations.fault("must be > 0", "one for each joint");
  const joints = field.at("joints");
  const jointNames = joints.isThere ? joints.list().map((joint) => joint.text("name a joint")) : undefined;

  const source = urdfOf(reading, field);
  const model = source && (await reading.attempt(field.at(source.key), source.read));
  const tools = await readTools(reading, field.at("tools"), model);
  // What is wrong so far would be told again by all that is built of it.
  if (model === undefined || source === undefined || document.faultCount > faultsBefore) return undefined;
  const arm = await reading.attempt(
    field,
    () =>
      new SerialArm(model, { base: base12, tipLink, tcp: tcp12, ...(jointNames && { joints: jointNames }) }),
  );
  const links = await reading.attempt(field.at(source.key), () => linkBodies(reading, model, source.file));
  if (arm === undefined || links === undefined) return undefined;
  checkToolNames(field.at("tools"), links);
  if (!arm.isWithinLimits(homeRad))
    home.fault("is outside the joint limits", "give home angles the robot can take");
  return {
    name,
    station,
    model,
    arm,
    ik: new InverseKinematics(arm),
    base12,
    tipLink,
    tcp12,
    retractAxis,
    tools: tools.map((tool) => ({
      name: tool.name,
      link: tool.link!,
      mesh: tool.mesh,
      clearanceClass: tool.clearanceClass!,
    })),
    bodies: [...links, ...tools],
    homeRad,
    ...(accelerationsRadS2 === undefined ? {} : { accelerationsRadS2 }),
  };
}

interface UrdfSource {
  readonly key: "urdf" | "xacro";
  readonly file: string;
  readonly read: () => Promise<RobotModel>;
}

function urdfOf(reading: CellReading, field: Field): UrdfSource | undefined {
  const urdf = field.at("urdf");
  const xacro = field.at("xacro");
  if (urdf.isThere === xacro.isThere) {
    field.fault("needs a urdf or a xacro, one of them", "name the robot's file");
    return undefined;
  }
  const key = urdf.isThere ? "urdf" : "xacro";
  const name = field.at(key).text("name the robot's file");
  if (name === "") return undefined;
  const file = reading.path(name);
  const args = field.at("args");
  const given = typeof args.value === "object" && args.value !== null ? args.value : {};
  const values = Object.fromEntries(Object.entries(given).map(([arg, value]) => [arg, String(value)]));
  const read = async () => {
    if (key === "urdf") return readUrdf(readText(file), file);
    // Read only where it is needed: it brings a DOM with it.
    const { readXacro } = await import("../robot/xacro.ts");
    return readXacro(readText(file), file, values, readText);
  };
  return { key, file, read };
}

async function readTools(
  reading: CellReading,
  field: Field,
  model: RobotModel | undefined,
): Promise<CellBody[]> {
  const tools = await Promise.all(
    field.list().map(async (entry): Promise<CellBody | undefined> => {
      entry.keys(["name", "link", "mesh", "unit", "pose", "clearance"]);
      const link = entry.at("link").text("name the link that carries it");
      const clearanceClass = entry.at("clearance").choice(CLEARANCE_CLASSES);
      if (model !== undefined && !model.links.some(({ name }) => name === link)) {
        entry.at("link").fault(`is no link of ${model.name}`, model.links.map(({ name }) => name).join(", "));
      }
      const body = await reading.body(entry, "tool");
      return body && { ...body, link, clearanceClass };
    }),
  );
  return tools.filter((tool) => tool !== undefined);
}

/** Findings name a robot's bodies by their names alone. */
function checkToolNames(field: Field, links: readonly CellBody[]): void {
  const names = field.list().map((entry) => String(entry.at("name").value ?? ""));
  field.distinct(names);
  for (const [i, entry] of field.list().entries()) {
    if (links.some(({ name }) => name === names[i])) {
      entry.at("name").fault(`${names[i]} is also a link of the robot`, "give the tool its own name");
    }
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (thrown) {
    const advice = "is the path right, relative to the cell file?";
    throw new RungError({ code: "cell-file", where: file, what: messageOf(thrown), advice, cause: thrown });
  }
}
