import { readFile, stat } from "node:fs/promises";
import { extname } from "node:path";
import { messageOf, RungError } from "../../core/errors.ts";
import { layoutOfGltf } from "./gltf-layout.ts";
import type { PlantLayout } from "./plant-layout.ts";
import { readLayout } from "./read-layout.ts";

/** Every browser fetches it once; what is larger is no layout but a survey. */
export const MOST_BYTES = 32 * 1024 * 1024;

/**
 * Reads a plant's layout: JSON or YAML, or shapes with it: glTF or GLB, by its ending.
 * @throws RungError `layout-file`, `mesh-file`
 */
export async function readLayoutFile(
  file: string,
): Promise<{ readonly layout: PlantLayout; readonly glb?: ArrayBuffer }> {
  const fault = (what: string, advice: string, cause?: unknown) =>
    new RungError({ code: "layout-file", where: file, what, advice, cause });
  const { size } = await stat(file).catch((thrown) => {
    throw fault(
      messageOf(thrown),
      "give a path below the folder the product runs in, or a whole one",
      thrown,
    );
  });
  if (size > MOST_BYTES) {
    const mib = (size / 1024 / 1024).toFixed(0);
    throw fault(
      `has ${mib} MiB, at most ${MOST_BYTES / 1024 / 1024} are read`,
      "simplify it, or split it by shops",
    );
  }
  const bytes = await readFile(file);
  if (/^\.(gltf|glb)$/i.test(extname(file))) return layoutOfGltf(bytes, file);
  return { layout: readLayout(bytes.toString("utf8"), file) };
}
