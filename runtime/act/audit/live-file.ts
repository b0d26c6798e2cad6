import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { RungError } from "../../core/errors.ts";
import { auditFiles, fullName, LIVE, NEXT } from "./audit-files.ts";

/** Puts bytes from an offset on onto the disk. @returns how many */
export type WriteBytes = (fd: number, bytes: Buffer, from: number) => number;

/** A write returns when it is on the disk: Node's permission model knows no `fsync`. */
const SYNCED = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | (constants.O_DSYNC ?? 0);

/** A kill between the two renames of `LiveFile.next` left the new file under its first name; before them, a draft. */
export function finishRotation(directory: string): void {
  const [live, next] = [join(directory, LIVE), join(directory, NEXT)];
  if (!existsSync(next)) return;
  if (existsSync(live)) rmSync(next);
  else renameSync(next, live);
}

/** The file that is written to, line by whole line, and the full ones it leaves behind. */
export class LiveFile {
  readonly #directory: string;
  readonly #write: WriteBytes;
  #fd: number;
  #isHalfWritten = false;
  /** Length of its whole lines. */
  bytes: number;
  /** How many full files there are. */
  full: number;

  /** @param tornBytes length of a last line without its end, which is cut off */
  constructor(directory: string, tornBytes: number, write: WriteBytes = writeSync) {
    this.#directory = directory;
    this.#write = write;
    this.full = auditFiles(directory).filter((name) => name !== LIVE).length;
    this.#fd = openSync(join(directory, LIVE), SYNCED, 0o600);
    this.bytes = fstatSync(this.#fd).size - tornBytes;
    if (tornBytes > 0) this.#cut();
  }

  /** Onto the disk, or nothing of it. */
  put(line: string): void {
    if (this.#isHalfWritten) this.#cut();
    this.#requireUntouched();
    try {
      this.bytes += this.#writeAll(this.#fd, line);
    } catch (cause) {
      this.#isHalfWritten = true;
      this.#cut();
      throw cause;
    }
  }

  /** Begins the next file with a line, made whole before the full one is renamed: there is always one to write to. */
  next(line: string): void {
    const [live, next, full] = [LIVE, NEXT, fullName(this.full + 1)].map((name) =>
      join(this.#directory, name),
    );
    rmSync(next!, { force: true });
    const fd = openSync(next!, SYNCED, 0o600);
    let bytes: number;
    try {
      bytes = this.#writeAll(fd, line);
      renameSync(live!, full!);
      try {
        renameSync(next!, live!);
      } catch (cause) {
        renameSync(full!, live!);
        throw cause;
      }
    } catch (cause) {
      closeSync(fd);
      rmSync(next!, { force: true });
      throw cause;
    }
    closeSync(this.#fd);
    this.#fd = fd;
    this.bytes = bytes;
    this.full++;
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** What is written to a file that has lost its name, or that somebody cut, is in no audit. */
  #requireUntouched(): void {
    const named = statSync(join(this.#directory, LIVE), { throwIfNoEntry: false });
    const { ino, size } = fstatSync(this.#fd);
    if (named?.ino === ino && size === this.bytes) return;
    const what =
      named?.ino === ino ? `is ${size} bytes long, not ${this.bytes}` : "is not the file that was opened";
    throw new RungError({
      code: "audit-touched",
      where: join(this.#directory, LIVE),
      what: `${what}: somebody else changed it`,
      advice: "restart the actuator, which then looks at what is there",
    });
  }

  #cut(): void {
    ftruncateSync(this.#fd, this.bytes);
    this.#isHalfWritten = false;
  }

  #writeAll(fd: number, line: string): number {
    const bytes = Buffer.from(`${line}\n`);
    for (let done = 0; done < bytes.length; ) done += this.#write(fd, bytes, done);
    return bytes.length;
  }
}
