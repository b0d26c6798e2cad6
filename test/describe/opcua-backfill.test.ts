import assert from "node:assert/strict";
import { Backfill } from "../../runtime/describe/backfill.ts";
import { ClockRegistry } from "../../runtime/describe/clock-registry.ts";
import { EpochCounter } from "../../runtime/describe/epoch-counter.ts";
import type { GapEntry } from "../../runtime/describe/gap-ledger.ts";
import { unaccounted } from "../../runtime/describe/ledger.ts";
import { OpcuaLink } from "../../runtime/describe/opcua/opcua-link.ts";
import { OpcuaSource } from "../../runtime/describe/opcua/opcua-source.ts";
import { Synchroniser } from "../../runtime/describe/synchroniser.ts";
import { TwinState } from "../../runtime/describe/twin-state.ts";
import { bindings, Recorder, TWIN, until } from "./opcua-recorder.ts";
import { killTestServers, newFolder, startTestServer, type TestServer } from "./opcua-test-server.ts";
import { MemorySink } from "./sink-fixture.ts";
import { TcpCut } from "./tcp-cut.ts";

const PERIOD_MS = 50;
const TAGS = 3;

/** A source behind a relay, its twin's state, and a synchroniser with a sink: the way of a sample through the host. */
class Path {
  readonly sink = new MemorySink("memory");
  readonly recorder = new Recorder();
  readonly state = new TwinState(TWIN);
  readonly source: OpcuaSource;
  readonly synchroniser: Synchroniser;
  readonly relay: TcpCut;
  readonly link: OpcuaLink;

  private constructor(relay: TcpCut, synchroniser: Synchroniser, link: OpcuaLink, home: string) {
    this.relay = relay;
    this.synchroniser = synchroniser;
    this.link = link;
    const { recorder } = this;
    this.source = new OpcuaSource({
      id: "source1",
      name: "test source",
      link,
      bindings: bindings(
        Array.from({ length: TAGS }, (_, i) => ({
          nodeId: `ns=1;s=Tag${i}`,
          path: `tag${i}`,
          periodMs: PERIOD_MS,
        })),
      ),
      clocks: new ClockRegistry(),
      epochs: new EpochCounter(home),
      publishingIntervalMs: 100,
      listener: {
        frame: (frame) => {
          recorder.frame(frame);
          if (frame.length > 0) void synchroniser.accept(this.state.accept(frame));
        },
        gap: (gap) => {
          recorder.gap(gap);
          this.state.noteGap(gap);
          synchroniser.noteGap(gap);
        },
        problem: (error) => recorder.problem(error),
      },
      fillsGaps: (reader) => {
        const backfill = new Backfill({
          reader,
          settleMs: 300,
          firstPauseMs: 300,
          mostTries: 3,
          filled: (gap) => this.state.noteFilled(gap),
          problem: (error) => recorder.problem(error),
        });
        backfill.attach(synchroniser);
        return backfill;
      },
    });
  }

  static async open(server: TestServer, surviveMs = 30_000): Promise<Path> {
    const home = newFolder("home");
    const relay = await TcpCut.to(server.port);
    const synchroniser = await Synchroniser.open({
      folder: newFolder("sync"),
      feeds: { idleMs: 50, windowUs: 100_000 },
    });
    const link = new OpcuaLink({
      id: "link1",
      name: "test link",
      endpoint: relay.endpoint,
      reality: "live",
      home,
      surviveMs,
      securityMode: "None",
      securityPolicy: "None",
    });
    const path = new Path(relay, synchroniser, link, home);
    await synchroniser.attach(path.sink);
    path.source.start();
    await until(() => path.recorder.samples(`${TWIN}/tag0`).length > 5, "samples");
    return path;
  }

  entries(): GapEntry[] {
    return this.synchroniser.gaps.query({ source: this.source.source });
  }

  /** Waits until the sink has all that came. */
  async drained(): Promise<void> {
    await until(
      () =>
        this.synchroniser
          .conservation()
          .every(({ spool, sinks }) => [spool, ...sinks].every(({ queued }) => queued === 0)),
      "the sink",
    );
  }

  async close(): Promise<void> {
    await this.source.stop();
    await this.synchroniser.close();
    await this.relay.close();
  }
}

/** Every tag counts up by one a tick: what is stored must be the whole numbers from its least to its greatest, once. */
function assertWhole(sink: MemorySink): void {
  for (let tag = 0; tag < TAGS; tag++) {
    const values = [...sink.samples.values()]
      .filter(({ address }) => address === `${TWIN}/tag${tag}`)
      .map(({ value }) => value)
      .sort((a, b) => a - b);
    const least = values[0]!;
    assert.deepEqual(
      values,
      Array.from({ length: values.at(-1)! - least + 1 }, (_, i) => least + i),
    );
  }
}

describe("opc ua continuity", function () {
  this.timeout(40_000);
  after(killTestServers);

  it("fills in what a queue lost in a cut, exactly, page by page, and closes the entries", async () => {
    const server = await startTestServer({
      pki: newFolder("pki"),
      periodMs: PERIOD_MS,
      tags: TAGS,
      historyValues: 5000,
      historyNodesPerCall: 2,
      mostQueued: 10,
    });
    const path = await Path.open(server);
    try {
      path.relay.cut();
      await until(() => path.link.state.phase === "retrying", "the loss to be noticed");
      await new Promise((resolve) => setTimeout(resolve, 2500));
      path.relay.mend();
      await until(() => path.entries().length > 0, "a gap");
      await until(
        () => path.entries().every(({ state }) => state === "closed"),
        "the gap to be filled in",
        6000,
      ).catch((e) => {
        console.log(path.entries(), path.recorder.problems, path.recorder.gaps);
        throw e;
      });
      await path.drained();
      assert.ok(
        path.recorder.gaps.some(({ cause }) => cause === "queue-overflow"),
        "the overflow was told",
      );
      assertWhole(path.sink);
      let backfilled = 0;
      for (const entry of path.entries()) backfilled += entry.backfilled;
      const sent = path.recorder.frames.filter(({ historical }) => historical);
      assert.equal(
        backfilled,
        sent.reduce((sum, { length }) => sum + length, 0),
      );
      assert.ok(backfilled >= TAGS * 20, `${backfilled} samples were filled in`);
      assert.equal(path.synchroniser.gaps.backfilledSamples.get(path.source.source), backfilled);
      for (const { spool, sinks } of path.synchroniser.conservation()) {
        for (const counts of [spool, ...sinks]) assert.equal(unaccounted(counts), 0);
      }
    } finally {
      await path.close();
      await server.kill();
    }
  });
});
