import { RungError } from "../../runtime/core/errors.ts";
import type { Frame } from "../../runtime/core/frame.ts";
import type { SampleKey } from "../../runtime/describe/dedupe.ts";
import type { Sink } from "../../runtime/describe/sink.ts";

/** A sink in memory that stores by (source, epoch, sequence), and can be made slow, unwilling or absent. */
export class MemorySink implements Sink {
  readonly name: string;
  /** By key, in the order they were first stored. */
  readonly samples = new Map<string, Omit<SampleKey, "other">>();
  /** Samples handed over, repetitions too. */
  handed = 0;
  calls = 0;
  /** Thrown by the next calls. */
  readonly faults: Error[] = [];
  /** Values that it never takes. */
  refused = new Set<number>();
  /** Resolved before anything is stored. */
  gate: Promise<void> = Promise.resolve();

  constructor(name: string) {
    this.name = name;
  }

  async store(frames: readonly Frame[]): Promise<void> {
    this.calls++;
    await this.gate;
    const fault = this.faults.shift();
    if (fault !== undefined) throw fault;
    if (frames.some((frame) => [...frame].some(({ value }) => this.refused.has(value)))) {
      throw new RungError({ code: "frame-refused", where: this.name, what: "a value it never takes" });
    }
    for (const frame of frames) {
      for (let row = 0; row < frame.length; row++) {
        this.handed++;
        const key = `${frame.source} ${frame.epoch} ${frame.sequenceAt(row)}`;
        const { address, sourceTimeUs, value, quality } = frame.sampleAt(row);
        if (!this.samples.has(key)) this.samples.set(key, { address, sourceTimeUs, value, quality });
      }
    }
  }

  async holds(_source: string, keys: readonly SampleKey[]): Promise<boolean[]> {
    const stored = [...this.samples.values()];
    return keys.map(({ address, sourceTimeUs, value, quality }) =>
      stored.some(
        (sample) =>
          sample.address === address &&
          sample.sourceTimeUs === sourceTimeUs &&
          Object.is(sample.value, value) &&
          sample.quality >>> 30 === quality >>> 30,
      ),
    );
  }

  get values(): number[] {
    return [...this.samples.values()].map(({ value }) => value);
  }
}
