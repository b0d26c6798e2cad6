import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { HistorianBench } from "./historian-fixture.ts";

const WRITER = fileURLToPath(new URL("./historian-writer.ts", import.meta.url));

const startWriter = (file: string, first: number): ChildProcess =>
  spawn(process.execPath, [WRITER, file, String(first)], { stdio: ["ignore", "pipe", "inherit"] });

/** Reads acknowledgements until there are enough, then kills the writer. @returns the last acknowledged sequence */
async function killAfter(writer: ChildProcess, acknowledgements: number): Promise<number> {
  let count = 0;
  let last = -1;
  for await (const line of createInterface({ input: writer.stdout! })) {
    last = Number(line);
    if (++count === acknowledgements) writer.kill("SIGKILL");
  }
  return last;
}

describe("historian under kill -9", () => {
  let bench: HistorianBench;
  beforeEach(() => {
    bench = new HistorianBench();
  });
  afterEach(() => bench.end());

  it("loses no acknowledged row over three kills, and stores none twice", async () => {
    let first = 0;
    for (const acknowledgements of [1, 4, 7]) {
      const writer = startWriter(bench.file, first);
      const last = await killAfter(writer, acknowledgements);
      assert.ok(last >= first, "the writer acknowledged something before it was killed");
      // The next writer repeats the last 500 acknowledged rows, as a source does that was not told.
      first = Math.max(0, last - 499);
      const historian = bench.historian();
      const { sourceTimeUs, value } = await historian.range("a/b/c/d/x", 0, Number.POSITIVE_INFINITY);
      assert.ok(value.length > last, `${value.length} rows are stored, ${last + 1} were acknowledged`);
      for (let i = 0; i < value.length; i++) {
        assert.equal(value[i], i);
        assert.equal(sourceTimeUs[i], 1e15 + i);
      }
      await historian.close();
    }
  });

  it("refuses a second owner of the file and names it", async () => {
    const writer = startWriter(bench.file, 0);
    const lines = createInterface({ input: writer.stdout! });
    await lines[Symbol.asyncIterator]().next();
    try {
      await assert.rejects(bench.historian().open(), {
        code: "history-in-use",
        message: new RegExp(`is open in process ${writer.pid}`),
      });
    } finally {
      const ended = new Promise((resolve) => writer.once("exit", resolve));
      writer.kill("SIGKILL");
      await ended;
    }
  });
});
