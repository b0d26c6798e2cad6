import { unlinkSync } from "node:fs";
import type { RungError } from "../core/errors.ts";
import type { Frame } from "../core/frame.ts";
import { FrameFileWriter } from "../describe/recording/frame-file.ts";
import type { SourceCounters, SourceListener } from "../describe/source-signal.ts";

/** What a source is while it is recorded. */
interface Running {
  readonly counters: SourceCounters;
  start(): void;
  stop(): Promise<void>;
}

export interface RecordSummary {
  readonly samples: number;
  readonly gaps: number;
  /** By reason. */
  readonly dropped: Readonly<Record<string, number>>;
  /** False where something is missing, or was named as wrong. */
  readonly isWhole: boolean;
}

/** Looked at so often whether the time is over and the disk still takes frames, ms. */
const LOOK_MS = 200;

/** Writes what a source tells to a file, and counts what it could not take. */
export class LinkRecorder implements SourceListener {
  readonly #file: string;
  readonly #replace: boolean;
  #writer: FrameFileWriter | undefined;
  #counters: SourceCounters | undefined;
  #samples = 0;
  #gaps = 0;
  #problems = 0;

  /** @param replace whether a file that is there may be written over, once the source begins */
  constructor(file: string, replace: boolean) {
    this.#file = file;
    this.#replace = replace;
  }

  frame(frame: Frame): void {
    // One without rows says only that the source lives.
    if (frame.length === 0) return;
    this.#samples += frame.length;
    this.#writer?.write(frame);
  }

  gap(): void {
    this.#gaps++;
  }

  problem(error: RungError): void {
    this.#problems++;
    process.stderr.write(`${error.message}\n`);
  }

  /** Runs a source until the time is over, a signal ends it, or the disk fails. */
  async run(source: Running, lengthMs: number): Promise<void> {
    const writer = new FrameFileWriter(this.#file, this.#replace);
    this.#writer = writer;
    this.#counters = source.counters;
    const endMs = performance.now() + lengthMs;
    let isEnded = false;
    const end = () => {
      isEnded = true;
    };
    process.once("SIGINT", end).once("SIGTERM", end);
    source.start();
    try {
      while (!isEnded && performance.now() < endMs && writer.failed === undefined) {
        const leftMs = Math.min(LOOK_MS, endMs - performance.now());
        await new Promise((resolve) => setTimeout(resolve, Math.max(1, leftMs)));
      }
    } finally {
      process.off("SIGINT", end).off("SIGTERM", end);
      await source.stop();
    }
  }

  /** @throws RungError `recording-failed` */
  async close(): Promise<void> {
    await this.#writer?.close();
    // A file without a sample is no recording.
    if (this.#writer !== undefined && this.#samples === 0) unlinkSync(this.#file);
  }

  summary(): RecordSummary {
    const dropped = this.#counters?.dropped ?? {};
    return {
      samples: this.#samples,
      gaps: this.#gaps,
      dropped,
      isWhole: this.#gaps === 0 && this.#problems === 0 && Object.keys(dropped).length === 0,
    };
  }
}
