import type { Historian } from "./historian.ts";
import type { PrehistoryResult } from "./history-types.ts";

/** Twins of the virtual plant lie below it, and so do the columns of its prehistory. */
export const PREHISTORY_PREFIX = "acme/leipzig";

/**
 * Stores what the virtual plant wrote about the hours before its first start: a wide CSV with `timeUs` (whole
 * microseconds since 1970) and one column per address below `prefix`; an empty cell is no sample. The samples are
 * marked virtual. The same file a second time stores nothing.
 * @throws RungError `bad-prehistory` naming the file and what is wrong in it
 */
export function importPrehistory(
  historian: Historian,
  csvPath: string,
  prefix: string = PREHISTORY_PREFIX,
): Promise<PrehistoryResult> {
  return historian.importPrehistory(csvPath, prefix);
}
