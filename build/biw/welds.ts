import type { Point } from "./solid.ts";
import {
  A_PILLAR,
  along,
  B_PILLAR,
  C_PILLAR,
  PILLAR_FLANGE_M,
  ROOF_FLANGE,
  SILL_FLANGE,
} from "./station-shape.ts";

/** A weld of the demo cell with the way its gun comes: all in m, in the cell. */
export interface Weld {
  readonly name: string;
  readonly robot: RobotName;
  readonly point: Point;
  /** Out of the sheet, against the electrode axis of the TCP. */
  readonly normal: Point;
  /** From the weld to the gun's mount, at right angles to the normal. */
  readonly retract: Point;
  /** From the weld out of the car. */
  readonly out: Point;
  /** Where its approach lies from the weld; absent: 0.14 m along `retract`. */
  readonly approach?: Point;
  /** Only in variant B7. */
  readonly isNew?: true;
}

export const ROBOT_NAMES = ["R1", "R2", "R3", "R4"] as const;
export type RobotName = (typeof ROBOT_NAMES)[number];

/** Where the robots stand: front and rear, right and left of the car. */
export const BASES: Readonly<Record<RobotName, { readonly xyz: Point; readonly yawDeg: number }>> = {
  R1: { xyz: [-1.05, -2.6, 0.25], yawDeg: 90 },
  R2: { xyz: [-1.05, 2.6, 0.25], yawDeg: -90 },
  R3: { xyz: [1.1, -2.6, 0.25], yawDeg: 90 },
  R4: { xyz: [1.1, 2.6, 0.25], yawDeg: -90 },
};

const RIGHT: Point = [0, -1, 0];
const FORWARD: Point = [1, 0, 0];
const BACKWARD: Point = [-1, 0, 0];
const UP: Point = [0, 0, 1];

type Unnamed = Omit<Weld, "name" | "robot">;

function sill(x: number): Unnamed {
  return { point: [x, SILL_FLANGE.yM, SILL_FLANGE.zM], normal: UP, retract: RIGHT, out: RIGHT };
}

function roof(x: number): Unnamed {
  return { point: [x, ROOF_FLANGE.yM, ROOF_FLANGE.zM], normal: UP, retract: RIGHT, out: RIGHT };
}

function onPillar(ends: { foot: Point; head: Point }, zM: number, side: 1 | -1): Unnamed {
  const share = (zM - ends.foot[2]) / (ends.head[2] - ends.foot[2]);
  const [x, y, z] = along(ends, share);
  // A pillar leans inwards: its flanges' normal has a part upwards.
  const lean = (ends.head[1] - ends.foot[1]) / (ends.head[2] - ends.foot[2]);
  const length = Math.hypot(1, lean);
  return {
    point: [x + side * (PILLAR_FLANGE_M + 0.01), y, z],
    normal: [0, -1 / length, lean / length],
    retract: side > 0 ? FORWARD : BACKWARD,
    out: RIGHT,
  };
}

function onAPillar(share: number): Unnamed {
  const [x, y, z] = along(A_PILLAR, share);
  const lean = (A_PILLAR.head[1] - A_PILLAR.foot[1]) / (A_PILLAR.head[2] - A_PILLAR.foot[2]);
  const length = Math.hypot(1, lean);
  return {
    point: [x - 0.08, y, z - 0.06],
    normal: [0, -1 / length, lean / length],
    retract: BACKWARD,
    out: RIGHT,
  };
}

/** The right side's welds of the robot in front, in the order they are made. */
const FRONT: readonly Unnamed[] = [
  ...[1.5, 1.2, 0.9, 0.6, 0.3].map(sill),
  onAPillar(0.3),
  onAPillar(0.6),
  // It comes from below, past the foot of the pillar: free today, and where B7 puts a gusset.
  { ...onPillar(B_PILLAR, 1.1, 1), approach: [0.1, 0, -0.17] },
  onPillar(B_PILLAR, 1.25, 1),
  onPillar(B_PILLAR, 1.4, 1),
  ...[0.22, 0.34, 0.46].map(roof),
];

/** The right side's welds of the robot behind. */
const REAR: readonly Unnamed[] = [
  ...[-1.35, -1.1, -0.85, -0.6, -0.3].map(sill),
  onPillar(C_PILLAR, 1.05, 1),
  onPillar(C_PILLAR, 1.3, 1),
  onPillar(B_PILLAR, 1.1, -1),
  onPillar(B_PILLAR, 1.25, -1),
  onPillar(B_PILLAR, 1.4, -1),
  ...[-0.3, -0.5, -0.7].map(roof),
];

/** Number of each robot's first weld; W-131 and W-132 are new in B7. */
const FIRST: Readonly<Record<RobotName, number>> = { R1: 141, R2: 161, R3: 111, R4: 181 };

function named(robot: RobotName, welds: readonly Unnamed[]): Weld[] {
  return welds.map((weld, i) => ({ ...weld, name: `W-${FIRST[robot] + i}`, robot }));
}

function onLeft(weld: Unnamed): Unnamed {
  const flip = ([x, y, z]: Point): Point => [x, -y, z];
  const { approach: _below, ...rest } = weld;
  return {
    ...rest,
    point: flip(weld.point),
    normal: flip(weld.normal),
    retract: flip(weld.retract),
    out: flip(weld.out),
  };
}

/** The weld on the flange that hangs from B7's bracket under the roof: 67.5 mm too far for R3. */
export const BRACKET = { yM: 0.1075, zM: 1.6 } as const;

/** All welds; 50 of variant A6, two more in B7. The left robots leave out their last weld on the sill. */
export const WELDS: readonly Weld[] = [
  ...named("R1", REAR),
  ...named("R2", REAR.filter((_, i) => i !== 4).map(onLeft)),
  ...named("R3", FRONT),
  ...named("R4", FRONT.filter((_, i) => i !== 4).map(onLeft)),
  {
    name: "W-131",
    robot: "R3",
    point: [0, BRACKET.yM, BRACKET.zM],
    normal: [0, -1, 0],
    retract: FORWARD,
    out: UP,
    isNew: true,
  },
  { ...onPillar(B_PILLAR, 1.33, 1), name: "W-132", robot: "R3", isNew: true },
];

/** The gusset of B7: it stands 38.6 mm into the way of the gun where R3 comes to W-118 from below. */
export const GUSSET = { reachM: 0.214, topM: 0.93 } as const;

/** The way the programs go: per robot its welds in their order. W-132 is last; W-131 nobody can plan. */
export function weldsOf(robot: RobotName): Weld[] {
  return WELDS.filter((weld) => weld.robot === robot && weld.name !== "W-131");
}
