/** In what way an audit is not as it was written. */
export type BreakKind =
  /** No line, head or anchor of an audit. */
  | "unreadable"
  /** Not the bytes that this key signed. */
  | "changed"
  /** A genuine line that does not follow the line before it: one was taken out, put in or moved. */
  | "out-of-order"
  /** Lines are missing at the end. */
  | "cut"
  | "missing-file"
  | "head-missing"
  | "head-changed"
  | "anchor-missing"
  | "anchor-changed"
  | "anchor-cut"
  /** The log, whole in itself, is not the one that was anchored. */
  | "anchor-differs"
  /** The log, whole in itself, is older than what was anchored. */
  | "rolled-back"
  /** The actuator itself found it broken at an earlier start, and wrote so. */
  | "found-broken";

export interface AuditBreak {
  readonly kind: BreakKind;
  readonly file: string;
  /** From 1; null where it concerns no line. */
  readonly line: number | null;
  readonly what: string;
}

/** `line 3 of audit.jsonl: changed: ...`. */
export function breakText({ kind, file, line, what }: AuditBreak): string {
  return `${line === null ? "" : `line ${line} of `}${file}: ${kind}: ${what}`;
}

/** Of one that was rewritten as a whole, every line would be told of. */
const MOST = 200;

/** What was found, up to a number that a person can read. */
export class Breaks {
  readonly list: AuditBreak[] = [];
  #count = 0;

  add(kind: BreakKind, file: string, line: number | null, what: string): void {
    this.#count++;
    if (this.list.length < MOST) this.list.push({ kind, file, line, what });
  }

  /** All that were found, also beyond the list. */
  get count(): number {
    return this.#count;
  }
}
