import { canonicalHash } from "../../core/canonical-json.ts";

/** One line of the audit: what happened, when, and the hash that ties it to the line before. */
export interface AuditRecord {
  readonly seq: number;
  /** Wall time, ISO 8601. */
  readonly at: string;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** Hash of the line before; 64 zeros on the first. */
  readonly previous: string;
  /** SHA-256 of this line without this member. */
  readonly hash: string;
}

export const FIRST_PREVIOUS = "0".repeat(64);

export function chained(record: Omit<AuditRecord, "hash">): AuditRecord {
  return { ...record, hash: hashOf(record) };
}

function hashOf(record: Omit<AuditRecord, "hash">): string {
  return canonicalHash(record);
}

/** The newest hash, kept beside the log so that a log cut short is seen. */
export interface AuditHead {
  readonly seq: number;
  readonly hash: string;
}

export interface AuditVerdict {
  readonly records: readonly AuditRecord[];
  /** One sentence per break, with its line number. Empty: the chain is whole. */
  readonly breaks: readonly string[];
  /** A last line without its end: the process was killed while it wrote. */
  readonly tornTail: string;
}

/**
 * Checks a whole log: every line readable, in order, tied to the one before, and none missing at the end.
 * @param head as it stood beside the log; the log may be ahead of it by what was written last, never behind
 */
export function verifyAudit(log: string, head: AuditHead | undefined): AuditVerdict {
  const records: AuditRecord[] = [];
  const breaks: string[] = [];
  const lines = log.split("\n");
  const tornTail = lines.pop() ?? "";
  let previous = FIRST_PREVIOUS;
  for (const [i, line] of lines.entries()) {
    const record = readLine(line);
    if (record === undefined) {
      breaks.push(`line ${i + 1}: cannot be read`);
      continue;
    }
    const { hash, ...rest } = record;
    if (hash !== hashOf(rest)) breaks.push(`line ${i + 1}: was changed, its hash does not fit`);
    if (record.previous !== previous) breaks.push(`line ${i + 1}: does not follow the line before it`);
    if (record.seq !== i + 1) breaks.push(`line ${i + 1}: carries number ${record.seq}`);
    previous = hash;
    records.push(record);
  }
  if (head !== undefined) {
    const there = lines.length;
    if (there < head.seq) {
      breaks.push(`after line ${there}: ${head.seq - there} lines are missing at the end`);
    } else if (head.seq > 0 && records.find((record) => record.seq === head.seq)?.hash !== head.hash) {
      breaks.push(`line ${head.seq}: is not the line that was written`);
    }
  } else if (lines.length > 0) {
    breaks.push("the head beside the log is missing, so a cut end would not be seen");
  }
  return { records, breaks, tornTail };
}

function readLine(line: string): AuditRecord | undefined {
  try {
    const thing = JSON.parse(line) as AuditRecord;
    return typeof thing?.hash === "string" && typeof thing.seq === "number" ? thing : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
