import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer as createHttpServer, type RequestListener, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RungError } from "../../../runtime/core/errors.ts";
import { GOOD } from "../../../runtime/core/quality.ts";
import { influxError } from "../../../runtime/describe/influx/influx-error.ts";
import { InfluxHistory } from "../../../runtime/describe/influx/influx-history.ts";
import { InfluxOne } from "../../../runtime/describe/influx/influx-one.ts";
import type { InfluxServer } from "../../../runtime/describe/influx/influx-server.ts";
import type { InfluxSettings } from "../../../runtime/describe/influx/influx-settings.ts";
import { InfluxSink, MOST_STORED } from "../../../runtime/describe/influx/influx-sink.ts";
import { nanoTimeOf } from "../../../runtime/describe/influx/nano-time.ts";
import { openInflux } from "../../../runtime/describe/influx/open-influx.ts";
import { textOfValue, valueOfText } from "../../../runtime/describe/influx/text-value.ts";
import { RowsRefused } from "../../../runtime/describe/sink.ts";
import { identity } from "../identity.ts";
import { property, T0, TestSource } from "../twin-fixture.ts";
import { DatabaseProcess, needs } from "./database-process.ts";

const SIGNAL = new AbortController().signal;
const TAGS = [property("zone1/airTemperature"), property("zone2/airTemperature")];

describe("influx text values", () => {
  const others: readonly unknown[] = [
    "plain",
    "",
    "lone surrogate \ud800",
    -(2n ** 63n),
    new Date(Date.UTC(2026, 8, 21, 12, 0, 0, 5)),
    Float64Array.of(1.5, Number.NaN, Number.POSITIVE_INFINITY, -0),
    Float32Array.of(0.1, -1),
    BigInt64Array.of(-(2n ** 63n), 1n),
    Uint8Array.of(0, 255),
    { samples: Float64Array.of(0, -0, Number.NaN), sampleRateHz: 25_600 },
    { nested: { list: [1, "two", null] } },
    { serial: 2n ** 60n, at: new Date(5), raw: Buffer.of(1, 2), pose: Float32Array.of(0.5) },
    [],
  ];
  for (const other of others) {
    it(`${Object.prototype.toString.call(other)} comes back as it was`, () => {
      const stored = textOfValue(Number.NaN, other);
      assert.ok(stored.text.isWellFormed());
      assert.deepEqual(valueOfText(stored), { value: Number.NaN, other });
    });
  }

  it("keep numbers that are not finite, and say what was spoilt there or cannot be written", () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
      assert.deepEqual(valueOfText(textOfValue(value, undefined)), { value });
    assert.match(String(valueOfText({ kind: "integer", text: "12x" }).other), /^12x \(/);
    const circle: { self?: unknown } = {};
    circle.self = circle;
    assert.equal(textOfValue(Number.NaN, circle).kind, "unreadable");
  });

  it("times keep all nine digits", () => {
    assert.deepEqual(nanoTimeOf("2026-09-21T14:13:20.000001002Z"), { timeUs: T0 + 1, slot: 2 });
    assert.deepEqual(nanoTimeOf("2026-09-21T14:13:20Z"), { timeUs: T0, slot: 0 });
    assert.deepEqual(nanoTimeOf("2255-06-05T23:47:34.740991Z"), {
      timeUs: 9_007_199_254_740_991,
      slot: 0,
    });
  });
});

describe("influx servers that misbehave", function () {
  this.timeout(20_000);
  let server: Server;
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "rung-influx-"));
  });
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function serve(answer: RequestListener, tls?: { key: string; cert: string }): Promise<string> {
    server =
      tls === undefined ? createHttpServer(answer) : (createHttpsServer(tls, answer) as unknown as Server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return `${tls === undefined ? "http" : "https"}://127.0.0.1:${(server.address() as { port: number }).port}`;
  }
  const settingsOf = (version: 1 | 2, url: string, more: Partial<InfluxSettings> = {}): InfluxSettings => ({
    version,
    url,
    database: "plant",
    organisation: "acme",
    measurement: "rung",
    ...more,
  });
  const frame = () => new TestSource(TAGS).frame([{ index: 0, value: 1 }]);

  for (const version of [1, 2] as const) {
    it(`${version}.x: silence is a time-out, and stopping does not wait for it`, async () => {
      const url = await serve(() => undefined);
      const store = (timeoutMs: number, signal: AbortSignal) => {
        const settings = settingsOf(version, url, { timeoutMs, writeOnly: version === 2 });
        return new InfluxSink("influx", openInflux(settings), settings).store([frame()], signal);
      };
      await assert.rejects(store(100, SIGNAL), { code: "influx-timeout" });
      const stopping = new AbortController();
      const work = store(600_000, stopping.signal);
      setTimeout(() => stopping.abort(), 20);
      await assert.rejects(work, { code: "influx-unreachable" });
    });

    it(`${version}.x: an answer that breaks off is an error, not a wait for ever`, async () => {
      const url = await serve((_request, response) => {
        response.writeHead(200, { "content-length": 1000, "content-type": "text/csv" });
        response.write('{"results":[');
        setTimeout(() => response.destroy(), 20);
      });
      const settings = settingsOf(version, url, { timeoutMs: 300 });
      await assert.rejects(new InfluxHistory(openInflux(settings), settings).last(TAGS[0]!.address), {
        name: "RungError",
        code: /^influx-(timeout|unreachable)$/,
      });
    });

    it(`${version}.x: a certificate is checked against the authority that is entered`, async () => {
      const { certificate, key } = await identity("influx");
      const bodies: number[] = [];
      const url = await serve(
        (request, response) => {
          request.on("data", (chunk: Buffer) => bodies.push(chunk.length));
          request.on("end", () => response.writeHead(204).end());
        },
        { key, cert: certificate },
      );
      const write = (more: Partial<InfluxSettings>) =>
        openInflux(settingsOf(version, url, more)).write("m v=1 1");
      await assert.rejects(write({}), { code: "influx-unreachable", message: /self-signed|certificate/ });
      await write({ ca: certificate });
      assert.equal(bodies.length, 1);
    });
  }

  it("1.x: a login that is refused, and one without a right, are told apart", async function () {
    needs(this, "influxd");
    const influxd = await DatabaseProcess.influxd(["auth-enabled = true"]);
    try {
      const admin = new URLSearchParams({ q: "CREATE USER root WITH PASSWORD 'secret' WITH ALL PRIVILEGES" });
      await fetch(`${influxd.url}/query`, { method: "POST", body: admin });
      const login = { user: "root", password: "secret" };
      const run = async (q: string): Promise<void> => {
        const headers = { authorization: `Basic ${Buffer.from("root:secret").toString("base64")}` };
        await fetch(`${influxd.url}/query`, { method: "POST", body: new URLSearchParams({ q }), headers });
      };
      await run(
        "CREATE DATABASE plant; CREATE USER reader WITH PASSWORD 'secret'; GRANT READ ON plant TO reader",
      );
      const write = (more: Partial<InfluxSettings>) =>
        new InfluxOne(settingsOf(1, influxd.url, more)).write(`m v=1 ${T0}000`);
      await write(login);
      await assert.rejects(write({}), { code: "influx-login-refused" });
      await assert.rejects(write({ ...login, password: "wrong" }), {
        code: "influx-login-refused",
        message: /correct user and password/,
      });
      await assert.rejects(write({ user: "reader", password: "secret" }), {
        code: "influx-no-right",
        message: /the right to write/,
      });
    } finally {
      await influxd.end();
    }
  });
});

describe("influx sink at a server that refuses", () => {
  const settings = {
    version: 2,
    url: "http://unused",
    database: "",
    measurement: "rung",
    writeOnly: true,
  } as const;
  const answered = (text: string): RungError => influxError("fake", { status: 400, text });
  const proxy = answered("<html>400 Bad Request</html>");
  /** @param answer what it says to some lines; undefined where it takes them */
  const refusing = (answer: (lines: readonly string[]) => RungError | undefined) => {
    const taken = new Set<string>();
    let requests = 0;
    const server = {
      where: "fake",
      write: async (text: string) => {
        requests++;
        const lines = text.split("\n");
        const error = answer(lines);
        if (error !== undefined) throw error;
        for (const line of lines) taken.add(line);
      },
    } as unknown as InfluxServer;
    return { sink: new InfluxSink("influx", server, settings), taken, requests: () => requests };
  };
  const source = new TestSource(TAGS);
  const frameOf = (n: number) =>
    source.frame(Array.from({ length: n }, (_, i) => ({ index: 0, value: i, timeUs: T0 + i * 1000 })));

  it("fails, and drops nothing, where everything is refused and no point is named", async () => {
    const { sink, taken, requests } = refusing(() => proxy);
    await assert.rejects(sink.store([frameOf(5000)], SIGNAL), {
      code: "influx-refuses-all",
      message: /400 Bad Request.*nothing is lost/,
    });
    assert.equal(taken.size, 0);
    assert.ok(requests() <= 64, `${requests()} requests`);
    await assert.rejects(sink.store([frameOf(1)], SIGNAL), { code: "influx-refuses-all" });
  });

  it("fails where it begins to refuse everything in the middle of a batch", async () => {
    let accepted = 0;
    const { sink } = refusing((lines) => {
      if (lines.length > 4 || accepted > 40) return proxy;
      accepted += lines.length;
      return undefined;
    });
    await assert.rejects(sink.store([frameOf(50)], SIGNAL), { name: "RungError", code: /influx-refuse/ });
  });

  it("drops a line that is refused without a word, where it takes the others", async () => {
    const bad = (line: string) => /value=(7|31)[ ,]/.test(line);
    const { sink, taken } = refusing((lines) => (lines.some(bad) ? proxy : undefined));
    await assert.rejects(sink.store([frameOf(40)], SIGNAL), (thrown) => {
      assert.ok(thrown instanceof RowsRefused);
      assert.deepEqual(
        thrown.rows.map(({ row }) => row),
        [7, 31],
      );
      return true;
    });
    assert.equal(taken.size, 38);
  });

  it("waits for a limit that can be raised at the server", async () => {
    const full = answered(
      '{"error":"partial write: max-series-per-database limit exceeded: (1000) dropped=3"}',
    );
    await assert.rejects(refusing(() => full).sink.store([frameOf(3)], SIGNAL), { code: "influx-no-room" });
  });
});

describe("influx sink beside more points than one answer holds", () => {
  it("knows of the last of them too", async () => {
    const points = MOST_STORED + 10;
    const asked: number[] = [];
    const fake = {
      where: "fake",
      async *points(_whose, { fromUs, toUs, limit }) {
        asked.push(fromUs);
        const first = Math.max(0, fromUs - T0);
        for (let i = first; i < Math.min(points, first + limit, toUs - T0); i++) {
          const point = { timeUs: T0 + i, slot: 0, address: TAGS[0]!.address, source: "s", reality: "live" };
          const none = { unit: undefined, kind: undefined, text: undefined };
          yield { ...point, ...none, value: i, quality: 0, receivedUs: T0, epoch: 1, sequence: i };
        }
      },
    } as Pick<InfluxServer, "where" | "points"> as InfluxServer;
    const settings = { version: 1, url: "http://127.0.0.1", database: "d", measurement: "rung" } as const;
    const sink = new InfluxSink("mirror", fake, settings);
    const keys = Array.from({ length: points + 1 }, (_, i) => ({
      address: TAGS[0]!.address,
      sourceTimeUs: T0 + i,
      value: i,
      quality: GOOD,
    }));
    const held = await sink.holds!("s", keys);
    assert.deepEqual([held.indexOf(false), held.length], [points, points + 1]);
    assert.deepEqual(asked, [T0, T0 + MOST_STORED - 1]);
  });
});

describe("influx sink at a receiver of numbers and milliseconds", () => {
  it("says what is overwritten, and what is no number, and hands over the rest", async () => {
    const bodies: string[] = [];
    const settings: InfluxSettings = {
      version: 2,
      url: "http://unused",
      database: "",
      measurement: "rung",
      writeOnly: true,
    };
    const server = {
      ...openInflux(settings),
      where: "a receiver",
      write: async (lines: string) => {
        bodies.push(lines);
      },
    };
    const sink = new InfluxSink("influx", server as unknown as ReturnType<typeof openInflux>, settings);
    assert.equal(sink.holds, undefined);
    const source = new TestSource(TAGS);
    const first = source.frame([
      { index: 0, value: 1, timeUs: T0 },
      { index: 0, value: 2, timeUs: T0 + 999 },
      { index: 1, value: 3, timeUs: T0 },
      { index: 1, value: Number.NaN, timeUs: T0 + 1000, other: "text" },
      { index: 1, value: Number.NaN, timeUs: T0 + 2000 },
    ]);
    const reasons = async (work: Promise<void>): Promise<[number, string][]> => {
      try {
        await work;
        return [];
      } catch (thrown) {
        assert.ok(thrown instanceof RowsRefused, String(thrown));
        return thrown.rows.map(({ frame, row, reason }) => [frame.sequenceAt(row), reason]);
      }
    };
    assert.deepEqual(await reasons(sink.store([first], SIGNAL)), [
      [3, "refused"],
      [1, "overwritten"],
    ]);
    assert.equal(bodies.join("\n").split("\n").length, 4);
    // Handed over again after a kill nothing is overwritten but by itself.
    assert.deepEqual(await reasons(sink.store([first.filter((row) => row === 1)], SIGNAL)), []);
    const next = source.frame([
      { index: 0, value: 4, timeUs: T0 + 500 },
      { index: 0, value: 5, timeUs: T0 + 1000 },
    ]);
    assert.deepEqual(await reasons(sink.store([next], SIGNAL)), [[5, "overwritten"]]);
  });
});
