import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";
import { BAD } from "../../../runtime/core/quality.ts";
import { Random } from "../../../runtime/core/random.ts";
import { LiveStates } from "../../../runtime/describe/states/live-states.ts";
import { StateRuns } from "../../../runtime/describe/states/state-runs.ts";
import { bandOf } from "../../../runtime/describe/states/state-segments.ts";
import { machinesLike, readStates } from "../../../runtime/describe/states/state-table.ts";
import { TwinState } from "../../../runtime/describe/twin-state.ts";
import { HistorianBench } from "../historian-fixture.ts";
import { OVEN, property, SECOND, T0, TestClock, TestSource } from "../twin-fixture.ts";

describe("the band of a machine's states", () => {
  it("adds up to its window exactly, with few segments and no state lost, 40 seeds", () => {
    for (let seed = 0; seed < 40; seed++) {
      const random = new Random(seed);
      const runs = new StateRuns();
      let timeUs = 100;
      for (let i = 0; i < 400; i++) {
        runs.add(timeUs, random.integer(4) === 0 ? Number.NaN : random.integer(3));
        timeUs += 1 + random.integer(random.integer(10) === 0 ? 300 : 6);
      }
      const window = { fromUs: 50, toUs: timeUs + 40 };
      const unknown = [
        { fromUs: 500, toUs: 620 },
        { fromUs: 600, toUs: 640 },
      ];
      const leastUs = (window.toUs - window.fromUs) / 100;
      const { segments, shares } = bandOf(runs.runs, unknown, window, leastUs);
      const codeAt = (us: number) =>
        us >= 500 && us < 640
          ? Number.NaN
          : (runs.runs.findLast(({ fromUs }) => fromUs <= us)?.code ?? Number.NaN);
      const byHand = new Map<number, number>();
      for (let us = window.fromUs; us < window.toUs; us++)
        byHand.set(codeAt(us), (byHand.get(codeAt(us)) ?? 0) + 1);
      assert.deepEqual(new Map(shares), byHand, `seed ${seed}`);
      assert.ok(segments.length <= 201, `${segments.length} segments`);
      assert.equal(segments[0]!.fromUs, window.fromUs);
      assert.equal(segments.at(-1)!.toUs, window.toUs);
      for (const [i, segment] of segments.entries()) {
        if (i > 0) assert.equal(segment.fromUs, segments[i - 1]!.toUs);
        if (segment.code !== undefined) assert.ok(Object.is(codeAt(segment.fromUs), segment.code));
      }
    }
  });

  it("shows a short stop between long runs by itself", () => {
    const runs = [
      { fromUs: 0, code: 6 },
      { fromUs: 500, code: 9 },
      { fromUs: 501, code: 6 },
    ];
    const { segments } = bandOf(runs, [], { fromUs: 0, toUs: 1000 }, 10);
    assert.deepEqual(
      segments.map(({ code }) => code),
      [6, 9, 6],
    );
    assert.deepEqual(bandOf([], [], { fromUs: 0, toUs: 10 }, 1).shares, [[Number.NaN, 10]]);
  });

  it("keeps changes, the later of one time, and says when one is older than another", () => {
    const runs = new StateRuns();
    assert.ok(runs.add(10, 6));
    assert.ok(runs.add(20, 6));
    assert.ok(runs.add(30, 2));
    assert.ok(runs.add(30, 9));
    assert.equal(runs.add(15, 4), false);
    assert.deepEqual(runs.runs, [
      { fromUs: 10, code: 6 },
      { fromUs: 30, code: 9 },
    ]);
    runs.restore([
      { fromUs: 5, code: 6 },
      { fromUs: 15, code: 4 },
      { fromUs: 20, code: 6 },
    ]);
    assert.deepEqual(
      runs.runs.map(({ fromUs, code }) => [fromUs, code]),
      [
        [5, 6],
        [15, 4],
        [20, 6],
        [30, 9],
      ],
    );
    runs.trim(17);
    assert.equal(runs.runs[0]!.fromUs, 15);
  });

  it("reads PackML or a table of one's own, and refuses what names no state", () => {
    assert.equal(readStates(" ", "band").find(({ code }) => code === 6)?.name, "Execute");
    assert.deepEqual(readStates("0 = off, stopped; 1 = on, running\n2 = odd", "band"), [
      { code: 0, name: "off", meaning: "stopped" },
      { code: 1, name: "on", meaning: "running" },
      { code: 2, name: "odd", meaning: "other" },
    ]);
    for (const text of ["on", "x = on", "1 = on, dancing", "1.5 = on"])
      assert.throws(() => readStates(text, "band"), { code: "bad-state-table" });
  });

  it("finds the machines that a pattern means, in their order", () => {
    const paths = ["st10/state", "st2/state", "st2/made", "a/st3/state", "st4/x/state"];
    assert.deepEqual(machinesLike("st*/state", paths), [
      { name: "st2", path: "st2/state" },
      { name: "st10", path: "st10/state" },
    ]);
    assert.deepEqual(machinesLike("machine/state", paths), [{ name: "machine", path: "machine/state" }]);
    assert.deepEqual(machinesLike("a/*/state", paths), [{ name: "st3", path: "a/st3/state" }]);
  });
});

describe("states that are kept up", () => {
  let bench: HistorianBench;
  let states: LiveStates | undefined;
  const ADDRESS = `${OVEN}/st01/state`;
  const PROPERTIES = [property("st01/state", { mode: "onChange" })];
  const problem = (error: unknown) => assert.fail(String(error));

  beforeEach(() => {
    bench = new HistorianBench();
  });
  afterEach(async () => {
    states?.close();
    await bench.end();
  });

  it("join history, now and what is filled in after a cut, and ask history no more than that", async () => {
    const historian = bench.historian();
    const rows = (codes: readonly [second: number, code: number, quality?: number][]) =>
      codes.map(([second, value, quality]) => ({
        index: 0,
        value,
        timeUs: T0 + second * SECOND,
        ...(quality === undefined ? {} : { quality }),
      }));
    await historian.append(
      new TestSource(PROPERTIES).frame(
        rows([
          [-100, 2],
          [0, 4],
          [10, 6],
        ]),
      ),
    );
    const clock = new TestClock();
    clock.us = T0 + 20 * SECOND;
    const state = new TwinState(OVEN, { clockOf: () => clock });
    const history = () => historian;
    const times = { askAfterMs: [0], settleMs: 20 };
    states = new LiveStates({ address: ADDRESS, spanUs: 60 * SECOND, history, problem, ...times });
    const source = new TestSource(PROPERTIES);
    source.epoch = 2;
    await historian.append(state.accept(source.frame(rows([[20, 11]]))));
    states.attach(state);
    await historian.append(
      state.accept(
        source.frame(
          rows([
            [40, 6, BAD],
            [41, 6],
          ]),
        ),
      ),
    );
    await historian.append(
      state.accept(
        source.past(
          rows([
            [25, 6],
            [30, 9],
          ]),
        ),
      ),
    );
    const codes = () => states!.runs.runs.map(({ fromUs, code }) => [(fromUs - T0) / SECOND, code]);
    while (!codes().some(([second]) => second === 30)) await wait(10);
    assert.deepEqual(codes().slice(-7), [
      [0, 4],
      [10, 6],
      [20, 11],
      [25, 6],
      [30, 9],
      [40, Number.NaN],
      [41, 6],
    ]);
    assert.ok(states.asked <= 2, `${states.asked} questions`);
  });
});
