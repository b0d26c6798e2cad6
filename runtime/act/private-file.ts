import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { messageOf, RungError } from "../core/errors.ts";

/** Writes JSON that only its owner may read, whole or not at all. */
export function writePrivateJson(file: string, thing: unknown): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}.new`;
  writeFileSync(draft, `${JSON.stringify(thing, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
}

/** Reads JSON, or undefined where the file is not there. @throws RungError `unreadable-file` */
export function readJsonFile<T>(file: string): T | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, "utf8")) as T;
  } catch (error) {
    throw new RungError({
      code: "unreadable-file",
      where: file,
      what: messageOf(error),
      advice: "correct it, or remove it to start afresh",
      cause: error,
    });
  }
}
