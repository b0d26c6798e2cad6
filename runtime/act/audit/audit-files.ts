import { closeSync, existsSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";

/** The file that is written to. */
export const LIVE = "audit.jsonl";
/** The next one while it is being made, before the full one gives it its name. */
export const NEXT = "audit-next.jsonl";
export const HEAD = "audit-head.json";

const FULL = /^audit-(\d{6,})\.jsonl$/;

export const fullName = (number: number): string => `audit-${String(number).padStart(6, "0")}.jsonl`;

/** Names of the files of an audit, oldest first. */
export function auditFiles(directory: string): string[] {
  if (!existsSync(directory)) return [];
  const full = readdirSync(directory)
    .filter((name) => FULL.test(name))
    .sort((a, b) => numberOf(a) - numberOf(b));
  return existsSync(join(directory, LIVE)) ? [...full, LIVE] : full;
}

/** @returns the number in the name of a full file */
export const numberOf = (name: string): number => Number(FULL.exec(name)?.[1]);

export interface FileLine {
  /** Without its end. */
  readonly bytes: Buffer;
  /** From 1. */
  readonly number: number;
  /** False on a last line without its end. */
  readonly ended: boolean;
}

const CHUNK_BYTES = 1 << 20;

/**
 * The lines of a file one after another, a piece of it in memory at a time.
 * @param toByte reads no further: what is written meanwhile is not looked at
 */
export function* linesOf(file: string, toByte = Number.POSITIVE_INFINITY): Generator<FileLine> {
  const fd = openSync(file, "r");
  try {
    yield* linesOfOpen(fd, toByte);
  } finally {
    closeSync(fd);
  }
}

export function* linesOfOpen(fd: number, toByte = Number.POSITIVE_INFINITY): Generator<FileLine> {
  let rest: Buffer = Buffer.alloc(0);
  let position = 0;
  let number = 0;
  for (;;) {
    const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, Math.max(0, toByte - position)));
    const got = chunk.length === 0 ? 0 : readSync(fd, chunk, 0, chunk.length, position);
    if (got === 0) break;
    position += got;
    rest = rest.length === 0 ? chunk.subarray(0, got) : Buffer.concat([rest, chunk.subarray(0, got)]);
    let from = 0;
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10, from)) {
      yield { bytes: rest.subarray(from, end), number: ++number, ended: true };
      from = end + 1;
    }
    rest = rest.subarray(from);
  }
  if (rest.length > 0) yield { bytes: rest, number: ++number, ended: false };
}
