import type { KernelControl } from "../../../compute/kernel.ts";
import { type Bodies, MeshEngine, type Nearest } from "../../../compute/mesh/mesh-engine.ts";
import { inSlices } from "../../../compute/solvers/solver-control.ts";
import { type ExactNearestRequest, type NearestOfEach, nearestOf } from "./exact-nearest.ts";

/** `EXACT_NEAREST` in the compute child. */
export async function run(request: ExactNearestRequest, control: KernelControl): Promise<NearestOfEach> {
  const search = await ScreenedSearch.of(request);
  const { packedBodies } = request.scene;
  const configurations = request.poses.length / (12 * packedBodies.length);
  const found = nearestOf(configurations);
  await inSlices(configurations, 1, control, (from, to) => {
    for (let at = from; at < to; at++) {
      const nearest = search.nearest(at);
      if (nearest === undefined) continue;
      found.distanceM[at] = nearest.distanceM;
      found.body[at] = nearest.a;
      found.obstacle[at] = nearest.b;
      found.pointsM.set([...nearest.pointA, ...nearest.pointB], 6 * at);
    }
  });
  return { ...found, work: search.work };
}

/** The exact engine with a scene in it. */
class ScreenedSearch {
  readonly #engine: MeshEngine;
  readonly #request: ExactNearestRequest;
  readonly #bodies: Bodies["meshes"];
  readonly #obstacles: Bodies;
  readonly #poses: Float64Array;
  #configurations = 0;
  #asked = 0;

  private constructor(engine: MeshEngine, request: ExactNearestRequest) {
    const { packedBodies, packedObstacles, obstaclePoses } = request.scene;
    const added = (blocks: readonly Uint8Array<ArrayBuffer>[], what: string) =>
      blocks.map((block, at) => engine.addPacked(bufferOf(block), `${what} ${at}`));
    this.#engine = engine;
    this.#request = request;
    this.#bodies = added(packedBodies, "body");
    this.#poses = new Float64Array(12 * packedBodies.length);
    this.#obstacles = { meshes: added(packedObstacles, "obstacle"), poses: obstaclePoses };
  }

  static async of(request: ExactNearestRequest): Promise<ScreenedSearch> {
    return new ScreenedSearch(await MeshEngine.create(), request);
  }

  get work(): NearestOfEach["work"] {
    return {
      configurations: this.#configurations,
      bodies: this.#asked,
      triangleTests: this.#engine.exactTests,
    };
  }

  /** Only bodies that may be nearer than what is known to be near. */
  nearest(configuration: number): Nearest | undefined {
    const { lowerM, upperM, withinM, poses } = this.#request;
    const boundM = Math.min(withinM, upperM[configuration]!);
    const first = this.#bodies.length * configuration;
    const asked: number[] = [];
    for (let body = 0; body < this.#bodies.length; body++)
      if (lowerM[first + body]! < boundM) asked.push(body);
    if (asked.length === 0) return undefined;
    this.#configurations += 1;
    this.#asked += asked.length;
    for (const [at, body] of asked.entries()) {
      const from = 12 * (first + body);
      this.#poses.set(poses.subarray(from, from + 12), 12 * at);
    }
    const meshes = asked.map((body) => this.#bodies[body]!);
    const nearest = this.#engine.nearest({ meshes, poses: this.#poses }, this.#obstacles, boundM);
    return nearest === undefined ? undefined : { ...nearest, a: asked[nearest.a]! };
  }
}

/** The bytes alone: what travelled here may lie within a larger buffer. */
function bufferOf(block: Uint8Array<ArrayBuffer>): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = block;
  return byteLength === buffer.byteLength ? buffer : buffer.slice(byteOffset, byteOffset + byteLength);
}
