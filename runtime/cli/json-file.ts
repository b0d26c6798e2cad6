import { readFileSync } from "node:fs";
import { messageOf, RungError } from "../core/errors.ts";

/**
 * An oven's configuration as it stands in a file.
 * @throws RungError `file-unreadable`, `not-json`
 */
export function readConfigFile(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (fault) {
    throw new RungError({ code: "file-unreadable", where: file, what: messageOf(fault), cause: fault });
  }
  try {
    return JSON.parse(text);
  } catch (fault) {
    throw new RungError({
      code: "not-json",
      where: file,
      what: messageOf(fault),
      advice: "correct the file; examples/oven.config.json shows the form",
      cause: fault,
    });
  }
}
