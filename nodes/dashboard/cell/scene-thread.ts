import { readCell } from "../../../runtime/model/cell/cell-model.ts";
import { type ReadScene, sceneOf } from "./scene-of.ts";

/** What the reading thread does. @throws RungError `cell-file` with every fault of the file and what it names */
export async function readSceneOf(file: string, variant: string): Promise<ReadScene> {
  return sceneOf(await readCell(file), variant);
}
