import type { Frame } from "../../runtime/core/frame.ts";
import type { SampleKey } from "../../runtime/describe/dedupe.ts";
import type { Sink } from "../../runtime/describe/sink.ts";

/** Source, epoch, sequence, address, source time, value, severity (the two top bits of the quality). */
export type SinkRow = readonly [string, number, number, string, number, number, number];
/** Source, address, source time, value, severity. */
export type SinkQuestion = readonly [string, string, number, number, number];

/** The sink of a synchroniser that hands everything to sink-process.ts. */
export class ProcessSink implements Sink {
  readonly name = "process";
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async store(frames: readonly Frame[], signal: AbortSignal): Promise<void> {
    const rows: SinkRow[] = [];
    for (const frame of frames) {
      for (let row = 0; row < frame.length; row++) {
        const { address, sourceTimeUs, value, quality } = frame.sampleAt(row);
        const sequence = frame.sequenceAt(row);
        rows.push([frame.source, frame.epoch, sequence, address, sourceTimeUs, value, quality >>> 30]);
      }
    }
    await this.#post("store", rows, signal);
  }

  async holds(source: string, samples: readonly SampleKey[]): Promise<readonly boolean[]> {
    const asked = samples.map(
      ({ address, sourceTimeUs, value, quality }): SinkQuestion => [
        source,
        address,
        sourceTimeUs,
        value,
        quality >>> 30,
      ],
    );
    return (await this.#post("holds", asked)) as boolean[];
  }

  async #post(path: string, body: unknown, signal?: AbortSignal): Promise<unknown> {
    const response = await fetch(`${this.#url}/${path}`, {
      method: "POST",
      body: JSON.stringify(body),
      ...(signal === undefined ? {} : { signal }),
    });
    if (!response.ok) throw new Error(`the sink answered ${response.status}`);
    return response.json();
  }
}
