import type { Frame } from "../../runtime/core/frame.ts";
import type { SampleKey } from "../../runtime/describe/dedupe.ts";
import type { Sink } from "../../runtime/describe/sink.ts";

/** Source, epoch, sequence, address, source time, value. */
export type SinkRow = readonly [string, number, number, string, number, number];

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
        const { address, sourceTimeUs, value } = frame.sampleAt(row);
        rows.push([frame.source, frame.epoch, frame.sequenceAt(row), address, sourceTimeUs, value]);
      }
    }
    await this.#post("store", rows, signal);
  }

  async holds(source: string, samples: readonly SampleKey[]): Promise<readonly boolean[]> {
    const asked = samples.map(({ address, sourceTimeUs, value }) => [source, address, sourceTimeUs, value]);
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
