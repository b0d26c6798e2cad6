import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { importPrehistory } from "../../runtime/describe/historian/prehistory.ts";
import { HistorianBench } from "./historian-fixture.ts";
import { T0, TestSource } from "./twin-fixture.ts";

describe("prehistory", () => {
  let bench: HistorianBench;
  beforeEach(() => {
    bench = new HistorianBench();
  });
  afterEach(() => bench.end());

  const write = (text: string): string => {
    const file = join(bench.folder, "prehistory.csv");
    writeFileSync(file, text);
    return file;
  };

  it("stores 8 hours of 80 columns exactly, once, marked virtual", async () => {
    const columns = Array.from({ length: 80 }, (_, i) => `paint/oven1/zone${(i % 6) + 1}/value${i}`);
    const lines = [["timeUs", ...columns].join(",")];
    let cells = 0;
    let sum = 0;
    for (let row = 0; row < 5760; row++) {
      const values = columns.map((_, i) => {
        if ((row + i) % 3 === 0) return "";
        cells++;
        const value = (row * 80 + i) / 7;
        if (i === 5) sum += value;
        return String(value);
      });
      lines.push([T0 + row * 5_000_000, ...values].join(","));
    }
    const file = write(lines.join("\n"));
    const historian = bench.historian();
    const started = performance.now();
    assert.deepEqual(await importPrehistory(historian, file), {
      rows: 5760,
      columns: 80,
      stored: cells,
      known: false,
    });
    if (process.env.RUNG_PRINT_TIMES)
      console.log(`import took ${Math.round(performance.now() - started)} ms`);
    const range = await historian.range("acme/leipzig/paint/oven1/zone6/value5", 0, Number.POSITIVE_INFINITY);
    assert.equal(range.value.length, 3840);
    assert.equal(
      range.value.reduce((a, b) => a + b, 0),
      sum,
    );
    assert.deepEqual(range.realities, ["virtual"]);
    assert.equal(range.sourceTimeUs[0], T0);
    assert.deepEqual(await importPrehistory(historian, file), {
      rows: 5760,
      columns: 80,
      stored: 0,
      known: true,
    });
    assert.equal((await historian.facts()).samples, cells);
  });

  it("goes on with the live source's samples in one series, which brings the unit", async () => {
    const historian = bench.historian();
    await importPrehistory(historian, write(`timeUs,paint/oven1/x\n${T0},1\n${T0 + 1},2\n`));
    const source = new TestSource([
      {
        address: "acme/leipzig/paint/oven1/x",
        kind: "measurement",
        type: "number",
        unit: "°C",
        update: { mode: "onChange" },
      },
    ]);
    await historian.append(source.frame([{ index: 0, value: 3, timeUs: T0 + 2 }]));
    const range = await historian.range("acme/leipzig/paint/oven1/x", 0, Number.POSITIVE_INFINITY);
    assert.deepEqual([range.unit, ...range.value], ["°C", 1, 2, 3]);
  });

  it("says what is wrong in a file and stores nothing of it", async () => {
    const historian = bench.historian();
    const cases: [string, RegExp][] = [
      ["", /is empty/],
      ["time,a\n1,2\n", /the first column is "time", not timeUs/],
      ["timeUs\n1\n", /has no column besides the time/],
      ["timeUs,a,a\n1,2,3\n", /the column a stands twice/],
      ["timeUs,a\n1,2\n2,hot\n", /hot/],
      ["timeUs,a\n1,2\n1,3\n", /1 samples have a time that stands twice/],
      ["timeUs,a\n-5,2\n", /1 samples lie outside 1970 to 2255/],
      ["timeUs,a//b\n1,2\n", /segment 2 is empty/],
    ];
    for (const [text, message] of cases) {
      await assert.rejects(importPrehistory(historian, write(text)), { message }, text);
    }
    await assert.rejects(importPrehistory(historian, join(bench.folder, "nowhere.csv")), {
      code: "bad-prehistory",
      message: /nowhere\.csv/,
    });
    assert.equal((await historian.facts()).samples, 0);
  });
});
