import type { Frame } from "../../core/frame.ts";
import type { SampleKey } from "../dedupe.ts";
import type { Sink } from "../sink.ts";
import type { Historian } from "./historian.ts";

/** The name of a historian's cursor in the spool beside its file. */
export const HISTORIAN_SINK = "historian";

/** A historian as the sink of a synchroniser. */
export class HistorianSink implements Sink {
  readonly name = HISTORIAN_SINK;
  readonly #historian: Historian;

  constructor(historian: Historian) {
    this.#historian = historian;
  }

  /** @throws RungError of the first frame that was not stored; the others may be, and are stored once all the same */
  async store(frames: readonly Frame[]): Promise<void> {
    const results = await Promise.allSettled(frames.map((frame) => this.#historian.append(frame)));
    const failed = results.find((result) => result.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  }

  holds(source: string, samples: readonly SampleKey[]): Promise<readonly boolean[]> {
    return this.#historian.holds(source, samples);
  }
}
