import assert from "node:assert/strict";
import { BAD_NO_DATA, BAD_SENSOR_FAILURE, GOOD, UNCERTAIN } from "../../runtime/core/quality.ts";
import { Random } from "../../runtime/core/random.ts";
import { BucketGatherer } from "../../runtime/describe/historian/buckets.ts";
import { askHistory } from "../../runtime/describe/historian/history-query.ts";
import { pairPassages } from "../../runtime/describe/historian/passages.ts";
import { spansBetween } from "../../runtime/describe/historian/value-spans.ts";
import { WindowGatherer } from "../../runtime/describe/historian/window-gatherer.ts";
import { HistorianBench } from "./historian-fixture.ts";
import { OVEN, property, SECOND, T0, TestSource } from "./twin-fixture.ts";

const AIR = `${OVEN}/zone3/airTemperature`;
const SPEED = `${OVEN}/conveyor/speed`;
const ENTRY = `${OVEN}/entry/body`;
const EXIT = `${OVEN}/exit/body`;
const at = (s: number) => T0 + s * SECOND;

describe("history joins", function () {
  this.timeout(20_000);
  let bench: HistorianBench;
  beforeEach(() => {
    bench = new HistorianBench();
  });
  afterEach(() => bench.end());

  const source = () =>
    new TestSource([
      property("zone3/airTemperature"),
      property("conveyor/speed"),
      property("entry/body", { mode: "onChange" }),
      property("exit/body", { mode: "onChange" }),
    ]);

  it("look up at each sample of one property what stood of the others (ASOF)", async () => {
    const historian = bench.historian();
    await historian.append(
      source().frame([
        { index: 0, value: 180, timeUs: at(0) },
        { index: 0, value: 181, timeUs: at(10) },
        { index: 0, value: 999, timeUs: at(20), quality: BAD_SENSOR_FAILURE },
        // The same moment twice: what was sent last is what stood.
        { index: 0, value: 183, timeUs: at(30) },
        { index: 0, value: 184, timeUs: at(30) },
        { index: 1, value: Number.NaN, timeUs: at(12), other: "stopped" },
        { index: 3, value: 1, timeUs: at(-5) },
        { index: 3, value: 2, timeUs: at(0) },
        { index: 3, value: 3, timeUs: at(9.999999) },
        { index: 3, value: 4, timeUs: at(25) },
        { index: 3, value: 5, timeUs: at(30) },
        { index: 3, value: 6, timeUs: at(99) },
      ]),
    );
    const never = `${OVEN}/never/stored`;
    const found = await historian.asof(EXIT, [AIR, SPEED, never], at(-5), at(99));
    assert.deepEqual([...found.base.value], [1, 2, 3, 4, 5]);
    assert.equal(found.base.complete, true);
    const [air, speed, none] = found.columns;
    assert.deepEqual([...air!.value], [Number.NaN, 180, 180, 999, 184]);
    assert.deepEqual([...air!.sourceTimeUs], [Number.NaN, at(0), at(0), at(20), at(30)]);
    assert.deepEqual([...air!.quality], [BAD_NO_DATA, GOOD, GOOD, BAD_SENSOR_FAILURE, GOOD]);
    assert.equal(air!.unit, "°C");
    assert.deepEqual(
      speed!.other,
      new Map([
        [3, "stopped"],
        [4, "stopped"],
      ]),
    );
    assert.deepEqual([...none!.quality], [BAD_NO_DATA, BAD_NO_DATA, BAD_NO_DATA, BAD_NO_DATA, BAD_NO_DATA]);
    const cut = await historian.asof(EXIT, [AIR], at(-5), at(99), 2);
    assert.deepEqual(
      [[...cut.base.value], [...cut.columns[0]!.value], cut.base.complete],
      [[1, 2], [Number.NaN, 180], false],
    );
    await assert.rejects(historian.asof(never, [AIR], at(0), at(9)), { code: "unknown-address" });

    const [answer] = await askHistory(
      historian,
      { kind: "asof", base: EXIT, addresses: [AIR], fromUs: at(20), toUs: at(40) },
      at(99),
    );
    assert.deepEqual(answer, {
      base: EXIT,
      unit: "°C",
      rows: [
        {
          timeUs: at(25),
          value: 4,
          quality: GOOD,
          at: { [AIR]: { timeUs: at(20), value: 999, quality: BAD_SENSOR_FAILURE } },
        },
        {
          timeUs: at(30),
          value: 5,
          quality: GOOD,
          at: { [AIR]: { timeUs: at(30), value: 184, quality: GOOD } },
        },
      ],
      complete: true,
    });
    await assert.rejects(
      askHistory(historian, { kind: "asof", addresses: [AIR] }, at(9)),
      /asof needs "base"/,
    );
  });

  it("say which body saw which conditions, with what stood at entry and exit", async () => {
    const historian = bench.historian();
    await historian.append(
      source().frame([
        { index: 2, value: 0, timeUs: at(0) },
        { index: 3, value: 7, timeUs: at(5) },
        { index: 0, value: 100, timeUs: at(0) },
        { index: 2, value: 8, timeUs: at(10) },
        { index: 0, value: 200, timeUs: at(20) },
        { index: 2, value: 9, timeUs: at(25) },
        // A reconnection repeats the last event with its own time.
        { index: 2, value: 9, timeUs: at(25) },
        { index: 3, value: 8, timeUs: at(30) },
        { index: 0, value: 50, timeUs: at(40), quality: BAD_SENSOR_FAILURE },
        { index: 0, value: 300, timeUs: at(45), quality: UNCERTAIN },
        { index: 2, value: 10, timeUs: at(46) },
        { index: 3, value: 9, timeUs: at(50) },
        { index: 0, value: 310, timeUs: at(60) },
      ]),
    );
    const [answer] = await askHistory(
      historian,
      {
        kind: "eventWindow",
        entry: ENTRY,
        exit: EXIT,
        addresses: [AIR, `${OVEN}/x`],
        fromUs: at(0),
        toUs: at(60),
      },
      at(60),
    );
    const { passages } = answer as unknown as {
      passages: { id: string; enteredUs: number; leftUs: number; conditions: object }[];
    };
    assert.deepEqual(
      passages.map(({ id, enteredUs, leftUs }) => [id, enteredUs, leftUs]),
      [
        ["7", null, at(5)],
        ["8", at(10), at(30)],
        ["9", at(25), at(50)],
        ["10", at(46), null],
      ],
    );
    const nothing = {
      atEntry: null,
      min: null,
      mean: null,
      max: null,
      atExit: null,
      count: 0,
      quality: BAD_NO_DATA,
      covered: 0,
    };
    const conditions = passages.map((passage) => passage.conditions as Record<string, object>);
    assert.deepEqual(conditions[0], {
      [AIR]: {
        atEntry: 100,
        min: 100,
        mean: 100,
        max: 100,
        atExit: 100,
        count: 1,
        quality: GOOD,
        covered: 1,
      },
      [`${OVEN}/x`]: nothing,
    });
    assert.deepEqual(conditions[1]![AIR], {
      atEntry: 100,
      min: 100,
      mean: 150,
      max: 200,
      atExit: 200,
      count: 1,
      quality: GOOD,
      covered: 1,
    });
    // 15 s at 200, 5 s of no use, 5 s at 300.
    assert.deepEqual(conditions[2]![AIR], {
      atEntry: 200,
      min: 200,
      mean: 225,
      max: 300,
      atExit: 300,
      count: 2,
      quality: BAD_SENSOR_FAILURE,
      covered: 0.8,
    });
    assert.deepEqual(conditions[3]![AIR], {
      atEntry: 300,
      min: 300,
      mean: 300,
      max: 300,
      atExit: 300,
      count: 0,
      quality: UNCERTAIN,
      covered: 1,
    });
    const later = await askHistory(
      historian,
      { kind: "eventWindow", entry: ENTRY, exit: EXIT, addresses: [AIR], fromUs: at(40), toUs: at(45) },
      at(60),
    );
    assert.deepEqual(
      (later[0] as unknown as { passages: { id: string }[] }).passages.map(({ id }) => id),
      ["9"],
    );
  });

  it("pair entries and exits by id, through rework, unseen entries and unseen exits", () => {
    const events = (...list: [string, number][]) => list.map(([id, timeUs]) => ({ id, timeUs }));
    const rows = (entries: [string, number][], exits: [string, number][]) =>
      pairPassages(events(...entries), events(...exits)).map(({ id, enteredUs, leftUs }) => [
        id,
        enteredUs,
        leftUs,
      ]);
    assert.deepEqual(
      rows(
        [
          ["a", 1],
          ["a", 5],
        ],
        [
          ["a", 3],
          ["a", 9],
        ],
      ),
      [
        ["a", 1, 3],
        ["a", 5, 9],
      ],
    );
    assert.deepEqual(
      rows(
        [
          ["a", 1],
          ["a", 5],
        ],
        [["a", 9]],
      ),
      [
        ["a", 1, null],
        ["a", 5, 9],
      ],
    );
    assert.deepEqual(
      rows(
        [["a", 5]],
        [
          ["a", 3],
          ["a", 9],
          ["a", 11],
        ],
      ),
      [
        ["a", null, 3],
        ["a", null, 11],
        ["a", 5, 9],
      ],
    );
    assert.deepEqual(
      rows(
        [
          ["b", 2],
          ["c", 1],
        ],
        [["x", 4]],
      ),
      [
        ["x", null, 4],
        ["c", 1, null],
        ["b", 2, null],
      ],
    );
    assert.deepEqual(rows([], []), []);
  });

  it("say what happened between two values of one event", async () => {
    const historian = bench.historian();
    await historian.append(
      source().frame([
        { index: 1, value: 6, timeUs: at(-100_000) },
        { index: 0, value: 100, timeUs: at(-20) },
        { index: 1, value: 6, timeUs: at(-10) },
        { index: 1, value: 6, timeUs: at(5) },
        { index: 0, value: 200, timeUs: at(5) },
        { index: 1, value: 3, timeUs: at(8), quality: BAD_SENSOR_FAILURE },
        { index: 1, value: 11, timeUs: at(10) },
        { index: 1, value: 2, timeUs: at(20) },
        { index: 1, value: 6, timeUs: at(30) },
        { index: 0, value: 300, timeUs: at(40) },
      ]),
    );
    const ask = async (end: string | undefined, toUs: number) => {
      const [answer] = await askHistory(
        historian,
        {
          kind: "eventWindow",
          event: SPEED,
          begin: "6",
          ...(end === undefined ? {} : { end }),
          addresses: [AIR],
          fromUs: at(0),
          toUs,
        },
        at(60),
      );
      const { event, passages } = answer as unknown as { event: string; passages: { conditions: object }[] };
      assert.equal(event, SPEED);
      return passages;
    };
    const condition = { min: 100, max: 200, count: 1, quality: GOOD, covered: 1, atEntry: 100, atExit: 200 };
    const [first, second] = await ask(undefined, at(40));
    assert.deepEqual(first, {
      id: "6",
      enteredUs: at(-10),
      leftUs: at(10),
      conditions: { [AIR]: { ...condition, mean: 125 } },
    });
    assert.deepEqual(
      [second, await ask(undefined, at(5))],
      [
        {
          id: "6",
          enteredUs: at(30),
          leftUs: null,
          conditions: { [AIR]: { ...condition, min: 200, mean: 200, count: 0, atEntry: 200 } },
        },
        [
          {
            id: "6",
            enteredUs: at(-10),
            leftUs: null,
            conditions: { [AIR]: { ...condition, max: 100, mean: 100, count: 0, atExit: 100 } },
          },
        ],
      ],
    );
    const [until] = await ask("2", at(40));
    assert.deepEqual((until as unknown as { leftUs: number }).leftUs, at(20));
    await assert.rejects(
      askHistory(historian, { kind: "eventWindow", event: SPEED, addresses: [AIR] }, at(9)),
      /eventWindow needs "entry" and "exit", or "event" and "begin"/,
    );
  });

  it("find the spans between values, however they are spelt and whichever repeat", () => {
    const spans = (values: string, begin: string, end?: string) =>
      spansBetween(
        values.split(" ").map((id, i) => ({ id, timeUs: i })),
        begin,
        end,
      ).map(({ enteredUs, leftUs }) => [enteredUs, leftUs]);
    assert.deepEqual(spans("0 1 1 0 1", "1"), [
      [1, 3],
      [4, null],
    ]);
    assert.deepEqual(spans("0 1 1 0 1", "true", "false"), [
      [1, 3],
      [4, null],
    ]);
    assert.deepEqual(spans("a b a c b", "a", "b"), [
      [0, 1],
      [2, 4],
    ]);
    assert.deepEqual(spans("7 5 7 7", "7.0", "7"), [
      [0, 2],
      [2, 3],
      [3, null],
    ]);
    assert.deepEqual(spans("b c", "a"), []);
    assert.deepEqual(spans("0 1", ""), []);
  });

  it("choose how the mean of a bucket is weighed", async () => {
    const historian = bench.historian();
    await historian.append(
      source().frame([
        { index: 0, value: 10, timeUs: at(0) },
        { index: 0, value: 40, timeUs: at(6), quality: UNCERTAIN },
        { index: 0, value: 20, timeUs: at(8) },
        { index: 0, value: 20, timeUs: at(10) },
      ]),
    );
    const ask = async (mean?: "time" | "goodTime" | "samples") => {
      const question = { kind: "buckets", addresses: [AIR], fromUs: at(0), toUs: at(10), n: 1 } as const;
      const [answer] = await askHistory(historian, { ...question, ...(mean ? { mean } : {}) }, at(10));
      const [bucket] = (answer as unknown as { buckets: { mean: number; covered: number }[] }).buckets;
      return [bucket!.mean, bucket!.covered];
    };
    assert.deepEqual(await ask(), [18, 1]);
    assert.deepEqual(await ask("time"), [18, 1]);
    assert.deepEqual(await ask("goodTime"), [12.5, 0.8]);
    assert.deepEqual(await ask("samples"), [15, 0.8]);
    await assert.rejects(ask("median" as never), /"median" is no kind of mean/);
  });

  it("gather overlapping windows as one bucket each would, over many random cases", () => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = new Random(seed);
      const samples = Array.from({ length: random.integer(40) }, () => random.integer(100))
        .sort((a, b) => a - b)
        .map((timeUs) => {
          const isBad = random.uniform() < 0.15;
          return {
            timeUs,
            value: isBad ? Number.NaN : random.integer(50),
            quality: isBad ? BAD_SENSOR_FAILURE : GOOD,
          };
        });
      const windows = Array.from({ length: 1 + random.integer(15) }, () => {
        const fromUs = random.integer(100);
        return { fromUs, toUs: fromUs + 1 + random.integer(40) };
      });
      const untilUs = random.uniform() < 0.5 ? 1000 : (samples.at(-1)?.timeUs ?? 0);
      const gatherer = new WindowGatherer(windows);
      for (const { timeUs, value, quality } of samples) gatherer.add(timeUs, value, quality);
      const found = gatherer.finish(untilUs);
      for (const [i, { fromUs, toUs }] of windows.entries()) {
        const one = new BucketGatherer(fromUs, toUs, 1);
        const before = samples.filter(({ timeUs }) => timeUs <= fromUs);
        const since = before.at(-1)?.timeUs ?? fromUs;
        for (const { timeUs, value, quality } of samples)
          if (timeUs >= since && timeUs < toUs) one.add(timeUs, value, quality);
        const expected = one.finish(Math.min(toUs, untilUs));
        const inside = samples.filter(({ timeUs }) => timeUs >= fromUs && timeUs < toUs);
        const upToEnd = samples.filter(({ timeUs }) => timeUs < toUs);
        assert.deepEqual(
          [found.mean[i], found.covered[i], found.count[i], found.atStart[i], found.atEnd[i]],
          [
            expected.mean[0],
            expected.covered[0],
            inside.length,
            before.at(-1)?.value ?? Number.NaN,
            untilUs >= toUs ? (upToEnd.at(-1)?.value ?? Number.NaN) : Number.NaN,
          ],
          `seed ${seed}, window ${i}`,
        );
      }
    }
  });

  it("refuse windows that do not end after they start, and too many", async () => {
    const historian = bench.historian();
    await historian.append(source().frame([{ index: 0, value: 1, timeUs: at(0) }]));
    await assert.rejects(historian.windows([AIR], [{ fromUs: at(1), toUs: at(1) }]), { code: "bad-range" });
    const many = new Array(100_001).fill({ fromUs: at(0), toUs: at(1) });
    await assert.rejects(historian.windows([AIR], many), { code: "bad-range" });
    assert.deepEqual((await historian.windows([AIR], []))[0]!.count.length, 0);
  });
});
