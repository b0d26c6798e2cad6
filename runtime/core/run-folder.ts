import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { messageOf, RungError } from "./errors.ts";
import { writeShared } from "./private-file.ts";

/**
 * Where the processes of one installation find each other: RUNG_RUN, by default `run/` in RUNG_HOME. It holds ports
 * and process numbers, and the token by which the host speaks to the actuator; no other secret.
 */
export function runFolder(home: string, environment: NodeJS.ProcessEnv = process.env): string {
  return environment.RUNG_RUN ? resolve(environment.RUNG_RUN) : join(home, "run");
}

/** Tells the other processes of this one. Whoever may enter the folder may read it. */
export function announce(file: string, facts: object): void {
  writeShared(file, facts, 0o644);
}

/** More than any announcement holds; a certificate stands in the plant's. */
const LARGEST_BYTES = 65_536;

/**
 * The JSON in a file of the run folder. Another user may have put it there, so a link is not followed, a pipe not
 * waited for, and no more read than an announcement holds.
 * @param advice what the reader of the error can do
 * @returns undefined where the file does not exist
 * @throws RungError `broken-file` naming the file
 */
export function readAnnouncement<T>(file: string, advice = "remove it while Rung is stopped"): T | undefined {
  const broken = (what: string, cause?: unknown): RungError =>
    new RungError({ code: "broken-file", where: file, what, advice, cause });
  let handle: number;
  try {
    handle = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    if (code === "ELOOP") throw broken("is a link", thrown);
    throw thrown;
  }
  try {
    const facts = fstatSync(handle);
    if (!facts.isFile() || facts.size > LARGEST_BYTES) throw broken("is no announcement of a process");
    return JSON.parse(readFileSync(handle, "utf8")) as T;
  } catch (thrown) {
    throw thrown instanceof RungError ? thrown : broken(messageOf(thrown), thrown);
  } finally {
    closeSync(handle);
  }
}
