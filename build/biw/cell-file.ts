import type { PlannedPoint } from "./plan.ts";
import { ROBOT } from "./robot-shape.ts";
import type { Point } from "./solid.ts";
import { GUN_LENGTH_M } from "./station-shape.ts";
import { BASES, ROBOT_NAMES, type RobotName, WELDS, type Weld } from "./welds.ts";

/** Joint angles at home, degrees: arm drawn back, gun level. */
export const HOME_DEG = [0, -50, 50, 0, 0, 0] as const;
/** What the demo's robots are stated to accelerate with, degrees/s². */
export const ACCELERATIONS = [260, 240, 280, 500, 500, 800] as const;
/** Closing, welding and opening. */
export const WELD_S = 2.2;
/** Share of top speed between points, and on the last way to a weld. */
export const SPEED = 0.8;
export const WELD_SPEED = 0.5;

/** A program of one robot for some of the variants. */
export interface CellProgram {
  readonly name: string;
  readonly robot: RobotName;
  readonly variants: readonly string[];
  readonly points: readonly PlannedPoint[];
  /** Welds that are given to it though it has no pose for them. */
  readonly unplanned?: readonly string[];
}

const HEADER = `# A body-in-white framing station that is made up: no maker's robot, no maker's car. Written by build/biw/draw-cell.ts.
# Variant A6 is built today. B7 adds a reinforcement of the right B-pillar and two welds.
rung: cell
version: 1
name: Station 120, framing
units: { length: mm, angle: deg, mesh: m }

clearances: # smallest distance that is wanted, at a weld and on the way
  gunTip: { weld: 0, motion: 5 }
  gun: { weld: 10, motion: 10 }
  arm: { weld: 15, motion: 15 }
  end: { weld: 15, motion: 15 }
  base: { weld: 15, motion: 15 }

stations:
  - { name: ST120, cycleTimeS: 64 }
`;

/** The text of cell.yaml. */
export function cellFile(programs: readonly CellProgram[]): string {
  return [
    HEADER,
    "robots:",
    ...ROBOT_NAMES.map(robotEntry),
    "",
    "fixtures:",
    "  - { name: fixture, mesh: meshes/fixture.stl }",
    "",
    "variants:",
    "  - name: A6",
    "    parts:",
    "      - { name: body, role: body, mesh: meshes/body.stl }",
    "    welds:",
    ...WELDS.filter((weld) => !weld.isNew).map(weldEntry),
    "  - name: B7",
    "    basedOn: A6",
    "    parts:",
    "      - { name: reinforcement, role: part, mesh: meshes/reinforcement.stl }",
    "    welds:",
    ...WELDS.filter((weld) => weld.isNew).map(weldEntry),
    "",
    "programs:",
    ...programs.flatMap(programEntry),
    "",
  ].join("\n");
}

function robotEntry(name: RobotName): string {
  const { xyz, yawDeg } = BASES[name];
  return `  - name: ${name}
    station: ST120
    urdf: robot.urdf
    base: { xyz: ${mm(xyz)}, rpy: [0, 0, ${yawDeg}] }
    tipLink: tool0
    tcp: { xyz: [0, 0, ${GUN_LENGTH_M * 1000}], rpy: [0, 90, 0] } # z along the electrodes, x back along the gun
    retract: [1, 0, 0]
    home: [${HOME_DEG.join(", ")}]
    accelerations: [${ACCELERATIONS.join(", ")}]
    tools:
      - { name: gun, link: tool0, mesh: meshes/gun.stl, clearance: gun }
      - { name: electrodes, link: tool0, mesh: meshes/electrodes.stl, clearance: gunTip }`;
}

function weldEntry({ name, point, normal, retract, robot }: Weld): string {
  const x = retract.map(Math.round).join(", ");
  return `      - { name: ${name}, at: ${mm(point)}, normal: ${list(normal, 5)}, x: [${x}], robot: ${robot} }`;
}

function programEntry({ name, robot, variants, points, unplanned = [] }: CellProgram): string[] {
  const rows = points.map((point) => {
    if (point.kind === "home") return `      - { name: ${point.name}, home: true, speed: ${SPEED} }`;
    const q = list(
      point.q.map((angle) => (angle * 180) / Math.PI),
      4,
    );
    return point.kind === "weld"
      ? `      - { weld: ${point.weld}, q: ${q}, speed: ${WELD_SPEED}, dwellS: ${WELD_S} }`
      : `      - { name: ${point.name}, q: ${q}, speed: ${SPEED} }`;
  });
  const last = rows.pop()!;
  const open = unplanned.map((weld) => `      - { weld: ${weld}, speed: ${WELD_SPEED}, dwellS: ${WELD_S} }`);
  return [
    `  - name: ${name}`,
    `    robot: ${robot}`,
    `    variants: [${variants.join(", ")}]`,
    "    points:",
    ...rows,
    ...open,
    last,
  ];
}

function mm(point: Point): string {
  return list(
    point.map((value) => value * 1000),
    2,
  );
}

/** Numbers of a flow sequence, without trailing zeros. */
function list(values: readonly number[], digits: number): string {
  return `[${values.map((value) => Number(value.toFixed(digits)) + 0).join(", ")}]`;
}

/** Degrees per second of each joint. */
export const SPEEDS_DEG: readonly number[] = ROBOT.joints.map((joint) => joint.degPerS);
