import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Random } from "../../../runtime/core/random.ts";
import { Synchroniser } from "../../../runtime/describe/synchroniser.ts";
import { BEGIN_US, Folder } from "../spool/spool-fixture.ts";
import { DatabaseProcess, needs } from "./database-process.ts";

const FORWARDER = fileURLToPath(new URL("./influx-forwarder.ts", import.meta.url));

interface Plan {
  readonly folder: string;
  readonly database: DatabaseProcess;
  readonly kind: "1" | "2";
  readonly total: number;
  /** Samples of one tag that share a source time. */
  readonly atOneTime: number;
  /** What is killed, in this order, at moments spread over the samples and drawn within their share. */
  readonly kills: readonly ("forwarder" | "database")[];
  readonly seed: number;
}

/** Forwards everything over all the kills. @returns samples handed to the database, those handed over again too */
async function forward({ folder, database, kind, total, atOneTime, kills, seed }: Plan): Promise<number> {
  const random = new Random(seed);
  const share = total / (kills.length + 1);
  const moments = kills.map((_, i) => share * (i + 0.5 + random.uniform() * 0.9));
  let stored = 0;
  let isDone = false;
  let child: ChildProcess | undefined;
  const start = (): void => {
    const args = [FORWARDER, folder, database.url, kind, String(total), String(atOneTime)];
    child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    createInterface({ input: child.stdout! }).on("line", (line) => {
      if (line === "done") isDone = true;
      else stored += Number(line);
    });
  };
  start();
  for (const [i, victim] of kills.entries()) {
    while (stored < moments[i]! && child!.exitCode === null) await pause(2);
    // Somewhere within the batch after it, not between two.
    await pause(random.integer(25));
    assert.equal(isDone, false, `kill ${i + 1} of ${kills.length} came too late, at ${stored} of ${total}`);
    assert.equal(child!.exitCode, null, "the forwarder is alive");
    if (victim === "forwarder") {
      const gone = once(child!, "exit");
      child!.kill("SIGKILL");
      await gone;
      start();
    } else {
      await database.kill();
      await database.start();
    }
  }
  if (child!.exitCode === null) await once(child!, "exit");
  assert.deepEqual([child!.exitCode, isDone], [0, true]);
  return stored;
}

describe("store and forward", () => {
  let folder: Folder;
  let database: DatabaseProcess;
  beforeEach(() => {
    folder = new Folder();
  });
  afterEach(async () => {
    await database?.end();
    folder.end();
  });

  it("brings 400,000 samples to InfluxDB 1.x, by count and sum, over 4 kills of each side", async function () {
    this.timeout(120_000);
    needs(this, "influxd");
    database = await DatabaseProcess.influxd();
    await database.query("CREATE DATABASE plant");
    const total = 400_000;
    const kills = Array.from({ length: 4 }, () => ["forwarder", "database"] as const).flat();
    const handed = await forward({
      folder: folder.path,
      database,
      kind: "1",
      total,
      atOneTime: 3,
      kills,
      seed: 5,
    });
    assert.ok(handed <= total * 1.5, `${handed} samples were handed over for ${total}`);
    const [[[, count, sum, least, most]]] = (await database.query(
      "SELECT count(value), sum(value), min(sequence), max(sequence) FROM rung",
      "plant",
    )) as [[[string, number, number, number, number]]];
    assert.deepEqual([count, sum, least, most], [total, (total * (total - 1)) / 2, 0, total - 1]);
    // Three samples of each tag at every time.
    const end = `${BEGIN_US + 2999}999`;
    const [three] = await database.query(
      `SELECT sequence FROM rung WHERE address =~ /x$/ AND time <= ${end}`,
      "plant",
    );
    assert.deepEqual(
      three!.map(([, sequence]) => sequence),
      [0, 2, 4, 6, 8, 10, 12, 14, 16],
    );
    const after = await Synchroniser.open({ folder: folder.path });
    assert.deepEqual(after.report.losses, []);
    assert.equal(after.report.sources.feeder!.rows, total);
    await after.close();
  });

  it("brings 60,000 samples to VictoriaMetrics by /api/v2/write, by count and sum, over 4 kills", async function () {
    this.timeout(60_000);
    needs(this, "victoria-metrics");
    database = await DatabaseProcess.victoriaMetrics();
    const total = 60_000;
    const kills = new Array<"forwarder">(4).fill("forwarder");
    const plan = { folder: folder.path, database, kind: "2", total, atOneTime: 1, kills, seed: 6 } as const;
    await forward(plan);
    const before = await exported(database);
    assert.deepEqual(before, { count: total, times: total, sum: (total * (total - 1)) / 2 });
    // It acknowledges before its disk has the samples, so it is asked to end, not killed.
    await database.kill("SIGTERM");
    await database.start();
    assert.deepEqual(await exported(database), before);
  });
});

/** What VictoriaMetrics has of the values: samples, times in all series together, and their sum. */
async function exported({ url }: DatabaseProcess): Promise<{ count: number; times: number; sum: number }> {
  await fetch(`${url}/internal/force_flush`);
  const answer = await fetch(`${url}/api/v1/export?match[]=rung_value`);
  const series = (await answer.text())
    .split("\n")
    .filter((line) => line !== "")
    .map(
      (line) =>
        JSON.parse(line) as { metric: Record<string, string>; values: number[]; timestamps: number[] },
    );
  const values = series.flatMap((one) => one.values);
  const times = new Set(
    series.flatMap(({ metric, timestamps }) => timestamps.map((time) => `${metric.address} ${time}`)),
  );
  return { count: values.length, times: times.size, sum: values.reduce((sum, value) => sum + value, 0) };
}
