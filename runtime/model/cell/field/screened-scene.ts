import type { Kernel } from "../../../compute/kernel.ts";
import type { TriangleMesh } from "../../../compute/mesh/triangle-mesh.ts";
import type { DistanceField } from "../../../compute/solvers/distance-field.ts";
import type { BodySamples } from "../../../compute/solvers/field-screening.ts";
import { siblingModule } from "../../../core/sibling-module.ts";

/** A body and, of one that stands still, where it stands. */
export interface SceneBody {
  /** For errors: its file, link or part. */
  readonly name: string;
  readonly mesh: TriangleMesh;
}

export interface SceneRequest {
  /** What moves, each in its own frame. */
  readonly bodies: readonly SceneBody[];
  /** What stands still. */
  readonly obstacles: readonly SceneBody[];
  /** Twelve numbers an obstacle: a row-major 3x4 matrix, rotation | translation in m. */
  readonly obstaclePoses: Float64Array;
  /** Distance of neighbouring nodes of the field, m. */
  readonly cellM: number;
  /** Radius of the balls that cover the bodies, m. */
  readonly coverM: number;
}

/** A scene as its checks need it: plain data, made once. */
export interface PreparedScene {
  /** Of all obstacles. */
  readonly field: DistanceField;
  readonly samples: BodySamples;
  /** Radius of cover that was reached, m, for each body. */
  readonly coverM: Float64Array;
  /** For the exact engine (`packMesh`), in the order of bodies and of obstacles. */
  readonly packedBodies: readonly Uint8Array<ArrayBuffer>[];
  readonly packedObstacles: readonly Uint8Array<ArrayBuffer>[];
  readonly obstaclePoses: Float64Array;
}

/** Makes field, samples and trees in a compute child: a few seconds for a car body. */
export const PREPARE_SCENE: Kernel<SceneRequest, PreparedScene> = {
  name: "scene for screening",
  module: siblingModule(import.meta.url, "./screened-scene-kernel").href,
};
