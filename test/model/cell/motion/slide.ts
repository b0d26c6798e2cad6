import type { MeshEngine } from "../../../../runtime/compute/mesh/mesh-engine.ts";
import type { Mover, StillBody } from "../../../../runtime/model/cell/motion/mover.ts";
import { boxMesh } from "../box-mesh.ts";

type Xyz = readonly [number, number, number];

export function placeAt([x, y, z]: Xyz): Float64Array {
  return Float64Array.of(1, 0, 0, x, 0, 1, 0, y, 0, 0, 1, z);
}

/** A box that slides along x, y and z: each of its three joints is a length in m. */
export function slidingBox(engine: MeshEngine, name: string, size: Xyz): Mover {
  return {
    name,
    dof: 3,
    bodies: [{ name, mesh: engine.add(boxMesh(size), name) }],
    travelPerRad: Float64Array.of(1, 1, 1),
    spheres: Float64Array.of(0, 0, 0, Math.hypot(...size) / 2),
    posesAt: (q, out) => out.set(placeAt([q[0]!, q[1]!, q[2]!])),
  };
}

export function stillBox(engine: MeshEngine, name: string, size: Xyz, at: Xyz): StillBody {
  return { name, mesh: engine.add(boxMesh(size), name), pose12: placeAt(at) };
}
