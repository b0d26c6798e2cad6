/** Where the eye of a 3D view is: it looks at a target, from a distance, the cell's z upwards. Lengths m, angles rad. */
export interface Orbit {
  readonly target: Point;
  /** About z, 0 looking along -x. */
  readonly yawRad: number;
  /** Above the horizon. */
  readonly pitchRad: number;
  readonly distanceM: number;
  /** Nobody goes farther away; left out: as far as a cell is seen from. */
  readonly farthestM?: number;
}

export type Point = readonly [number, number, number];

/** A picture's size, px. */
export interface ViewSize {
  readonly width: number;
  readonly height: number;
}

/** Where a point lies in a picture, px from its upper left corner. */
export interface Pixel {
  readonly x: number;
  readonly y: number;
}

export const FIELD_OF_VIEW_RAD = (34 * Math.PI) / 180;
/** Looking straight down, "up" would be undefined. */
const STEEPEST_RAD = 1.5;
const NEAREST_M = 0.15;
const FARTHEST_M = 60;
/** How much of a cell's surroundings a fitted view leaves free. */
const FIT_MARGIN = 1.04;

const dot = (a: Point, b: Point) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const minus = (a: Point, b: Point): Point => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

/** Unit vectors of a view: to the right, upwards, into the picture. */
function axesOf({ yawRad, pitchRad }: Orbit): { right: Point; up: Point; into: Point } {
  const [cy, sy, cp, sp] = [Math.cos(yawRad), Math.sin(yawRad), Math.cos(pitchRad), Math.sin(pitchRad)];
  return { right: [-sy, cy, 0], up: [-sp * cy, -sp * sy, cp], into: [-cp * cy, -cp * sy, -sp] };
}

/** The eye's place, m. */
export function eyeOf(orbit: Orbit): Point {
  const { into } = axesOf(orbit);
  const [x, y, z] = orbit.target;
  const d = orbit.distanceM;
  return [x - into[0] * d, y - into[1] * d, z - into[2] * d];
}

/** @returns null for a point behind the eye */
export function project(orbit: Orbit, size: ViewSize, point: Point): Pixel | null {
  const { right, up, into } = axesOf(orbit);
  const from = minus(point, eyeOf(orbit));
  const depthM = dot(from, into);
  if (depthM <= 1e-6) return null;
  const pixelsPerTangent = size.height / 2 / Math.tan(FIELD_OF_VIEW_RAD / 2);
  return {
    x: size.width / 2 + (dot(from, right) / depthM) * pixelsPerTangent,
    y: size.height / 2 - (dot(from, up) / depthM) * pixelsPerTangent,
  };
}

/** Turned by a drag of so many pixels: a drag over the picture's height is half a turn. */
export function turned(orbit: Orbit, dx: number, dy: number, size: ViewSize): Orbit {
  const perPixel = Math.PI / size.height;
  return {
    ...orbit,
    yawRad: orbit.yawRad - dx * perPixel,
    pitchRad: clamp(orbit.pitchRad + dy * perPixel, -STEEPEST_RAD, STEEPEST_RAD),
  };
}

/** Moved along the picture so that what is at the target follows a drag of so many pixels. */
export function moved(orbit: Orbit, dx: number, dy: number, size: ViewSize): Orbit {
  const perPixel = (2 * orbit.distanceM * Math.tan(FIELD_OF_VIEW_RAD / 2)) / size.height;
  const { right, up } = axesOf(orbit);
  const along = (axis: 0 | 1 | 2) =>
    orbit.target[axis] - right[axis] * dx * perPixel + up[axis] * dy * perPixel;
  return { ...orbit, target: [along(0), along(1), along(2)] };
}

/** @param factor below 1 goes nearer */
export function zoomed(orbit: Orbit, factor: number): Orbit {
  return { ...orbit, distanceM: clamp(orbit.distanceM * factor, NEAREST_M, orbit.farthestM ?? FARTHEST_M) };
}

/** So often a fitted view is centred and its distance found again: each time what is off is a small part of before. */
const FIT_ROUNDS = 16;

/** The nearest view in this direction that shows all of these points, in the middle of the picture. */
export function fitPoints(
  points: readonly Point[],
  size: ViewSize,
  yawRad: number,
  pitchRad: number,
  farthestM = FARTHEST_M,
): Orbit {
  let orbit: Orbit = { target: points[0] ?? [0, 0, 0], yawRad, pitchRad, distanceM: NEAREST_M, farthestM };
  const { right, up, into } = axesOf(orbit);
  const tanUp = Math.tan(FIELD_OF_VIEW_RAD / 2);
  const tanRight = (tanUp * size.width) / size.height;
  for (let round = 0; round < FIT_ROUNDS; round++) {
    let distanceM = NEAREST_M;
    for (const point of points) {
      const from = minus(point, orbit.target);
      const needed = Math.max(Math.abs(dot(from, right)) / tanRight, Math.abs(dot(from, up)) / tanUp);
      distanceM = Math.max(distanceM, needed - dot(from, into));
    }
    orbit = { ...orbit, distanceM: Math.min(farthestM, distanceM * FIT_MARGIN) };
    if (round === FIT_ROUNDS - 1) break;
    const seen = points.map((point) => project(orbit, size, point)).filter((pixel) => pixel !== null);
    const middle = (values: readonly number[]) => (Math.min(...values) + Math.max(...values)) / 2;
    if (seen.length > 0) {
      const dx = size.width / 2 - middle(seen.map(({ x }) => x));
      const dy = size.height / 2 - middle(seen.map(({ y }) => y));
      orbit = moved(orbit, dx, dy, size);
    }
  }
  return orbit;
}

/** How far round from a robot the whole cell is seen, so that the robot does not hide what it works on. */
const ROUND_RAD = 0.75;

/**
 * A direction to see a whole cell from while one robot acts: past it, on the side where no other robot stands in front.
 * @param others bases of the other robots
 * @returns yaw, rad
 */
export function yawPast(base: Point, others: readonly Point[], middle: Point): number {
  const towards = ([x, y]: Point) => Math.atan2(y - middle[1], x - middle[0]);
  const apart = (a: number, b: number) => Math.abs(Math.atan2(Math.sin(a - b), Math.cos(a - b)));
  const free = (yaw: number) => Math.min(Math.PI, ...others.map((other) => apart(yaw, towards(other))));
  const [left, right] = [towards(base) - ROUND_RAD, towards(base) + ROUND_RAD];
  return free(left) > free(right) ? left : right;
}

/** How far round from the robot's own direction a close look stands: beside the arm, not behind it. */
const BESIDE_DEG = [75, 50, 100, 25, 130];
const CLOSE_PITCH_RAD = [0.42, 0.15, 0.75, 1.15];

/**
 * Close looks at where two bodies meet, the most usual first: from beside the robot's arm, of the two sides the one
 * farther from the cell's middle, so that the body does not stand in between.
 * @param radiusM how much round the place is seen, up and down
 */
export function closeLooks(place: Point, robotBase: Point, middle: Point, radiusM: number): Orbit[] {
  const toRobot = Math.atan2(robotBase[1] - place[1], robotBase[0] - place[0]);
  const distanceM = radiusM / Math.tan(FIELD_OF_VIEW_RAD / 2);
  const awayM = (orbit: Orbit) => {
    const [x, y] = eyeOf(orbit);
    return Math.hypot(x - middle[0], y - middle[1]);
  };
  return CLOSE_PITCH_RAD.flatMap((pitchRad) =>
    BESIDE_DEG.flatMap((besideDeg) => {
      const from = (side: 1 | -1): Orbit => {
        const yawRad = toRobot + (side * besideDeg * Math.PI) / 180;
        return { target: place, yawRad, pitchRad, distanceM };
      };
      const [left, right] = [from(1), from(-1)];
      return awayM(left) >= awayM(right) ? [left, right] : [right, left];
    }),
  );
}
