import { readFileSync } from "node:fs";
import { messageOf, RungError } from "../core/errors.ts";

/** @throws RungError `file-unreadable` */
export function readTextFile(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (fault) {
    throw new RungError({ code: "file-unreadable", where: file, what: messageOf(fault), cause: fault });
  }
}

/**
 * What stands in a JSON file that a person names.
 * @param example a file that shows the form
 * @throws RungError `file-unreadable`, `not-json`
 */
export function readJsonInput(file: string, example: string): unknown {
  const text = readTextFile(file);
  try {
    return JSON.parse(text);
  } catch (fault) {
    throw new RungError({
      code: "not-json",
      where: file,
      what: messageOf(fault),
      advice: `correct the file; ${example} shows the form`,
      cause: fault,
    });
  }
}
