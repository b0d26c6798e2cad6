import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ARCHIVE_STEPS, type ArchiveStep } from "../../runtime/describe/historian/archive/archivist.ts";
import { HistorianBench } from "./historian-fixture.ts";
import { OVEN, property, SECOND, TestSource } from "./twin-fixture.ts";

const ARCHIVER = fileURLToPath(new URL("./history-archiver.ts", import.meta.url));
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;
const DAY0 = Date.UTC(2026, 8, 21) * 1000;
const X = `${OVEN}/x`;

describe("history archive under kill -9", function () {
  this.timeout(120_000);
  let bench: HistorianBench;
  beforeEach(() => {
    bench = new HistorianBench();
  });
  afterEach(() => bench.end());

  /** @returns whether it was killed, and did not just end */
  const killedAt = (step: ArchiveStep, times: number): boolean => {
    const { status, signal, stderr } = spawnSync(
      process.execPath,
      [ARCHIVER, bench.file, step, String(times)],
      { encoding: "utf8" },
    );
    assert.ok(signal === "SIGKILL" || status === 0, stderr);
    return signal === "SIGKILL";
  };

  it("keeps every row exactly once, killed at each step of archiving a day and of merging late rows", async () => {
    const of = new TestSource([property("x")]);
    const rows: { index: number; timeUs: number; value: number; other: string }[] = [];
    const row = (timeUs: number) => ({ index: 0, value: rows.length, timeUs, other: `text ${rows.length}` });
    let killed = 0;
    mkdirSync(`${bench.file}.parquet`);

    /** Opens the history as the next process does, and compares it with what was ever acknowledged. */
    const check = async (when: string) => {
      const historian = bench.historian();
      const { sourceTimeUs, value, other } = await historian.range(X, 0, Number.POSITIVE_INFINITY);
      const found = Array.from(value, (each, i) => ({
        timeUs: sourceTimeUs[i],
        value: each,
        other: other.get(i),
      }));
      const expected = rows.map(({ timeUs, value, other }) => ({ timeUs, value, other }));
      assert.deepEqual(
        found,
        expected.sort((a, b) => a.timeUs - b.timeUs),
        when,
      );
      const { samples, archive } = await historian.facts();
      assert.equal(samples, rows.length, when);
      const files = readdirSync(`${bench.file}.parquet`, { recursive: true, withFileTypes: true });
      // Each day has its samples and its texts.
      assert.equal(
        files.filter((each) => each.isFile()).length,
        2 * archive!.days,
        `${when}: no file but a day's`,
      );
      return historian;
    };

    for (const [day, step] of ARCHIVE_STEPS.entries()) {
      // Another day that closes, and a late row for one that is archived.
      const historian = bench.historian();
      const fresh = Array.from({ length: 24 }, (_, hour) => DAY0 + day * DAY + hour * HOUR);
      if (day === 0) fresh.push(DAY0 + DAY + 7 * HOUR);
      else fresh.push(DAY0 + (day + 1) * DAY + 7 * HOUR, DAY0 + HOUR / 2 + day);
      const begin = rows.length;
      for (const timeUs of fresh) rows.push(row(timeUs));
      await Promise.all([historian.append(of.frame(rows.slice(begin))), historian.flush()]);
      await historian.close();
      if (killedAt(step, 1)) killed++;
      await (await check(`killed at ${step}`)).close();
      if (killedAt(step, 2)) killed++;
      const last = await check(`killed at ${step} the second time`);
      await last.maintain();
      assert.deepEqual(await last.append(of.frame([rows[3]!], 3)), {
        stored: 0,
        deduplicated: 1,
      });
      await last.close();
    }
    await (await check("in the end")).close();
    assert.ok(killed >= ARCHIVE_STEPS.length + 4, `${killed} kills took place`);
  });
});
