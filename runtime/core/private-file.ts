import { randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { messageOf, RungError } from "./errors.ts";

/** A new file whose writes return when they are on the disk: Node's permission model knows no `fsync`. */
const NEW_AND_SYNCED = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_SYNC ?? 0);

/**
 * Writes a file whole or not at all: beside it, synced, then renamed over it.
 * @param mode of the file, less the umask; its folder is made with 0700 where it is missing
 */
export function writeWhole(file: string, text: string, mode: number): void {
  replace(file, text, mode, false);
}

/**
 * A file for another user of the system: its mode is this one, whatever the umask. The group is that of the folder
 * where the folder says so (setgid).
 */
export function writeShared(file: string, thing: unknown, mode: number): void {
  replace(file, `${JSON.stringify(thing, null, 2)}\n`, mode, true);
}

function replace(file: string, text: string, mode: number, exactly: boolean): void {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString("hex")}.tmp`;
  const handle = exactly ? openExactly(draft, mode) : openNew(draft, mode);
  try {
    writeSync(handle, text);
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

/**
 * By the umask of this moment, since the file's name may lead to another once it stands in a folder of others, and
 * Node's permission model knows no `fchmod`. Of the main thread alone.
 */
function openExactly(file: string, mode: number): number {
  // The owner's bits stay, so that a folder made with it can be entered.
  const before = process.umask(0o777 & ~(mode | 0o700));
  try {
    return openNew(file, mode);
  } finally {
    process.umask(before);
  }
}

/** Makes the folder where it is missing, and only then: who may write in a folder may not always make it. */
function openNew(file: string, mode: number): number {
  try {
    return openSync(file, NEW_AND_SYNCED, mode);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "ENOENT") throw thrown;
  }
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  return openSync(file, NEW_AND_SYNCED, mode);
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
