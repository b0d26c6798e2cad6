import assert from "node:assert/strict";
import type { RungError } from "../../runtime/core/errors.ts";
import type { Frame, Sample } from "../../runtime/core/frame.ts";
import { ClockRegistry } from "../../runtime/describe/clock-registry.ts";
import { EpochCounter } from "../../runtime/describe/epoch-counter.ts";
import type { Gap, SourceCounters, SourceListener } from "../../runtime/describe/source-signal.ts";
import { Synchroniser } from "../../runtime/describe/synchroniser.ts";
import { until } from "./opcua-recorder.ts";
import { newFolder } from "./opcua-test-server.ts";
import { MemorySink } from "./sink-fixture.ts";

/** A real synchroniser with one sink behind a source, and all that the source says. */
export class BadInputBench implements SourceListener {
  readonly home = newFolder("bad-input");
  readonly clocks = new ClockRegistry();
  readonly epochs = new EpochCounter(this.home);
  readonly sink = new MemorySink("history");
  readonly samples: Sample[] = [];
  readonly gaps: Gap[] = [];
  readonly problems: RungError[] = [];
  readonly #synchroniser: Synchroniser;
  readonly #taken: Promise<void>[] = [];

  private constructor(synchroniser: Synchroniser) {
    this.#synchroniser = synchroniser;
  }

  static async open(): Promise<BadInputBench> {
    const synchroniser = await Synchroniser.open({ folder: newFolder("bad-input-sync") });
    const bench = new BadInputBench(synchroniser);
    await synchroniser.attach(bench.sink);
    return bench;
  }

  frame(frame: Frame): void {
    this.samples.push(...frame);
    this.#taken.push(this.#synchroniser.accept(frame));
  }

  gap(gap: Gap): void {
    this.gaps.push(gap);
    this.#synchroniser.noteGap(gap);
  }

  problem(error: RungError): void {
    this.problems.push(error);
  }

  /** Codes of the problems so far, each once. */
  get codes(): string[] {
    return [...new Set(this.problems.map(({ code }) => code))].sort();
  }

  /**
   * After the source has stopped: every sample it emitted is stored, what it received is emitted or dropped with its
   * reason, and what it says fits a log line.
   */
  async settle(counters: SourceCounters): Promise<void> {
    await Promise.all(this.#taken);
    await until(() => this.#synchroniser.totals("history").queued === 0, "the sink");
    const dropped = Object.values(counters.dropped).reduce((sum, count) => sum + count, 0);
    assert.equal(counters.received, counters.emitted + dropped);
    const { received, stored, deduplicated, ...rest } = this.#synchroniser.totals("history");
    assert.deepEqual(
      [received, stored + deduplicated, rest],
      [counters.emitted, received, { queued: 0, dropped: {} }],
    );
    // What was left out while a gap was open had come before, tag, time and value.
    const key = ({
      address,
      sourceTimeUs,
      value,
    }: {
      address: string;
      sourceTimeUs: number;
      value: number;
    }) => `${address} ${sourceTimeUs} ${value}`;
    const kept = [...this.sink.samples.values()].map(key);
    assert.equal(kept.length, stored);
    assert.deepEqual(new Set(kept), new Set(this.samples.map(key)));
    for (const { message } of this.problems) assert.ok(message.length < 1000, `${message.length} characters`);
    await this.#synchroniser.close();
  }
}
