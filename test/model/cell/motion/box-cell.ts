import type { Cell, CellBody, CellRobot, ClearanceClass } from "../../../../runtime/model/cell/cell.ts";
import { checkMesh } from "../../../../runtime/model/cell/import-check.ts";
import { InverseKinematics } from "../../../../runtime/model/robot/inverse.ts";
import { SerialArm } from "../../../../runtime/model/robot/serial-arm.ts";
import { readUrdf } from "../../../../runtime/model/robot/urdf.ts";
import { boxMesh } from "../box-mesh.ts";
import { placeAt } from "./slide.ts";

type Xyz = readonly [number, number, number];

/** Six axes, z y y x y x: where each joint stands in its parent, m. */
const JOINTS: readonly (readonly [axis: string, origin: string])[] = [
  ["0 0 1", "0 0 0.3"],
  ["0 1 0", "0.2 0 0.3"],
  ["0 1 0", "0 0 0.8"],
  ["1 0 0", "0.3 0 0.1"],
  ["0 1 0", "0.5 0 0"],
  ["1 0 0", "0.1"],
];
const urdf = (wristOffsetM: number): string =>
  `<robot name="boxes">${[0, 1, 2, 3, 4, 5, 6].map((i) => `<link name="link_${i}"/>`).join("")}${JOINTS.map(
    ([axis, origin], i) =>
      `<joint name="joint_${i + 1}" type="revolute"><parent link="link_${i}"/><child link="link_${i + 1}"/>
     <origin xyz="${origin}${i === 5 ? ` 0 ${wristOffsetM}` : ""}" rpy="0 0 0"/><axis xyz="${axis}"/>
     <limit lower="-2.8" upper="2.8" velocity="2" effort="1"/></joint>`,
  ).join("")}</robot>`;

/** The robot's bodies: the link each is on, its class, its size and its middle in the link, m. */
const BODIES: readonly (readonly [name: string, link: string, of: ClearanceClass, size: Xyz, at: Xyz])[] = [
  ["foot", "link_0", "base", [0.4, 0.4, 0.2], [0, 0, 0.1]],
  ["upper arm", "link_2", "arm", [0.1, 0.1, 0.7], [0, 0, 0.4]],
  ["forearm", "link_4", "arm", [0.4, 0.1, 0.1], [0.2, 0, 0]],
  ["gun", "link_6", "gun", [0.25, 0.06, 0.12], [0.15, 0, 0]],
  ["tip", "link_6", "gunTip", [0.05, 0.02, 0.02], [0.31, 0, 0]],
];

/** TCP at the end of the tip. */
const TCP: Xyz = [0.335, 0, 0];

export function boxBody(name: string, role: CellBody["role"], size: Xyz, at: Xyz): CellBody {
  const mesh = boxMesh(size);
  const report = checkMesh(mesh, name);
  return { name, role, mesh, pose12: placeAt(at), source: name, closed: report.watertight, report };
}

/** @param wristOffsetM by which axis 6 misses the wrist's centre: above 0.01 mm there is no closed form */
export function boxRobot(name: string, base12: Float64Array, wristOffsetM = 0): CellRobot {
  const model = readUrdf(urdf(wristOffsetM), "boxes.urdf");
  const tcp12 = placeAt(TCP);
  const arm = new SerialArm(model, { base: base12, tipLink: "link_6", tcp: tcp12 });
  const bodies = BODIES.map(
    ([body, link, clearanceClass, size, at]): CellBody => ({
      ...boxBody(body, clearanceClass === "gun" || clearanceClass === "gunTip" ? "tool" : "link", size, at),
      link,
      clearanceClass,
    }),
  );
  return {
    name,
    station: "s1",
    model,
    arm,
    ik: new InverseKinematics(arm),
    base12,
    tipLink: "link_6",
    tcp12,
    retractAxis: [-1, 0, 0],
    tools: [],
    bodies,
    homeRad: new Float64Array(6),
    accelerationsRadS2: new Float64Array(6).fill(4),
  };
}

export function boxCell(
  robots: readonly CellRobot[],
  fixtures: readonly CellBody[],
  parts: readonly CellBody[] = [],
): Cell {
  const limit = (weldM: number, motionM: number) => ({ weldM, motionM });
  return {
    name: "boxes",
    file: "boxes.yaml",
    stations: [{ name: "s1" }],
    robots,
    fixtures,
    variants: [{ name: "V", parts, welds: [], added: [], removed: [] }],
    programs: [],
    clearances: {
      gunTip: limit(0, 0.01),
      gun: limit(0.005, 0.02),
      arm: limit(0.03, 0.03),
      end: limit(0.03, 0.03),
      base: limit(0.03, 0.03),
    },
    warnings: [],
  };
}
