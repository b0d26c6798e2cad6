import { dirname, resolve } from "node:path";
import type { TriangleMesh } from "../../compute/mesh/triangle-mesh.ts";
import { RungError } from "../../core/errors.ts";
import type { Xyz } from "../robot/pose.ts";
import type { BodyRole, CellBody } from "./cell.ts";
import type { CellDocument, Field } from "./cell-document.ts";
import type { CellUnits } from "./cell-units.ts";
import { checkMesh, type MeshReport } from "./import-check.ts";
import { type MeshUnit, readMeshFile } from "./mesh-files/mesh-file.ts";

export interface ReadMesh {
  readonly mesh: TriangleMesh;
  readonly report: MeshReport;
}

/** What all parts of one cell file are read with: its document, units and folder, and the meshes read so far. */
export class CellReading {
  readonly document: CellDocument;
  readonly units: CellUnits;
  readonly warnings = new Set<string>();
  readonly #told = new Set<string>();
  readonly #meshes = new Map<string, Promise<ReadMesh>>();

  constructor(document: CellDocument, units: CellUnits) {
    this.document = document;
    this.units = units;
  }

  /** A file that the cell file names, relative to its folder. */
  path(name: string): string {
    return resolve(dirname(this.document.file), name);
  }

  /**
   * Reads and checks a mesh once, however many bodies have it.
   * @param scale beside the unit's, as a URDF gives one
   * @throws RungError `mesh-file`, `bad-mesh`
   */
  mesh(file: string, unit: MeshUnit | undefined, role: BodyRole, scale: Xyz = [1, 1, 1]): Promise<ReadMesh> {
    const key = JSON.stringify([file, unit, role, scale]);
    const known = this.#meshes.get(key);
    if (known !== undefined) return known;
    const read = this.#readMesh(file, unit, role, scale);
    this.#meshes.set(key, read);
    return read;
  }

  async #readMesh(file: string, unit: MeshUnit | undefined, role: BodyRole, scale: Xyz): Promise<ReadMesh> {
    const { mesh: asSaved, welded } = await readMeshFile(file, unit);
    const positions = asSaved.positions.map((coordinate, i) => coordinate * scale[i % 3]!);
    // A mirror turns a surface inside out: the corners of its triangles go round the other way.
    const isMirrored = scale[0] * scale[1] * scale[2] < 0;
    const mesh = { triangles: isMirrored ? turnedOver(asSaved.triangles) : asSaved.triangles, positions };
    const report = checkMesh(mesh, file, role, welded);
    for (const warning of report.warnings) this.warnings.add(warning);
    return { mesh, report };
  }

  /** A body with the keys name, mesh, unit and pose; a fault of it is kept and undefined returned. */
  async body(field: Field, role: BodyRole): Promise<CellBody | undefined> {
    const name = field.at("name").text("name the body");
    const file = field.at("mesh").text("name a mesh file: STL, OBJ, glTF or GLB");
    const unit = this.units.meshUnit(field.at("unit"));
    const pose = this.units.pose(field.at("pose"));
    if (name === "" || file === "") return undefined;
    const read = await this.attempt(field, () =>
      this.mesh(this.path(file), unit ?? this.#unitOf(file), role),
    );
    if (read === undefined) return undefined;
    const { mesh, report } = read;
    return { name, role, mesh, pose12: pose, source: this.path(file), closed: report.watertight, report };
  }

  /** The declared unit of mesh files, which glTF files do without. */
  #unitOf(file: string): MeshUnit | undefined {
    return /\.(gltf|glb)$/i.test(file) ? undefined : this.units.mesh;
  }

  /** What `read` gives; where it throws, the fault is kept once, with the first place that asked for it. */
  async attempt<T>(field: Field, read: () => Promise<T> | T): Promise<T | undefined> {
    try {
      return await read();
    } catch (thrown) {
      if (!(thrown instanceof RungError)) throw thrown;
      if (this.#told.has(thrown.message)) return undefined;
      this.#told.add(thrown.message);
      const where = field.place;
      this.document.keep(
        field.path,
        new RungError({ code: thrown.code, where, what: thrown.message, cause: thrown }),
      );
      return undefined;
    }
  }
}

function turnedOver(triangles: Uint32Array): Uint32Array {
  return triangles.map((_, i) => triangles[i % 3 === 0 ? i : i % 3 === 1 ? i + 1 : i - 1]!);
}
