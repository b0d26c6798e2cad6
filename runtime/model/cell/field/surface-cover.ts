import { assertMesh, type TriangleMesh } from "../../../compute/mesh/triangle-mesh.ts";
import { RungError } from "../../../core/errors.ts";
import type { Xyz } from "../../robot/pose.ts";
import { PatchCubes, SurfacePatches } from "./surface-patches.ts";

/** Points of a surface, every place of which is within the radius of one of them. */
export interface SurfaceCover {
  /** Three numbers a point, m; the points lie on the surface, but for rounding to floats. */
  readonly pointsM: Float32Array;
  /** The radius that was reached, at most the one asked for. */
  readonly radiusM: number;
}

/** A patch is no longer than this part of the radius, and balls are tried in cubes of that part of it. */
const PATCH_PART = 1 / 2;
const BALL_PART = 1 / 3;

/**
 * Covers a mesh by balls around points of it. Triangles are halved into patches; a patch counts as covered where its
 * three corners lie in one ball, which then holds all of it, being convex. Balls are tried around the middles of patches
 * and taken in turn, each time one that covers the most patches that still are bare (Chvátal's greedy cover, 1979).
 * @throws RungError `cover-radius` unless it is more than 0 or where the mesh is too large for it, `bad-mesh` as of the mesh engine
 */
export function coverSurface(mesh: TriangleMesh, radiusM: number, where: string): SurfaceCover {
  if (!(radiusM > 0) || !Number.isFinite(radiusM))
    throw new RungError({ code: "cover-radius", where, what: `a radius of ${radiusM} m covers nothing` });
  assertMesh(mesh, where);
  const patches = new SurfacePatches(mesh, radiusM * PATCH_PART, where);
  const cubes = new PatchCubes(patches, radiusM);
  const isBare = new Uint8Array(patches.count).fill(1);
  const points: number[] = [];
  let reachedSquared = 0;
  const take = (middle: number, covered: Int32Array): void => {
    const [x, y, z] = patches.middle.subarray(3 * middle, 3 * middle + 3) as unknown as Xyz;
    points.push(x, y, z);
    for (const patch of covered) {
      if (isBare[patch] === 1)
        reachedSquared = Math.max(reachedSquared, patches.farthestSquared(x, y, z, patch));
      isBare[patch] = 0;
    }
  };
  const balls = Array.from(patches.spreadBy(radiusM * BALL_PART), (middle) => ({
    middle,
    covered: cubes.coveredBy(middle),
  }));
  const most = balls.reduce((gain, { covered }) => Math.max(gain, covered.length), 0);
  const byGain = Array.from({ length: most + 1 }, (): typeof balls => []);
  for (const ball of balls) byGain[ball.covered.length]!.push(ball);
  for (let wanted = most; wanted > 0; wanted--) {
    // What a ball would cover only shrinks, so that one is looked at again where it comes up.
    for (let ball = byGain[wanted]!.pop(); ball !== undefined; ball = byGain[wanted]!.pop()) {
      let gain = 0;
      for (const patch of ball.covered) gain += isBare[patch]!;
      if (gain === wanted) take(ball.middle, ball.covered);
      else byGain[gain]!.push(ball);
    }
  }
  // A patch may lie in none of the balls that were tried.
  for (let patch = 0; patch < patches.count; patch++)
    if (isBare[patch] === 1) take(patch, cubes.coveredBy(patch));
  return { pointsM: Float32Array.from(points), radiusM: Math.sqrt(reachedSquared) };
}
