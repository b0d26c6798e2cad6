import { findHead, HEAD_BYTES, isPayloadWhole, type RecordHead, readHead } from "./record.ts";

/** A whole record. */
export interface WholeRecord {
  readonly at: number;
  readonly head: RecordHead;
}

/** Bytes in the middle of a segment that are no whole record; with the head where that is readable. */
export interface DamagedBytes {
  readonly from: number;
  readonly to: number;
  readonly head?: RecordHead;
}

/** What one segment holds. */
export interface SegmentContent {
  /** In the order of the file, damaged ones among them. */
  readonly parts: readonly (WholeRecord | DamagedBytes)[];
  /** Bytes up to the end of the last whole record; what follows is torn off. */
  readonly wholeBytes: number;
  /** The head of the record that was torn, where it is readable. */
  readonly torn?: RecordHead;
}

export const isWhole = (part: WholeRecord | DamagedBytes): part is WholeRecord => "at" in part;

/**
 * Goes through a segment record by record. After damage it goes on at the next head whose check sum is right; what
 * follows the last whole record is torn.
 */
export function walkSegment(bytes: Buffer, salt: number): SegmentContent {
  const parts: (WholeRecord | DamagedBytes)[] = [];
  let wholeBytes = 0;
  let at = 0;
  let bad: { from: number; head: RecordHead | undefined } | undefined;
  while (at < bytes.length) {
    const head = readHead(bytes, at, salt);
    if (head !== undefined && isPayloadWhole(bytes, at)) {
      if (bad !== undefined) parts.push(damageOf(bad, at));
      bad = undefined;
      parts.push({ at, head });
      at += HEAD_BYTES + head.payloadBytes;
      wholeBytes = at;
      continue;
    }
    if (bad !== undefined && head !== undefined) {
      // A second damaged record right behind the first is told on its own.
      parts.push(damageOf(bad, at));
      bad = undefined;
    }
    bad ??= { from: at, head };
    const next = findHead(bytes, at + 1, salt);
    at = next < 0 ? bytes.length : next;
  }
  if (bad === undefined) return { parts, wholeBytes };
  const { head } = bad;
  // A record that stands there in full length was written; it was damaged later and is a loss, not a torn write.
  if (head !== undefined && bad.from + HEAD_BYTES + head.payloadBytes <= bytes.length) {
    const to = bad.from + HEAD_BYTES + head.payloadBytes;
    parts.push(damageOf(bad, to));
    return { parts, wholeBytes: to };
  }
  return head === undefined ? { parts, wholeBytes } : { parts, wholeBytes, torn: head };
}

const damageOf = (bad: { from: number; head: RecordHead | undefined }, to: number): DamagedBytes =>
  bad.head === undefined ? { from: bad.from, to } : { from: bad.from, to, head: bad.head };
