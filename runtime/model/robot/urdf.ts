import type { Xyz } from "./pose.ts";
import type { JointMimic, JointType, LinkMesh, RobotJoint, RobotLink, RobotModel } from "./robot-model.ts";
import { rootOf } from "./robot-tree.ts";
import { readRobotXml, type UrdfElement } from "./urdf-element.ts";

/**
 * Reads a URDF (ROS, urdf/XML: `robot`, `link`, `joint`), in metres and radians. Inertia, materials, transmissions and
 * extensions of simulators are passed over. A visual that is no mesh is passed over too; a collision shape that is no
 * mesh is refused, for what is left out there would be called clear.
 * @param text the file's content
 * @param where the file's name, for errors
 * @throws RungError `malformed-urdf` with file, link or joint, and what is wrong with it
 */
export function readUrdf(text: string, where: string): RobotModel {
  const robot = readRobotXml(text, where);
  const joints = robot.children("joint").map(readJoint);
  const carriedBy = new Map(joints.map((joint) => [joint.child, joint.name]));
  const links = robot.children("link").map((element) => readLink(element, carriedBy));
  return { name: robot.text("name"), links, joints, root: rootOf(links, joints, where) };
}

function readLink(element: UrdfElement, carriedBy: ReadonlyMap<string, string>): RobotLink {
  const name = element.text("name");
  return {
    name,
    joint: carriedBy.get(name),
    collision: element.children("collision").map((shape) => {
      const mesh = readMesh(shape);
      if (mesh === undefined)
        throw shape.error("has a collision shape that is no mesh", "give it a mesh, as STL or OBJ");
      return mesh;
    }),
    visual: element
      .children("visual")
      .map(readMesh)
      .filter((mesh) => mesh !== undefined),
  };
}

function readMesh(shape: UrdfElement): LinkMesh | undefined {
  const mesh = shape.child("geometry")?.child("mesh");
  if (mesh === undefined) return undefined;
  const scale = mesh.xyz("scale", [1, 1, 1]);
  if (scale.some((factor) => factor === 0)) throw mesh.error("has a scale of 0", "give the mesh its scale");
  return { file: mesh.text("filename"), scale, pose12: shape.origin() };
}

const JOINT_TYPES: ReadonlySet<string> = new Set<JointType>(["revolute", "continuous", "prismatic", "fixed"]);

function isJointType(type: string): type is JointType {
  return JOINT_TYPES.has(type);
}

function readJoint(element: UrdfElement): RobotJoint {
  const type = element.text("type");
  if (!isJointType(type))
    throw element.error(
      `is of type ${type}, which is not read`,
      "a joint is revolute, continuous, prismatic or fixed",
    );
  const mimic = readMimic(element);
  return {
    name: element.text("name"),
    type,
    parent: element.required("parent").text("link"),
    child: element.required("child").text("link"),
    origin12: element.origin(),
    axis: type === "fixed" ? [1, 0, 0] : readAxis(element),
    ...readLimits(element, type),
    ...(mimic && { mimic }),
  };
}

function readAxis(element: UrdfElement): Xyz {
  const [x, y, z] = element.child("axis")?.xyz("xyz", [1, 0, 0]) ?? [1, 0, 0];
  const length = Math.hypot(x, y, z);
  if (length === 0) throw element.error("has an axis of length 0", "give the axis a direction");
  return [x / length, y / length, z / length];
}

function readLimits(
  element: UrdfElement,
  type: JointType,
): Pick<RobotJoint, "lowerRad" | "upperRad" | "velocityRadS"> {
  if (type === "fixed") return { lowerRad: 0, upperRad: 0, velocityRadS: 0 };
  const limit = type === "continuous" ? element.child("limit") : element.required("limit");
  const velocityRadS = limit?.number("velocity", 0) ?? 0;
  if (velocityRadS < 0)
    throw element.error(`has the velocity ${velocityRadS}`, "a velocity is never below 0");
  if (type === "continuous")
    return { lowerRad: Number.NEGATIVE_INFINITY, upperRad: Number.POSITIVE_INFINITY, velocityRadS };
  const lowerRad = limit!.number("lower");
  const upperRad = limit!.number("upper");
  if (lowerRad > upperRad)
    throw element.error(`has its limits swapped: lower ${lowerRad} above upper ${upperRad}`, "swap them");
  if (lowerRad === upperRad)
    throw element.error(`cannot move: both limits are ${lowerRad}`, "make it fixed, or give it its limits");
  return { lowerRad, upperRad, velocityRadS };
}

function readMimic(element: UrdfElement): JointMimic | undefined {
  const mimic = element.child("mimic");
  if (mimic === undefined) return undefined;
  return {
    joint: mimic.text("joint"),
    multiplier: mimic.number("multiplier", 1),
    offsetRad: mimic.number("offset", 0),
  };
}
