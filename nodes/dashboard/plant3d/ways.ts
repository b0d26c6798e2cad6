import type { Spot } from "../../../runtime/model/layout/plant-layout.ts";

/** A place on the floor and where it looks, m and rad. */
export interface Stand {
  readonly x: number;
  readonly y: number;
  readonly yawRad: number;
}

/** Length of a way, m. */
export function lengthOf(way: readonly Spot[]): number {
  return legsOf(way).reduce((sum, { lengthM }) => sum + lengthM, 0);
}

/** The straight pieces of a way. */
export function legsOf(way: readonly Spot[]): {
  readonly from: Spot;
  readonly to: Spot;
  readonly lengthM: number;
  readonly yawRad: number;
}[] {
  return way.slice(1).map((to, i) => {
    const from = way[i]!;
    const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
    return { from, to, lengthM: Math.hypot(dx, dy), yawRad: Math.atan2(dy, dx) };
  });
}

/** Where something stands that is so far along a way; beyond its ends it stands at them. */
export function standAt(way: readonly Spot[], alongM: number): Stand {
  let left = Math.max(0, alongM);
  const legs = legsOf(way);
  for (const [i, { from, to, lengthM, yawRad }] of legs.entries()) {
    if (left <= lengthM || i === legs.length - 1) {
      const part = lengthM === 0 ? 0 : Math.min(1, left / lengthM);
      return { x: from[0] + (to[0] - from[0]) * part, y: from[1] + (to[1] - from[1]) * part, yawRad };
    }
    left -= lengthM;
  }
  return { x: way[0]?.[0] ?? 0, y: way[0]?.[1] ?? 0, yawRad: 0 };
}

/** Where bodies that wait on a way stand: at its end, one place behind another. */
export function queueOn(way: readonly Spot[], fill: number, places: number): Stand[] {
  const placeM = lengthOf(way) / places;
  return Array.from({ length: Math.min(fill, places) }, (_, i) => standAt(way, (places - i - 0.5) * placeM));
}
