import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { boxCorners, type Corner } from "./box-mesh.ts";

/** @param corners 9 numbers a triangle */
export function binaryStl(corners: readonly number[]): Buffer {
  const count = corners.length / 9;
  const bytes = Buffer.alloc(84 + 50 * count);
  bytes.writeUInt32LE(count, 80);
  for (let facet = 0; facet < count; facet++) {
    for (let k = 0; k < 9; k++) bytes.writeFloatLE(corners[9 * facet + k]!, 84 + 50 * facet + 12 + 4 * k);
  }
  return bytes;
}

const LINKS: Record<string, [Corner, Corner]> = {
  base_link: [
    [-0.25, -0.25, 0],
    [0.25, 0.25, 0.4],
  ],
  link_2: [
    [-0.1, -0.1, 0.1],
    [0.1, 0.1, 0.9],
  ],
  link_4: [
    [0.2, -0.08, -0.08],
    [0.8, 0.08, 0.08],
  ],
  link_6: [
    [0, -0.05, -0.05],
    [0.05, 0.05, 0.05],
  ],
};

/** A six-axis robot of boxes: upright upper arm, forearm along x, a spherical wrist. */
export const MADE_URDF = `<robot name="made">
${["base_link", "link_1", "link_2", "link_3", "link_4", "link_5", "link_6", "tool0"]
  .map((link) =>
    link in LINKS
      ? `<link name="${link}"><collision><geometry><mesh filename="${link}.stl"/></geometry></collision></link>`
      : `<link name="${link}"/>`,
  )
  .join("\n")}
${[
  ["joint_1", "base_link", "link_1", "0 0 0.5", "0 0 1"],
  ["joint_2", "link_1", "link_2", "0.3 0 0", "0 1 0"],
  ["joint_3", "link_2", "link_3", "0 0 1", "0 1 0"],
  ["joint_4", "link_3", "link_4", "0 0 0.1", "1 0 0"],
  ["joint_5", "link_4", "link_5", "1 0 0", "0 1 0"],
  ["joint_6", "link_5", "link_6", "0.2 0 0", "1 0 0"],
]
  .map(
    ([name, parent, child, xyz, axis]) => `<joint name="${name}" type="revolute"><origin xyz="${xyz}"/>
<parent link="${parent}"/><child link="${child}"/><axis xyz="${axis}"/>
<limit lower="-3.2" upper="3.2" effort="0" velocity="2"/></joint>`,
  )
  .join("\n")}
<joint name="flange" type="fixed"><origin xyz="0.05 0 0" rpy="0 1.5707963267948966 0"/>
<parent link="link_6"/><child link="tool0"/></joint>
</robot>`;

/** With all joints at 0 the TCP is at (1.85, 0, 1.6) m: 300 mm before the flange, looking along x. */
export const MADE_CELL = `rung: cell
version: 1
name: made cell
units: { length: mm, angle: deg, mesh: m }
clearances:
  gunTip: { weld: 0, motion: 5 }
  gun: { weld: 3, motion: 10 }
  arm: { weld: 20, motion: 20 }
  end: { weld: 10, motion: 15 }
  base: { weld: 20, motion: 20 }
stations:
  - { name: ST1, cycleTimeS: 58 }
robots:
  - name: R1
    station: ST1
    urdf: made.urdf
    base: { xyz: [0, 0, 0] }
    tipLink: tool0
    tcp: { xyz: [0, 0, 300] }
    accelerations: [300, 300, 350, 600, 600, 900]
    tools:
      - { name: gun, link: tool0, mesh: gun.stl, clearance: gun }
      - { name: tip, link: tool0, mesh: tip.stl, unit: mm, clearance: gunTip }
fixtures:
  - { name: post, mesh: post.stl, pose: { xyz: [0, 2000, 0] } }
variants:
  - name: A
    parts:
      - { name: sheet, role: body, mesh: sheet.stl, pose: { xyz: [1850, 0, 1600] } }
    welds:
      - { name: W1, at: [1850, 0, 1600], normal: [-1, 0, 0], robot: R1 }
  - name: B
    basedOn: A
    parts:
      - { name: stiffener, mesh: stiffener.stl, pose: { xyz: [1700, 0, 1600] } }
    welds:
      - { name: W2, at: [5000, 0, 1600], normal: [-1, 0, 0], robot: R1 }
programs:
  - name: R1 main
    robot: R1
    points:
      - { home: true }
      - { weld: W1, retract: 120, speed: 0.8 }
      - { weld: W1, dwellS: 2.1 }
      - { weld: W2 }
      - { q: [90, 0, 0, 0, 0, 0] }
`;

/** Writes the made robot's files and meshes into a folder. @returns the path of its cell file */
export function writeMadeCell(folder: string, cell = MADE_CELL): string {
  const box = (name: string, low: Corner, high: Corner): void =>
    writeFileSync(join(folder, name), binaryStl(boxCorners(low, high)));
  for (const [link, [low, high]] of Object.entries(LINKS)) box(`${link}.stl`, low, high);
  // The gun ends 50 mm before the TCP, its tip at the TCP.
  box("gun.stl", [-0.04, -0.04, 0], [0.04, 0.04, 0.25]);
  box("tip.stl", [-5, -5, 251], [5, 5, 300]);
  box("sheet.stl", [0, -0.5, -0.5], [0.001, 0.5, 0.5]);
  box("post.stl", [-0.05, -0.05, 0], [0.05, 0.05, 2]);
  box("stiffener.stl", [-0.05, 0.02, -0.05], [0.05, 0.2, 0.05]);
  writeFileSync(join(folder, "made.urdf"), MADE_URDF);
  const file = join(folder, "cell.yaml");
  writeFileSync(file, cell);
  return file;
}
