import type { Bodies, MeshEngine } from "../../compute/mesh/mesh-engine.ts";
import type { Xyz } from "../robot/pose.ts";

/** In the order in which equal ways out are preferred. */
export const WAYS_OUT = ["+x", "-x", "+y", "-y", "+z", "-z", "retract"] as const;
export type WayOut = (typeof WAYS_OUT)[number];

/** The march ends at its last step short of 600 mm, as where FCL's answers of the benchmarks come from. */
const MOST_M = 0.599;

/** How far a body in contact must be moved until it is free of another, by direction. */
export interface Separations {
  /** m; null where 598 mm are not enough. */
  readonly ways: Readonly<Record<WayOut, number | null>>;
  /** The shortest of them: what "clips by" means. Undefined where none is enough. */
  readonly least: { readonly way: WayOut; readonly distanceM: number } | undefined;
}

/**
 * The ways out of a contact: along the cell's axes, and back along the tool. Each is the first place without contact in
 * steps of 2 mm, narrowed to 1 µm: the first exit of this one pair, not a true minimum translation, and further on the
 * bodies may touch again.
 * @param a one body, which is moved
 * @param b one body, which stands
 * @param retract the tool's way back, a unit vector in the cell
 */
export function separations(engine: MeshEngine, a: Bodies, b: Bodies, retract: Xyz): Separations {
  const ways = {} as Record<WayOut, number | null>;
  let least: Separations["least"];
  for (const way of WAYS_OUT) {
    const distanceM = engine.separation(a, b, directionOf(way, retract), MOST_M);
    ways[way] = distanceM;
    if (distanceM !== null && (least === undefined || distanceM < least.distanceM))
      least = { way, distanceM };
  }
  return { ways, least };
}

/** Unit vector of a way out, in the cell. */
function directionOf(way: WayOut, retract: Xyz): Xyz {
  if (way === "retract") return retract;
  const axis = "xyz".indexOf(way[1]!);
  const sign = way[0] === "+" ? 1 : -1;
  return [axis === 0 ? sign : 0, axis === 1 ? sign : 0, axis === 2 ? sign : 0];
}
