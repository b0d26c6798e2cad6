import type { BodySamples } from "./field-screening.ts";

/** Points that are looked at together. */
export const GROUP = 16;

/** The points of bodies in groups of neighbours; a group of fewer points repeats its last. */
export interface SampleGroups {
  /** GROUP x 3 numbers a group, m. */
  readonly pointsM: Float32Array;
  /** A sphere around each group: middle and radius, m. */
  readonly spheresM: Float32Array;
  /** The same around all points of each body. */
  readonly bodySpheresM: Float32Array;
  /** First group of each body, and behind them the number of all. */
  readonly starts: Int32Array;
}

/** Halves the points of a body along their longest side until each part is a group. */
export function sampleGroups({ pointsM, counts }: BodySamples): SampleGroups {
  const groups: Int32Array[] = [];
  const starts = new Int32Array(counts.length + 1);
  const bodySpheresM = new Float32Array(4 * counts.length);
  const divide = (points: Int32Array): void => {
    if (points.length <= GROUP) {
      groups.push(points);
      return;
    }
    const extents = [0, 1, 2].map((axis) => {
      const along = Array.from(points, (point) => pointsM[3 * point + axis]!);
      return Math.max(...along) - Math.min(...along);
    });
    const axis = extents.indexOf(Math.max(...extents));
    points.sort((a, b) => pointsM[3 * a + axis]! - pointsM[3 * b + axis]! || a - b);
    // Whole groups on the left, so that few points are repeated.
    const half = GROUP * Math.ceil(points.length / GROUP / 2);
    divide(points.subarray(0, half));
    divide(points.subarray(half));
  };
  let first = 0;
  for (const [body, count] of counts.entries()) {
    starts[body] = groups.length;
    divide(Int32Array.from({ length: count }, (_, point) => first + point));
    bodySpheresM.set(sphereAround(pointsM.subarray(3 * first, 3 * (first + count))), 4 * body);
    first += count;
  }
  starts[counts.length] = groups.length;
  const sorted = new Float32Array(3 * GROUP * groups.length);
  const spheresM = new Float32Array(4 * groups.length);
  for (const [group, points] of groups.entries()) {
    for (let k = 0; k < GROUP; k++) {
      const point = points[Math.min(k, points.length - 1)]!;
      sorted.set(pointsM.subarray(3 * point, 3 * point + 3), 3 * (GROUP * group + k));
    }
    spheresM.set(sphereAround(sorted.subarray(3 * GROUP * group, 3 * GROUP * (group + 1))), 4 * group);
  }
  return { pointsM: sorted, spheresM, bodySpheresM, starts };
}

/** Around the middle of the points' box; the radius is rounded up. */
function sphereAround(points: Float32Array): Float32Array {
  const sphere = new Float32Array(4);
  for (let axis = 0; axis < 3; axis++) {
    const along = points.filter((_, at) => at % 3 === axis);
    sphere[axis] = (Math.min(...along) + Math.max(...along)) / 2;
  }
  let radius = 0;
  for (let at = 0; at < points.length; at += 3)
    radius = Math.max(
      radius,
      Math.hypot(points[at]! - sphere[0]!, points[at + 1]! - sphere[1]!, points[at + 2]! - sphere[2]!),
    );
  sphere[3] = radius * (1 + 2 ** -20);
  return sphere;
}
