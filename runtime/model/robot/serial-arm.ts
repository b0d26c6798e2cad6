import { RungError } from "../../core/errors.ts";
import {
  checkPose,
  composed,
  identityPose,
  multiplyPoses,
  POSE_SIZE,
  type Pose,
  poseFromRpy,
  turnPose,
} from "./pose.ts";
import type { RobotJoint, RobotModel } from "./robot-model.ts";

/** Joints of an arm. */
export const ARM_JOINTS = 6;

/** Where an arm stands and what it carries. */
export interface ArmMounting {
  /** Pose of the model's root link in the world. */
  readonly base: Pose;
  /** The link that carries the tool. */
  readonly tipLink: string;
  /** Pose of the tool centre point in the tip link. */
  readonly tcp: Pose;
  /** The six joints from base to tip; needed only where more than six on the way can move. The others rest at 0. */
  readonly joints?: readonly string[];
}

/** How one link's pose follows from its parent's. */
interface LinkStep {
  /** Indices into the links of the model. */
  readonly parent: number;
  readonly child: number;
  readonly joint: RobotJoint;
  /** Index of the arm's joint that drives it, or -1; its angle is `multiplier * q + offset`. */
  readonly drivenBy: number;
  readonly multiplier: number;
  readonly offsetRad: number;
  /** Origin, and the turn at rest of a joint that nothing drives. */
  readonly origin12: Pose;
}

/**
 * A six-axis arm: a robot model at its place with its tool. Angles in rad, poses in m; the methods that write into an
 * array of the caller's allocate nothing.
 */
export class SerialArm {
  readonly dof = ARM_JOINTS;
  readonly model: RobotModel;
  readonly base: Pose;
  readonly tipLink: string;
  readonly tcp: Pose;
  /** The six joints, from base to tip. */
  readonly joints: readonly RobotJoint[];
  readonly lowerRad: Float64Array;
  readonly upperRad: Float64Array;
  readonly velocityRadS: Float64Array;
  readonly #steps: readonly LinkStep[];
  readonly #rootIndex: number;
  /** Fixed transforms between the turning joints: world to joint 1, joint 1 to 2, ... joint 6 to the TCP. */
  readonly #between: readonly Pose[];
  readonly #scratch = new Float64Array(POSE_SIZE);

  /**
   * @throws RungError `bad-pose`, `unknown-link`, `unknown-joint`, or `not-six-axes` where the way from the root to the tip has not
   * exactly six turning joints with limits and velocities
   */
  constructor(model: RobotModel, mounting: ArmMounting) {
    this.model = model;
    this.base = mounting.base;
    this.tipLink = mounting.tipLink;
    this.tcp = mounting.tcp;
    checkPose(mounting.base, `robot ${model.name}`, "the base");
    checkPose(mounting.tcp, `robot ${model.name}`, "the TCP");
    const way = wayTo(model, mounting.tipLink);
    this.joints = sixOf(way, model, mounting.joints);
    this.lowerRad = Float64Array.from(this.joints, (joint) => joint.lowerRad);
    this.upperRad = Float64Array.from(this.joints, (joint) => joint.upperRad);
    this.velocityRadS = Float64Array.from(this.joints, (joint) => joint.velocityRadS);
    this.#steps = linkSteps(model, this.joints);
    this.#rootIndex = model.links.findIndex((link) => link.name === model.root);
    this.#between = fixedBetween(way, this.joints, this.#steps, mounting);
  }

  /**
   * Poses of all links in the world.
   * @param q six angles in rad
   * @param out 12 numbers per link, in the order of `model.links`
   */
  linkPoses(q: ArrayLike<number>, out: Float64Array): void {
    out.set(this.base, POSE_SIZE * this.#rootIndex);
    for (const step of this.#steps) {
      const at = POSE_SIZE * step.child;
      multiplyPoses(out, POSE_SIZE * step.parent, step.origin12, 0, out, at);
      if (step.drivenBy < 0) continue;
      const { axis } = step.joint;
      turnPose(out, at, axis[0], axis[1], axis[2], step.multiplier * q[step.drivenBy]! + step.offsetRad);
    }
  }

  /** Pose of the TCP in the world, into the 12 numbers of `out` from `at` on. */
  tcpPose(q: ArrayLike<number>, out: Float64Array, at = 0): void {
    const pose = this.#scratch;
    pose.set(this.#between[0]!);
    for (let i = 0; i < ARM_JOINTS; i++) {
      const { axis } = this.joints[i]!;
      turnPose(pose, 0, axis[0], axis[1], axis[2], q[i]!);
      multiplyPoses(pose, 0, this.#between[i + 1]!, 0, pose, 0);
    }
    out.set(pose, at);
  }

  /**
   * The six axes in the world at one configuration, and the pose of the TCP.
   * @param axes 6 numbers per joint: a point on the axis in m, then its unit direction
   */
  axes(q: ArrayLike<number>, axes: Float64Array, tcp: Float64Array): void {
    const pose = this.#scratch;
    pose.set(this.#between[0]!);
    for (let i = 0; i < ARM_JOINTS; i++) {
      const { axis } = this.joints[i]!;
      for (let row = 0; row < 3; row++) {
        const r = 4 * row;
        axes[6 * i + row] = pose[r + 3]!;
        axes[6 * i + 3 + row] = pose[r]! * axis[0] + pose[r + 1]! * axis[1] + pose[r + 2]! * axis[2];
      }
      turnPose(pose, 0, axis[0], axis[1], axis[2], q[i]!);
      multiplyPoses(pose, 0, this.#between[i + 1]!, 0, pose, 0);
    }
    tcp.set(pose);
  }

  /** Whether a joint of the arm moves a link. One that none moves stands wherever the arm goes: a base, a rail. */
  moves(link: string): boolean {
    const { links } = this.model;
    let at = links.findIndex(({ name }) => name === link);
    for (;;) {
      const step = this.#steps.find(({ child }) => child === at);
      if (step === undefined) return false;
      if (step.drivenBy >= 0) return true;
      at = step.parent;
    }
  }

  isWithinLimits(q: ArrayLike<number>): boolean {
    for (let i = 0; i < ARM_JOINTS; i++)
      if (!(q[i]! >= this.lowerRad[i]! && q[i]! <= this.upperRad[i]!)) return false;
    return true;
  }

  /** Per joint the way to the nearer limit in rad, below 0 outside. */
  margins(q: ArrayLike<number>, out: Float64Array): void {
    for (let i = 0; i < ARM_JOINTS; i++)
      out[i] = Math.min(q[i]! - this.lowerRad[i]!, this.upperRad[i]! - q[i]!);
  }
}

/** The joints from the root to a link, in this order. */
function wayTo(model: RobotModel, link: string): RobotJoint[] {
  if (!model.links.some((each) => each.name === link))
    throw new RungError({
      code: "unknown-link",
      where: `robot ${model.name}`,
      what: `there is no link ${link} to carry the tool`,
      advice: `it has ${model.links.map((each) => each.name).join(", ")}`,
    });
  const carrier = new Map(model.joints.map((joint) => [joint.child, joint]));
  const way: RobotJoint[] = [];
  for (let joint = carrier.get(link); joint !== undefined; joint = carrier.get(joint.parent))
    way.unshift(joint);
  return way;
}

function sixOf(
  way: readonly RobotJoint[],
  model: RobotModel,
  names: readonly string[] | undefined,
): RobotJoint[] {
  const refuse = (place: string, what: string, advice: string): RungError =>
    new RungError({ code: "not-six-axes", where: `robot ${model.name}${place}`, what, advice });
  const movable = way.filter((joint) => joint.type !== "fixed");
  for (const name of names ?? [])
    if (!movable.some((joint) => joint.name === name))
      throw new RungError({
        code: "unknown-joint",
        where: `robot ${model.name}, joint ${name}`,
        what: "no joint of this name moves the tool",
        advice: `these do: ${movable.map((joint) => joint.name).join(", ")}`,
      });
  for (const { name, mimic } of movable)
    if (mimic !== undefined)
      throw refuse(
        `, joint ${name}`,
        `moves the tool and follows ${mimic.joint}`,
        "only arms of six free joints are reckoned with",
      );
  const arm = names === undefined ? movable : movable.filter((joint) => names.includes(joint.name));
  for (const joint of arm) {
    const place = `, joint ${joint.name}`;
    if (joint.type === "prismatic")
      throw refuse(place, "is prismatic", "name the six joints that turn; the others rest at 0");
    if (joint.velocityRadS === 0) throw refuse(place, "has no velocity", "add velocity (rad/s) to its limit");
  }
  if (arm.length !== ARM_JOINTS)
    throw refuse(
      "",
      `${arm.length} joints move the tool (${arm.map((joint) => joint.name).join(", ")}), six are due`,
      arm.length > ARM_JOINTS ? "name the six of the arm; the others rest at 0" : "is a joint missing?",
    );
  if (names?.some((name, index) => name !== arm[index]!.name))
    throw refuse("", `its joints stand as ${names.join(", ")}`, "name each once, from base to tip");
  return arm;
}

/** Steps from the root outwards, each after the one of its parent. */
function linkSteps(model: RobotModel, arm: readonly RobotJoint[]): LinkStep[] {
  const indexOf = new Map(model.links.map((link, index) => [link.name, index]));
  const armIndex = new Map(arm.map((joint, index) => [joint.name, index]));
  const steps: LinkStep[] = [];
  const reached = [model.root];
  for (const parent of reached)
    for (const joint of model.joints) {
      if (joint.parent !== parent) continue;
      reached.push(joint.child);
      const drivenBy = armIndex.get(joint.mimic?.joint ?? joint.name) ?? -1;
      steps.push({
        parent: indexOf.get(parent)!,
        child: indexOf.get(joint.child)!,
        joint,
        drivenBy,
        multiplier: joint.mimic?.multiplier ?? 1,
        offsetRad: joint.mimic?.offsetRad ?? 0,
        origin12: drivenBy < 0 ? resting(joint, model) : joint.origin12,
      });
    }
  return steps;
}

/** Pose of a joint's child where nothing drives it. */
function resting(joint: RobotJoint, model: RobotModel): Pose {
  const pose = Float64Array.from(joint.origin12);
  const rest = restOf(joint, model);
  const [x, y, z] = joint.axis;
  if (joint.type === "prismatic")
    return composed(pose, poseFromRpy([x * rest, y * rest, z * rest], [0, 0, 0]));
  if (joint.type !== "fixed") turnPose(pose, 0, x, y, z, rest);
  return pose;
}

/** Position of a joint that nothing drives (rad, or m): 0, or the limit nearest to it. */
export function restOf(joint: RobotJoint, model: RobotModel): number {
  const { mimic } = joint;
  if (mimic === undefined) return Math.min(Math.max(0, joint.lowerRad), joint.upperRad);
  const leader = model.joints.find((each) => each.name === mimic.joint)!;
  return mimic.multiplier * restOf(leader, model) + mimic.offsetRad;
}

function fixedBetween(
  way: readonly RobotJoint[],
  arm: readonly RobotJoint[],
  steps: readonly LinkStep[],
  mounting: ArmMounting,
): Pose[] {
  const between: Pose[] = [];
  let fixed = composed(mounting.base, identityPose());
  for (const joint of way) {
    fixed = composed(fixed, steps.find((step) => step.joint === joint)!.origin12);
    if (!arm.includes(joint)) continue;
    between.push(fixed);
    fixed = identityPose();
  }
  between.push(composed(fixed, mounting.tcp));
  return between;
}
