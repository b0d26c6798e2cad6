import { poseFromRpy } from "../../../runtime/model/robot/pose.ts";
import { type ArmMounting, SerialArm } from "../../../runtime/model/robot/serial-arm.ts";
import { readUrdf } from "../../../runtime/model/robot/urdf.ts";

/** One joint of the made robot: where it stands on the one before, about what it turns, and its limits in rad. */
export interface MadeJoint {
  readonly xyz: string;
  readonly rpy?: string;
  readonly axis: string;
  readonly lower?: number;
  readonly upper?: number;
}

/** A plain six-axis robot with a spherical wrist, 0.4 + 1.1 m up and 1.2 m out; axes point both ways. */
export const MADE_JOINTS: readonly MadeJoint[] = [
  { xyz: "0 0 0.4", axis: "0 0 1", lower: -3, upper: 3 },
  { xyz: "0.3 0.05 0.1", axis: "0 1 0", lower: -1.2, upper: 1.4 },
  { xyz: "0 0 1.1", axis: "0 -1 0", lower: -2.4, upper: 2.9 },
  { xyz: "0.2 0 0.15", axis: "-1 0 0", lower: -6, upper: 6 },
  { xyz: "1 0 0", axis: "0 1 0", lower: -2.1, upper: 2.1 },
  { xyz: "0.2 0 0", axis: "1 0 0", lower: -6.2, upper: 6.2 },
];

/** The URDF of a robot of these joints, its tool on `tool0`; `more` stands before the end. */
export function madeUrdf(joints: readonly MadeJoint[] = MADE_JOINTS, more = ""): string {
  const carried = joints.map(
    ({ xyz, rpy = "0 0 0", axis, lower = -3, upper = 3 }, i) => `
  <link name="link_${i + 1}"/>
  <joint name="joint_${i + 1}" type="revolute">
    <origin xyz="${xyz}" rpy="${rpy}"/>
    <parent link="${i === 0 ? "base_link" : `link_${i}`}"/><child link="link_${i + 1}"/>
    <axis xyz="${axis}"/>
    <limit lower="${lower}" upper="${upper}" effort="0" velocity="2"/>
  </joint>`,
  );
  return `<robot name="made">
  <link name="base_link"/>${carried.join("")}
  <link name="tool0"/>
  <joint name="flange" type="fixed">
    <origin xyz="0 0 0" rpy="0 1.5707963267948966 0"/>
    <parent link="link_${joints.length}"/><child link="tool0"/>
  </joint>${more}
</robot>`;
}

export function madeArm(urdf: string = madeUrdf(), mounting: Partial<ArmMounting> = {}): SerialArm {
  return new SerialArm(readUrdf(urdf, "made.urdf"), {
    base: poseFromRpy([1, 2, 0.1], [0, 0, 0.7]),
    tipLink: "tool0",
    tcp: poseFromRpy([0.1, 0, 0.5], [0.2, 0.3, -0.4]),
    ...mounting,
  });
}

/** The made robot with some of its joints changed. */
export function changed(changes: Readonly<Record<number, Partial<MadeJoint>>>): MadeJoint[] {
  return MADE_JOINTS.map((joint, index) => ({ ...joint, ...changes[index + 1] }));
}
