import { join } from "node:path";
import { messageOf, RungError } from "../../core/errors.ts";
import { decodeStream, type FrameStream, summariseFrame } from "../../core/frame-codec.ts";
import { presentAfterSummary } from "../frame-present.ts";
import { HEAD_BYTES, wholeSecondsUs } from "./record.ts";
import { type PendingFrame, Segment, STREAM_COPIES, type StoredFrame } from "./segment.ts";
import type { SpoolDisk } from "./spool-disk.ts";
import { headAfter, scanSpool } from "./spool-scan.ts";
import type { Cursor, LossReason, SourceHead, SpoolOptions, SpoolReport } from "./spool-types.ts";

const HEADS_FILE = "sources.json";
const CURSOR_FOLDER = "cursors";
const CURSOR_ENDING = ".json";

/** Records that were removed before every sink had them. */
export interface Removal {
  /** Records before this one are gone. */
  readonly before: number;
  readonly reason: LossReason;
}

/** What a sink reads. */
export interface LogBatch {
  readonly frames: readonly StoredFrame[];
  /** Descriptions of the streams of these frames, by number. */
  readonly streams: ReadonlyMap<number, Uint8Array>;
  /** The segment, whose stream numbers these are. */
  readonly segment: string;
  /** Where to read on. */
  readonly next: number;
}

/**
 * The spool on disk: numbered segments of records, cursors of named sinks, and how far each source has got. Every
 * call waits for the disk, so the log lives in the spool's worker.
 *
 * What `commit` returned from survives a kill of the process and a loss of power. A failed commit leaves everything
 * as it was, its frames still pending.
 */
export class SegmentLog {
  readonly report: SpoolReport;
  readonly #options: SpoolOptions;
  readonly #disk: SpoolDisk;
  /** Oldest first; the last one is written to while `#active`. */
  readonly #segments: Segment[];
  /** Rows of every source before each segment. */
  readonly #before: Map<Segment, Readonly<Record<string, SourceHead>>>;
  #active: Segment | undefined;
  /** The closed segment that was read last. */
  #reading: Segment | undefined;
  /** How far the sources are with what is pending, and with what is durable. */
  readonly #sources: Record<string, SourceHead>;
  readonly #durable: Record<string, SourceHead>;
  readonly #streams = new Map<
    number,
    { readonly bytes: Uint8Array } & Pick<FrameStream, "source" | "reality">
  >();
  readonly #cursors: Map<string, Cursor>;
  readonly #attached = new Set<string>();
  readonly #removals: Removal[] = [];
  readonly #problems: RungError[] = [];
  readonly #pending: PendingFrame[] = [];
  #committed: number;

  /**
   * Opens a folder, makes it where it is missing, and cuts off what an interrupted write left.
   * @throws RungError `spool-broken` where the folder cannot be read or written
   */
  constructor(options: SpoolOptions, disk: SpoolDisk) {
    this.#options = { ...options, segmentBytes: Math.min(options.segmentBytes, options.maxBytes / 4) };
    this.#disk = disk;
    try {
      const found = scanSpool(disk, options.folder, HEADS_FILE, CURSOR_FOLDER, CURSOR_ENDING);
      this.#segments = found.segments;
      this.#before = found.before;
      this.#cursors = found.cursors;
      this.#sources = found.sources;
      this.#durable = { ...found.sources };
      this.report = found.report;
    } catch (cause) {
      throw new RungError({
        code: "spool-broken",
        where: options.folder,
        what: `cannot be opened: ${messageOf(cause)}`,
        advice: "look at the folder's permissions and at the disk",
        cause,
      });
    }
    this.#committed = this.report.next;
  }

  /** Number of the first record that is not durable yet. */
  get committed(): number {
    return this.#committed;
  }

  get bytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.bytes, 0);
  }

  get segmentCount(): number {
    return this.#segments.length;
  }

  get pendingFrames(): number {
    return this.#pending.length;
  }

  /** What was removed unread since the log was opened; a sink that meets a hole looks here for the reason. */
  get removals(): readonly Removal[] {
    return this.#removals;
  }

  /** What went wrong beside the call that was made, since this was last asked. */
  takeProblems(): RungError[] {
    return this.#problems.splice(0);
  }

  /** Makes a stream known; frames refer to it by its number. @throws RungError `malformed-bytes` */
  define(stream: number, bytes: Uint8Array): void {
    const { source, reality } = decodeStream(bytes);
    this.#streams.set(stream, { bytes, source, reality });
  }

  /** Forgets streams below a number: no further frame refers to them. */
  forgetStreams(below: number): void {
    for (const number of this.#streams.keys()) if (number < below) this.#streams.delete(number);
  }

  /**
   * Takes an encoded frame in. It is durable after the next `commit`.
   * @throws RungError `unknown-stream`, `malformed-bytes`, `out-of-order` for a number that is not the next one
   */
  append(number: number, payload: Uint8Array<ArrayBuffer>): void {
    const due = this.#committed + this.#pending.length;
    if (number !== due) {
      throw this.#error("out-of-order", `record ${number} came where ${due} was due`, "");
    }
    const { stream: streamNumber, ...summary } = summariseFrame(payload);
    const stream = this.#streams.get(streamNumber);
    if (stream === undefined) {
      throw this.#error("unknown-stream", `a frame refers to stream ${streamNumber}`, "define it before");
    }
    const before = this.#sources[stream.source];
    const head = {
      kind: "frame" as const,
      stream: streamNumber,
      number,
      rowsBefore: before?.rows ?? 0,
      ...summary,
      presentUs: presentAfterSummary(before?.presentUs, stream.reality, summary) ?? 0,
      receivedUs: wholeSecondsUs(summary.receiveTimeUs),
    };
    this.#sources[stream.source] = headAfter(head, before);
    this.#pending.push({ head, payload, stream: stream.bytes, source: stream.source });
  }

  /**
   * Makes what is pending durable.
   * @throws RungError `spool-full` at the bound with policy `block`, `disk-full`, `disk-failed`; call it again later
   */
  commit(): void {
    while (this.#pending.length > 0) {
      if (this.#active !== undefined && this.#active.bytes >= this.#options.segmentBytes) this.#roll();
      let bytes = 0;
      let count = 0;
      const begun = this.#active?.bytes ?? 0;
      const described = new Set<number>();
      while (count < this.#pending.length) {
        const { head, payload, stream } = this.#pending[count]!;
        let more = HEAD_BYTES + payload.length;
        if (this.#active?.stream(head.stream) === undefined && !described.has(head.stream)) {
          described.add(head.stream);
          more += STREAM_COPIES * (HEAD_BYTES + stream.length);
        }
        if (count > 0 && begun + bytes + more > this.#options.segmentBytes) break;
        bytes += more;
        count++;
      }
      this.#makeRoom(bytes);
      this.#write(this.#pending.slice(0, count));
      for (const { head, source } of this.#pending.splice(0, count)) {
        this.#durable[source] = headAfter(head, this.#durable[source]);
      }
      this.#committed += count;
    }
  }

  /** Frames from record `from` on, of one segment, about `mostBytes`. */
  read(from: number, mostBytes: number): LogBatch {
    const segment = this.#segments.find(({ next, bytes }) => next > from && bytes > 0);
    if (segment === undefined) return { frames: [], streams: new Map(), segment: "", next: this.#committed };
    if (segment !== this.#active && segment !== this.#reading) {
      this.#reading?.release();
      this.#reading = segment;
    }
    const { frames, next } = segment.read(Math.max(from, segment.first), mostBytes);
    const streams = new Map<number, Uint8Array>();
    for (const { head } of frames) {
      const bytes = segment.stream(head.stream);
      if (bytes !== undefined) streams.set(head.stream, bytes);
    }
    return { frames, streams, segment: segment.name, next };
  }

  /**
   * A sink is there: what it has not stored is kept for it.
   * @returns where it goes on; for a new one the oldest record that is still kept
   */
  attach(name: string): Cursor {
    this.#attached.add(name);
    const known = this.#cursors.get(name);
    if (known !== undefined) return known;
    const oldest = this.#segments[0];
    const cursor =
      oldest === undefined
        ? { next: this.#committed, sources: { ...this.#durable } }
        : { next: oldest.first, sources: this.#before.get(oldest)! };
    this.setCursor(name, cursor);
    return cursor;
  }

  /** The sink is gone for now. What it has not stored is kept while there is room. */
  detach(name: string): void {
    this.#attached.delete(name);
  }

  /** The sink is gone for good. */
  forget(name: string): void {
    this.#attached.delete(name);
    this.#cursors.delete(name);
    this.#disk.remove(join(this.#options.folder, CURSOR_FOLDER, cursorFile(name)));
    this.#trim();
  }

  /** Notes durably how far a sink has stored, and removes what nobody needs any more. */
  setCursor(name: string, cursor: Cursor): void {
    const folder = join(this.#options.folder, CURSOR_FOLDER);
    this.#disk.replace(folder, cursorFile(name), JSON.stringify({ name, ...cursor }));
    this.#cursors.set(name, cursor);
    this.#trim();
  }

  /** Closes the files. What is pending is not written: `commit` before. */
  close(): void {
    this.#saveHeads();
    for (const segment of this.#segments) segment.release();
  }

  #write(frames: readonly PendingFrame[]): void {
    try {
      this.#active ??= this.#begin(frames[0]!.head.number);
      this.#active.write(frames);
    } catch (cause) {
      this.#abandon();
      const code = (cause as NodeJS.ErrnoException).code;
      if (code === "ENOSPC" || code === "EDQUOT") {
        throw this.#error("disk-full", "the disk is full", "free disk space", cause);
      }
      throw this.#error("disk-failed", messageOf(cause), "look at the disk", cause);
    }
  }

  #begin(first: number): Segment {
    const segment = Segment.create(this.#disk, this.#options.folder, first);
    this.#segments.push(segment);
    this.#before.set(segment, { ...this.#durable });
    return segment;
  }

  /**
   * After a failed write nothing tells which bytes reached the disk, and a second sync may succeed without them
   * (fsync clears the error): the segment ends where it was durable and a new one begins.
   */
  #abandon(): void {
    const segment = this.#active;
    this.#active = undefined;
    if (segment === undefined) return;
    try {
      segment.discardUnwritten();
    } catch (cause) {
      // They stay behind the durable end, where a later opening passes over them by their numbers.
      const what = `${segment.name} keeps bytes written in vain: ${messageOf(cause)}`;
      this.#problems.push(this.#error("disk-failed", what, "look at the disk", cause));
    }
    if (segment.bytes > 0) segment.release();
    else this.#removeSegment(segment);
  }

  #roll(): void {
    this.#active?.release();
    this.#active = undefined;
    this.#saveHeads();
    this.#trim();
  }

  #makeRoom(bytes: number): void {
    const { maxBytes, whenFull } = this.#options;
    if (this.bytes + bytes <= maxBytes) return;
    this.#trim();
    for (const reason of ["sink-gone", "spool-full"] as const) {
      while (this.bytes + bytes > maxBytes) {
        const oldest = this.#segments[0];
        if (oldest === undefined || oldest === this.#active) break;
        const isWanted = oldest.next > this.#wanted(true);
        if (isWanted && (reason === "sink-gone" || whenFull === "block")) break;
        this.#removals.push({ before: oldest.next, reason: isWanted ? "spool-full" : "sink-gone" });
        this.#removeSegment(oldest);
      }
    }
    if (this.bytes + bytes > maxBytes && whenFull === "block" && this.bytes > 0) {
      const what = `${this.bytes} of ${maxBytes} bytes hold frames that a sink has not stored`;
      throw this.#error("spool-full", what, "mend the sink, or give the spool more room");
    }
  }

  /** The first record some sink still needs; where there is no sink, nothing is needed. */
  #wanted(ofAttachedOnly: boolean): number {
    let wanted = this.#committed;
    for (const [name, { next }] of this.#cursors) {
      if (next < wanted && (!ofAttachedOnly || this.#attached.has(name))) wanted = next;
    }
    return wanted;
  }

  #trim(): void {
    const wanted = this.#wanted(false);
    if (this.#cursors.size === 0) return;
    const isDone = (segment: Segment | undefined): segment is Segment =>
      segment !== undefined && segment !== this.#active && segment.next <= wanted;
    if (!isDone(this.#segments[0])) return;
    this.#saveHeads();
    while (isDone(this.#segments[0])) this.#removeSegment(this.#segments[0]);
  }

  #removeSegment(segment: Segment): void {
    this.#segments.splice(this.#segments.indexOf(segment), 1);
    this.#before.delete(segment);
    if (this.#reading === segment) this.#reading = undefined;
    segment.remove();
  }

  /** How far the sources have got must outlive the segments that say it. */
  #saveHeads(): void {
    const text = JSON.stringify({ next: this.#committed, sources: this.#durable });
    this.#disk.replace(this.#options.folder, HEADS_FILE, text);
  }

  #error(code: string, what: string, advice: string, cause?: unknown): RungError {
    return new RungError({ code, where: this.#options.folder, what, advice, cause });
  }
}

const cursorFile = (name: string): string => encodeURIComponent(name) + CURSOR_ENDING;
