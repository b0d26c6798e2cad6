import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import history from "../../nodes/1-describe/history/history.ts";
import query from "../../nodes/1-describe/query/query.ts";
import historian from "../../nodes/config/historian/historian.ts";
import type { Frame } from "../../runtime/core/frame.ts";
import { closeServices, services } from "../../runtime/host/services.ts";
import { FakeInfluxTwo } from "../describe/influx/fake-influx-two.ts";
import { until } from "../describe/opcua-recorder.ts";
import { newFolder } from "../describe/opcua-test-server.ts";
import { property, SECOND, T0, TestSource } from "../describe/twin-fixture.ts";

interface Message {
  readonly payload: unknown;
}
interface HelperNode {
  receive(message: Message): void;
  on(event: "input", react: (message: Message) => void): void;
}
interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}
/** The part of node-red-node-test-helper that is used here; it ships no types. */
interface Helper {
  init(runtimePath: string): void;
  startServer(done: () => void): void;
  stopServer(done: () => void): void;
  load(nodes: unknown, flow: unknown, credentials: unknown): Promise<void>;
  unload(): Promise<void>;
  getNode(id: string): HelperNode;
  request(): { post(path: string): { send(body: unknown): Promise<Answer> } };
  log(): { getCalls(): { args: [{ level: number; id?: string; msg?: unknown }] }[] };
}
const require = createRequire(import.meta.url);
const helper = require("node-red-node-test-helper") as Helper;
/** Node-RED's level of an error in its log. */
const ERROR_LEVEL = 20;
const TAG = property("zone1/airTemperature");

describe("historian node with an InfluxDB", function () {
  this.timeout(20_000);
  let fake: FakeInfluxTwo;
  let source: TestSource;
  const homeBefore = process.env.RUNG_HOME;

  before(async () => {
    helper.init(require.resolve("node-red"));
    await new Promise<void>((resolve) => helper.startServer(resolve));
  });
  after(() => new Promise<void>((resolve) => helper.stopServer(resolve)));
  beforeEach(async () => {
    await closeServices();
    process.env.RUNG_HOME = newFolder("historian-node-home");
    fake = await new FakeInfluxTwo().start();
    source = new TestSource([TAG]);
  });
  afterEach(async () => {
    await helper.unload();
    await closeServices();
    fake.end();
    if (homeBefore === undefined) delete process.env.RUNG_HOME;
    else process.env.RUNG_HOME = homeBefore;
  });

  const influx = (more: object = {}) => ({
    id: "influx",
    type: "rung-historian",
    name: "plant influx",
    store: "influxdb2",
    url: fake.url,
    organisation: "acme",
    bucket: "plant",
    measurement: "rung",
    ...more,
  });
  /** @param keptBy id of the historian that the history node stores in */
  const load = (token: string, keptBy: string, ...nodes: object[]): Promise<void> =>
    helper.load(
      [historian, history, query],
      [
        { id: "tab", type: "tab" },
        { id: "keep", type: "rung-history", z: "tab", historian: keptBy },
        { id: "ask", type: "rung-query", z: "tab", historian: "influx", kind: "range", wires: [["sink"]] },
        { id: "sink", type: "helper", z: "tab" },
        ...nodes,
      ],
      { influx: { token } },
    );
  const said = (level: number): string[] =>
    helper
      .log()
      .getCalls()
      .map((call) => call.args[0])
      .filter((entry) => entry.level === level)
      .map((entry) => String(entry.msg));
  const frame = (value: number): Frame =>
    source.frame([{ index: 0, value, timeUs: T0 + source.sequence * SECOND }]);
  const ask = async (): Promise<(number | null)[]> => {
    const answers: { samples: { value: number | null }[] }[] = [];
    helper.getNode("sink").on("input", ({ payload }) => answers.push(payload as (typeof answers)[0]));
    helper.getNode("ask").receive({
      payload: { address: TAG.address, fromUs: T0, toUs: T0 + 100 * SECOND },
    });
    await until(() => answers.length > 0, "an answer");
    return answers[0]!.samples.map(({ value }) => value);
  };
  const EMBEDDED = { id: "store", type: "rung-historian", name: "both", store: "embedded", alsoTo: "influx" };

  it("feeds the mirror from the same spool, later where it could not be reached, and asks it", async () => {
    await load("wrong", "store", EMBEDDED, influx());
    helper.getNode("keep").receive({ payload: frame(1) });
    const synchroniser = await services().synchroniser();
    await until(
      () => synchroniser.troubleOf("influx-influx")?.code === "influx-login-refused",
      "the refusal",
    );
    await until(() => synchroniser.totals("historian").stored === 1, "the history");
    assert.equal(synchroniser.totals("influx-influx").queued, 1);
    // The right token, deployed: what waited goes there, and nothing twice.
    await helper.unload();
    await load(FakeInfluxTwo.token, "store", EMBEDDED, influx());
    helper.getNode("keep").receive({ payload: frame(2) });
    await until(() => fake.points.size === 2, "both samples");
    for (const sink of ["historian", "influx-influx"])
      await until(() => synchroniser.totals(sink).queued === 0, "nothing more to send");
    assert.deepEqual(await ask(), [1, 2]);
    const [counts] = synchroniser.conservation();
    assert.deepEqual(
      counts!.sinks.map(({ sink, stored }) => [sink, stored]),
      [
        ["historian", 2],
        ["influx-influx", 2],
      ],
    );
  });

  it("keeps the history where the mirror is none, and says so", async () => {
    await load(
      FakeInfluxTwo.token,
      "store",
      { ...EMBEDDED, alsoTo: "other" },
      {
        id: "other",
        type: "rung-historian",
        name: "another file",
        store: "embedded",
        file: "history/other.duckdb",
      },
    );
    helper.getNode("keep").receive({ payload: frame(1) });
    const synchroniser = await services().synchroniser();
    await until(() => synchroniser.totals("historian").stored === 1, "the history");
    assert.deepEqual(said(ERROR_LEVEL), [
      "both: its samples can also go to an InfluxDB only (choose an InfluxDB historian that may be written to)",
    ]);
  });

  it("says where two of one file want different things, and takes a change at the deploy", async () => {
    const two = (days: number) =>
      load(
        FakeInfluxTwo.token,
        "store",
        { ...EMBEDDED, alsoTo: "", retentionDays: 2 },
        { ...EMBEDDED, id: "second", name: "the other", alsoTo: "", retentionDays: days },
      );
    await two(3);
    await until(() => said(ERROR_LEVEL).length === 2, "both say it");
    for (const text of said(ERROR_LEVEL)) assert.match(text, /3 days and 256 MB count/);
    const kept = services().historian();
    await kept.append(
      source.frame(
        [0, 1, 2, 3, 4].map((day) => ({ index: 0, value: day, timeUs: T0 + day * 86_400 * SECOND })),
      ),
    );
    await kept.maintain();
    const values = async () => [...(await kept.range(TAG.address, 0, Number.MAX_SAFE_INTEGER)).value];
    assert.deepEqual(await values(), [1, 2, 3, 4]);
    await helper.unload();
    await two(2);
    await new Promise((resolve) => setImmediate(resolve));
    await kept.maintain();
    assert.deepEqual(await values(), [2, 3, 4]);
    assert.deepEqual(said(ERROR_LEVEL), []);
  });

  it("stores straight into an InfluxDB from a spool of its own", async () => {
    await load(FakeInfluxTwo.token, "influx", influx());
    helper.getNode("keep").receive({ payload: frame(7) });
    await until(() => fake.points.size === 1, "the sample");
    assert.deepEqual(await ask(), [7]);
    assert.ok(existsSync(join(process.env.RUNG_HOME!, "history", "influx.sync", "spool")));
    assert.equal(existsSync(join(process.env.RUNG_HOME!, "history", "rung.duckdb")), false);
  });

  it("never writes to one that is only read, and makes no spool for it", async () => {
    await load(FakeInfluxTwo.token, "store", influx({ id: "store", readOnly: true }), influx());
    helper.getNode("keep").receive({ payload: frame(1) });
    await until(() => said(ERROR_LEVEL).some((text) => /is only read/.test(text)), "the refusal");
    assert.equal(fake.points.size, 0);
    assert.equal(existsSync(join(process.env.RUNG_HOME!, "history", "store.sync")), false);
  });

  it("says what is wrong with its settings, and that nothing can be asked of it", async () => {
    await load(FakeInfluxTwo.token, "store", influx({ url: "influx.plant" }), EMBEDDED);
    const errors = said(ERROR_LEVEL).join("\n");
    assert.match(errors, /influx\.plant: is no address of a server/);
    assert.match(errors, /plant influx: its settings are wrong/);
  });

  it("tries a connection as the dialog shows it, with a deployed token for the same server only", async () => {
    await load(FakeInfluxTwo.token, "store", EMBEDDED, influx());
    const test = (config: object, token: string): Promise<Answer> =>
      helper.request().post("/rung/historian/test").send({ id: "influx", config, credentials: { token } });
    const good = await test(influx(), "__PWRD__");
    assert.deepEqual(good.body, {
      product: "InfluxDB 2.7.10",
      database: { name: "plant", found: true },
      answersQueries: true,
    });
    assert.deepEqual((await test(influx({ bucket: "none" }), FakeInfluxTwo.token)).body.database, {
      name: "none",
      found: false,
    });
    const other = await test(influx({ url: `${fake.url}/` }), "__PWRD__");
    assert.equal(other.status, 409);
    assert.match(String(other.body.error), /401/);
    assert.match(String((await test(influx({ url: "x" }), "")).body.error), /no address of a server/);
  });
});
