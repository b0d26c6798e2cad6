export const AXES = 6;

/** Where the four robots stand in the cell, and which way they look. */
const BASES: Readonly<Record<string, { readonly xyzMm: readonly number[]; readonly yawDeg: number }>> = {
  R1: { xyzMm: [-1050, -2600, 250], yawDeg: 90 },
  R2: { xyzMm: [-1050, 2600, 250], yawDeg: -90 },
  R3: { xyzMm: [1100, -2600, 250], yawDeg: 90 },
  R4: { xyzMm: [1100, 2600, 250], yawDeg: -90 },
};

type Xyz = [number, number, number];

/** From each joint to the next, mm at 0°, and the axis it turns about: z, y, y, x, y, x. The last is flange and gun. */
const OFFSETS_MM: readonly Xyz[] = [
  [330, 0, 0],
  [0, 0, 1100],
  [0, 0, 220],
  [1240, 0, 0],
  [210 + 620, 0, 0],
  [0, 0, 0],
];
const SHOULDER_MM: Xyz = [0, 0, 680];
const TURNS: readonly ("x" | "y" | "z")[] = ["z", "y", "y", "x", "y", "x"];

/** The tool centre point in the cell, mm. @param anglesDeg six joint angles */
export function tcpMm(robot: string, anglesDeg: ArrayLike<number>): Xyz {
  const base = BASES[robot];
  if (base === undefined) throw new RangeError(`robot: expected R1 to R4, got ${robot}`);
  // From the gun back to the base, so that one point is carried instead of six frames.
  let point: Xyz = [0, 0, 0];
  for (let axis = AXES - 1; axis >= 0; axis--) {
    const offset = OFFSETS_MM[axis]!;
    point = turned(
      [point[0] + offset[0], point[1] + offset[1], point[2] + offset[2]],
      TURNS[axis]!,
      anglesDeg[axis]!,
    );
  }
  const at = turned(
    [point[0] + SHOULDER_MM[0], point[1] + SHOULDER_MM[1], point[2] + SHOULDER_MM[2]],
    "z",
    base.yawDeg,
  );
  return [at[0] + base.xyzMm[0]!, at[1] + base.xyzMm[1]!, at[2] + base.xyzMm[2]!];
}

function turned([x, y, z]: Xyz, about: "x" | "y" | "z", deg: number): Xyz {
  const [c, s] = [Math.cos((deg * Math.PI) / 180), Math.sin((deg * Math.PI) / 180)];
  if (about === "x") return [x, c * y - s * z, s * y + c * z];
  if (about === "y") return [c * x + s * z, y, -s * x + c * z];
  return [c * x - s * y, s * x + c * y, z];
}
