import { writeFileSync } from "node:fs";
import { messageOf, RungError } from "../core/errors.ts";

/** Writes a file that a person named. @throws RungError `file-unwritable` */
export function writeTextFile(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (fault) {
    throw new RungError({ code: "file-unwritable", where: file, what: messageOf(fault), cause: fault });
  }
}
