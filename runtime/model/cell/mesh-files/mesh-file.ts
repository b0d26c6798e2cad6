import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import type { TriangleMesh } from "../../../compute/mesh/triangle-mesh.ts";
import { messageOf, RungError } from "../../../core/errors.ts";
import { readGltf } from "./gltf-file.ts";
import { readObj } from "./obj-file.ts";
import { readStl } from "./stl-file.ts";
import { weldVertices } from "./weld-vertices.ts";

/** Units a mesh file may be in, in m. STL and OBJ files do not say theirs. */
export const METRES_OF = { mm: 1e-3, m: 1, inch: 0.0254 } as const;
export type MeshUnit = keyof typeof METRES_OF;

/**
 * Reads a mesh file: STL (binary or ASCII), OBJ, glTF or GLB, by its ending.
 * @param unit what the file's numbers are; glTF is in m by its specification, and no other is taken for it
 * @returns the mesh in m with shared vertices, and how many corners were joined
 * @throws RungError `mesh-file`: unreadable, another format, a unit that the format rules out
 */
export async function readMeshFile(
  file: string,
  unit: MeshUnit | undefined,
): Promise<{ mesh: TriangleMesh; welded: number }> {
  const ending = extname(file).toLowerCase();
  const isGltf = ending === ".gltf" || ending === ".glb";
  if (isGltf && unit !== undefined && unit !== "m") {
    throw fault(file, `is declared in ${unit}, glTF is in m by its specification`, "export it in m");
  }
  if (!isGltf && unit === undefined) {
    throw fault(file, "has no unit, and the format does not say one", "declare unit: mm, m or inch");
  }
  const corners = await cornersOf(file, ending);
  return weldVertices(corners, isGltf ? 1 : METRES_OF[unit!]);
}

async function cornersOf(file: string, ending: string): Promise<Float64Array> {
  if (![".stl", ".obj", ".gltf", ".glb"].includes(ending)) {
    throw fault(
      file,
      `${ending || "a file without ending"} is no mesh that is read`,
      "use STL, OBJ, glTF or GLB",
    );
  }
  const bytes = await bytesOf(file);
  if (ending === ".stl") return readStl(bytes, file);
  return ending === ".obj" ? readObj(bytes.toString("utf8"), file) : readGltf(bytes, file);
}

async function bytesOf(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (thrown) {
    throw fault(file, messageOf(thrown), "is the path right, relative to the file that names it?", thrown);
  }
}

function fault(where: string, what: string, advice: string, cause?: unknown): RungError {
  return new RungError({ code: "mesh-file", where, what, advice, cause });
}
