import { type AnchorEntry, readEntry } from "./anchor-entry.ts";
import type { Breaks } from "./audit-break.ts";
import type { AuditRecord } from "./audit-chain.ts";
import { linesOf } from "./audit-files.ts";
import type { AuditHead } from "./audit-head.ts";
import type { AuditPublicKey } from "./audit-key.ts";

/** How an entry begins, wherever it stands in a line of a syslog. */
const MARK = '{"n":';

/** A file with anchors. */
export interface AnchorSource {
  readonly file: string;
  /**
   * A syslog or a journal kept it: what else stands there is passed over, and since datagrams get lost and its files
   * are rotated, entries may be missing.
   */
  readonly isSyslog: boolean;
}

/**
 * The entries of a file, each judged as it is read.
 * @param toByte what is appended meanwhile is not looked at
 */
export function* anchorEntries(
  { file, isSyslog }: AnchorSource,
  toByte: number,
  key: AuditPublicKey,
  breaks: Breaks,
): Generator<AnchorEntry, void> {
  let newest = 0;
  let newestSeq = 0;
  let torn: string[] = [];
  for (const { bytes, number, ended } of linesOf(file, toByte)) {
    const at = isSyslog ? bytes.indexOf(MARK) : 0;
    if (!ended || at < 0) continue;
    const entry = readEntry(bytes.subarray(at), key);
    if (entry === undefined) {
      if (isSyslog) breaks.add("anchor-changed", file, number, "is not what this key signed");
      else torn.push(bytes.toString("utf8"));
      continue;
    }
    if (torn.length > 0 && torn.join("\n") !== entry.torn) {
      breaks.add("anchor-changed", file, number - torn.length, "is not what this key signed");
    }
    torn = [];
    if (!isSyslog && entry.n !== newest + 1) {
      breaks.add("anchor-cut", file, number, `is anchor ${entry.n}, after ${newest}`);
    }
    // Out of order only where it was moved, which was just said, or on the way to a syslog.
    const isForward = entry.seq >= newestSeq;
    newest = entry.n;
    if (!isForward) continue;
    newestSeq = entry.seq;
    yield entry;
  }
  if (torn.length > 0)
    breaks.add("anchor-changed", file, null, "its last lines are not what this key signed");
}

/** Compares what was anchored with the lines as they go by. */
export class AnchorCheck {
  readonly #entries: Iterator<AnchorEntry, void>;
  readonly #where: string;
  readonly #breaks: Breaks;
  readonly #areAll: boolean;
  #next: AnchorEntry | undefined;
  #isFirst = true;
  /** How many entries there are, by the number of the newest. */
  count = 0;

  /**
   * @param entries by the number of their line
   * @param where they are from, for people
   * @param areAll none may be missing at the end
   */
  constructor(entries: Iterable<AnchorEntry>, where: string, breaks: Breaks, areAll = true) {
    this.#entries = entries[Symbol.iterator]() as Iterator<AnchorEntry, void>;
    this.#where = where;
    this.#breaks = breaks;
    this.#areAll = areAll;
    this.#advance();
  }

  /** Anchors of lines before the first one that is shown here are passed over. */
  record({ seq, hash }: AuditRecord): void {
    while (this.#isFirst && this.#next !== undefined && this.#next.seq < seq) this.#advance();
    this.#isFirst = false;
    while (this.#next !== undefined && this.#next.seq <= seq) {
      if (this.#next.seq < seq) this.#differs(this.#next, "is not there");
      else if (this.#next.hash !== hash) this.#differs(this.#next, "is not the line that was anchored");
      this.#advance();
    }
  }

  /** @param seq of the newest line */
  end(seq: number, head: AuditHead | undefined): void {
    if (this.#next !== undefined) {
      const { n, at } = this.#next;
      let newest = this.#next.seq;
      for (; this.#next !== undefined; this.#advance()) newest = this.#next.seq;
      const what = `line ${newest} was anchored, the log ends at ${seq}; anchor ${n} of ${at} is the first beyond it`;
      this.#breaks.add("rolled-back", this.#where, null, what);
    }
    if (this.#areAll && head?.inFile && this.count < head.anchors) {
      this.#breaks.add("anchor-cut", this.#where, null, `holds ${this.count} anchors of ${head.anchors}`);
    }
  }

  #advance(): void {
    const { value, done } = this.#entries.next();
    this.#next = done ? undefined : value;
    if (this.#next !== undefined) this.count = this.#next.n;
  }

  #differs({ n, seq, at }: AnchorEntry, what: string): void {
    this.#breaks.add("anchor-differs", this.#where, null, `line ${seq} ${what} (anchor ${n} of ${at})`);
  }
}
