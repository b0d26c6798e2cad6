import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Dictionary } from "../../../runtime/core/dictionary.ts";
import { type Frame, FrameBuilder } from "../../../runtime/core/frame.ts";
import { encodeFrame, encodeStream } from "../../../runtime/core/frame-codec.ts";
import { GOOD } from "../../../runtime/core/quality.ts";
import { SegmentLog } from "../../../runtime/describe/spool/segment-log.ts";
import { REAL_DISK, type SpoolDisk } from "../../../runtime/describe/spool/spool-disk.ts";
import { SPOOL_DEFAULTS, type SpoolOptions } from "../../../runtime/describe/spool/spool-types.ts";

/** Source time of sequence 0, µs; one sample a millisecond. */
export const BEGIN_US = 1.79e15;

export const dictionaryOf = (...names: string[]): Dictionary =>
  new Dictionary(
    names.map((name) => ({
      address: `acme/leipzig/paint/oven1/${name}`,
      kind: "measurement",
      type: "number",
      update: { mode: "cyclic", periodMs: 1 },
    })),
  );

const dictionary = dictionaryOf("x", "y");

/** A frame of consecutive samples: value = sequence, source time = BEGIN_US + sequence ms, tags in turn. */
export function frameFrom(source: string, first: number, rows: number, epoch = 1): Frame {
  const builder = new FrameBuilder({ source, reality: "live", dictionary }, rows);
  for (let i = first; i < first + rows; i++) {
    builder.add(i % dictionary.size, i, BEGIN_US + i * 1000, GOOD);
  }
  return builder.build({ epoch, first, receiveTimeUs: BEGIN_US });
}

/** A folder of its own per test, removed at the end. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), "rung-spool-"));

  end(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

export const openLog = (
  folder: string,
  options: Partial<SpoolOptions> = {},
  disk: SpoolDisk = REAL_DISK,
): SegmentLog => new SegmentLog({ ...SPOOL_DEFAULTS, folder, ...options }, disk);

/** Writes frames of several sources into a log that is used directly. */
export class LogWriter {
  readonly #log: SegmentLog;
  readonly #streams = new Map<string, number>();

  constructor(log: SegmentLog) {
    this.#log = log;
  }

  append(...frames: Frame[]): void {
    for (const frame of frames) {
      let stream = this.#streams.get(frame.source);
      if (stream === undefined) {
        stream = this.#streams.size;
        this.#streams.set(frame.source, stream);
        this.#log.define(stream, encodeStream(frame));
      }
      this.#log.append(this.#log.committed + this.#log.pendingFrames, encodeFrame(frame, stream));
    }
  }

  commit(...frames: Frame[]): void {
    this.append(...frames);
    this.#log.commit();
  }
}

/** Everything from record `from` on, as `[number, first sequence, rows]`. */
export function readAll(log: SegmentLog, from = 0): [number: number, first: number, rows: number][] {
  const found: [number, number, number][] = [];
  while (from < log.committed) {
    const { frames, next } = log.read(from, 1000);
    for (const { head } of frames) found.push([head.number, head.first, head.rows]);
    from = next;
  }
  return found;
}
