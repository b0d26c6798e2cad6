import { readCell } from "../../model/cell/cell-model.ts";
import { studyCell } from "./cell-study.ts";
import type { CellStudy } from "./finding.ts";
import type { StudyOrder } from "./study-order.ts";

/**
 * What the study's thread does.
 * @param progress shared with whoever asked: steps done, and of how many
 */
export async function run(order: StudyOrder, progress: Int32Array): Promise<CellStudy> {
  return studyCell(await readCell(order.file), order, (done, of) => {
    Atomics.store(progress, 0, done);
    Atomics.store(progress, 1, of);
  });
}
