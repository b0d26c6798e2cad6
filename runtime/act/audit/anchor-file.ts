import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from "node:fs";
import { messageOf, RungError } from "../../core/errors.ts";
import { type AnchorEntry, readEntry } from "./anchor-entry.ts";
import type { AuditPublicKey } from "./audit-key.ts";

/** Only ever appended to, as `chattr +a` wants it; a write returns when it is on the disk. */
const APPEND_SYNCED = constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | (constants.O_DSYNC ?? 0);
const TAIL_BYTES = 65_536;

/** The second file, for one writer. Its end alone is read at the start: it grows for as long as the plant is run. */
export class AnchorFile {
  readonly #path: string;
  readonly #key: AuditPublicKey;
  readonly #fd: number;
  /** Left by a write that failed half way; undefined while the file ends with a whole entry. */
  #torn: string | undefined;
  /** The newest entry found at the start. */
  readonly last: AnchorEntry | undefined;
  /** Why what was found at the start is not as it was written, or undefined. */
  readonly problem: string | undefined;

  /** @throws RungError `anchor-unusable` */
  constructor(path: string, key: AuditPublicKey) {
    this.#path = path;
    this.#key = key;
    try {
      this.#fd = openSync(path, APPEND_SYNCED, 0o600);
    } catch (cause) {
      throw new RungError({
        code: "anchor-unusable",
        where: path,
        what: `the audit cannot be anchored: ${messageOf(cause)}`,
        advice: "mount what holds it, or give the actuator's user the right to read and append",
        cause,
      });
    }
    const { entry, rest, isStart } = this.#end();
    this.last = entry;
    this.#torn = rest === "" ? undefined : rest;
    this.problem =
      entry === undefined && !isStart ? `its last ${TAIL_BYTES} bytes hold no entry of this key` : undefined;
  }

  /** @param textOf makes the entry, given what stands half written before it @throws where it cannot be written */
  append(textOf: (torn: string | undefined) => string): void {
    const line = Buffer.from(`${this.#torn === undefined ? "" : "\n"}${textOf(this.#torn)}\n`);
    try {
      for (let done = 0; done < line.length; ) done += writeSync(this.#fd, line, done);
      this.#torn = undefined;
    } catch (cause) {
      const { rest } = this.#end();
      this.#torn = rest === "" ? undefined : rest;
      throw new RungError({
        code: "anchor-unusable",
        where: this.#path,
        what: `the audit cannot be anchored: ${messageOf(cause)}`,
        cause,
      });
    }
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** The newest whole entry, and the text after it. */
  #end(): { entry: AnchorEntry | undefined; rest: string; isStart: boolean } {
    const size = fstatSync(this.#fd).size;
    const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
    readSync(this.#fd, tail, 0, tail.length, size - tail.length);
    for (let end = tail.lastIndexOf(10); end >= 0; end = end === 0 ? -1 : tail.lastIndexOf(10, end - 1)) {
      const from = end === 0 ? 0 : tail.lastIndexOf(10, end - 1) + 1;
      const entry = readEntry(tail.subarray(from, end), this.#key);
      if (entry !== undefined) return { entry, rest: tail.toString("utf8", end + 1), isStart: false };
    }
    // Nothing, or the first entry ever, cut by a kill.
    const isStart = size === tail.length && !tail.includes(10);
    return { entry: undefined, rest: tail.toString("utf8"), isStart };
  }
}
