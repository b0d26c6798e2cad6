import { callInBackground } from "../../../runtime/core/background-call.ts";
import { siblingModule } from "../../../runtime/core/sibling-module.ts";
import type { ReadScene } from "./scene-of.ts";

/**
 * The geometry of a cell with a variant, read in a thread of its own: meshes of a real cell take seconds, and nothing
 * else may wait for them.
 * @throws RungError `cell-file` in the words of the reader
 */
export function readScene(file: string, variant: string, signal: AbortSignal): Promise<ReadScene> {
  const module = siblingModule(import.meta.url, "./scene-thread");
  return callInBackground<ReadScene>(module, "readSceneOf", [file, variant], signal);
}
