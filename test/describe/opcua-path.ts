import { Backfill } from "../../runtime/describe/backfill.ts";
import { ClockRegistry } from "../../runtime/describe/clock-registry.ts";
import { EpochCounter } from "../../runtime/describe/epoch-counter.ts";
import type { GapEntry } from "../../runtime/describe/gap-entry.ts";
import { OpcuaLink } from "../../runtime/describe/opcua/opcua-link.ts";
import { OpcuaSource } from "../../runtime/describe/opcua/opcua-source.ts";
import type { Sink } from "../../runtime/describe/sink.ts";
import { Synchroniser } from "../../runtime/describe/synchroniser.ts";
import { TwinState } from "../../runtime/describe/twin-state.ts";
import { bindings, Recorder, TWIN, until } from "./opcua-recorder.ts";

export const PERIOD_MS = 50;
export const TAGS = ["Tag0", "Tag1", "Tag2"];

export interface PathOptions {
  readonly endpoint: string;
  /** Holds the link's keys and the epochs. */
  readonly home: string;
  /** Of the synchroniser. */
  readonly folder: string;
  readonly sink: Sink;
  readonly surviveMs?: number;
  readonly silentAfterMs?: number;
  /** Names of the cyclic tags at the server. */
  readonly tags?: readonly string[];
}

/** A source, its twin's state, and a synchroniser with a sink: the way of a sample through the host. */
export class OpcuaPath {
  readonly recorder = new Recorder();
  readonly state = new TwinState(TWIN);
  readonly source: OpcuaSource;
  readonly synchroniser: Synchroniser;
  readonly link: OpcuaLink;

  private constructor(options: PathOptions, synchroniser: Synchroniser) {
    const { recorder, state } = this;
    this.synchroniser = synchroniser;
    this.link = new OpcuaLink({
      id: "link1",
      name: "test link",
      endpoint: options.endpoint,
      reality: "live",
      home: options.home,
      surviveMs: options.surviveMs ?? 30_000,
      securityMode: "None",
      securityPolicy: "None",
    });
    this.source = new OpcuaSource({
      id: "source1",
      name: "test source",
      link: this.link,
      bindings: bindings([
        ...(options.tags ?? TAGS).map((name) => ({
          nodeId: `ns=1;s=${name}`,
          path: name,
          periodMs: PERIOD_MS,
        })),
        { nodeId: "ns=1;s=Text", path: "text", type: "string" },
      ]),
      clocks: new ClockRegistry(),
      epochs: new EpochCounter(options.home),
      publishingIntervalMs: 100,
      ...(options.silentAfterMs === undefined ? {} : { silentAfterMs: options.silentAfterMs }),
      listener: {
        frame: (frame) => {
          recorder.frame(frame);
          if (frame.length > 0) void synchroniser.accept(state.accept(frame));
        },
        gap: (gap) => {
          recorder.gap(gap);
          state.noteGap(gap);
          synchroniser.noteGap(gap);
        },
        problem: (error) => recorder.problem(error),
      },
      fillsGaps: (reader) => {
        const backfill = new Backfill({
          reader,
          settleMs: 300,
          firstPauseMs: 300,
          filled: (gap) => state.noteFilled(gap),
          problem: (error) => recorder.problem(error),
        });
        backfill.attach(synchroniser);
        return backfill;
      },
    });
  }

  static async open(options: PathOptions): Promise<OpcuaPath> {
    const synchroniser = await Synchroniser.open({
      folder: options.folder,
      feeds: { idleMs: 50, windowUs: 100_000 },
    });
    const path = new OpcuaPath(options, synchroniser);
    await synchroniser.attach(options.sink);
    path.source.start();
    await until(() => path.recorder.frames.length > 5, "samples");
    return path;
  }

  entries(): GapEntry[] {
    return this.synchroniser.gaps.query({ source: this.source.source });
  }

  /** Waits until there is a gap, and all there are have been filled in. */
  async filled(): Promise<void> {
    const isFilled = () =>
      this.entries().length > 0 && this.entries().every(({ state }) => state === "closed");
    await until(isFilled, "the gaps to be filled in").catch((error: Error) => {
      throw new Error(`${error.message}: ${JSON.stringify(this.entries(), null, 1)}`);
    });
  }

  /** Samples of historical frames. */
  get sentLater(): number {
    return this.recorder.frames.reduce((sum, { historical, length }) => sum + (historical ? length : 0), 0);
  }

  get backfilled(): number {
    return this.entries().reduce((sum, { backfilled }) => sum + backfilled, 0);
  }

  /** Waits until the sink has all that came. */
  async drained(): Promise<void> {
    const isDrained = () =>
      this.synchroniser
        .conservation()
        .every(({ spool, sinks }) => [spool, ...sinks].every(({ queued }) => queued === 0));
    await until(isDrained, "the sink");
  }

  async close(): Promise<void> {
    await this.source.stop();
    await this.synchroniser.close();
  }
}

/** Every tag counts up by one a tick: what is stored must be the whole numbers from its least to its greatest, once. */
export function wholeCounts(values: readonly number[]): {
  readonly values: number[];
  readonly whole: number[];
} {
  const sorted = [...values].sort((a, b) => a - b);
  const least = sorted[0] ?? 0;
  const length = sorted.length === 0 ? 0 : sorted.at(-1)! - least + 1;
  return { values: sorted, whole: Array.from({ length }, (_, i) => least + i) };
}
