import type { KernelControl } from "../kernel.ts";
import {
  checkDistanceField,
  type DistanceField,
  type DistanceFieldRequest,
  latticeAround,
} from "./distance-field.ts";
import { sharedArrays } from "./shared-arrays.ts";
import { BARRIER } from "./solver-barrier.ts";
import { inSlices, type SolverControl } from "./solver-control.ts";
import { SolverTeam, threadsFor } from "./solver-team.ts";
import { triangleTree } from "./triangle-tree.ts";

/** `DISTANCE_FIELD` in the compute child. */
export function run(request: DistanceFieldRequest, control: KernelControl): Promise<DistanceField> {
  return distanceField(request, control);
}

/** What a node takes against the cell of another solver, for the choice of threads. */
const UPDATES_PER_NODE = 100;
const STACK_BYTES = 1024;

/**
 * The exact distance at every node by a search of the triangles' tree; a search begins with the triangle that was
 * nearest to the node before.
 * @throws RungError `solver-input` naming the value at fault; whatever `control.breathe` throws
 */
export async function distanceField(
  request: DistanceFieldRequest,
  control: SolverControl,
): Promise<DistanceField> {
  checkDistanceField(request);
  const lattice = latticeAround(request.cornersM, request.cellM);
  const [nx, ny, nz] = lattice.shape;
  const nodes = nx * ny * nz;
  const threads = threadsFor(request.threads, UPDATES_PER_NODE * nodes);
  const tree = triangleTree(request.cornersM);
  const { memory, arrays } = sharedArrays({
    barrier: BARRIER,
    pairs: ["f64", tree.pairs.length],
    links: ["i32", tree.links.length],
    corners: ["f64", tree.corners.length],
    spheres: ["f64", tree.spheres.length],
    distance: ["f32", nodes],
    stacks: ["i32", (threads * STACK_BYTES) / 4],
  });
  arrays.pairs.set(tree.pairs);
  arrays.links.set(tree.links);
  arrays.corners.set(tree.corners);
  arrays.spheres.set(tree.spheres);
  const at = (name: keyof typeof arrays): number => arrays[name].byteOffset;
  const team = await SolverTeam.form(memory, threads, arrays.barrier);
  try {
    await inSlices(ny * nz, threads, control, async (from, to) => {
      await team.call(
        "distanceField",
        ...[at("pairs"), at("links"), at("corners"), at("spheres")],
        ...[...lattice.originM, lattice.cellM, nx, ny, from, to],
        ...[at("distance"), at("stacks")],
      );
    });
  } finally {
    team.disband();
  }
  return { ...lattice, distanceM: Float32Array.from(arrays.distance) };
}
