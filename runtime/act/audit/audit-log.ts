import { closeSync, constants, existsSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { messageOf, RungError } from "../../core/errors.ts";
import { writePrivate } from "../../core/private-file.ts";
import { FolderClaim } from "../../describe/folder-claim.ts";
import type { AnchorSettings } from "./anchor-settings.ts";
import { ANCHOR_EVERY, Anchors } from "./anchors.ts";
import { breakText } from "./audit-break.ts";
import { type AuditRecord, FIRST_PREVIOUS, writeLine } from "./audit-chain.ts";
import { auditFiles, HEAD, LIVE } from "./audit-files.ts";
import { headText, readHead } from "./audit-head.ts";
import { AuditKey, AuditPublicKey } from "./audit-key.ts";
import { firstFileToRead } from "./audit-recall.ts";
import { AUDIT_BROKEN, CONTINUED } from "./chain-check.ts";
import { finishRotation, LiveFile, type WriteBytes } from "./live-file.ts";
import { carriedIn, StandingRecords } from "./standing-records.ts";
import { TELLING } from "./telling-events.ts";
import { type AuditReport, verifyAudit } from "./verify-audit.ts";

export interface AuditVerdict {
  /** Oldest first. At a start: those that still matter, and all of the files that were read. */
  readonly records: readonly AuditRecord[];
  /** One sentence per break. Empty: as it was written. */
  readonly breaks: readonly string[];
  /** A last line without its end: the process was killed while it wrote. */
  readonly tornTail: string;
}

export interface AuditLogOptions {
  readonly anchors?: AnchorSettings;
  /** A file that is larger is closed and the next one begun. */
  readonly largestFileBytes?: number;
  /** Lines that only tell of something, kept in memory at most while the disk is full. */
  readonly mostKept?: number;
  /** Puts bytes on the disk; a test says here what a full disk would. */
  readonly write?: WriteBytes;
}

const LARGEST_FILE_BYTES = 16 * 1024 * 1024;

const MOST_KEPT = 1000;

interface ChainedLine {
  readonly line: string;
  readonly record: AuditRecord;
}

/** Reads and checks the whole audit of an actuator's directory, without changing it. */
export function readAudit(directory: string, anchorFile?: string): AuditVerdict {
  if (auditFiles(directory).length === 0 && !existsSync(join(directory, HEAD))) {
    return { records: [], breaks: [], tornTail: "" };
  }
  const records: AuditRecord[] = [];
  const report = verifyAudit(directory, {
    key: AuditPublicKey.of(directory),
    signatures: "each",
    ...(anchorFile === undefined ? {} : { anchor: { file: anchorFile, isSyslog: false } }),
    onRecord: (record) => records.push(record),
  });
  return verdictOf(records, report);
}

const verdictOf = (records: readonly AuditRecord[], { breaks, tornTail }: AuditReport): AuditVerdict => ({
  records,
  breaks: breaks.list.map(breakText),
  tornTail,
});

/**
 * The actuator's own log: JSON lines in a SHA-256 chain, each signed (Ed25519) and on the disk before anything is done,
 * for one writer. `append` blocks for as long as that takes; docs/decisions/0041-audit.md says how long.
 *
 * On disk, in the actuator's directory:
 *   audit.jsonl             the file that is written to
 *   audit-000001.jsonl ...  those before it, each up to 16 MiB; the chain goes on over all of them
 *   audit-head.json         number and hash of the newest line, and how many anchors there are; signed
 *   audit-key.pem           the private key; audit-public.pem: the half for whoever verifies
 *   audit-writer/           locked while somebody writes
 */
export class AuditLog {
  readonly #directory: string;
  readonly #key: AuditKey;
  readonly #claim: FolderClaim;
  readonly #anchors: Anchors;
  readonly #largestFileBytes: number;
  readonly #mostKept: number;
  readonly #live: LiveFile;
  #headFd: number | undefined;
  #found: AuditVerdict;
  readonly #standing = new StandingRecords();
  /** The newest line on the disk. */
  #newest: AuditRecord | undefined;
  #seq: number;
  #previous: string;
  /** Lines that could not be written yet, in their order. */
  readonly #kept: ChainedLine[] = [];
  #lost = 0;
  #failure: string | undefined;
  #anchorSoon: NodeJS.Timeout | undefined;

  /** @throws RungError `folder-in-use` where somebody writes already, `no-key`, `anchor-unusable` */
  constructor(directory: string, options: AuditLogOptions = {}) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    this.#directory = directory;
    this.#largestFileBytes = options.largestFileBytes ?? LARGEST_FILE_BYTES;
    this.#mostKept = options.mostKept ?? MOST_KEPT;
    this.#claim = new FolderClaim(join(directory, "audit-writer"));
    this.#key = AuditKey.prepare(directory);
    finishRotation(directory);
    const headFile = join(directory, HEAD);
    const head = existsSync(headFile) ? readHead(readFileSync(headFile), this.#key.public) : undefined;
    this.#anchors = new Anchors(options.anchors ?? {}, this.#key, head);
    const { report, records } = this.#read(options.anchors?.anchorFile, head?.seq ?? 0);
    this.#found = verdictOf(records, report);
    // Beyond whatever was there, so that a log cut short is not made whole by what follows.
    this.#seq = Math.max(report.seq, head?.seq ?? 0);
    this.#previous = this.#newest?.hash ?? FIRST_PREVIOUS;
    this.#live = new LiveFile(directory, report.tornBytes, options.write);
    // Once: each later start finds what this one wrote.
    if (report.breaks.list.some(({ kind }) => kind !== "found-broken")) {
      this.append(AUDIT_BROKEN, { breaks: this.found.breaks.slice(0, 20), all: report.breaks.count });
    }
    if (report.tornTail !== "") this.append("torn-line-cut", { text: report.tornTail });
  }

  /** What was there at the start, as far as it was read, and whether it was whole. */
  get found(): AuditVerdict {
    return this.#found;
  }

  /** For whoever has read the records found, which may be of many megabytes; what was broken stays known. */
  forgetRecords(): void {
    this.#found = { ...this.#found, records: [] };
  }

  /** Why the newest line is not on the disk, or not anchored; undefined while all are. Nothing may be armed then. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** What forbids arming: what was broken at the start, and what cannot be written now. */
  get problems(): readonly string[] {
    return this.#failure === undefined ? this.found.breaks : [...this.found.breaks, this.#failure];
  }

  /**
   * @returns when the line is on the disk, and anchored where that is due. A line that only tells of something is kept
   *   until it can be written, and `failure` says so
   * @throws RungError `audit-unwritable` before anything that the line would permit
   */
  append(event: string, data: Record<string, unknown>): AuditRecord {
    let written: AuditRecord | undefined;
    try {
      this.#writeKept();
      this.#makeRoom();
      written = this.#writeNew(event, data);
      this.#settle();
      this.#failure = undefined;
      return written;
    } catch (cause) {
      this.#failure = `the audit cannot be written: ${messageOf(cause)}`;
      if (TELLING.has(event)) return written ?? this.#keep(event, data);
      throw new RungError({
        code: "audit-unwritable",
        where: this.#directory,
        what: `${this.#failure}; so "${event}" is refused`,
        advice: "free the disk, or bring back what holds the anchor",
        cause,
      });
    }
  }

  /** After a failure: tries whether a line can be written again, with what was kept before it. */
  retry(): void {
    const { failure } = this;
    if (failure === undefined) return;
    try {
      // First what is owed: a line for each try would fill the log while its anchor is away.
      this.#writeKept();
      this.#settle();
    } catch (cause) {
      this.#failure = `the audit cannot be written: ${messageOf(cause)}`;
      return;
    }
    try {
      this.append("audit-resumed", { cause: failure });
    } catch (error) {
      if (!(error instanceof RungError) || error.code !== "audit-unwritable") throw error;
    }
  }

  close(): void {
    clearTimeout(this.#anchorSoon);
    try {
      this.#writeKept();
      this.#anchors.anchor();
      this.#writeHead();
    } catch (error) {
      process.stderr.write(`actuator: the end of the audit was not written: ${messageOf(error)}\n`);
    }
    this.#anchors.close();
    this.#live.close();
    if (this.#headFd !== undefined) closeSync(this.#headFd);
    this.#claim.release();
  }

  #path(name: string): string {
    return join(this.#directory, name);
  }

  /** Reads no more than a start needs, and makes of the first line read the records it carries. */
  #read(anchorFile: string | undefined, headSeq: number): { report: AuditReport; records: AuditRecord[] } {
    const records: AuditRecord[] = [];
    const { file } = this.#anchors;
    const report = verifyAudit(this.#directory, {
      key: this.#key.public,
      signatures: "last",
      firstFile: firstFileToRead(this.#directory, headSeq),
      ...(file === undefined || anchorFile === undefined
        ? {}
        : { anchor: { newest: file.last, where: anchorFile } }),
      onRecord: (record) => {
        const isContinued = record.event === CONTINUED;
        // Of a later file they were read already.
        const carried = isContinued && records.length === 0 ? carriedIn(record) : [];
        records.push(...carried, ...(isContinued ? [] : [record]));
        for (const one of [...carried, record]) this.#standing.see(one);
        this.#newest = record;
      },
    });
    for (const { event, at } of records.filter(({ seq }) => seq < (report.firstSeq ?? 0))) {
      if (event === AUDIT_BROKEN)
        report.breaks.add("found-broken", LIVE, null, `as the actuator wrote at ${at}`);
    }
    if (file?.problem !== undefined) report.breaks.add("anchor-changed", anchorFile!, null, file.problem);
    return { report, records };
  }

  #chained(event: string, data: Record<string, unknown>): ChainedLine {
    return writeLine(this.#key, {
      seq: this.#seq + 1,
      at: new Date().toISOString(),
      event,
      data,
      previous: this.#previous,
    });
  }

  /** What comes next follows this one, whether or not it is on the disk yet. */
  #advance(record: AuditRecord): void {
    this.#seq = record.seq;
    this.#previous = record.hash;
    this.#standing.see(record);
  }

  #keep(event: string, data: Record<string, unknown>): AuditRecord {
    const made = this.#chained(event, data);
    if (this.#kept.length >= this.#mostKept) {
      this.#lost++;
      return made.record;
    }
    this.#kept.push(made);
    this.#advance(made.record);
    return made.record;
  }

  #writeKept(): void {
    for (let next = this.#kept[0]; next !== undefined; next = this.#kept[0]) {
      this.#put(next);
      this.#kept.shift();
    }
    if (this.#lost === 0) return;
    this.#writeNew("audit-gap", { lines: this.#lost, why: "too many while the audit could not be written" });
    this.#lost = 0;
  }

  #writeNew(event: string, data: Record<string, unknown>): AuditRecord {
    const made = this.#chained(event, data);
    this.#put(made);
    this.#advance(made.record);
    return made.record;
  }

  #put({ line, record }: ChainedLine): void {
    this.#live.put(line);
    this.#isOnDisk(record);
  }

  #isOnDisk(record: AuditRecord): void {
    this.#newest = record;
    this.#anchors.written(record);
  }

  /** Begins the next file where this one is full. */
  #makeRoom(): void {
    // The live file was taken away: what follows says at least which one it is.
    if (this.#live.bytes === 0 && this.#live.full > 0) this.#writeNew(CONTINUED, this.#continuation(1));
    if (this.#live.bytes < this.#largestFileBytes) return;
    const begin = this.#chained(CONTINUED, this.#continuation(2));
    this.#live.next(begin.line);
    this.#isOnDisk(begin.record);
    this.#advance(begin.record);
  }

  /** @param further how many files after the last full one */
  #continuation(further: number): Record<string, unknown> {
    const { plantTimeUs } = this.#standing;
    return { file: this.#live.full + further, plantTimeUs, carried: this.#standing.list() };
  }

  /** Anchors what is due, then says in the head how far the log and its anchors are. */
  #settle(): void {
    try {
      this.#anchors.anchorDue();
    } finally {
      this.#writeHead();
    }
    if (this.#anchors.unanchored === 0 || this.#anchorSoon !== undefined) return;
    this.#anchorSoon = setTimeout(() => this.#anchorInTime(), ANCHOR_EVERY.ms).unref();
  }

  #anchorInTime(): void {
    this.#anchorSoon = undefined;
    try {
      this.#anchors.anchor();
      this.#writeHead();
    } catch (error) {
      this.#failure = `the audit cannot be anchored: ${messageOf(error)}`;
    }
  }

  #writeHead(): void {
    if (this.#newest === undefined) return;
    const { seq, hash } = this.#newest;
    const inFile = this.#anchors.file !== undefined;
    const text = headText(this.#key, { seq, hash, anchors: this.#anchors.count, inFile });
    const file = this.#path(HEAD);
    if (!existsSync(file)) {
      writePrivate(file, text);
      if (this.#headFd !== undefined) closeSync(this.#headFd);
      this.#headFd = undefined;
    }
    this.#headFd ??= openSync(file, constants.O_WRONLY);
    // Not synced: after a power failure it may be older than the log, never newer, and the lines are signed themselves.
    writeSync(this.#headFd, text, 0);
  }
}
