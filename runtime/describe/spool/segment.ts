import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { encodeHead, HEAD_BYTES, isPayloadWhole, type RecordHead } from "./record.ts";
import { isWhole, type SegmentContent, walkSegment } from "./segment-walk.ts";
import type { SpoolDisk } from "./spool-disk.ts";

const NAME = /^(\d{16})-([0-9a-f]{8})\.seg$/;

/** A stream is described twice, so that one damaged place does not make all frames behind it unreadable. */
export const STREAM_COPIES = 2;

/** A frame that waits to be written. */
export interface PendingFrame {
  readonly source: string;
  readonly head: Omit<RecordHead, "payloadBytes">;
  readonly payload: Uint8Array;
  /** The description of its stream. */
  readonly stream: Uint8Array;
}

/** A frame as it is read back. */
export interface StoredFrame {
  readonly head: RecordHead;
  readonly payload: Uint8Array<ArrayBuffer>;
}

interface Place {
  readonly number: number;
  readonly at: number;
}

/** One file of the spool: records one after another, the first of them numbered as its name says. */
export class Segment {
  readonly name: string;
  readonly first: number;
  /** Number of the record after the last one. */
  next: number;
  /** Bytes that are durable; what may stand behind them counts for nothing. */
  bytes = 0;
  readonly #disk: SpoolDisk;
  readonly #file: string;
  readonly #salt: number;
  #handle: number | undefined;
  #places: Place[] | undefined;
  /** Descriptions of streams that stand in this segment, by number. */
  #streams = new Map<number, Uint8Array>();

  private constructor(disk: SpoolDisk, folder: string, name: string, first: number, salt: number) {
    this.#disk = disk;
    this.#file = join(folder, name);
    this.name = name;
    this.first = first;
    this.next = first;
    this.#salt = salt;
  }

  /** A new segment, open for writing, its name durable. */
  static create(disk: SpoolDisk, folder: string, first: number): Segment {
    const salt = randomBytes(4).readUInt32BE();
    const name = `${String(first).padStart(16, "0")}-${salt.toString(16).padStart(8, "0")}.seg`;
    const segment = new Segment(disk, folder, name, first, salt);
    segment.#handle = disk.create(segment.#file);
    segment.#places = [];
    disk.syncFolder(folder);
    return segment;
  }

  /** A segment that stands on disk; undefined for a file of another name. */
  static found(disk: SpoolDisk, folder: string, name: string): Segment | undefined {
    const match = NAME.exec(name);
    if (match === null) return undefined;
    return new Segment(disk, folder, name, Number(match[1]), Number.parseInt(match[2]!, 16));
  }

  /** Reads the file through. The bytes of a torn end count for nothing from then on. */
  scan(): SegmentContent & { readonly length: number } {
    const bytes = this.#disk.read(this.#file) ?? Buffer.alloc(0);
    const content = walkSegment(bytes, this.#salt);
    this.bytes = content.wholeBytes;
    this.#streams = new Map();
    this.#places = [];
    for (const part of content.parts) {
      if (!isWhole(part)) continue;
      const { at, head } = part;
      if (head.kind === "frame") this.#places.push({ number: head.number, at });
      else if (!this.#streams.has(head.stream)) {
        const begin = at + HEAD_BYTES;
        this.#streams.set(head.stream, bytes.subarray(begin, begin + head.payloadBytes));
      }
    }
    return { ...content, length: bytes.length };
  }

  /** Cuts the torn end off the file. */
  cut(): void {
    const handle = this.#disk.open(this.#file);
    this.#disk.truncate(handle, this.bytes);
    this.#disk.dataSync(handle);
    this.#disk.close(handle);
  }

  stream(number: number): Uint8Array | undefined {
    return this.#streams.get(number);
  }

  /** Writes frames and makes them durable, or throws and leaves the segment as it was. */
  write(frames: readonly PendingFrame[]): void {
    const blocks: Uint8Array[] = [];
    const places: Place[] = [];
    const streams = new Map<number, Uint8Array>();
    let at = this.bytes;
    const put = (head: Omit<RecordHead, "payloadBytes">, payload: Uint8Array): void => {
      blocks.push(encodeHead(head, payload, this.#salt), payload);
      at += HEAD_BYTES + payload.length;
    };
    for (const { head, payload, stream } of frames) {
      if (!this.#streams.has(head.stream) && !streams.has(head.stream)) {
        streams.set(head.stream, stream);
        for (let copy = 0; copy < STREAM_COPIES; copy++) put({ ...head, kind: "stream", rows: 0 }, stream);
      }
      places.push({ number: head.number, at });
      put(head, payload);
    }
    this.#handle ??= this.#disk.open(this.#file);
    this.#disk.write(this.#handle, Buffer.concat(blocks), this.bytes);
    this.#disk.dataSync(this.#handle);
    this.bytes = at;
    this.next = frames.at(-1)!.head.number + 1;
    this.#places?.push(...places);
    for (const [number, bytes] of streams) this.#streams.set(number, bytes);
  }

  /** After a failed write: gives the disk back what was written in vain. */
  discardUnwritten(): void {
    if (this.#handle !== undefined) this.#disk.truncate(this.#handle, this.bytes);
  }

  /** Whole frames from record `from` on, about `mostBytes` of them, and the number to go on at. */
  read(from: number, mostBytes: number): { readonly frames: StoredFrame[]; readonly next: number } {
    if (this.#places === undefined) this.scan();
    const places = this.#places!;
    const begin = firstFrom(places, from);
    if (begin === places.length) return { frames: [], next: this.next };
    const start = places[begin]!.at;
    let end = begin + 1;
    while (end < places.length && places[end]!.at - start < mostBytes) end++;
    const stop = end < places.length ? places[end]!.at : this.bytes;
    this.#handle ??= this.#disk.open(this.#file);
    const bytes = this.#disk.readAt(this.#handle, start, stop - start);
    const frames: StoredFrame[] = [];
    for (const part of walkSegment(bytes, this.#salt).parts) {
      if (!isWhole(part) || part.head.kind !== "frame" || part.head.number < from) continue;
      if (!isPayloadWhole(bytes, part.at)) continue;
      const payload = part.at + HEAD_BYTES;
      const copy = new Uint8Array(part.head.payloadBytes);
      copy.set(bytes.subarray(payload, payload + copy.length));
      frames.push({ head: part.head, payload: copy });
    }
    return { frames, next: end < places.length ? places[end]!.number : this.next };
  }

  /** Closes the file and forgets where its records stand; reading finds them again. */
  release(): void {
    if (this.#handle !== undefined) this.#disk.close(this.#handle);
    this.#handle = undefined;
    this.#places = undefined;
    this.#streams = new Map();
  }

  remove(): void {
    this.release();
    this.#disk.remove(this.#file);
  }
}

function firstFrom(places: readonly Place[], number: number): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (places[middle]!.number < number) low = middle + 1;
    else high = middle;
  }
  return low;
}
