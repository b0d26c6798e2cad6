import { randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { messageOf, RungError } from "./errors.ts";

/**
 * Writes a file whole or not at all: beside it, synced, then renamed over it.
 * @param mode of the file; its folder is made with 0700 where it is missing
 */
export function writeWhole(file: string, text: string, mode: number): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}.${randomBytes(4).toString("hex")}.tmp`;
  const handle = openSync(draft, "wx", mode);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  try {
    renameSync(draft, file);
  } catch (thrown) {
    rmSync(draft, { force: true });
    throw thrown;
  }
}

/** A file only its owner reads: keys, passwords, hashes, sessions. */
export function writePrivate(file: string, text: string): void {
  writeWhole(file, text, 0o600);
}

/** A private file that holds JSON. */
export function writePrivateJson(file: string, thing: unknown): void {
  writePrivate(file, `${JSON.stringify(thing, null, 2)}\n`);
}

/**
 * The JSON in a file of ours.
 * @param advice what the reader of the error can do
 * @returns undefined where the file does not exist
 * @throws RungError `broken-file` naming the file
 */
export function readJsonFile<T>(
  file: string,
  advice = "correct it, or remove it to start afresh",
): T | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw thrown;
  }
  try {
    return JSON.parse(text) as T;
  } catch (thrown) {
    throw new RungError({
      code: "broken-file",
      where: file,
      what: messageOf(thrown),
      advice,
      cause: thrown,
    });
  }
}

/** Makes a folder that only its owner enters, and closes one that stood open. */
export function makePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
}
