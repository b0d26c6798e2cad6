import type { MeshEngine, MeshHandle } from "../../compute/mesh/mesh-engine.ts";
import { type PackedMesh, packMesh } from "../../compute/mesh/mesh-layout.ts";
import { assertMesh, type TriangleMesh } from "../../compute/mesh/triangle-mesh.ts";
import type { CellBody } from "./cell.ts";

/** Trees take longer to build than most checks to answer, and a study makes many engines of the same meshes. */
const PACKED = new WeakMap<TriangleMesh, PackedMesh>();

/** The meshes of one engine: each is uploaded once, however many bodies have it. */
export class MeshShelf {
  readonly #engine: MeshEngine;
  readonly #handles = new Map<TriangleMesh, MeshHandle>();

  constructor(engine: MeshEngine) {
    this.#engine = engine;
  }

  /** @throws RungError `bad-mesh` */
  handleOf({ mesh, source }: CellBody): MeshHandle {
    const known = this.#handles.get(mesh);
    if (known !== undefined) return known;
    const handle = this.#engine.addPacked(packedOf(mesh, source), source);
    this.#handles.set(mesh, handle);
    return handle;
  }
}

function packedOf(mesh: TriangleMesh, source: string): PackedMesh {
  const known = PACKED.get(mesh);
  if (known !== undefined) return known;
  assertMesh(mesh, source);
  const packed = packMesh(mesh);
  PACKED.set(mesh, packed);
  return packed;
}
