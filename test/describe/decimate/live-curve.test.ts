import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";
import { RungError } from "../../../runtime/core/errors.ts";
import { BAD } from "../../../runtime/core/quality.ts";
import { LiveCurve } from "../../../runtime/describe/decimate/live-curve.ts";
import { M4Columns } from "../../../runtime/describe/decimate/m4-columns.ts";
import type { History } from "../../../runtime/describe/historian/history.ts";
import { TwinState } from "../../../runtime/describe/twin-state.ts";
import { HistorianBench } from "../historian-fixture.ts";
import { OVEN, property, SECOND, T0, TestClock, TestSource } from "../twin-fixture.ts";

const ADDRESS = `${OVEN}/zone3/airTemperature`;
const PROPERTIES = [property("zone1/airTemperature"), property("zone3/airTemperature")];
const ALL = { spanUs: 600 * SECOND, columns: 600 };
const problem = (error: unknown) => assert.fail(String(error));
/** A wave with one sample a second, and a spike that lasts for one sample. */
const valueAt = (second: number) => (second === 321 ? 500 : 180 + 10 * Math.sin(second / 30));
const rows = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => ({
    index: 1,
    value: valueAt(from + i),
    timeUs: T0 + (from + i) * SECOND,
  }));

const NOTHING_STORED = {
  last: async () => undefined,
  decimated: async () => {
    throw new RungError({ code: "unknown-address", where: ADDRESS, what: "was never stored" });
  },
} as unknown as History;

describe("a curve that is kept up", () => {
  let bench: HistorianBench;
  let curve: LiveCurve | undefined;

  beforeEach(() => {
    bench = new HistorianBench();
  });
  afterEach(async () => {
    curve?.close();
    await bench.end();
  });

  const expected = (from: number, to: number) => {
    const columns = new M4Columns(SECOND, 600);
    for (const { timeUs, value } of rows(from, to)) columns.add(timeUs, value);
    return columns.samples();
  };

  it("joins history, live samples and those filled in later to one line, nothing missing and nothing twice", async () => {
    const historian = bench.historian();
    const before = new TestSource(PROPERTIES);
    await historian.append(before.frame(rows(0, 200)));
    const clock = new TestClock();
    clock.us = T0 + 229 * SECOND;
    const state = new TwinState(OVEN, { clockOf: () => clock });
    curve = new LiveCurve({ ...ALL, address: ADDRESS, history: () => historian, problem, askAfterMs: [0] });
    const source = new TestSource(PROPERTIES);
    source.epoch = 2;
    await historian.append(state.accept(source.frame(rows(195, 230))));
    curve.attach(state);
    state.accept(source.frame(rows(230, 300)));
    // The plant's connection was cut from 300 to 330: the past comes later, in two parts that overlap what is there.
    state.accept(source.frame(rows(330, 400)));
    while (curve.columns.samples().timeUs.length < 300) await wait(10);
    const holed = curve.columns.samples();
    assert.deepEqual(
      [...holed.timeUs].filter((timeUs) => timeUs >= T0 + 300 * SECOND && timeUs < T0 + 330 * SECOND),
      [],
    );
    state.accept(source.past(rows(310, 335)));
    state.accept(source.past(rows(295, 312)));
    assert.deepEqual(curve.columns.samples(), expected(0, 400));
    assert.equal(curve.asked, 1);
  });

  it("asks history a few times and never again, however often a picture is made", async () => {
    curve = new LiveCurve({
      ...ALL,
      address: ADDRESS,
      history: () => NOTHING_STORED,
      problem,
      askAfterMs: [0, 5, 10, 15],
    });
    const state = new TwinState(OVEN, { clockOf: () => new TestClock() });
    const source = new TestSource(PROPERTIES);
    for (let second = 0; second < 200; second++) {
      state.accept(source.frame(rows(second, second + 1)));
      curve.attach(state);
      curve.columns.mark();
      if (second % 20 === 0) await wait(5);
    }
    assert.equal(curve.asked, 4);
    assert.deepEqual(curve.columns.samples(), expected(0, 200));
  });

  it("shows the past of a plant that is silent", async () => {
    const historian = bench.historian();
    await historian.append(new TestSource(PROPERTIES).frame(rows(0, 50)));
    curve = new LiveCurve({ ...ALL, address: ADDRESS, history: () => historian, problem, askAfterMs: [0] });
    curve.attach(new TwinState(OVEN));
    while (curve.columns.samples().timeUs.length < 50) await wait(10);
    assert.deepEqual(curve.columns.samples(), expected(0, 50));
  });

  it("is not led astray by a sample of next year, nor by one that is bad", () => {
    const clock = new TestClock();
    clock.us = T0 + 9 * SECOND;
    const state = new TwinState(OVEN, { clockOf: () => clock });
    const source = new TestSource(PROPERTIES);
    state.accept(source.frame(rows(0, 10)));
    curve = new LiveCurve({ ...ALL, address: ADDRESS, history: () => NOTHING_STORED, problem });
    curve.attach(state);
    state.accept(
      source.frame([
        { index: 1, value: 7, timeUs: T0 + 365 * 86_400 * SECOND },
        { index: 1, value: 7, timeUs: T0 + 11 * SECOND, quality: BAD },
        { index: 1, value: Number.NaN, timeUs: T0 + 12 * SECOND },
        { index: 0, value: 99, timeUs: T0 + 13 * SECOND },
      ]),
    );
    assert.equal(curve.ahead, 1);
    assert.deepEqual([...curve.columns.samples().value], [valueAt(9), Number.NaN, Number.NaN]);
    assert.equal(curve.nowUs(), T0 + 12 * SECOND);
    clock.us = T0 + 60 * SECOND;
    assert.equal(curve.nowUs(), clock.us);
  });

  it("starts over where a replay does", () => {
    const state = new TwinState(OVEN, { clockOf: () => new TestClock() });
    const source = new TestSource(PROPERTIES);
    state.accept(source.frame(rows(0, 10)));
    curve = new LiveCurve({ ...ALL, address: ADDRESS, history: () => NOTHING_STORED, problem });
    curve.attach(state);
    state.rewind(source.name);
    assert.equal(curve.columns.newestUs, undefined);
  });

  it("is what the historian decimates, with what stood before it", async () => {
    const historian = bench.historian();
    const bad = { index: 1, value: 1, timeUs: T0 + 399.5 * SECOND, quality: BAD };
    await historian.append(new TestSource(PROPERTIES).frame([...rows(0, 400), bad]));
    const columns = new M4Columns(7 * SECOND, 100);
    for (const { timeUs, value } of rows(100, 400)) columns.add(timeUs, value);
    columns.add(bad.timeUs, Number.NaN);
    const { timeUs, value } = columns.samples();
    const found = await historian.decimated(ADDRESS, T0 + 100 * SECOND, T0 + 900 * SECOND, 7 * SECOND);
    assert.deepEqual([...found.timeUs], [...timeUs]);
    assert.deepEqual([...found.value], [...value]);
    assert.ok(found.value.includes(500), "the spike is kept");
    const later = await historian.decimated(ADDRESS, T0 + 100.5 * SECOND, T0 + 102 * SECOND, SECOND);
    assert.deepEqual([...later.timeUs], [T0 + 100 * SECOND, T0 + 101 * SECOND]);
    await assert.rejects(historian.decimated(ADDRESS, 10, 10, 1), { code: "bad-range" });
    await assert.rejects(historian.decimated(ADDRESS, 0, 1e12, 1), { code: "bad-range" });
    await assert.rejects(historian.decimated(ADDRESS, Number.NaN, 1e12, 1), { code: "bad-range" });
    await assert.rejects(historian.decimated(`${ADDRESS}x`, 0, 10, 1), { code: "unknown-address" });
  });
});
