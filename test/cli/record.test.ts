import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connectAsync } from "mqtt";
import { run } from "../../runtime/cli/record.ts";
import type { ReplayReport } from "../../runtime/cli/replay-pipeline.ts";
import type { Sample } from "../../runtime/core/frame.ts";
import { BAD_SENSOR_FAILURE, GOOD } from "../../runtime/core/quality.ts";
import { writeBindingCsv } from "../../runtime/describe/binding-csv.ts";
import { Historian } from "../../runtime/describe/historian/historian.ts";
import { framesOfFile } from "../../runtime/describe/recording/frame-file.ts";
import { startBroker } from "../../runtime/host/broker.ts";
import { BrokerUsers } from "../../runtime/host/broker-rights.ts";
import { passwordDigest } from "../../runtime/host/demo-logins.ts";
import {
  killTestServers,
  newFolder,
  startTestServer,
  type TestServer,
} from "../describe/opcua-test-server.ts";

const RUNG = fileURLToPath(new URL("../../runtime/cli/rung.ts", import.meta.url));
const TWIN = "acme/leipzig/test/press1";
/** A file that holds nothing yet. */
const MAGIC_BYTES = 8;
const ROWS = [
  { nodeId: "ns=1;s=Tag0", path: "zone1/count", unit: "°C" },
  { nodeId: "ns=1;s=Text", path: "zone1/text", type: "string" as const },
  { nodeId: "ns=1;s=Bad", path: "zone1/bad" },
];

interface Done {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

function rung(args: readonly string[], begun?: (child: ReturnType<typeof spawn>) => void): Promise<Done> {
  return new Promise((resolve) => {
    const env = { ...process.env, RUNG_OPCUA_PASSWORD: "right", RUNG_MQTT_PASSWORD: "twin-password" };
    const child = spawn(process.execPath, [RUNG, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
    let out = "";
    let err = "";
    child.stdout.on("data", (text) => {
      out += text;
    });
    child.stderr.on("data", (text) => {
      err += text;
    });
    begun?.(child);
    child.once("close", (status) => resolve({ status, out, err }));
  });
}

async function samplesOf(file: string): Promise<Sample[]> {
  const samples: Sample[] = [];
  for await (const frame of framesOfFile(file)) samples.push(...frame);
  return samples;
}

describe("rung record", function () {
  this.timeout(60_000);
  let home: string;
  let server: TestServer;
  before(async () => {
    home = newFolder("record");
    server = await startTestServer({ pki: newFolder("record-pki"), tags: 1, periodMs: 20 });
    writeFileSync(join(home, "tags.json"), JSON.stringify(ROWS));
    writeFileSync(join(home, "tags.csv"), writeBindingCsv(ROWS));
  });
  after(killTestServers);

  const record = (...more: string[]) => [
    "record",
    server.endpoint,
    "--security",
    "None",
    "--home",
    home,
    "--twin",
    TWIN,
    ...more,
  ];

  it("records an OPC UA server; a replay stores the same count, sum, times and qualities", async () => {
    const file = join(home, "line.frames");
    const { status, out, err } = await rung(
      record("--tags", join(home, "tags.csv"), "--user", "twin", "--for", "2s", "--out", file),
    );
    assert.deepEqual([status, err], [0, ""]);
    const samples = await samplesOf(file);
    assert.equal(out, `${samples.length} samples of 3 tags in ${file}, 0 gaps\n`);
    const counts = samples.filter(({ address }) => address === `${TWIN}/zone1/count`);
    assert.ok(counts.length > 20, `${counts.length} counts`);
    assert.deepEqual(
      samples
        .filter(({ address }) => !address.endsWith("count"))
        .map(({ address, value, other, quality }) => [address, other ?? value, quality]),
      [
        [`${TWIN}/zone1/text`, "cold", GOOD],
        [`${TWIN}/zone1/bad`, 1.5, BAD_SENSOR_FAILURE],
      ],
    );

    const played = join(home, "played");
    const replay = async () =>
      JSON.parse(
        (await rung(["replay", file, "--train", "0", "--twin", TWIN, "--home", played, "--json"])).out,
      ) as ReplayReport;
    const report = await replay();
    assert.equal(report.matches, true);
    assert.equal(report.samples.stored, samples.length);
    const stored = report.columns.find(({ column }) => column === "zone1/count")!.stored;
    assert.deepEqual(
      [stored.count, stored.sumInOrder],
      [counts.length, counts.reduce((sum, { value }) => sum + value, 0)],
    );
    const historian = new Historian({ file: join(played, "history", "rung.duckdb"), readOnly: true });
    try {
      const series = await historian.range(`${TWIN}/zone1/count`, 0, Number.MAX_SAFE_INTEGER);
      assert.deepEqual(
        Array.from(series.sourceTimeUs, (timeUs, i) => [timeUs, series.value[i], series.quality[i]]),
        counts.map(({ sourceTimeUs, value, quality }) => [sourceTimeUs, value, quality]),
      );
    } finally {
      await historian.close();
    }
    assert.deepEqual((await replay()).samples, {
      received: samples.length,
      stored: 0,
      deduplicated: samples.length,
      late: 0,
      dropped: {},
    });
  });

  it("records a broker until a signal ends it, and says by its status what could not be read", async () => {
    const users = new BrokerUsers(
      (["plant", "twin"] as const).map((user) => ({ user, sha256: passwordDigest(`${user}-password`) })),
    );
    const broker = await startBroker({ users, port: 0, onRefused: () => undefined });
    const url = `mqtt://127.0.0.1:${broker.port}`;
    const plant = await connectAsync(url, { username: "plant", password: "plant-password" });
    const file = join(home, "booth.frames");
    const table = join(home, "topics.json");
    writeFileSync(table, JSON.stringify([{ nodeId: `${TWIN}/force`, path: "force" }]));
    const args = ["record", "--mqtt", url, "--tags", table, "--twin", TWIN, "--home", home, "--user", "twin"];
    const sent = Array.from({ length: 50 }, (_, i) => ({ value: i / 3, timeUs: 1_700_000_000_000_000 + i }));
    try {
      let probes = 0;
      const publish = (payload: string) => plant.publishAsync(`${TWIN}/force`, payload, { qos: 1 });
      const done = rung([...args, "--out", file, "--json"], async (child) => {
        // Probes until one has arrived: then the subscription stands, and all that follows must arrive.
        while (!existsSync(file) || statSync(file).size <= MAGIC_BYTES) {
          await publish(JSON.stringify({ value: -1, timeUs: 1_600_000_000_000_000 + probes++ }));
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
        await publish("no JSON");
        for (const each of sent) await publish(JSON.stringify(each));
        while ((await samplesOf(file)).at(-1)?.sourceTimeUs !== sent.at(-1)!.timeUs)
          await new Promise((resolve) => setTimeout(resolve, 100));
        child.kill("SIGINT");
      });
      const { status, out, err } = await done;
      assert.equal(status, 1, err);
      assert.match(err, /force: is no JSON/);
      const recorded = await samplesOf(file);
      const facts = { file, tags: 1, samples: recorded.length, gaps: 0, dropped: { "malformed-payload": 1 } };
      assert.deepEqual(JSON.parse(out), facts);
      const measured = recorded.filter(({ value }) => value >= 0);
      assert.deepEqual(
        measured.map(({ value, sourceTimeUs: timeUs }) => ({ value, timeUs })),
        sent,
      );
    } finally {
      await plant.endAsync(true);
      await broker.close();
    }
  });

  it("refuses what it cannot do before it writes anything", async () => {
    const table = join(home, "tags.json");
    const out = join(home, "never.frames");
    const wrong = async (message: RegExp, ...[, ...args]: string[]) => {
      await assert.rejects(run(args), { name: "RungError", message });
      assert.equal(existsSync(out), false);
    };
    await wrong(/expected one endpoint/, "record", "--tags", table, "--out", out);
    await wrong(/--tags <file> is missing/, ...record("--out", out));
    await wrong(/--for "soon" is no time/, ...record("--tags", table, "--out", out, "--for", "soon"));
    const bad = join(home, "bad.csv");
    writeFileSync(bad, "nodeId,path,unit\nns=1;s=A,a,bananas\nns=1;s=B,,\n");
    await wrong(/bad\.csv/, ...record("--tags", bad, "--out", out));
    writeFileSync(bad, JSON.stringify([{ nodeId: "ns=1;s=A", path: "a", unit: "bananas" }]));
    await wrong(/"bananas" is no unit/, ...record("--tags", bad, "--out", out));
    const there = join(home, "there.frames");
    writeFileSync(there, "precious");
    await wrong(/there\.frames: is there already/, ...record("--tags", table, "--out", there));
    await wrong(
      /answer|reach/,
      ...["record", "--mqtt", "mqtt://127.0.0.1:9", "--tags", table, "--out", out, "--home", home],
    );
    const refused = record("--tags", table, "--out", there, "--force", "--user", "nobody", "--for", "1s");
    assert.equal((await rung(refused)).status, 2);
    assert.equal(readFileSync(there, "utf8"), "precious", "a refused login");
  });
});
