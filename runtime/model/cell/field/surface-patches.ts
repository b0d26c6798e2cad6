import type { TriangleMesh } from "../../../compute/mesh/triangle-mesh.ts";
import { RungError } from "../../../core/errors.ts";
import type { Xyz } from "../../robot/pose.ts";

/** Some hundred MiB of patches. */
const MOST_PATCHES = 2 ** 20;

/** Pieces of triangles whose edges are short. */
export class SurfacePatches {
  readonly count: number;
  /** Nine numbers a patch. */
  readonly corners: Float64Array;
  /** Three floats a patch. */
  readonly middle: Float32Array;

  /** @throws RungError `cover-radius` where there would be too many */
  constructor({ positions, triangles }: TriangleMesh, longestM: number, where: string) {
    const corners: number[] = [];
    const point = (vertex: number): number[] => Array.from(positions.subarray(3 * vertex, 3 * vertex + 3));
    for (let at = 0; at < triangles.length; at += 3) {
      const [a, b, c] = [0, 1, 2].map((corner) => point(triangles[at + corner]!)) as [
        number[],
        number[],
        number[],
      ];
      const pieces = (Math.max(length(a, b), length(b, c), length(c, a)) / longestM) ** 2;
      if (corners.length / 9 + pieces > MOST_PATCHES)
        throw new RungError({
          code: "cover-radius",
          where,
          what: "is too large to be covered by balls of this radius",
          advice: "check the unit of the mesh, or take a larger radius",
        });
      halve(a, b, c, longestM, corners);
    }
    this.corners = Float64Array.from(corners);
    this.count = corners.length / 9;
    this.middle = new Float32Array(3 * this.count);
    for (let patch = 0; patch < this.count; patch++)
      for (let axis = 0; axis < 3; axis++) {
        const at = 9 * patch + axis;
        this.middle[3 * patch + axis] = (corners[at]! + corners[at + 3]! + corners[at + 6]!) / 3;
      }
  }

  /** One patch of each cube of that side that has the middle of one. */
  spreadBy(sideM: number): Iterable<number> {
    const ofCube = new Map<string, number>();
    for (let patch = 0; patch < this.count; patch++) {
      const place = this.middle.subarray(3 * patch, 3 * patch + 3);
      ofCube.set(place.map((value) => Math.floor(value / sideM)).join(), patch);
    }
    return ofCube.values();
  }

  /** How far the farthest corner of a patch lies from a point, m, squared. */
  farthestSquared(x: number, y: number, z: number, patch: number): number {
    const { corners } = this;
    let farthest = 0;
    for (let corner = 9 * patch; corner < 9 * patch + 9; corner += 3) {
      const dx = corners[corner]! - x;
      const dy = corners[corner + 1]! - y;
      const dz = corners[corner + 2]! - z;
      const squared = dx * dx + dy * dy + dz * dz;
      if (squared > farthest) farthest = squared;
    }
    return farthest;
  }
}

function length(p: number[], q: number[]): number {
  return Math.hypot(p[0]! - q[0]!, p[1]! - q[1]!, p[2]! - q[2]!);
}

/** Cuts the longest edge until none is longer. */
function halve(a: number[], b: number[], c: number[], longestM: number, into: number[]): void {
  const [ab, bc, ca] = [length(a, b), length(b, c), length(c, a)];
  if (Math.max(ab, bc, ca) <= longestM) {
    into.push(...a, ...b, ...c);
    return;
  }
  if (bc > ab && bc >= ca) halve(b, c, a, longestM, into);
  else if (ca > ab) halve(c, a, b, longestM, into);
  else {
    const middle = a.map((value, axis) => (value + b[axis]!) / 2);
    halve(a, middle, c, longestM, into);
    halve(middle, b, c, longestM, into);
  }
}

/** Patches by cubes as wide as the radius, so that what a ball covers lies in its own cube and those around it. */
export class PatchCubes {
  readonly #patches: SurfacePatches;
  readonly #radiusM: number;
  readonly #cubes = new Map<number, number[]>();

  constructor(patches: SurfacePatches, radiusM: number) {
    this.#patches = patches;
    this.#radiusM = radiusM;
    for (let patch = 0; patch < patches.count; patch++) {
      const key = keyOf(...this.#cubeOf(patch));
      const cube = this.#cubes.get(key);
      if (cube === undefined) this.#cubes.set(key, [patch]);
      else cube.push(patch);
    }
  }

  /** Patches within the radius of the middle of one. */
  coveredBy(middle: number): Int32Array {
    const [x, y, z] = this.#cubeOf(middle);
    const [px, py, pz] = this.#patches.middle.subarray(3 * middle, 3 * middle + 3) as unknown as Xyz;
    const mostSquared = this.#radiusM ** 2;
    const covered: number[] = [];
    for (let dx = -1; dx <= 1; dx++)
      for (let dy = -1; dy <= 1; dy++)
        for (let dz = -1; dz <= 1; dz++)
          for (const patch of this.#cubes.get(keyOf(x + dx, y + dy, z + dz)) ?? [])
            if (this.#patches.farthestSquared(px, py, pz, patch) <= mostSquared) covered.push(patch);
    return Int32Array.from(covered);
  }

  #cubeOf(patch: number): Xyz {
    const at = (axis: number): number => Math.floor(this.#patches.middle[3 * patch + axis]! / this.#radiusM);
    return [at(0), at(1), at(2)];
  }
}

/** Cubes that share a key only cost a look: whether a patch is covered is measured. */
const keyOf = (x: number, y: number, z: number): number =>
  (x * 73_856_093) ^ (y * 19_349_663) ^ (z * 83_492_791);
