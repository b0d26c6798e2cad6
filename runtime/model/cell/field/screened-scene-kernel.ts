import type { KernelControl } from "../../../compute/kernel.ts";
import { packMesh } from "../../../compute/mesh/mesh-layout.ts";
import { assertMesh } from "../../../compute/mesh/triangle-mesh.ts";
import { distanceField } from "../../../compute/solvers/distance-field-kernel.ts";
import type { PreparedScene, SceneBody, SceneRequest } from "./screened-scene.ts";
import { coverSurface, type SurfaceCover } from "./surface-cover.ts";

/** `PREPARE_SCENE` in the compute child. */
export async function run(request: SceneRequest, control: KernelControl): Promise<PreparedScene> {
  const { bodies, obstacles, obstaclePoses, cellM, coverM } = request;
  const covers: SurfaceCover[] = [];
  for (const { mesh, name } of bodies) {
    await control.breathe();
    covers.push(coverSurface(mesh, coverM, name));
  }
  const packed = async (all: readonly SceneBody[]): Promise<Uint8Array<ArrayBuffer>[]> => {
    const blocks: Uint8Array<ArrayBuffer>[] = [];
    for (const { mesh, name } of all) {
      await control.breathe();
      assertMesh(mesh, name);
      blocks.push(new Uint8Array(packMesh(mesh)));
    }
    return blocks;
  };
  const packedBodies = await packed(bodies);
  const packedObstacles = await packed(obstacles);
  const field = await distanceField({ cornersM: cornersOf(obstacles, obstaclePoses), cellM }, control);
  return {
    field,
    samples: {
      pointsM: Float32Array.from(covers.flatMap(({ pointsM }) => Array.from(pointsM))),
      counts: Int32Array.from(covers, ({ pointsM }) => pointsM.length / 3),
    },
    coverM: Float64Array.from(covers, ({ radiusM }) => radiusM),
    packedBodies,
    packedObstacles,
    obstaclePoses,
  };
}

/** The corners of all triangles where their bodies stand. */
function cornersOf(obstacles: readonly SceneBody[], poses: Float64Array): Float64Array {
  const corners = new Float64Array(3 * obstacles.reduce((sum, { mesh }) => sum + mesh.triangles.length, 0));
  let to = 0;
  for (const [place, { mesh }] of obstacles.entries()) {
    const pose = poses.subarray(12 * place, 12 * place + 12);
    for (const vertex of mesh.triangles) {
      const [x, y, z] = mesh.positions.subarray(3 * vertex, 3 * vertex + 3) as unknown as [
        number,
        number,
        number,
      ];
      for (let row = 0; row < 12; row += 4)
        corners[to++] = pose[row]! * x + pose[row + 1]! * y + pose[row + 2]! * z + pose[row + 3]!;
    }
  }
  return corners;
}
