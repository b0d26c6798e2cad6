import {
  closeSync,
  createReadStream,
  createWriteStream,
  openSync,
  readSync,
  type WriteStream,
} from "node:fs";
import { finished } from "node:stream/promises";
import { crc32 } from "node:zlib";
import { messageOf, RungError } from "../../core/errors.ts";
import type { Frame } from "../../core/frame.ts";
import { decodeFrame, encodeFrame } from "../../core/frame-codec.ts";
import { DecodedStreams, StreamNames } from "../spool/stream-names.ts";
import { requireFile } from "./csv-rows.ts";

/*
 * A file of frames: the magic, then records, little-endian.
 *
 *   0 u32  bytes of the payload
 *   4 u32  CRC-32 of what follows
 *   8 u8   0: a stream (see encodeStream), 1: a frame (see encodeFrame)
 *   9 u32  number of the stream
 *  13      payload
 */
const MAGIC = Buffer.from("RungRec1", "latin1");
const HEAD_BYTES = 13;
const STREAM = 0;
const FRAME = 1;
/** No record is longer. */
const MOST_PAYLOAD_BYTES = 64 * 1024 * 1024;
/** Bytes that may wait for the disk. */
const MOST_WAITING_BYTES = 256 * 1024 * 1024;

/** True for a file that begins as one of frames. @throws RungError `no-file` */
export function isFrameFile(file: string): boolean {
  requireFile(file);
  const begin = Buffer.alloc(MAGIC.length);
  const descriptor = openSync(file, "r");
  try {
    return readSync(descriptor, begin, 0, begin.length, 0) === begin.length && begin.equals(MAGIC);
  } finally {
    closeSync(descriptor);
  }
}

/** Writes frames to a new file, bit by bit as they are. */
export class FrameFileWriter {
  readonly #file: string;
  readonly #stream: WriteStream;
  readonly #names = new StreamNames();
  readonly #ended: Promise<void>;
  #failed: RungError | undefined;

  /** @param replace whether a file that is there may be written over */
  constructor(file: string, replace = false) {
    this.#file = file;
    this.#stream = createWriteStream(file, { flags: replace ? "w" : "wx", mode: 0o600, flush: true });
    this.#ended = finished(this.#stream).catch((cause: unknown) => {
      this.#failed ??= this.#fault(messageOf(cause), cause);
    });
    this.#stream.write(MAGIC);
  }

  /** Why nothing more is written; undefined while all is well. */
  get failed(): RungError | undefined {
    return this.#failed;
  }

  /** Takes a frame; `failed` says whether it could. */
  write(frame: Frame): void {
    if (this.#failed !== undefined) return;
    if (this.#stream.writableLength > MOST_WAITING_BYTES) {
      this.#failed = this.#fault("is written more slowly than samples come");
      return;
    }
    const number = this.#names.numberOf(frame);
    for (const { stream, bytes } of this.#names.take().define) this.#record(STREAM, stream, bytes);
    this.#record(FRAME, number, encodeFrame(frame, number));
  }

  /** Writes what waits and syncs it. @throws RungError `recording-failed` */
  async close(): Promise<void> {
    this.#stream.end();
    await this.#ended;
    if (this.#failed !== undefined) throw this.#failed;
  }

  #record(kind: number, stream: number, payload: Uint8Array): void {
    const head = Buffer.alloc(HEAD_BYTES);
    head.writeUInt32LE(payload.length, 0);
    head.writeUInt8(kind, 8);
    head.writeUInt32LE(stream, 9);
    head.writeUInt32LE(crc32(payload, crc32(head.subarray(8))), 4);
    this.#stream.write(head);
    this.#stream.write(payload);
  }

  #fault(what: string, cause?: unknown): RungError {
    return new RungError({
      code: "recording-failed",
      where: this.#file,
      what,
      advice: "what was written before can be played",
      cause,
    });
  }
}

/**
 * The frames of a file, equal in every bit to those that were written. A last record that was cut off, as by a kill or
 * half a copy, ends them.
 * @param cutOff told of it
 * @throws RungError `no-file`, `damaged-recording` naming the byte
 */
export async function* framesOfFile(
  file: string,
  signal?: AbortSignal,
  cutOff?: (warning: RungError) => void,
): AsyncGenerator<Frame> {
  requireFile(file);
  const fault = (at: number, what: string, cause?: unknown): RungError =>
    new RungError({
      code: "damaged-recording",
      where: `${file}, byte ${at}`,
      what,
      advice: "record it again; what stands before can be played",
      cause,
    });
  const streams = new Map<number, Uint8Array>();
  const decoded = new DecodedStreams();
  let at = MAGIC.length;
  for await (const { kind, number, payload, state } of records(file, signal)) {
    if (state === "cut") {
      cutOff?.(
        new RungError({
          code: "recording-cut",
          where: file,
          what: `ends within a record at byte ${at}`,
          advice: "what stands before is played; copy it again if this is a copy",
        }),
      );
      return;
    }
    if (state === "damaged") throw fault(at, "its check sum is wrong");
    try {
      if (kind === STREAM) streams.set(number, payload);
      else if (kind === FRAME) {
        yield decodeFrame(payload, (stream) => {
          const bytes = streams.get(stream);
          return bytes === undefined ? undefined : decoded.decode(bytes);
        });
      } else throw fault(at, `${kind} is no kind of record`);
    } catch (thrown) {
      if (thrown instanceof RungError && thrown.code === "damaged-recording") throw thrown;
      throw fault(at, messageOf(thrown), thrown);
    }
    at += HEAD_BYTES + payload.length;
  }
}

interface FileRecord {
  readonly kind: number;
  readonly number: number;
  readonly payload: Uint8Array<ArrayBuffer>;
  readonly state: "whole" | "damaged" | "cut";
}

const noRecord = (state: FileRecord["state"]): FileRecord => ({
  kind: FRAME,
  number: 0,
  payload: new Uint8Array(0),
  state,
});

async function* records(file: string, signal: AbortSignal | undefined): AsyncGenerator<FileRecord> {
  let kept: Buffer = Buffer.alloc(0);
  let isBegin = true;
  try {
    for await (const chunk of createReadStream(file, {
      highWaterMark: 1024 * 1024,
      ...(signal && { signal }),
    })) {
      let bytes = kept.length === 0 ? (chunk as Buffer) : Buffer.concat([kept, chunk as Buffer]);
      if (isBegin) {
        if (bytes.length < MAGIC.length) {
          kept = bytes;
          continue;
        }
        bytes = bytes.subarray(MAGIC.length);
        isBegin = false;
      }
      let at = 0;
      while (at + HEAD_BYTES <= bytes.length) {
        const size = bytes.readUInt32LE(at);
        const end = at + HEAD_BYTES + size;
        const head = bytes.subarray(at, at + HEAD_BYTES);
        if (size > MOST_PAYLOAD_BYTES) {
          yield noRecord("damaged");
          return;
        }
        if (end > bytes.length) break;
        // A copy that begins a buffer, so that a frame's columns can be views of it.
        const payload = Uint8Array.from(bytes.subarray(at + HEAD_BYTES, end));
        yield {
          kind: head.readUInt8(8),
          number: head.readUInt32LE(9),
          payload,
          state: crc32(payload, crc32(head.subarray(8))) === head.readUInt32LE(4) ? "whole" : "damaged",
        };
        at = end;
      }
      kept = Buffer.from(bytes.subarray(at));
    }
    if (kept.length > 0) yield noRecord("cut");
  } catch (thrown) {
    if (!signal?.aborted) throw thrown;
  }
}
