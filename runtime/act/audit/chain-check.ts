import type { Breaks } from "./audit-break.ts";
import { type AuditLine, type AuditRecord, FIRST_PREVIOUS, readLine } from "./audit-chain.ts";
import { type FileLine, fullName, LIVE } from "./audit-files.ts";
import type { AuditPublicKey } from "./audit-key.ts";

/** The first line of every file but the first. */
export const CONTINUED = "continued";
/** The actuator found the audit broken when it started. */
export const AUDIT_BROKEN = "audit-broken";

export interface ChainOptions {
  readonly key: AuditPublicKey;
  /**
   * `each` names every changed line; `last` looks at that of the last line of each file, which by the hashes vouches for
   * all before it, and at those beside a break.
   */
  readonly signatures: "each" | "last";
  /** 1, or the number of a later file, whose first line is then taken at its signed word for what lies before. */
  readonly firstFile: number;
}

interface Place {
  readonly line: AuditLine;
  readonly file: string;
  readonly number: number;
}

/** Follows the chain line by line over all files, and names where it is broken. */
export class ChainCheck {
  readonly #options: ChainOptions;
  readonly #breaks: Breaks;
  #file = "";
  #fileNumber: number;
  #isFirstLine = true;
  #before: Place | undefined;
  /** The line before was told of already: that this one does not follow it says nothing new. */
  #isToldOf = false;
  #seq: number | undefined;
  #previous: string | undefined;
  /** Lines with an end. */
  lines = 0;
  /** A last line without its end: the process was killed while it wrote. */
  tornTail = "";
  /** Its length; a character of it may be cut as well. */
  tornBytes = 0;

  constructor(options: ChainOptions, breaks: Breaks) {
    this.#options = options;
    this.#breaks = breaks;
    this.#fileNumber = options.firstFile - 1;
    if (options.firstFile === 1) {
      this.#seq = 0;
      this.#previous = FIRST_PREVIOUS;
    }
  }

  /** Number of the newest line, as far as it can be known. */
  get seq(): number {
    return this.#seq ?? 0;
  }

  /** @param name of the file whose lines follow */
  beginFile(name: string): void {
    this.endFile();
    this.#file = name;
    this.#fileNumber++;
    this.#isFirstLine = true;
    if (name === LIVE || name === fullName(this.#fileNumber)) return;
    this.#breaks.add("missing-file", fullName(this.#fileNumber), null, `is not there, ${name} is`);
  }

  /** @returns the record, where it can be read */
  line({ bytes, number, ended }: FileLine): AuditRecord | undefined {
    if (!ended) {
      if (this.#file === LIVE) {
        this.tornTail = bytes.toString("utf8");
        this.tornBytes = bytes.length;
      } else this.#breaks.add("unreadable", this.#file, number, "has no end");
      return undefined;
    }
    this.lines++;
    const line = readLine(bytes);
    if (line === undefined) {
      this.#breaks.add("unreadable", this.#file, number, "is no line of an audit, or is not signed");
      this.#isToldOf = true;
      this.#before = undefined;
      this.#seq = this.seq + 1;
      this.#isFirstLine = false;
      return undefined;
    }
    this.#follow({ line, file: this.#file, number });
    return line.record;
  }

  /** Looks at the signature of the last line, where each one's was not. */
  endFile(): void {
    const isLooked = this.#options.signatures === "each" || this.#isToldOf;
    if (this.#before !== undefined && !isLooked) this.#requireSigned(this.#before);
    this.#before = undefined;
  }

  #follow(place: Place): void {
    const { record } = place.line;
    const { previous, seq } = record;
    const isExpected = this.#seq === undefined || (previous === this.#previous && seq === this.#seq + 1);
    if (!isExpected) {
      if (this.#options.signatures === "last" && this.#before !== undefined)
        this.#requireSigned(this.#before);
      if (!this.#isToldOf) this.#tellOrder(place);
    }
    this.#isToldOf = false;
    if (this.#options.signatures === "each" || !isExpected || this.#seq === undefined)
      this.#requireSigned(place);
    if (this.#isFirstLine && this.#fileNumber > 1) this.#requireContinued(place);
    if (record.event === AUDIT_BROKEN) {
      this.#breaks.add(
        "found-broken",
        place.file,
        place.number,
        `the actuator found at ${record.at} that the audit was broken: ${firstOf(record.data.breaks)}`,
      );
    }
    this.#isFirstLine = false;
    this.#before = place;
    this.#seq = seq;
    this.#previous = record.hash;
  }

  #tellOrder({ line, file, number }: Place): void {
    const { seq } = line.record;
    const what = `does not follow the line before it: it carries number ${seq}, after ${this.#seq}`;
    this.#breaks.add("out-of-order", file, number, what);
  }

  #requireSigned({ line, file, number }: Place): void {
    if (line.isSignedBy(this.#options.key)) return;
    this.#breaks.add("changed", file, number, "is not what this key signed");
    this.#isToldOf = true;
  }

  #requireContinued({ line, file, number }: Place): void {
    const { event, data } = line.record;
    if (event === CONTINUED && data.file === this.#fileNumber) return;
    const what =
      event === CONTINUED
        ? `goes on from file ${Number(data.file) - 1}, which is not the one before it`
        : "does not say which file it goes on from";
    this.#breaks.add("missing-file", file, number, what);
  }
}

const firstOf = (breaks: unknown): string => String(Array.isArray(breaks) ? breaks[0] : breaks);
