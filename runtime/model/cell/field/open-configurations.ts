import { POSE_SIZE } from "../../robot/pose.ts";

/** What a distance field tells of distances to the obstacles. */
export interface DistanceBounds {
  /** Below what no body's distance is, m: configurations x bodies; of 0 and less nothing is known. */
  readonly lowerM: Float64Array;
  /** What the least distance of a configuration does not reach, m. */
  readonly upperM: Float64Array;
}

/** Configurations of which bounds do not tell what is asked, one after another. */
export interface OpenConfigurations extends DistanceBounds {
  /** Place of each among those that were asked about. */
  readonly places: Int32Array;
  /** Configurations x bodies x 12. */
  readonly poses: Float64Array;
}

/** Those that may be nearer than `withinM`, in parts of at most so many. */
export function openConfigurations(
  poses: Float64Array,
  { lowerM, upperM }: DistanceBounds,
  withinM: number,
  most: number,
): OpenConfigurations[] {
  const configurations = upperM.length;
  const bodies = lowerM.length / configurations;
  const open: number[] = [];
  for (let at = 0; at < configurations; at++)
    for (let body = 0; body < bodies; body++)
      if (lowerM[at * bodies + body]! < withinM) {
        open.push(at);
        break;
      }
  return Array.from({ length: Math.ceil(open.length / most) }, (_, part) => {
    const places = Int32Array.from(open.slice(part * most, (part + 1) * most));
    return {
      places,
      poses: gathered(poses, places, bodies * POSE_SIZE),
      lowerM: gathered(lowerM, places, bodies),
      upperM: gathered(upperM, places, 1),
    };
  });
}

function gathered(values: Float64Array, places: Int32Array, width: number): Float64Array {
  const some = new Float64Array(places.length * width);
  for (let at = 0; at < places.length; at++) {
    const from = places[at]! * width;
    some.set(values.subarray(from, from + width), at * width);
  }
  return some;
}
