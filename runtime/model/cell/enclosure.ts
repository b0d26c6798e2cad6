import type { Bodies, MeshEngine } from "../../compute/mesh/mesh-engine.ts";
import { moved, type Pose, type Xyz } from "../robot/pose.ts";
import type { CellBody } from "./cell.ts";
import { shellPoints } from "./shells.ts";

/**
 * Whether one body lies inside another without their surfaces touching, which engines of surfaces call clear.
 * Only a watertight body has an inside.
 */
export class Enclosure {
  readonly #engine: MeshEngine;
  readonly #shells = new Map<CellBody["mesh"], readonly Xyz[]>();
  readonly #boxes = new Map<CellBody["mesh"], Float64Array>();

  constructor(engine: MeshEngine) {
    this.#engine = engine;
  }

  /** Whether a piece of `a` is inside `b` or the reverse. @param at, bt each body alone, at its place */
  isEnclosed(a: CellBody, at: Bodies, b: CellBody, bt: Bodies): boolean {
    return (b.closed && this.#hasInside(b, bt, a, at)) || (a.closed && this.#hasInside(a, at, b, bt));
  }

  #hasInside(outer: CellBody, outerAt: Bodies, inner: CellBody, innerAt: Bodies): boolean {
    for (const point of this.#shellsOf(inner)) {
      const world = moved(innerAt.poses, point);
      if (!this.#isInBox(outer, outerAt.poses, world)) continue;
      if (this.#engine.isInside(world, outerAt.meshes[0]!, outerAt.poses)) return true;
    }
    return false;
  }

  #shellsOf({ mesh }: CellBody): readonly Xyz[] {
    let points = this.#shells.get(mesh);
    if (points === undefined) {
      points = shellPoints(mesh);
      this.#shells.set(mesh, points);
    }
    return points;
  }

  /** Whether a point of the cell is in the box around a mesh, in the mesh's own frame. */
  #isInBox({ mesh }: CellBody, pose: Pose, point: Xyz): boolean {
    let box = this.#boxes.get(mesh);
    if (box === undefined) {
      box = boxOf(mesh.positions);
      this.#boxes.set(mesh, box);
    }
    const [x, y, z] = [point[0] - pose[3]!, point[1] - pose[7]!, point[2] - pose[11]!];
    for (let k = 0; k < 3; k++) {
      const own = pose[k]! * x + pose[4 + k]! * y + pose[8 + k]! * z;
      if (own < box[k]! || own > box[3 + k]!) return false;
    }
    return true;
  }
}

/** @returns the least x, y, z, then the greatest */
function boxOf(positions: Float64Array): Float64Array {
  const box = Float64Array.of(
    Number.POSITIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  );
  for (let i = 0; i < positions.length; i++) {
    box[i % 3] = Math.min(box[i % 3]!, positions[i]!);
    box[3 + (i % 3)] = Math.max(box[3 + (i % 3)]!, positions[i]!);
  }
  return box;
}
