import { bar, beam, drum, loft, rounded, type Solid } from "./solid.ts";

/** The demo's own robot of the 165 kg class, no maker's: lengths in m, limits and speeds in degrees. */
export const ROBOT = {
  shoulderHeightM: 0.68,
  shoulderOffsetM: 0.33,
  lowerArmM: 1.1,
  elbowOffsetM: 0.22,
  upperArmM: 1.24,
  flangeM: 0.21,
  /** Axis, limits and greatest speed of each joint. */
  joints: [
    { axis: "0 0 1", lowDeg: -180, highDeg: 180, degPerS: 120 },
    { axis: "0 1 0", lowDeg: -60, highDeg: 78, degPerS: 110 },
    { axis: "0 1 0", lowDeg: -165, highDeg: 110, degPerS: 120 },
    { axis: "1 0 0", lowDeg: -210, highDeg: 210, degPerS: 170 },
    { axis: "0 1 0", lowDeg: -125, highDeg: 125, degPerS: 170 },
    { axis: "1 0 0", lowDeg: -210, highDeg: 210, degPerS: 250 },
  ],
} as const;

const X = [1, 0, 0] as const;
const Y = [0, 1, 0] as const;
const Z = [0, 0, 1] as const;
/** The robot stands on a pedestal of this height. */
export const PEDESTAL_M = 0.25;

/** Link by link, each in its own frame at the joint before it, all angles at 0. */
export function robotLinks(): ReadonlyMap<string, Solid> {
  const { shoulderOffsetM: a1, lowerArmM: l2, elbowOffsetM: a3, upperArmM: l3 } = ROBOT;
  const column = (z: number, half: number, corners: number) =>
    rounded([0, 0, z], X, Y, half, half, corners, 20);
  return new Map<string, Solid>([
    [
      "base_link",
      loft([
        column(-PEDESTAL_M, 0.46, 8),
        column(-0.03, 0.46, 8),
        column(0, 0.43, 8),
        column(0.06, 0.4, 5),
        column(0.2, 0.32, 3),
        column(0.38, 0.3, 2),
      ]),
    ],
    [
      "link_1",
      [
        ...drum([0, 0, -0.29], [0, 0, -0.12], 0.33, 20),
        ...loft([
          rounded([0.02, 0, -0.13], X, Y, 0.3, 0.28, 3, 20),
          rounded([0.1, 0, 0.02], X, Y, 0.32, 0.25, 4, 20),
          rounded([0.16, 0, 0.14], X, Y, 0.28, 0.22, 4, 20),
          rounded([0.2, 0, 0.2], X, Y, 0.18, 0.16, 4, 20),
        ]),
        ...drum([a1, -0.3, 0], [a1, 0.3, 0], 0.2, 20),
        ...bar([-0.32, 0, 0.02], [-0.1, 0, 0.02], 0.14, 0.1),
      ],
    ],
    [
      "link_2",
      beam(
        [
          { at: [-0.01, 0, -0.2], halfWidthM: 0.1, halfHeightM: 0.1 },
          { at: [-0.01, 0, -0.13], halfWidthM: 0.15, halfHeightM: 0.19 },
          { at: [0, 0, 0.05], halfWidthM: 0.17, halfHeightM: 0.22 },
          { at: [0.03, 0, 0.4], halfWidthM: 0.14, halfHeightM: 0.17 },
          { at: [0.02, 0, l2 - 0.2], halfWidthM: 0.12, halfHeightM: 0.14 },
          { at: [0, 0, l2], halfWidthM: 0.13, halfHeightM: 0.15 },
          { at: [0, 0, l2 + 0.1], halfWidthM: 0.11, halfHeightM: 0.12 },
          { at: [0, 0, l2 + 0.14], halfWidthM: 0.06, halfHeightM: 0.06 },
        ],
        X,
        4,
        16,
      ),
    ],
    [
      "link_3",
      [
        ...drum([0, -0.19, 0], [0, 0.19, 0], 0.17, 20),
        ...beam(
          [
            { at: [-0.36, 0, a3 + 0.02], halfWidthM: 0.12, halfHeightM: 0.12 },
            { at: [-0.3, 0, a3 + 0.02], halfWidthM: 0.17, halfHeightM: 0.16 },
            { at: [0.02, 0, a3 - 0.03], halfWidthM: 0.18, halfHeightM: 0.2 },
            { at: [0.28, 0, a3 - 0.01], halfWidthM: 0.16, halfHeightM: 0.17 },
            { at: [0.4, 0, a3], halfWidthM: 0.12, halfHeightM: 0.12 },
          ],
          Z,
          4,
          16,
        ),
      ],
    ],
    [
      "link_4",
      beam(
        [
          { at: [0.38, 0, 0], halfWidthM: 0.12, halfHeightM: 0.12 },
          { at: [0.44, 0, 0], halfWidthM: 0.14, halfHeightM: 0.14 },
          { at: [0.85, 0, 0], halfWidthM: 0.11, halfHeightM: 0.105 },
          { at: [l3 - 0.15, 0, 0], halfWidthM: 0.115, halfHeightM: 0.09 },
          { at: [l3 + 0.04, 0, 0], halfWidthM: 0.115, halfHeightM: 0.085 },
          { at: [l3 + 0.09, 0, 0], halfWidthM: 0.1, halfHeightM: 0.05 },
        ],
        Z,
        4,
        16,
      ),
    ],
    [
      "link_5",
      beam(
        [
          { at: [-0.09, 0, 0], halfWidthM: 0.05, halfHeightM: 0.05 },
          { at: [-0.04, 0, 0], halfWidthM: 0.085, halfHeightM: 0.095 },
          { at: [0.08, 0, 0], halfWidthM: 0.085, halfHeightM: 0.095 },
          { at: [0.17, 0, 0], halfWidthM: 0.08, halfHeightM: 0.08 },
        ],
        Z,
        3,
        16,
      ),
    ],
    ["link_6", drum([-0.04, 0, 0], [0, 0, 0], 0.08)],
  ]);
}

/** A URDF of the robot, its meshes beside it. */
export function robotUrdf(): string {
  const { shoulderHeightM, shoulderOffsetM, lowerArmM, elbowOffsetM, upperArmM, flangeM } = ROBOT;
  const origins = [
    [0, 0, shoulderHeightM],
    [shoulderOffsetM, 0, 0],
    [0, 0, lowerArmM],
    [0, 0, elbowOffsetM],
    [upperArmM, 0, 0],
    [flangeM, 0, 0],
  ];
  const rad = (deg: number): string => ((deg * Math.PI) / 180).toFixed(9);
  const links = [...robotLinks().keys()];
  const geometry = (link: string): string =>
    `<origin xyz="0 0 0" rpy="0 0 0"/><geometry><mesh filename="meshes/${link}.stl"/></geometry>`;
  return [
    `<?xml version="1.0" encoding="utf-8"?>`,
    `<!-- A made-up spot welding robot of the 165 kg class: written by build/biw/draw-cell.ts, no maker's data. -->`,
    `<robot name="rung_sw165">`,
    ...links.map(
      (link) =>
        `  <link name="${link}"><visual>${geometry(link)}</visual><collision>${geometry(link)}</collision></link>`,
    ),
    ...ROBOT.joints.map(
      ({ axis, lowDeg, highDeg, degPerS }, i) =>
        `  <joint name="joint_${i + 1}" type="revolute"><origin xyz="${origins[i]!.join(" ")}" rpy="0 0 0"/>` +
        `<parent link="${links[i]}"/><child link="${links[i + 1]}"/><axis xyz="${axis}"/>` +
        `<limit lower="${rad(lowDeg)}" upper="${rad(highDeg)}" effort="0" velocity="${rad(degPerS)}"/></joint>`,
    ),
    `  <link name="tool0"/>`,
    `  <joint name="link_6-tool0" type="fixed"><origin xyz="0 0 0" rpy="0 ${rad(90)} 0"/>` +
      `<parent link="link_6"/><child link="tool0"/></joint>`,
    `</robot>`,
    "",
  ].join("\n");
}
