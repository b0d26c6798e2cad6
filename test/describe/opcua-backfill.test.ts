import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { GapEntry } from "../../runtime/describe/gap-entry.ts";
import { Historian } from "../../runtime/describe/historian/historian.ts";
import { unaccounted } from "../../runtime/describe/ledger.ts";
import { historyReachesBack, historyRead } from "../../runtime/describe/opcua/history-read.ts";
import { OpcuaPath, type PathOptions, PERIOD_MS, TAGS, wholeCounts } from "./opcua-path.ts";
import { TWIN, until } from "./opcua-recorder.ts";
import { killTestServers, newFolder, startTestServer, type TestServer } from "./opcua-test-server.ts";
import { MemorySink } from "./sink-fixture.ts";
import { TcpCut } from "./tcp-cut.ts";

const RECORDING = fileURLToPath(new URL("./opcua-recording-process.ts", import.meta.url));

/** A path over a relay that can be cut. */
interface Bench {
  readonly relay: TcpCut;
  readonly path: OpcuaPath;
  readonly sink: MemorySink;
}

describe("opc ua continuity", function () {
  this.timeout(60_000);
  let server: TestServer;
  const ends: (() => Promise<void>)[] = [];

  before(async () => {
    server = await startTestServer({
      pki: newFolder("pki"),
      periodMs: PERIOD_MS,
      tags: TAGS.length + 1,
      historyValues: 5000,
      historyNodesPerCall: 2,
      mostQueued: 10,
    });
  });
  after(killTestServers);
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  async function bench(options: Partial<PathOptions> = {}): Promise<Bench> {
    const relay = await TcpCut.to(server.port);
    ends.push(() => relay.close());
    const sink = new MemorySink("memory");
    const folders = { home: newFolder("home"), folder: newFolder("sync") };
    const path = await OpcuaPath.open({ endpoint: relay.endpoint, ...folders, sink, ...options });
    ends.push(() => path.close());
    return { relay, path, sink };
  }

  async function cut({ relay, path }: Bench, ms: number): Promise<void> {
    relay.cut();
    await until(() => path.link.state.phase === "retrying", "the loss to be noticed");
    await new Promise((resolve) => setTimeout(resolve, ms));
  }

  /** Every tag is stored from its first value to its last, each once, and every sample is accounted for. */
  async function assertWhole({ path, sink }: Bench): Promise<void> {
    await path.drained();
    for (const tag of TAGS) {
      const stored = [...sink.samples.values()].filter(({ address }) => address === `${TWIN}/${tag}`);
      const { values, whole } = wholeCounts(stored.map(({ value }) => value));
      assert.deepEqual(values, whole);
    }
    for (const { spool, sinks } of path.synchroniser.conservation()) {
      for (const counts of [spool, ...sinks]) assert.equal(unaccounted(counts), 0);
    }
  }

  it("fills in what a queue lost in a cut, exactly, and closes the entries", async () => {
    const made = await bench();
    const { path } = made;
    const shortened = () => path.recorder.problems.find(({ code }) => code === "queue-shortened");
    await until(() => shortened() !== undefined, "the limit, which is told once all items are there");
    const short = shortened()!;
    assert.equal(
      short.message,
      `test source: the server's queue of ${TWIN}/Tag0 survives an outage of 0.3 s only, and 2 more have too short a queue; 30 s are asked for (raise the server's limit, or lower the outage that the link bridges)`,
    );
    await cut(made, 2000);
    made.relay.mend();
    await path.filled();
    assert.ok(
      path.recorder.gaps.some(({ cause }) => cause === "queue-overflow"),
      "the overflow was told",
    );
    await assertWhole(made);
    assert.equal(path.backfilled, path.sentLater, "every sample sent later is in the ledger, and only once");
    assert.equal(path.synchroniser.gaps.backfilledSamples.get(path.source.source), path.sentLater);
    assert.ok(path.sentLater >= TAGS.length * 20, `${path.sentLater} samples were filled in`);
    assert.equal(path.state.counts.historical, path.sentLater);
    assert.equal(path.state.sources[0]!.missing, 0, "no number is missing in the sequence");
  });

  it("reads page by page, without the ends of the interval", async () => {
    const { path } = await bench();
    await until(() => path.recorder.samples(`${TWIN}/Tag0`).length > 60, "samples");
    const samples = path.recorder
      .samples(`${TWIN}/Tag0`)
      .sort((a, b) => a.sourceTimeUs - b.sourceTimeUs)
      .slice(0, 60);
    const interval = { fromUs: samples[0]!.sourceTimeUs, toUs: samples[59]!.sourceTimeUs };
    const parts = TAGS.map((tag) => ({ nodeId: `ns=1;s=${tag}`, ...interval }));
    const session = path.link.session!;
    const read = parts.map((): number[] => []);
    let requests = 0;
    const answers = await historyRead(
      session,
      [...parts, { nodeId: "ns=1;s=Nowhere", ...interval }, { nodeId: "ns=1;s=Constant", ...interval }],
      async (pages) => {
        requests++;
        for (const { part, values } of pages) for (const { value } of values) read[part]!.push(value.value);
      },
      new AbortController().signal,
      { nodesPerCall: 20, valuesPerCall: 20 },
    );
    const [first, last] = [samples[0]!.value, samples[59]!.value];
    const inside = Array.from({ length: last - first - 1 }, (_, i) => first + 1 + i);
    assert.deepEqual(read, [inside, inside, inside]);
    // Two nodes a request, ten values of each; the third is asked for beside nodes without history, then alone.
    assert.ok(requests >= Math.ceil(inside.length / 10) + inside.length / 20, `${requests} requests`);
    assert.deepEqual(
      answers.map(({ kind }) => kind),
      ["read", "read", "read", "none", "none"],
    );
    const before = { fromUs: 1e15, toUs: 1.1e15 };
    assert.deepEqual(
      await historyReachesBack(
        session,
        [parts[0]!, { nodeId: "ns=1;s=Tag1", ...before }, { nodeId: "ns=1;s=Constant", ...interval }],
        new AbortController().signal,
      ),
      [true, false, false],
    );
  });

  it("fills in the time between two subscriptions as one gap, with what was sent on change", async () => {
    const made = await bench();
    const { path } = made;
    await cut(made, 500);
    for (const value of ["one", "two", "three"]) {
      server.command({ set: "Text", type: "String", value });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    server.command({ forget: true });
    made.relay.mend();
    await path.filled();
    await assertWhole(made);
    const anew = path.entries().filter(({ cause }) => cause !== "missing-samples");
    assert.deepEqual(
      anew.map(({ cause, state }) => [cause, state]),
      [["subscription-recreated", "closed"]],
      "what the source told and what its new epoch told is one entry",
    );
    const later = path.recorder.frames.filter(({ historical }) => historical).flatMap((frame) => [...frame]);
    const texts = later.filter(({ address }) => address === `${TWIN}/text`).map(({ other }) => other);
    assert.deepEqual(texts, ["one", "two"], "the third is the present value");
    assert.equal(path.state.require(`${TWIN}/text`).other, "three");
  });

  it("leaves a gap open with its reason where the server keeps no history", async () => {
    const made = await bench({ tags: [`Tag${TAGS.length}`] });
    const { path } = made;
    await cut(made, 1500);
    made.relay.mend();
    await until(
      () => path.entries().some(({ backfillProblem }) => backfillProblem !== undefined),
      "the reason",
    );
    const entry = path.entries().at(-1)!;
    assert.equal(entry.state, "open");
    assert.equal(entry.backfilled, 0);
    assert.equal(
      entry.backfillProblem,
      `the server keeps no history: BadHistoryOperationUnsupported (${TWIN}/Tag3)`,
    );
    assert.equal(path.sentLater, 0);
  });

  it("fills in the time in which the recording process was dead, over kill -9 and a new start", async () => {
    const home = newFolder("home");
    type Told = { entries: GapEntry[]; sentLater: number; received: number };
    const record = () => {
      const child = spawn(process.execPath, [RECORDING, server.endpoint, home], {
        stdio: ["pipe", "pipe", "inherit"],
      });
      const told: Told[] = [];
      createInterface({ input: child.stdout! }).on("line", (line) => {
        if (line.startsWith("{")) told.push(JSON.parse(line) as Told);
      });
      ends.push(async () => {
        child.kill("SIGKILL");
      });
      return { child, told };
    };
    const first = record();
    await until(() => (first.told.at(-1)?.received ?? 0) > 30, "the first samples");
    first.child.kill("SIGKILL");
    await once(first.child, "exit");
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const second = record();
    await until(() => {
      const entries = second.told.at(-1)?.entries ?? [];
      return (
        entries.some(({ cause }) => cause === "restart") && entries.every(({ state }) => state === "closed")
      );
    }, "the restart to be filled in");
    second.child.stdin!.end();
    await once(second.child, "exit");
    const { entries, sentLater } = second.told.at(-1)!;
    assert.equal(
      entries.reduce((sum, { backfilled }) => sum + backfilled, 0),
      sentLater,
    );
    assert.ok(sentLater >= TAGS.length * 20, `${sentLater} samples were filled in`);
    const historian = new Historian({ file: join(home, "rung.duckdb") });
    try {
      for (const tag of TAGS) {
        const range = await historian.range(`${TWIN}/${tag}`, 0, Number.MAX_SAFE_INTEGER);
        const { values, whole } = wholeCounts([...range.value]);
        assert.deepEqual(values, whole);
        assert.ok(values.length > 40);
      }
    } finally {
      await historian.close();
    }
  });
});
