import { entryText } from "./anchor-entry.ts";
import { AnchorFile } from "./anchor-file.ts";
import type { AnchorSettings } from "./anchor-settings.ts";
import type { AuditRecord } from "./audit-chain.ts";
import type { AuditHead } from "./audit-head.ts";
import type { AuditKey } from "./audit-key.ts";
import { Syslog } from "./syslog.ts";

/** Anchored with the line itself: what permits or does something, and what came of it. */
const AT_ONCE: ReadonlySet<string> = new Set([
  "start",
  "stop",
  "commission",
  "approve",
  "arm-requested",
  "arm",
  "disarm",
  "write",
  "read-back",
  "withheld",
  "audit-broken",
]);

/** So many lines at most are without an anchor, for so long at most. */
export const ANCHOR_EVERY = { lines: 100, ms: 60_000 };

/** Puts the audit's head down where whoever sets back the actuator's directory does not reach: file, syslog, journal. */
export class Anchors {
  readonly #key: AuditKey;
  readonly file: AnchorFile | undefined;
  readonly #syslog: Syslog | undefined;
  readonly #isInJournal: boolean;
  #count: number;
  #unanchored = 0;
  #isDue = false;
  #newest: AuditRecord | undefined;

  /** @param head as it stood at the start @throws RungError `anchor-unusable` */
  constructor(settings: AnchorSettings, key: AuditKey, head: AuditHead | undefined) {
    this.#key = key;
    this.file =
      settings.anchorFile === undefined ? undefined : new AnchorFile(settings.anchorFile, key.public);
    this.#syslog = settings.syslog === true ? new Syslog(settings.syslogPort) : undefined;
    this.#isInJournal = settings.journal === true;
    const inFile = this.file?.last?.n ?? 0;
    // A file that is new begins at 1; one that should hold more than it does goes on beyond, and shows it.
    const told = this.file === undefined || head?.inFile ? (head?.anchors ?? 0) : 0;
    this.#count = Math.max(told, inFile);
  }

  get count(): number {
    return this.#count;
  }

  get areAny(): boolean {
    return this.file !== undefined || this.#syslog !== undefined || this.#isInJournal;
  }

  /** Lines since the last anchor. */
  get unanchored(): number {
    return this.#unanchored;
  }

  /** Takes down a line that is on the disk. */
  written(record: AuditRecord): void {
    if (!this.areAny) return;
    this.#unanchored++;
    this.#newest = record;
    if (this.#unanchored >= ANCHOR_EVERY.lines || AT_ONCE.has(record.event)) this.#isDue = true;
  }

  /** @throws RungError `anchor-unusable`; it stays due */
  anchorDue(): void {
    if (this.#isDue) this.anchor();
  }

  /** Anchors the newest line, unless it is. @throws RungError `anchor-unusable` */
  anchor(): void {
    if (this.#unanchored === 0 || this.#newest === undefined) return;
    const { seq, hash } = this.#newest;
    const entry = { n: this.#count + 1, at: new Date().toISOString(), seq, hash };
    const text = entryText(this.#key, entry);
    this.file?.append((torn) => (torn === undefined ? text : entryText(this.#key, { ...entry, torn })));
    this.#syslog?.send(entry.at, text);
    if (this.#isInJournal) process.stdout.write(`rung-audit ${text}\n`);
    this.#count++;
    this.#unanchored = 0;
    this.#isDue = false;
  }

  close(): void {
    this.file?.close();
    this.#syslog?.close();
  }
}
