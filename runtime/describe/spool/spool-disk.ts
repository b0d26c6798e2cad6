import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";

/** What the spool asks of a disk. Every call waits for the disk, so it belongs in a thread of its own. */
export interface SpoolDisk {
  list(folder: string): string[];
  /** The whole file; undefined where it does not exist. */
  read(file: string): Buffer | undefined;
  create(file: string): number;
  /** Opens an existing file for reading and writing. */
  open(file: string): number;
  /** Writes all bytes at a place, or throws. */
  write(handle: number, bytes: Uint8Array, at: number): void;
  readAt(handle: number, at: number, length: number): Buffer;
  dataSync(handle: number): void;
  truncate(handle: number, length: number): void;
  close(handle: number): void;
  remove(file: string): void;
  /** Writes a small file whole or not at all, and durably. */
  replace(folder: string, name: string, text: string): void;
  /** Makes new, renamed and removed names of a folder durable. */
  syncFolder(folder: string): void;
}

/** The disk of this machine. */
export const REAL_DISK: SpoolDisk = {
  list(folder) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return readdirSync(folder).sort();
  },
  read(file) {
    try {
      return readFileSync(file);
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw thrown;
    }
  },
  create: (file) => openSync(file, "wx+", 0o600),
  open: (file) => openSync(file, "r+"),
  write(handle, bytes, at) {
    let done = 0;
    while (done < bytes.length) done += writeSync(handle, bytes, done, bytes.length - done, at + done);
  },
  readAt(handle, at, length) {
    const bytes = Buffer.alloc(length);
    let done = 0;
    while (done < length) {
      const count = readSync(handle, bytes, done, length - done, at + done);
      if (count === 0) return bytes.subarray(0, done);
      done += count;
    }
    return bytes;
  },
  dataSync: (handle) => fdatasyncSync(handle),
  truncate: (handle, length) => ftruncateSync(handle, length),
  close: (handle) => closeSync(handle),
  remove: (file) => rmSync(file, { force: true }),
  replace(folder, name, text) {
    const file = join(folder, name);
    const handle = openSync(`${file}.new`, "w", 0o600);
    try {
      writeSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(`${file}.new`, file);
    REAL_DISK.syncFolder(folder);
  },
  syncFolder(folder) {
    const handle = openSync(folder, "r");
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  },
};
