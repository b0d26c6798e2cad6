import {
  ACCELERATIONS,
  type CellProgram,
  HOME_DEG,
  SPEED,
  SPEEDS_DEG,
  WELD_S,
  WELD_SPEED,
} from "./cell-file.ts";

/**
 * The table the virtual plant's robots run, as TypeScript: joint angles in degrees. The plant imports nothing of the
 * product and reads no file of it, so what both must agree on is written to both at once. Variant A6 alone.
 */
export function stationPrograms(programs: readonly CellProgram[]): string {
  const today = programs.filter(({ variants }) => variants.includes("A6"));
  const robots = today.map(({ robot, name, points }) => ({
    robot,
    program: name,
    points: points.map(({ kind, q, name: point }) => ({
      name: point,
      q: kind === "home" ? [...HOME_DEG] : q.map((angle) => Number(((angle * 180) / Math.PI).toFixed(4)) + 0),
      speed: kind === "weld" ? WELD_SPEED : SPEED,
      dwellS: kind === "weld" ? WELD_S : 0,
    })),
  }));
  const rows = robots.flatMap(({ robot, program, points }) => [
    `  {`,
    `    robot: ${JSON.stringify(robot)},`,
    `    program: ${JSON.stringify(program)},`,
    `    points: [`,
    ...points.map(
      ({ name, q, speed, dwellS }) =>
        `      { name: ${JSON.stringify(name)}, qDeg: [${q.join(", ")}], speed: ${speed}, dwellS: ${dwellS} },`,
    ),
    `    ],`,
    `  },`,
  ]);
  return `/** Written by build/biw/plan-cell.ts: what the robots of station 120 run for variant A6. */

export interface TaughtPoint {
  readonly name: string;
  readonly qDeg: readonly number[];
  /** Share of the joints' top speeds on the way here. */
  readonly speed: number;
  readonly dwellS: number;
}

export interface StationProgram {
  readonly robot: string;
  readonly program: string;
  readonly points: readonly TaughtPoint[];
}

/** Top speed of each joint, degrees/s. */
export const SPEEDS_DEG_S: readonly number[] = [${SPEEDS_DEG.join(", ")}];
/** Acceleration of each joint, degrees/s². */
export const ACCELERATIONS_DEG_S2: readonly number[] = [${ACCELERATIONS.join(", ")}];

// biome-ignore format: one point a line
export const STATION_PROGRAMS: readonly StationProgram[] = [
${rows.join("\n")}
];
`;
}
