import assert from "node:assert/strict";
import { barsOf, overloadBar, ratios } from "../../bench/links/report.ts";
import type { RunFacts } from "../../bench/links/run-client.ts";
import { slopeOf } from "../../bench/links/slope.ts";
import { flatnessOf } from "../../bench/links/soak.ts";
import { countOf, Tally } from "../../bench/links/tally.ts";

describe("the tally of bench:links", () => {
  it("counts the measured ticks of every tag, and names those that did not come", () => {
    const tally = new Tally(2);
    let begun = 0;
    tally.measure(10, () => begun++);
    for (let tick = 8; tick <= 15; tick++) {
      tally.take(0, tick);
      if (tick !== 9 && tick !== 12 && tick !== 13 && tick !== 15) tally.take(1, tick);
    }
    assert.deepEqual(tally.missed(15), [
      { tag: 1, from: 12, to: 13 },
      { tag: 1, from: 15, to: 15 },
    ]);
    assert.deepEqual([tally.received, countOf(tally.missed(15)), begun], [7, 3, 1]);
  });

  it("takes a late tick back from the missed, and counts one that comes twice apart", () => {
    const tally = new Tally(1);
    tally.measure(0, () => undefined);
    for (const tick of [1, 5, 3, 3, 5, 6]) tally.take(0, tick);
    assert.deepEqual(tally.missed(6), [
      { tag: 0, from: 2, to: 2 },
      { tag: 0, from: 4, to: 4 },
    ]);
    assert.deepEqual([tally.received, tally.repeated], [4, 2]);
  });

  it("does not count the first value of a tag as a gap since zero", () => {
    const tally = new Tally(1);
    tally.measure(100, () => undefined);
    for (const tick of [98, 99, 100, 101]) tally.take(0, tick);
    assert.deepEqual([tally.received, tally.missed(101)], [1, []]);
  });
});

describe("the soak of bench:links", () => {
  it("finds the slope and its interval", () => {
    // By hand: residuals -0.1, 0.8, -1.3, 0.6.
    const { slope, low, high } = slopeOf([0, 1, 2, 3], [1, 3, 2, 5]);
    assert.ok(Math.abs(slope - 1.1) < 1e-12);
    // Standard error sqrt(2.7 / 2 / 5), Student's quantile 4.302653 with two degrees of freedom.
    const half = 4.302652729911275 * Math.sqrt(2.7 / 2 / 5);
    assert.ok(Math.abs(low - (1.1 - half)) < 1e-9 && Math.abs(high - (1.1 + half)) < 1e-9);
    assert.throws(() => slopeOf([0, 1], [0, 1]), RangeError);
  });

  it("calls memory flat that falls, that swings, or that grows by less than 2 %, and no other", () => {
    const series = (of: (i: number) => number) => Array.from({ length: 60 }, (_, i) => of(i));
    assert.equal(flatnessOf(series((i) => 300 - i)).isFlat, true);
    assert.equal(flatnessOf(series((i) => 300 + 20 * (i % 2))).isFlat, true);
    const little = flatnessOf(series((i) => 300 + 0.05 * i + 0.001 * (i % 2)));
    assert.deepEqual([little.low > 0, little.isFlat], [true, true]);
    const leak = flatnessOf(series((i) => 300 + i + 5 * (i % 2)));
    assert.deepEqual([leak.low > 0, leak.isFlat], [true, false]);
    assert.ok(Math.abs(leak.growthShare - 59 / 302.5) < 0.005);
  });
});

describe("the verdicts of bench:links", () => {
  const load = { tags: 10, periodMs: 100, warmUpS: 1, seconds: 1 };
  const run = (facts: Partial<RunFacts>): RunFacts => ({
    mainMs: 1,
    totalMs: 1,
    wallMs: 1000,
    received: 1000,
    missed: 0,
    inLedger: 0,
    repeated: 0,
    isKept: true,
    rssMb: 100,
    published: 1000,
    due: 1000,
    ...facts,
  });
  const client = (name: string, ...runs: Partial<RunFacts>[]) => ({
    client: name,
    name,
    runs: runs.map(run),
  });
  const verdicts = (...clients: ReturnType<typeof client>[]) =>
    barsOf({ load, clients }).map(({ found, holds }) => [found, holds]);

  it("compare round by round, so that a slow machine slows both sides", () => {
    const minimal = client("minimal", { mainMs: 1 }, { mainMs: 4 }, { mainMs: 2 });
    const rung = client("rung", { mainMs: 1.1 }, { mainMs: 4.4 }, { mainMs: 2.6 });
    assert.deepEqual(
      ratios(rung, minimal).map((ratio) => ratio.toFixed(2)),
      ["1.10", "1.10", "1.30"],
    );
  });

  it("hold where every bar is reached", () => {
    assert.deepEqual(
      verdicts(
        client("minimal", {}),
        client("rung", { mainMs: 1.2 }),
        client("rung-node-red", { mainMs: 1.5 }),
        // Its CPU is per value that arrived.
        client("contrib", { mainMs: 1.5, received: 500, missed: 500 }),
      ),
      [
        ["1.20", true],
        ["2.0", true],
        ["0, 0, 0", true],
      ],
    );
  });

  it("fail by too much CPU, a missed, a repeated or an unkept sample, and without the peer", () => {
    assert.deepEqual(
      verdicts(
        client("minimal", {}),
        client("rung", { mainMs: 1.21 }),
        client("rung-spool", { missed: 2, repeated: 1 }),
        client("rung-historian", { isKept: false }),
      ),
      [
        ["1.21", false],
        ["not measured", false],
        ["2, 1, rung-historian", false],
      ],
    );
  });

  it("ask of the overload that there was one, and that the ledger has every loss", () => {
    const of = (facts: Partial<RunFacts>) => overloadBar(load, run(facts));
    assert.deepEqual(of({ received: 600, missed: 400, inLedger: 400 }).holds, true);
    assert.deepEqual(of({ received: 600, missed: 400, inLedger: 399 }).found, "1");
    assert.deepEqual(of({ received: 600, missed: 400, inLedger: 399 }).holds, false);
    assert.deepEqual(of({}).holds, false);
  });
});
