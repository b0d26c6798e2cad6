import { moved, type Xyz } from "./pose.ts";
import type { RobotJoint } from "./robot-model.ts";
import { ARM_JOINTS, restOf, type SerialArm } from "./serial-arm.ts";
import { along, difference, dot, length } from "./vector.ts";

/** A sphere that holds all that moves with a link: of the link's own mesh, or of a tool on it. */
export interface LinkSphere {
  /** Index into the links of the model. */
  readonly link: number;
  /** Centre in the link's frame, m. */
  readonly centreM: Xyz;
  readonly radiusM: number;
}

/**
 * How far any point within a sphere moves at most, in m, while one joint turns by one radian, wherever the other joints
 * stand. So along a straight line in joint space no point moves further than `sum over joints of bound * |turn|`.
 *
 * A joint moves a point by its distance from the axis. From the sphere inwards, let each axis be represented by its
 * point nearest to the one before, the first by its point nearest to the centre. Such a point stays where it is in both
 * links that its joint joins, so the ways between them are fixed, and the distance of any point of the sphere from an
 * axis is at most the sum of the ways from there outwards and the radius, by the triangle inequality.
 *
 * @returns six numbers per sphere
 */
export function motionBound(arm: SerialArm, spheres: readonly LinkSphere[]): Float64Array {
  const bounds = new Float64Array(ARM_JOINTS * spheres.length);
  const armIndex = new Map(arm.joints.map((joint, index) => [joint.name, index]));
  spheres.forEach(({ link, centreM, radiusM }, sphere) => {
    let awayM = radiusM;
    for (const { joint, wayM } of waysInwards(arm, link, centreM)) {
      awayM += wayM;
      const driver = armIndex.get(joint.mimic?.joint ?? joint.name);
      if (driver !== undefined)
        bounds[ARM_JOINTS * sphere + driver]! += Math.abs(joint.mimic?.multiplier ?? 1) * awayM;
    }
  });
  return bounds;
}

/** The sphere about a point that holds the vertices of a mesh: the middle of their box, and the furthest from it. */
export function sphereOf(link: number, positionsM: ArrayLike<number>): LinkSphere {
  const least = [Infinity, Infinity, Infinity];
  const most = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < positionsM.length; i++) {
    least[i % 3] = Math.min(least[i % 3]!, positionsM[i]!);
    most[i % 3] = Math.max(most[i % 3]!, positionsM[i]!);
  }
  const [x, y, z] = [0, 1, 2].map((k) => (least[k]! + most[k]!) / 2) as [number, number, number];
  let radiusM = 0;
  for (let i = 0; i < positionsM.length; i += 3)
    radiusM = Math.max(
      radiusM,
      Math.hypot(positionsM[i]! - x, positionsM[i + 1]! - y, positionsM[i + 2]! - z),
    );
  return { link, centreM: [x, y, z], radiusM };
}

/** The turning joints that carry a point of a link, from the outermost inwards, each with its way to the one before. */
function waysInwards(arm: SerialArm, link: number, centreM: Xyz): { joint: RobotJoint; wayM: number }[] {
  const carrier = new Map(arm.model.joints.map((joint) => [joint.child, joint]));
  const ways: { joint: RobotJoint; wayM: number }[] = [];
  let point = centreM;
  for (
    let joint = carrier.get(arm.model.links[link]!.name);
    joint !== undefined;
    joint = carrier.get(joint.parent)
  ) {
    if (joint.type === "revolute" || joint.type === "continuous") {
      const onAxis = along([0, 0, 0], joint.axis, dot(point, joint.axis));
      ways.push({ joint, wayM: length(difference(point, onAxis)) });
      point = onAxis;
    } else if (joint.type === "prismatic") point = along(point, joint.axis, restOf(joint, arm.model));
    point = moved(joint.origin12, point);
  }
  return ways;
}
