import { add, bar, beam, box, drum, mirrored, type Point, type Solid, scale, unit } from "./solid.ts";

/**
 * The body-in-white of station 120, its fixture and the gun, all in m. The car's nose points along +x, its right side
 * lies at -y, z is up from the hall's floor. Only the right side is drawn; the left is its mirror image.
 */

const Z: Point = [0, 0, 1];
const X: Point = [1, 0, 0];

/** Sheet of 2 mm: a flange two electrodes close on. */
const SHEET_HALF_M = 0.001;

/** From the gun's mount to the middle between its electrodes. */
export const GUN_LENGTH_M = 0.62;
/** Half the open gap between the electrodes. */
const GUN_HALF_GAP_M = 0.03;

/** Foot and head of the right B-pillar. */
export const B_PILLAR = { foot: [0, -0.72, 0.62], head: [0, -0.58, 1.68] } as const;
/** The right A-pillar's straight part and the C-pillar's. */
export const A_PILLAR = { foot: [1.78, -0.72, 0.86], head: [1.24, -0.62, 1.42] } as const;
export const C_PILLAR = { foot: [-1.3, -0.72, 0.62], head: [-1.3, -0.6, 1.6] } as const;
export const SILL_FLANGE = { yM: -0.82, zM: 0.52 } as const;
export const ROOF_FLANGE = { yM: -0.645, zM: 1.7 } as const;
/** How far the flanges of pillars stand out from the pillar's middle, to the middle of the flange. */
export const PILLAR_FLANGE_M = 0.09;

/** The two electrodes, open, in the frame of the robot's flange: z to the electrodes, x along them. */
export function electrodes(): Solid {
  return [1, -1].flatMap((side) =>
    drum([side * 0.11, 0, GUN_LENGTH_M], [side * GUN_HALF_GAP_M, 0, GUN_LENGTH_M], 0.012, 10),
  );
}

/** The gun without its electrodes, in the same frame. */
export function gun(): Solid {
  const arm = (side: 1 | -1): Solid =>
    beam(
      [
        { at: [side * 0.06, 0, 0.2], halfWidthM: 0.03, halfHeightM: 0.05 },
        { at: [side * 0.16, 0, 0.32], halfWidthM: 0.028, halfHeightM: 0.035 },
        { at: [side * 0.165, 0, 0.5], halfWidthM: 0.026, halfHeightM: 0.03 },
        { at: [side * 0.14, 0, GUN_LENGTH_M], halfWidthM: 0.024, halfHeightM: 0.026 },
        { at: [side * 0.1, 0, GUN_LENGTH_M + 0.005], halfWidthM: 0.02, halfHeightM: 0.02 },
      ],
      [0, 1, 0],
      5,
      12,
    );
  return [
    ...drum([0, 0, 0], [0, 0, 0.05], 0.09),
    ...beam(
      [
        { at: [0, 0, 0.04], halfWidthM: 0.07, halfHeightM: 0.07 },
        { at: [0, 0, 0.07], halfWidthM: 0.075, halfHeightM: 0.115 },
        { at: [0, 0, 0.2], halfWidthM: 0.075, halfHeightM: 0.115 },
        { at: [0, 0, 0.25], halfWidthM: 0.06, halfHeightM: 0.08 },
      ],
      X,
      6,
      16,
    ),
    ...arm(1),
    ...arm(-1),
  ];
}

/** A flange along a pillar, standing out from it towards +x or -x. */
function pillarFlange(pillar: { foot: Point; head: Point }, side: 1 | -1): Solid {
  const shift = (point: Point): Point => add(point, [side * PILLAR_FLANGE_M, 0, 0]);
  const size = { halfWidthM: SHEET_HALF_M, halfHeightM: 0.035 };
  return beam(
    [
      { at: shift(along(pillar, 0.08)), ...size },
      { at: shift(along(pillar, 0.92)), ...size },
    ],
    X,
    100,
    4,
  );
}

export function along({ foot, head }: { foot: Point; head: Point }, share: number): Point {
  return add(scale(foot, 1 - share), scale(head, share));
}

function pillar(ends: { foot: Point; head: Point }): Solid {
  return beam(
    [
      { at: ends.foot, halfWidthM: 0.05, halfHeightM: 0.09 },
      { at: along(ends, 0.12), halfWidthM: 0.042, halfHeightM: 0.065 },
      { at: along(ends, 0.9), halfWidthM: 0.036, halfHeightM: 0.055 },
      { at: ends.head, halfWidthM: 0.036, halfHeightM: 0.07 },
    ],
    X,
  );
}

/** Side, half the floor and half the roof of the body on the right. */
function rightSide(): Solid {
  const rail = { halfWidthM: 0.045, halfHeightM: 0.04 };
  const roofLine: Point[] = [
    [1.93, -0.73, 0.6],
    [1.88, -0.73, 0.74],
    A_PILLAR.foot,
    [1.53, -0.675, 1.13],
    A_PILLAR.head,
    [0.92, -0.585, 1.61],
    [0.56, -0.57, 1.7],
    [-0.3, -0.565, 1.715],
    [-0.9, -0.57, 1.7],
    [-1.3, -0.6, 1.6],
    [-1.66, -0.64, 1.38],
    [-1.95, -0.69, 1.02],
    [-2.02, -0.7, 0.74],
  ];
  const wheelArch = (x: number): Solid =>
    beam(
      Array.from({ length: 9 }, (_, i) => {
        const angle = (Math.PI * (i - 0.5)) / 7;
        return {
          at: [x + 0.36 * Math.cos(angle), -0.74, 0.5 + 0.36 * Math.sin(angle)] as Point,
          halfWidthM: 0.05,
          halfHeightM: 0.02,
        };
      }),
      [0, 1, 0],
      6,
      8,
    );
  const aFlange = (): Solid => {
    const shift = (point: Point): Point => add(point, [-PILLAR_FLANGE_M * 0.8, 0, -PILLAR_FLANGE_M * 0.6]);
    const size = { halfWidthM: SHEET_HALF_M, halfHeightM: 0.04 };
    return beam(
      [
        { at: shift(along(A_PILLAR, 0.1)), ...size },
        { at: shift(along(A_PILLAR, 0.95)), ...size },
      ],
      unit([0.7, 0, 0.7]),
      100,
      4,
    );
  };
  return [
    ...bar([-1.62, -0.7, 0.59], [1.9, -0.7, 0.59], 0.075, 0.06),
    ...box(
      [-1.5, SILL_FLANGE.yM - 0.04, SILL_FLANGE.zM - SHEET_HALF_M],
      [1.7, -0.66, SILL_FLANGE.zM + SHEET_HALF_M],
    ),
    ...beam(
      roofLine.map((at) => ({ at, ...rail })),
      [0, 1, 0],
    ),
    ...box(
      [-0.85, ROOF_FLANGE.yM - 0.03, ROOF_FLANGE.zM - SHEET_HALF_M],
      [0.5, -0.56, ROOF_FLANGE.zM + SHEET_HALF_M],
    ),
    ...pillar(B_PILLAR),
    ...pillar(C_PILLAR),
    ...pillarFlange(B_PILLAR, 1),
    ...pillarFlange(B_PILLAR, -1),
    ...pillarFlange(C_PILLAR, 1),
    ...aFlange(),
    ...wheelArch(2.3),
    ...wheelArch(-1.98),
    ...bar([1.8, -0.46, 0.6], [2.75, -0.46, 0.64], 0.05, 0.06),
    ...bar([-1.55, -0.5, 0.6], [-2.35, -0.5, 0.64], 0.05, 0.06),
  ];
}

/** Body variant A6: what is welded today. */
export function body(): Solid {
  const right = rightSide();
  const acrossM = (x: number, z: number, yM: number, riseM: number): Solid =>
    beam(
      Array.from({ length: 9 }, (_, i) => {
        const y = yM * (i / 4 - 1);
        return {
          at: [x, y, z + riseM * (1 - (y / yM) ** 2)] as Point,
          halfWidthM: 0.035,
          halfHeightM: 0.012,
        };
      }),
      Z,
      6,
      8,
    );
  return [
    ...right,
    ...mirrored(right),
    ...box([-1.6, -0.66, 0.53], [1.85, 0.66, 0.54]),
    ...bar([-1.5, 0, 0.57], [1.8, 0, 0.57], 0.12, 0.05),
    ...[-1.2, -0.55, 0.1, 0.75, 1.4].flatMap((x) => bar([x, -0.64, 0.57], [x, 0.64, 0.57], 0.05, 0.035)),
    ...acrossM(0.45, 1.72, 0.56, 0.05),
    ...acrossM(-0.35, 1.73, 0.56, 0.06),
    ...acrossM(-0.85, 1.71, 0.56, 0.05),
    ...acrossM(-1.5, 1.48, 0.6, 0.03),
    ...bar([1.86, -0.7, 0.78], [1.86, 0.7, 0.78], 0.06, 0.05),
    ...bar([2.72, -0.6, 0.64], [2.72, 0.6, 0.64], 0.04, 0.07),
    ...bar([-2.32, -0.6, 0.64], [-2.32, 0.6, 0.64], 0.04, 0.07),
  ];
}

/** What stands out of the foot of the reinforcement towards the door, and how high it stands. */
export interface Gusset {
  readonly reachM: number;
  readonly topM: number;
}

/** Where the weld on the bracket of the reinforcement stands, on a flange across y. */
export interface Bracket {
  readonly yM: number;
  readonly zM: number;
}

/**
 * The new part of variant B7: a channel behind the right B-pillar, a gusset at its foot, and from its head an arm inwards
 * under the roof whose flange hangs down, so that a gun comes to it through the front door.
 */
export function reinforcement(gusset: Gusset, { yM, zM }: Bracket): Solid {
  const inside: Point = [0, 0.075, 0];
  const armM = zM + 0.07;
  const channel = beam(
    [0.06, 0.2, 0.6, 0.94].map((share) => ({
      at: add(along(B_PILLAR, share), inside),
      halfWidthM: 0.03,
      halfHeightM: share < 0.1 ? 0.07 : 0.05,
    })),
    X,
    8,
    12,
  );
  const foot = box([0, -0.63, 0.655], [gusset.reachM, -0.46, gusset.topM]);
  const arm = beam(
    [-0.52, -0.35, yM - 0.1, yM - 0.004].map((y) => ({
      at: [0, y, armM] as Point,
      halfWidthM: 0.045,
      halfHeightM: 0.014,
    })),
    Z,
    8,
    8,
  );
  const head = beam(
    [
      { at: [0, -0.52, 1.6], halfWidthM: 0.05, halfHeightM: 0.025 },
      { at: [0, -0.5, armM + 0.01], halfWidthM: 0.05, halfHeightM: 0.025 },
    ],
    [0, 1, 0],
    8,
    8,
  );
  const flange = box([-0.06, yM - SHEET_HALF_M, zM - 0.02], [0.06, yM + SHEET_HALF_M, armM + 0.01]);
  return [...channel, ...foot, ...head, ...arm, ...flange];
}

/** What holds the body: a slab, posts under the sills' boxes, locating blocks. */
export function fixture(): Solid {
  const posts = [-1.35, -0.45, 0.45, 1.35].flatMap((x) =>
    [-0.52, 0.52].flatMap((y) => [
      ...bar([x, y, 0.24], [x, y, 0.44], 0.06, 0.06, X),
      ...bar([x, y, 0.43], [x, y, 0.52], 0.035, 0.035, X),
    ]),
  );
  const slab = box([-1.9, -0.62, 0.08], [1.9, 0.62, 0.24]);
  const feet = [-1.6, 0, 1.6].flatMap((x) => box([x - 0.12, -0.55, 0], [x + 0.12, 0.55, 0.09]));
  return [...slab, ...feet, ...posts];
}
