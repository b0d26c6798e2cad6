import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CellFinding, CellStudy, RobotPath, WeldRow } from "../../runtime/prescribe/cell/finding.ts";
import { boxCorners, type Corner } from "../model/cell/box-mesh.ts";
import { binaryStl } from "../model/cell/made-cell.ts";

/** Six axes with a spherical wrist: names, where each stands on the one before, about what it turns, and its box. */
const AXES: readonly [name: string, xyz: Corner, axis: Corner, low: Corner, high: Corner][] = [
  ["turret", [0, 0, 0.4], [0, 0, 1], [-0.3, -0.25, 0], [0.35, 0.25, 0.4]],
  ["arm", [0.3, 0, 0.25], [0, 1, 0], [-0.12, -0.12, -0.1], [0.12, 0.12, 1.2]],
  ["forearm", [0, 0, 1.1], [0, 1, 0], [-0.2, -0.15, -0.15], [0.3, 0.15, 0.3]],
  ["roll", [0.3, 0, 0.2], [1, 0, 0], [0, -0.09, -0.09], [0.85, 0.09, 0.09]],
  ["bend", [0.9, 0, 0], [0, 1, 0], [-0.1, -0.08, -0.08], [0.12, 0.08, 0.08]],
  ["flange", [0.15, 0, 0], [1, 0, 0], [0, -0.07, -0.07], [0.05, 0.07, 0.07]],
];

function urdf(): string {
  const mesh = (name: string) => `<collision><geometry><mesh filename="${name}.stl"/></geometry></collision>`;
  const links = ["base", ...AXES.map(([name]) => name)].map(
    (name) => `<link name="${name}">${mesh(name)}</link>`,
  );
  const joints = AXES.map(
    ([name, xyz, axis], at) =>
      `<joint name="j${at + 1}" type="revolute"><parent link="${at === 0 ? "base" : AXES[at - 1]![0]}"/>` +
      `<child link="${name}"/><origin xyz="${xyz.join(" ")}" rpy="0 0 0"/><axis xyz="${axis.join(" ")}"/>` +
      `<limit lower="-3" upper="3" velocity="2" effort="0"/></joint>`,
  );
  return `<robot name="Box 6R">${links.join("")}${joints.join("")}</robot>`;
}

/** Writes a cell of boxes into a folder: two robots on both sides of a body, which B gives a reinforcement. @returns its file */
export function writeBoxCell(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const stl = (name: string, low: Corner, high: Corner) =>
    writeFileSync(join(folder, `${name}.stl`), binaryStl(boxCorners(low, high)));
  writeFileSync(join(folder, "robot.urdf"), urdf());
  stl("base", [-0.4, -0.4, 0], [0.4, 0.4, 0.4]);
  for (const [name, , , low, high] of AXES) stl(name, low, high);
  stl("gun", [0, -0.04, -0.25], [0.55, 0.04, 0.06]);
  stl("fixture", [-1.6, -0.7, 0], [1.6, 0.7, 0.5]);
  stl("body", [-1.5, -0.6, 0.6], [1.5, 0.6, 1.3]);
  stl("reinforcement", [-0.1, -0.72, 0.7], [0.1, -0.6, 1.5]);
  const robot = (name: string, y: number, yawDeg: number) => `
  - name: ${name}
    station: ST1
    urdf: robot.urdf
    base: { xyz: [0, ${y}, 0], rpy: [0, 0, ${yawDeg}] }
    tipLink: flange
    tcp: { xyz: [0.55, 0, 0], rpy: [0, 90, 0] }
    home: [0, 0, 0, 0, 0, 0]
    tools:
      - { name: gun, link: flange, mesh: gun.stl, clearance: gun }`;
  const file = join(folder, "cell.yaml");
  const limits = ["gunTip", "gun", "arm", "end", "base"].map(
    (name) => `  ${name}: { weld: 0.01, motion: 0.01 }`,
  );
  writeFileSync(
    file,
    `rung: cell
version: 1
name: boxes
units: { length: m, angle: deg, mesh: m }
clearances:
${limits.join("\n")}
stations:
  - { name: ST1 }
robots:${robot("R1", -2.4, 90)}${robot("R2", 2.4, -90)}
fixtures:
  - { name: fixture, mesh: fixture.stl }
variants:
  - name: A
    parts:
      - { name: body, role: body, mesh: body.stl }
    welds:
      - { name: W1, at: [0, -0.72, 1.2], normal: [0, -1, 0], robot: R1 }
  - name: B
    basedOn: A
    parts:
      - { name: reinforcement, mesh: reinforcement.stl }
programs: []
`,
  );
  return file;
}

const HOME = [0, 0, 0, 0, 0, 0];
const AT_WELD = [0, 0.35, 0.1, 0, -0.2, 0];

const pathOf = (robot: string, welds: readonly string[]): RobotPath => ({
  robot,
  samples: [
    { atS: 0, qRad: HOME, point: "home" },
    { atS: 4, qRad: AT_WELD, point: welds[0]! },
    { atS: 6, qRad: AT_WELD, point: welds[0]! },
    { atS: 10, qRad: HOME },
  ],
});

const CLASH: CellFinding = {
  id: "clash/R1/gun/reinforcement/W-118",
  priority: 1,
  kind: "clash",
  station: "ST1",
  robot: "R1",
  body: "gun",
  other: "reinforcement",
  weld: "W-118",
  place: "W-118 approach",
  atS: 4,
  mm: 38.84,
  exit: "-y",
  retractMm: 47.8,
  points: [
    [0.02, -0.7, 1.1],
    [-0.05, -0.64, 1.2],
  ],
  qRad: AT_WELD,
  text: "R1 clips reinforcement by 38.8 mm",
  detail: "W-118 approach, gun against reinforcement. Retract 47.8 mm frees it.",
  fix: "F-1",
};
const SHORT: CellFinding = {
  id: "reach/R1/W-131",
  priority: 2,
  kind: "reach",
  station: "ST1",
  robot: "R1",
  other: "W-131",
  weld: "W-131",
  place: "W-131",
  mm: 67.5,
  qRad: [0.2, 0.4, 0.2, 0, 0, 0],
  text: "R1 cannot reach W-131: short by 67.5 mm",
  detail: "Best at −12.5°. Base must move 70 mm, or give the weld to R2.",
};
const SHARED: CellFinding = {
  id: "interference/R1/R2",
  priority: 3,
  kind: "interference",
  station: "ST1",
  robot: "R2",
  other: "R1",
  place: "middle",
  atS: 7,
  mm: null,
  seconds: 1.8,
  text: "R1 and R2 share the middle for 1.8 s",
  detail: "4.2 to 6.0 s. Needs an interlock, costs 0.9 s.",
};

const weld = (
  name: string,
  result: WeldRow["result"],
  gapMm: number | null,
  more: Partial<WeldRow> = {},
): WeldRow => ({
  weld: name,
  station: "ST1",
  robot: "R1",
  result,
  gapMm,
  limitMm: 10,
  helps: "",
  findings: [],
  ...more,
});

/** A study of that cell, written by hand: what its figures say is made up, where its points lie is not. */
export const BOX_STUDY: CellStudy = {
  kind: "cell-study",
  study: "variant",
  cell: "boxes",
  variant: "B",
  computedAt: "2026-03-02T10:39:02.000Z",
  modelVersion: "7c1e90aa12",
  findings: [CLASH, SHORT, SHARED],
  welds: [
    weld("W-118", "fixable", -38.84, { helps: "back 65, −4°", findings: [CLASH.id], fix: "F-1" }),
    weld("W-131", "short", null, { shortMm: 67.5, helps: "base 70 mm", findings: [SHORT.id] }),
    weld("W-126", "fixable", 8.9, { helps: "gun +6°" }),
    ...[20.5, 39.8, 21.7, 17.7, 32, 61.2].map((gapMm, at) => weld(`W-${101 + at}`, "reachable", gapMm)),
  ],
  fixes: [
    {
      id: "F-1",
      kind: "re-teach",
      robot: "R1",
      mends: [CLASH.id],
      text: "move the W-118 approach back 65 mm, rotate the gun −4°",
      points: [],
      rotateDeg: -4,
      retractMm: 65,
      rows: [
        {
          what: "gap",
          label: "Gun to reinforcement",
          unit: "mm",
          asProgrammed: -38.84,
          withFix: 16.4,
          limit: 10,
        },
        { what: "cycle", label: "Cycle of R1", unit: "s", asProgrammed: 10, withFix: 10.3 },
        { what: "contacts", label: "Contacts on the path", unit: "1", asProgrammed: 1, withFix: 0 },
        { what: "new findings", label: "New findings", unit: "1", asProgrammed: null, withFix: 0 },
        { what: "base moved", label: "Base moved", unit: "mm", asProgrammed: 0, withFix: 0 },
      ],
      recheck:
        "Whole program re-checked: 8 links against 3 obstacles, exact meshes, whole path by motion bound.",
      after: {
        place: "W-118 approach",
        qRad: [0, 0.3, 0.1, 0, -0.2, 0],
        body: "gun",
        other: "reinforcement",
        gapMm: 16.4,
        points: [
          [0.02, -0.74, 1.14],
          [0.02, -0.72, 1.14],
        ],
      },
      path: { ...pathOf("R1", ["W-118"]) },
    },
  ],
  cycles: [{ robot: "R1", seconds: 10, movingS: 8, weldingS: 2, waitingS: 0 }],
  interlocks: [],
  paths: [pathOf("R1", ["W-118"]), pathOf("R2", ["W-126"])],
  checked: { robots: 2, links: 14, obstacles: 3, poses: 40, stretches: 6, unproven: 0 },
  notes: ["Cycle from stated accelerations, not measured."],
};

/** The same cell with nothing to say against it. */
export const CLEAN_STUDY: CellStudy = {
  ...BOX_STUDY,
  variant: "A",
  computedAt: "2026-03-02T10:50:00.000Z",
  findings: [],
  welds: BOX_STUDY.welds.slice(3),
  fixes: [],
  notes: [],
};
