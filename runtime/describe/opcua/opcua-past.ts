import type { ClientSession } from "node-opcua";
import type { Dictionary } from "../../core/dictionary.ts";
import type { Frame } from "../../core/frame.ts";
import type { Binding } from "../binding-table.ts";
import type { PastAnswer, PastPart, PastReader, PastSample } from "../past-reader.ts";
import { type HistoryPart, historyReachesBack, historyRead, pastQuality } from "./history-read.ts";
import type { ItemFrames } from "./item-frames.ts";
import { newReading, type ReadingDepth, readInto } from "./sample-value.ts";
import { readsValue } from "./source-reach.ts";

export interface OpcuaPastParts {
  readonly frames: ItemFrames;
  /** By index into the dictionary. */
  readonly bindings: readonly Binding[];
  /** By index into the dictionary: how to look into a value. */
  readonly depths: readonly ReadingDepth[];
  /** The session while it is subscribed to. */
  session(): ClientSession | undefined;
}

const NO_VALUE: PastAnswer = {
  kind: "none",
  why: "events and answers of methods are not among the values whose history is read",
};

/** The history of the tags of an OPC UA source, as its server keeps it, in the types and units of its properties. */
export class OpcuaPast implements PastReader {
  readonly source: string;
  readonly #parts: OpcuaPastParts;

  constructor(parts: OpcuaPastParts) {
    this.source = parts.frames.source;
    this.#parts = parts;
  }

  get dictionary(): Dictionary {
    return this.#parts.frames.dictionary;
  }

  get isConnected(): boolean {
    return this.#parts.session() !== undefined;
  }

  async readPast(
    parts: readonly PastPart[],
    take: (samples: readonly PastSample[]) => Promise<void>,
    signal: AbortSignal,
  ): Promise<readonly PastAnswer[]> {
    const session = this.#parts.session();
    if (session === undefined) return parts.map(() => ({ kind: "failed", why: "there is no connection" }));
    const { bindings, depths, frames } = this.#parts;
    const ofValues = parts.flatMap(({ index }, part) => (readsValue(bindings[index]!.reach) ? [part] : []));
    const reading = newReading();
    const answers = await historyRead(
      session,
      this.#nodesOf(ofValues.map((part) => parts[part]!)),
      (pages) => {
        const samples: PastSample[] = [];
        for (const page of pages) {
          const part = ofValues[page.part]!;
          const { index } = parts[part]!;
          const { property, toProperty } = bindings[index]!;
          for (const value of page.values) {
            readInto(reading, value, property.type, toProperty, depths[index]);
            // The subscription repeats it.
            if (frames.isFirst(index, reading.sourceTimeUs)) continue;
            samples.push({ ...reading, part, index, quality: pastQuality(reading.quality) });
          }
        }
        return take(samples.sort((a, b) => a.sourceTimeUs - b.sourceTimeUs));
      },
      signal,
    );
    const all: PastAnswer[] = parts.map(() => NO_VALUE);
    for (const [i, part] of ofValues.entries()) all[part] = answers[i]!;
    return all;
  }

  async reachesBack(parts: readonly PastPart[], signal: AbortSignal): Promise<readonly boolean[]> {
    const session = this.#parts.session();
    if (session === undefined) return parts.map(() => false);
    return historyReachesBack(session, this.#nodesOf(parts), signal);
  }

  #nodesOf(parts: readonly PastPart[]): HistoryPart[] {
    const { bindings } = this.#parts;
    return parts.map(({ index, fromUs, toUs }) => ({ nodeId: bindings[index]!.tag, fromUs, toUs }));
  }

  sendPast(samples: readonly PastSample[]): Frame {
    return this.#parts.frames.sendPast(samples);
  }
}
