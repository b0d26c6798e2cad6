import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { readLine } from "./audit-chain.ts";
import { auditFiles } from "./audit-files.ts";
import { CONTINUED } from "./chain-check.ts";

/** A line of the audit as a person reads it on the page. */
export interface AuditTailLine {
  readonly seq: number;
  /** Wall time, ISO 8601. */
  readonly at: string;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** No more of a file is read, however long it is. */
const TAIL_BYTES = 64 * 1024;
/** With fewer lines in the newest file, right after a rotation, the one before it is read too. */
const ENOUGH_LINES = 50;

/** The last lines of an actuator's audit, oldest first, to look at: whether they are whole, `rung audit verify` says. */
export function readAuditTail(directory: string): AuditTailLine[] {
  const [newest, before] = auditFiles(directory).reverse();
  const lines = newest === undefined ? [] : tailOf(join(directory, newest));
  return before === undefined || lines.length >= ENOUGH_LINES
    ? lines
    : [...tailOf(join(directory, before)), ...lines];
}

function tailOf(file: string): AuditTailLine[] {
  const fd = openSync(file, "r");
  try {
    const { size } = fstatSync(fd);
    const from = Math.max(0, size - TAIL_BYTES);
    const bytes = Buffer.alloc(size - from);
    readSync(fd, bytes, 0, bytes.length, from);
    const lines = bytes.toString("latin1").split("\n");
    // The first may begin before what was read; the last is empty, or still being written.
    return lines.slice(from > 0 ? 1 : 0, -1).flatMap((line) => {
      const record = readLine(Buffer.from(line, "latin1"))?.record;
      // What a file carries on from the one before happened there.
      if (record === undefined || record.event === CONTINUED) return [];
      const { seq, at, event, data } = record;
      return [{ seq, at, event, data }];
    });
  } finally {
    closeSync(fd);
  }
}
