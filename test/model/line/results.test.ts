import assert from "node:assert/strict";
import { Compute } from "../../../runtime/compute/compute.ts";
import { Random } from "../../../runtime/core/random.ts";
import { studentQuantile } from "../../../runtime/core/statistics/student.ts";
import { ActivePeriods } from "../../../runtime/model/line/flow/active-periods.ts";
import { ganttRows } from "../../../runtime/model/line/gantt.ts";
import { simulateInChildren } from "../../../runtime/model/line/line-kernel.ts";
import type { LineModel } from "../../../runtime/model/line/line-model.ts";
import { estimate } from "../../../runtime/model/line/results/estimate.ts";
import { bottleneckSeconds } from "../../../runtime/model/line/results/shifting-bottleneck.ts";
import { mser } from "../../../runtime/model/line/results/warm-up.ts";
import { sensitivities } from "../../../runtime/model/line/sensitivity.ts";
import { simulateLine, type TraceEvent } from "../../../runtime/model/line/simulate.ts";
import { randomLine } from "./random-line.ts";

/** Three stations, the middle one twice as slow. */
const SLOW_MIDDLE: LineModel = {
  name: "slow middle",
  blocks: [
    { id: "in", kind: "source" },
    { id: "a", kind: "station", process: { kind: "exponential", meanS: 5 } },
    { id: "b1", kind: "buffer", places: 3 },
    { id: "b", kind: "station", process: { kind: "exponential", meanS: 10 } },
    { id: "b2", kind: "buffer", places: 3 },
    { id: "c", kind: "station", process: { kind: "exponential", meanS: 5 } },
    { id: "out", kind: "sink" },
  ],
  connections: ["in", "a", "b1", "b", "b2", "c", "out"]
    .map((to, i, all) => ({ from: all[i - 1]!, to }))
    .slice(1),
};

describe("intervals", () => {
  it("have Student's quantiles of the tables", () => {
    for (const [freedom, t] of [
      [1, 12.7062],
      [4, 2.7764],
      [9, 2.2622],
      [30, 2.0423],
      [199, 1.972],
    ] as const) {
      assert.ok(Math.abs(studentQuantile(0.95, freedom) - t) < 1e-4);
    }
  });

  it("are mean and t times the standard error; one value has none, and what is not a number is left out", () => {
    const { mean, low, high, n } = estimate([1, 2, Number.NaN, 3]);
    assert.deepEqual([mean, n], [2, 3]);
    assert.ok(Math.abs(high - mean - 4.302653 / Math.sqrt(3)) < 1e-5 && Math.abs(high + low - 4) < 1e-12);
    assert.ok(Number.isNaN(estimate([7]).low));
  });
});

describe("the warm-up", () => {
  it("is what the MSER rule leaves out: the rise of a series, and nothing of a level one", () => {
    const random = new Random(2);
    const noise = Array.from({ length: 100 }, () => random.normal());
    assert.equal(mser(noise.map((x, i) => 50 + 0.01 * x - (i < 20 ? 20 - i : 0))).count, 20);
    assert.equal(mser(new Array(100).fill(3)).count, 0);
    assert.equal(mser(noise.map((_, i) => i)).isAtLimit, true);
    assert.deepEqual(mser([]), { count: 0, isAtLimit: false });
  });

  it("is found by a run, and said where the run is too short for it", () => {
    const filling: LineModel = {
      ...SLOW_MIDDLE,
      blocks: SLOW_MIDDLE.blocks.map((block) => (block.id === "b1" ? { ...block, places: 200 } : block)),
    } as LineModel;
    const long = simulateLine(filling, { lengthS: 40_000, seed: 1, replications: 5 });
    // The buffer fills at 0.1 parts a second, 2000 s long.
    assert.ok(long.warmUpS >= 1600 && long.warmUpS <= 6000, `${long.warmUpS} s`);
    assert.deepEqual(long.warnings, []);
    assert.match(
      simulateLine(filling, { lengthS: 1500, seed: 1, replications: 5 }).warnings[0]!,
      /too short|could not be told/,
    );
  });
});

describe("the bottleneck", () => {
  it("is at each moment the station with the longest active period", () => {
    const periods = new ActivePeriods();
    for (const [block, fromS, toS] of [
      ["a", 0, 4],
      ["b", 3, 10],
      ["a", 6, 9],
      ["a", 10, 12],
    ] as const) {
      periods.begin(block, fromS);
      periods.end(block, toS);
    }
    const [half, all] = bottleneckSeconds(periods, ["a", "b", "c"], [5, 12]);
    // b is active from 3 to 10, the longest; a before and after.
    assert.deepEqual([...half!], [3, 2, 0]);
    assert.deepEqual([...all!], [5, 7, 0]);
  });

  it("is the slow station, by shifting and by sensitivity, with one stream for each use", () => {
    const run = { lengthS: 40_000, warmUpS: 1000, seed: 1, replications: 8 };
    const { shifting } = simulateLine(SLOW_MIDDLE, { ...run, engine: "callbacks" }).bottleneck;
    assert.equal(shifting[0]!.id, "b");
    assert.ok(shifting[0]!.share > 0.9);
    const [first, ...others] = sensitivities(SLOW_MIDDLE, run);
    assert.equal(first!.id, "b");
    // The slow station sets the pace nearly alone.
    assert.ok(first!.gain.low > 0.7 && first!.gain.high < 1.2, JSON.stringify(first));
    for (const { gain } of others) assert.ok(gain.high < 0.3);
  });
});

describe("Gantt rows", () => {
  it("are every server's states without a gap", () => {
    const events: TraceEvent[] = [];
    simulateLine(randomLine(3), {
      lengthS: 1000,
      seed: 1,
      replications: 1,
      onTrace: (event) => void events.push(event),
    });
    const rows = ganttRows(events, 1000);
    const servers = new Map<string, number>();
    for (const { block, server, fromS, toS } of rows) {
      const key = `${block}/${server}`;
      assert.ok(toS > fromS);
      if (servers.has(key)) assert.equal(fromS, servers.get(key));
      servers.set(key, toS);
    }
    assert.ok(servers.size >= 6);
    for (const toS of servers.values()) assert.equal(toS, 1000);
  });
});

describe("a line in the compute children", () => {
  let compute: Compute;
  before(() => {
    compute = new Compute({ cpuChildren: 2, memoryMiB: 128 });
  });
  after(() => compute.close());

  it("gives what one process gives, and tells how far it is", async () => {
    const run = { lengthS: 3000, seed: 5, replications: 6 };
    const told: number[] = [];
    const there = await simulateInChildren(compute, randomLine(4), run, {
      parts: 2,
      onProgress: (done) => void told.push(done),
    });
    assert.deepEqual(there, simulateLine(randomLine(4), run));
    assert.ok(told.every((done, i) => done <= 6 && (i === 0 || done >= told[i - 1]!)));
  });

  it("can be called off in the middle of a replication", async () => {
    const cancel = new AbortController();
    const run = {
      lengthS: 1e9,
      warmUpS: 0,
      seed: 1,
      replications: 1,
      engine: "callbacks" as const,
      bottleneck: false,
    };
    const asked = simulateInChildren(compute, SLOW_MIDDLE, run, { signal: cancel.signal });
    setTimeout(() => cancel.abort(), 200);
    await assert.rejects(asked, /cancelled/);
  });

  it("refuses what one process refuses", async () => {
    await assert.rejects(
      simulateInChildren(compute, { ...SLOW_MIDDLE, connections: [] }, { lengthS: 1, seed: 1 }),
      /leads nowhere/,
    );
  });
});
