import { siblingModule } from "../../core/sibling-module.ts";
import type { Kernel } from "../kernel.ts";
import { checkCount, checkEach, checkWithin, refuse } from "./solver-fault.ts";

/** Nodes of a lattice, x first: node (i, j, k) stands at `originM + cellM (i, j, k)` and at [(k ny + j) nx + i]. */
export interface Lattice {
  readonly originM: readonly [number, number, number];
  readonly cellM: number;
  /** Nodes along x, y and z, each at least 2. */
  readonly shape: readonly [number, number, number];
}

/**
 * Unsigned distance to the nearest triangle at the nodes of a lattice. Unsigned, since sheet metal is open. Every
 * triangle lies within the lattice, which is what a point outside of it is bounded by (`field-screening.ts`).
 */
export interface DistanceField extends Lattice {
  /** m, each the exact distance rounded to a float. */
  readonly distanceM: Float32Array;
}

export interface DistanceFieldRequest {
  /** Corners of the triangles, nine numbers each, m. */
  readonly cornersM: Float64Array;
  /** Distance of neighbouring nodes, m. */
  readonly cellM: number;
  /** Threads to use; the result does not depend on it. Default by the size of the work, at most 2. */
  readonly threads?: number;
}

/** The distance field of triangles, in the compute child. */
export const DISTANCE_FIELD: Kernel<DistanceFieldRequest, DistanceField> = {
  name: "distance field",
  module: siblingModule(import.meta.url, "./distance-field-kernel").href,
};

const WHERE = "distance field";
const FARTHEST_M = 1000;
/** As many as a field of gpu.js may have. */
const MOST_NODES = 2 ** 24;

/** @throws RungError `solver-input` naming the value at fault */
export function checkDistanceField({ cornersM, cellM }: DistanceFieldRequest): void {
  checkCount(WHERE, "number of triangles", cornersM.length / 9, 1);
  checkEach(WHERE, "cornersM", cornersM, -FARTHEST_M, FARTHEST_M, `give metres within ${FARTHEST_M} m`);
  checkWithin(
    WHERE,
    "cellM",
    cellM,
    1e-4,
    FARTHEST_M,
    "give the distance of nodes in metres, 0.025 for a car body",
  );
}

/**
 * The least lattice that holds every corner.
 * @throws RungError `solver-input` where it has more than 2^24 nodes
 */
export function latticeAround(cornersM: Float64Array, cellM: number): Lattice {
  const low = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const high = low.map((value) => -value);
  for (let at = 0; at < cornersM.length; at++) {
    const axis = at % 3;
    low[axis] = Math.min(low[axis]!, cornersM[at]!);
    high[axis] = Math.max(high[axis]!, cornersM[at]!);
  }
  // Half a cell to spare keeps every corner inside whatever the rounding of the nodes' places.
  const nodes = low.map((least, axis) => Math.ceil((high[axis]! - least) / cellM) + 2);
  const [nx, ny, nz] = nodes as [number, number, number];
  if (nx * ny * nz > MOST_NODES)
    refuse(WHERE, `needs ${nx} x ${ny} x ${nz} nodes, more than ${MOST_NODES}`, "take larger cells");
  const [x, y, z] = low.map((least) => least - cellM / 2) as [number, number, number];
  return { originM: [x, y, z], cellM, shape: [nx, ny, nz] };
}
