import { existsSync } from "node:fs";
import { type KernelSpec, kernelSpec } from "../compute/kernel-language/kernel-spec.ts";
import { RungError } from "../core/errors.ts";
import { readJsonInput, readTextFile } from "./json-file.ts";

/** A kernel as it was read. */
export interface KernelFile {
  readonly spec: KernelSpec;
  /** What positions in its source are told of: "film.js", or "film.json#/source". */
  readonly sourcePlace: string;
}

/**
 * Reads a kernel: a JSON file with its source, or a pair `film.json` and `film.js` of which either is named.
 * @throws RungError `file-unreadable`, `not-json`, `kernel-spec`
 */
export function readKernelFile(file: string): KernelFile {
  const bare = file.replace(/\.(json|js)$/, "");
  if (bare === file)
    throw new RungError({
      code: "usage",
      where: file,
      what: "is neither a .json nor a .js file",
      advice: "name the kernel's .json, or the .js beside it",
    });
  const described = `${bare}.json`;
  const beside = `${bare}.js`;
  if (file === beside && !existsSync(described))
    throw new RungError({
      code: "file-unreadable",
      where: file,
      what: `${described} with its inputs and output is not there`,
      advice: "a kernel is judged by its ports; examples/flash-off.kernel.json shows the form",
    });
  const description = readJsonInput(described, "examples/flash-off.kernel.json");
  const apart =
    file === beside || (isRecord(description) && !("source" in description) && existsSync(beside));
  if (!apart) return { spec: kernelSpec(description, described), sourcePlace: `${described}#/source` };
  const whole = isRecord(description) ? { ...description, source: readTextFile(beside) } : description;
  return { spec: kernelSpec(whole, described), sourcePlace: beside };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
