import type { Kernel } from "../../../compute/kernel.ts";
import { siblingModule } from "../../../core/sibling-module.ts";
import type { DistanceBounds } from "./open-configurations.ts";
import type { PreparedScene } from "./screened-scene.ts";

export interface ExactNearestRequest extends DistanceBounds {
  readonly scene: Pick<PreparedScene, "packedBodies" | "packedObstacles" | "obstaclePoses">;
  /** Configurations x bodies x 12: row-major 3x4 matrices, rotation | translation in m. */
  readonly poses: Float64Array;
  /** Nothing is asked about what is as far as this, m. */
  readonly withinM: number;
}

/** The nearest two of all bodies and obstacles, for each configuration. */
export interface NearestOfEach {
  /** m; 0 in contact, Infinity where nothing is nearer than was asked. */
  readonly distanceM: Float64Array;
  /** Which body and which obstacle; -1 where nothing is nearer. */
  readonly body: Int32Array;
  readonly obstacle: Int32Array;
  /** Six of each: the nearest points of both in the world, m; one point in contact, NaN where nothing is nearer. */
  readonly pointsM: Float64Array;
  readonly work: ExactWork;
}

export interface ExactWork {
  /** Configurations of which the exact engine was asked. */
  readonly configurations: number;
  /** Bodies of which it was asked, each against all obstacles. */
  readonly bodies: number;
  /** Exact tests of two triangles that it took. */
  readonly triangleTests: number;
}

/** Asks the exact engine about what its lower bounds leave open. */
export const EXACT_NEAREST: Kernel<ExactNearestRequest, NearestOfEach> = {
  name: "exact distances",
  module: siblingModule(import.meta.url, "./exact-nearest-kernel").href,
};

/** Answers of no configuration yet. */
export function nearestOf(configurations: number): NearestOfEach {
  return {
    distanceM: new Float64Array(configurations).fill(Number.POSITIVE_INFINITY),
    body: new Int32Array(configurations).fill(-1),
    obstacle: new Int32Array(configurations).fill(-1),
    pointsM: new Float64Array(6 * configurations).fill(Number.NaN),
    work: { configurations: 0, bodies: 0, triangleTests: 0 },
  };
}
