import assert from "node:assert/strict";
import { columnsOf, digitsOf, lonely, rangeOf, unitsOf } from "../../nodes/dashboard/trend/chart.ts";
import { CurveStore } from "../../nodes/dashboard/trend/curve-store.ts";
import { DrawPace } from "../../nodes/dashboard/trend/draw-pace.ts";
import { extremesOf, lineOf } from "../../nodes/dashboard/trend/line-of.ts";
import { MarkLog } from "../../nodes/dashboard/trend/mark-log.ts";
import { Revisions } from "../../nodes/dashboard/trend/revisions.ts";
import { columnsAfter, stretchOf } from "../../nodes/dashboard/trend/trend-curves.ts";
import { askedStretch, TrendRoute } from "../../nodes/dashboard/trend/trend-route.ts";
import { trendText } from "../../nodes/dashboard/trend/trend-text.ts";
import type { TrendSeries, TrendView } from "../../nodes/dashboard/trend/trend-view.ts";
import { keyed, scaled } from "../../nodes/dashboard/trend/window.ts";
import { Random } from "../../runtime/core/random.ts";
import type { LiveCurve } from "../../runtime/describe/decimate/live-curve.ts";
import { M4Columns } from "../../runtime/describe/decimate/m4-columns.ts";

const S = 1e6;
const SERIES: TrendSeries = {
  label: "Exhaust",
  unit: "°C",
  isStepped: false,
  gapS: 3,
  isStale: false,
  value: 1,
  before: null,
  columns: [],
};
const VIEW: TrendView = {
  address: "/a",
  digits: 1,
  spanS: 600,
  nowS: 600,
  runs: 0,
  since: -1,
  revision: 0,
  widthMs: 1000,
  series: [SERIES],
  forecasts: [],
  marks: [],
  trouble: "",
};

/** A server's curve and what it sends: the whole, and parts that overlap. */
class Sender {
  readonly columns = new M4Columns(S, 600);
  readonly #revisions = new Revisions(1, 0);
  nowMs = 0;

  message(isWhole = false): TrendView {
    const { revision, since, after } = this.#revisions.at([this.columns.mark()], this.nowMs);
    const columns = columnsAfter(this.columns, isWhole ? -1 : after[0]!);
    const nowS = (this.columns.newestUs ?? 0) / S;
    return { ...VIEW, nowS, revision, since: isWhole ? -1 : since, series: [{ ...SERIES, columns }] };
  }
}

describe("a trend between server and browser", () => {
  it("is whole again after any messages were lost, 30 seeds", () => {
    for (let seed = 0; seed < 30; seed++) {
      const random = new Random(seed);
      const sender = new Sender();
      const store = new CurveStore();
      let wholes = 0;
      let timeUs = 0;
      for (let step = 0; step < 300; step++) {
        sender.nowMs += 500;
        // Live samples, and now and then a piece of the past that is filled in.
        for (let i = random.integer(4); i > 0; i--) {
          timeUs += random.integer(S);
          sender.columns.add(timeUs, random.normal());
        }
        if (random.integer(20) === 0)
          for (let i = 0; i < 30; i++) sender.columns.add(Math.max(0, timeUs - random.integer(200 * S)), 5);
        const message = sender.message();
        // The connection is cut for two minutes of the walk, and single messages are lost at any time.
        if ((step > 100 && step < 140) || random.integer(3) === 0) continue;
        if (!store.take(message)) {
          wholes++;
          assert.ok(store.take(sender.message(true)));
        }
        const sent = sender.message(true);
        const oldest = Math.floor(sent.nowS! - VIEW.spanS) - 1;
        assert.deepEqual(
          store.view!.series[0]!.columns,
          sent.series[0]!.columns.filter((column) => column[0]! >= oldest),
          `seed ${seed}, step ${step}`,
        );
      }
      assert.ok(wholes >= 2 && wholes < 20, `${wholes} wholes fetched`);
    }
  });

  it("is fetched anew where the node was, and where a replay started over", () => {
    const store = new CurveStore();
    assert.equal(store.take({ ...VIEW, since: 0 }), false);
    assert.equal(store.view, undefined);
    assert.equal(store.take(VIEW), true);
    assert.equal(store.take({ ...VIEW, since: 0, revision: 3 }), true);
    assert.equal(store.take({ ...VIEW, since: 4, revision: 5 }), false);
    assert.equal(store.take({ ...VIEW, since: 0, address: "/b" }), false);
    assert.equal(store.take({ ...VIEW, since: 0, runs: 1 }), false);
  });

  it("is drawn when its window moved by a column, when anything beside the curve changed, and after 2 s at the latest", () => {
    const pace = new DrawPace();
    const wide = { ...VIEW, spanS: 7 * 86_400, widthMs: 504_000 };
    const drawn = [];
    for (let ms = 0; ms < 10_000; ms += 500) if (pace.isDue({ ...wide, revision: ms }, ms)) drawn.push(ms);
    assert.deepEqual(drawn, [0, 2000, 4000, 6000, 8000]);
    assert.equal(pace.isDue({ ...wide, nowS: 601 }, 8100), true);
    const stale = { ...wide, nowS: 601, series: [{ ...SERIES, isStale: true }] };
    assert.equal(pace.isDue(stale, 8200), true);
    assert.equal(pace.isDue(stale, 8300), false);
    const mark = { id: "f", kind: "finding" as const, timeS: 600, word: "off" };
    assert.equal(pace.isDue({ ...stale, marks: [mark] }, 8400), true);
    assert.equal(pace.isDue({ ...stale, marks: [mark], address: "/b" }, 8500), true);
  });

  it("draws no line across what was bad or did not come", () => {
    const columns = [
      [0, 0, 1, 900, 2],
      [1, 500, null],
      [2, 500, 3],
      [3, 500, 4],
      [9, 0, 5],
    ];
    const line = lineOf({ ...SERIES, columns }, 1000, 15);
    assert.deepEqual(line.values, [1, 2, null, 3, 4, null, 5]);
    assert.deepEqual(line.timesS, [0, 0.9, 1.5, 2.5, 3.5, 6.25, 9]);
    assert.deepEqual(line.bad, [
      { fromS: 1.5, toS: 2.5, why: "bad" },
      { fromS: 3.5, toS: 9, why: "missing" },
      { fromS: 9, toS: 15, why: "missing" },
    ]);
    assert.deepEqual(extremesOf(line, 0, 10), { least: 1, leastS: 0, greatest: 5, greatestS: 9 });
    assert.equal(extremesOf(line, 20, 30), null);
    assert.deepEqual(lineOf(SERIES, 1000, 5), { timesS: [], values: [], bad: [] });
  });

  it("lets a value stand that is told on change, unless it is stale", () => {
    const series = {
      ...SERIES,
      isStepped: true,
      gapS: null,
      before: [-50, 7] as const,
      columns: [[10, 0, 8]],
    };
    const line = lineOf(series, 1000, 60);
    assert.deepEqual([line.timesS, line.values, line.bad], [[-50, 10, 60], [7, 8, 8], []]);
    const stale = lineOf({ ...series, isStale: true }, 1000, 60);
    assert.deepEqual(stale.bad, [{ fromS: 10, toS: 60, why: "missing" }]);
    assert.deepEqual(stale.values, [7, 8]);
  });

  it("draws a sample that stands alone as a point", () => {
    assert.deepEqual(lonely([1, null, 2, null, undefined, 3, undefined, 4, null, 5]), [0, 2, 9]);
    assert.deepEqual(lonely([undefined, 1, undefined]), [1]);
    assert.deepEqual(lonely([null, null]), []);
    assert.deepEqual(lonely([]), []);
  });

  it("has a scale for any numbers", () => {
    for (const [min, max] of [
      [-1e300, 1e300],
      [-1.7e308, 1.7e308],
      [-0, 0],
      [5, 5],
      [1e-300, 2e-300],
      [Number.NEGATIVE_INFINITY, 3],
    ] as const) {
      const [low, high] = rangeOf(min, max);
      assert.ok(Number.isFinite(low) && Number.isFinite(high) && high > low, `${min} ${max}: ${low} ${high}`);
    }
    assert.deepEqual(rangeOf(null, null), [0, 1]);
  });

  it("joins curves of different times, one scale per unit", () => {
    const series = [
      {
        ...SERIES,
        columns: [
          [0, 0, 1],
          [1, 0, 2],
        ],
      },
      { ...SERIES, unit: "%", columns: [[0, 500, 50]] },
      { ...SERIES, columns: [[1, 0, 9]] },
    ];
    const view = { ...VIEW, series };
    assert.deepEqual(unitsOf(view), ["°C", "%"]);
    const lines = series.map((one) => lineOf(one, 1000, null));
    const window = { fromS: 0, toS: 2 };
    const data = columnsOf({ view, lines, window, isLive: true, words: { bad: "", missing: "" } });
    assert.deepEqual(
      data.map((column) => [...column]),
      [
        [0, 0.5, 1],
        [1, undefined, 2],
        [undefined, 50, undefined],
        [undefined, undefined, 9],
      ],
    );
  });
});

describe("the numbers of an axis", () => {
  it("have as many decimals as their steps need", () => {
    for (const [step, digits] of [
      [5, 0],
      [2.5, 1],
      [0.25, 2],
      [0.1, 1],
      [1e300, 0],
      [1e-9, 6],
    ] as const)
      assert.equal(digitsOf(step), digits, String(step));
  });

  it("break a line over all times of the others until its own next value", () => {
    const series = [
      {
        ...SERIES,
        columns: [
          [0, 0, 1, 100, null],
          [3, 0, 2],
        ],
      },
      {
        ...SERIES,
        columns: [
          [0, 500, 5],
          [1, 0, 6],
          [2, 0, 7],
          [3, 0, 8],
        ],
      },
    ];
    const lines = series.map((one) => lineOf(one, 1000, null));
    const window = { fromS: 0, toS: 2 };
    const words = { bad: "", missing: "" };
    const data = columnsOf({ view: { ...VIEW, series }, lines, window, isLive: true, words });
    assert.deepEqual([...data[1]!], [1, null, null, null, null, 2]);
  });
});

describe("a stretch of a trend", () => {
  it("is read from history and completed by the newest samples", async () => {
    const columns = new M4Columns(S, 100);
    for (let second = 50; second < 70; second++) columns.add(second * S, second);
    const curve = { address: "a/b", columns } as unknown as LiveCurve;
    const asked = { fromUs: 40 * S, toUs: 80 * S, widthUs: S / 2 };
    const stored = Array.from({ length: 240 }, (_, i) => 30 + i / 8);
    const found = await stretchOf(curve, asked, async () => ({
      timeUs: Float64Array.from(stored, (second) => second * S),
      value: Float64Array.from(stored),
    }));
    const line = lineOf({ ...SERIES, ...found }, 500, null);
    assert.ok(line.timesS[0]! <= 40);
    assert.equal(line.timesS.at(-1), 69);
    assert.deepEqual(line.bad, []);
    assert.equal(new Set(line.timesS).size, line.timesS.length);
  });

  it("is refused in words where it is none, and where too many are read", async () => {
    const route = new TrendRoute("/");
    let release = () => undefined as unknown;
    const held = new Promise<object>((resolve) => {
      release = () => resolve({});
    });
    const { address, close } = route.open({ whole: () => VIEW, stretch: () => held });
    const token = address.split("/").at(-1)!;
    assert.match(address, /^\/dashboard\/rung-trend\/[-0-9a-f]{36}$/);
    assert.deepEqual(await route.answer(token, {}), { status: 200, body: VIEW });
    for (const query of [
      { from: "5", to: "1" },
      { from: "x", to: "9" },
      { from: "1" },
      { from: "1", to: "Infinity" },
    ])
      assert.equal((await route.answer(token, query)).status, 400, JSON.stringify(query));
    const open = [1, 2, 3, 4].map(() => route.answer(token, { from: "1", to: "2" }));
    assert.equal((await route.answer(token, { from: "1", to: "2" })).status, 503);
    release();
    assert.deepEqual(
      (await Promise.all(open)).map(({ status }) => status),
      [200, 200, 200, 200],
    );
    close();
    assert.equal((await route.answer(token, {})).status, 404);
    assert.deepEqual(askedStretch({ from: "1", to: "2", columns: "1e9" }), {
      fromS: 1,
      toS: 2,
      columns: 2400,
    });
  });

  it("is chosen by keys", () => {
    const window = { fromS: 100, toS: 200 };
    assert.deepEqual(keyed("ArrowLeft", window), { fromS: 75, toS: 175 });
    assert.deepEqual(keyed("+", window), { fromS: 125, toS: 175 });
    assert.deepEqual(keyed("-", window), { fromS: 50, toS: 250 });
    assert.equal(keyed("Escape", window), "live");
    assert.equal(keyed("Tab", window), undefined);
    const shortest = scaled({ fromS: 10, toS: 10.01 }, 0.5);
    assert.ok(shortest.toS > shortest.fromS);
  });

  it("has words in both languages", () => {
    assert.deepEqual(Object.keys(trendText("de")), Object.keys(trendText("en")));
    assert.equal(trendText("de").broken(2), "2 Stücke ohne Werte");
  });
});

describe("marks over a trend", () => {
  const FINDING = {
    kind: "finding",
    id: "f1",
    sinceUs: 10 * S,
    timeUs: 10 * S,
    active: true,
    priority: 2,
    title: "Zone 3 fan flow 18 % below normal",
  };

  it("are findings while they last, recommendations once, and writes that reached the plant", () => {
    const log = new MarkLog();
    assert.ok(log.take(FINDING));
    assert.ok(log.take({ ...FINDING, active: false, timeUs: 20 * S }));
    const recommendation = { kind: "recommendation", id: "r1", madeAtUs: 12 * S, title: "3 K warmer" };
    assert.ok(log.take(recommendation));
    assert.ok(log.take({ ...recommendation, id: "r2", madeAtUs: 14 * S }));
    const result = {
      kind: "proposal-result",
      id: "p1",
      target: "acme/leipzig/paint/oven1/zone3/airTemperatureSetpoint",
      value: 198,
      unit: "°C",
      state: "verified",
      timeUs: 15 * S,
    };
    assert.ok(log.take({ ...result, id: "p0", state: "refused" }));
    assert.ok(log.take(result));
    assert.deepEqual(
      log.marks.map(({ kind, timeS, endS, word }) => [kind, timeS, endS, word]),
      [
        ["finding", 10, 20, FINDING.title],
        ["recommendation", 12, undefined, "3 K warmer"],
        ["write", 15, undefined, "zone3/airTemperatureSetpoint 198.0 °C"],
      ],
    );
  });

  it("stay few and short, whatever comes", () => {
    const log = new MarkLog();
    for (let i = 0; i < 100; i++)
      log.take({ ...FINDING, id: `f${i}`, sinceUs: i * S, title: "x".repeat(200) });
    log.take({ ...FINDING, id: "none", sinceUs: Number.NaN });
    assert.equal(log.marks.length, 40);
    assert.equal(log.marks[0]!.timeS, 60);
    assert.equal(log.marks[0]!.word.length, 80);
    for (let i = 0; i < 9; i++)
      log.take({ kind: "recommendation", id: `r${i}`, madeAtUs: (200 + i) * S, title: `plan ${i}` });
    assert.deepEqual(
      log.marks.filter(({ kind }) => kind === "recommendation").map(({ word }) => word),
      ["plan 6", "plan 7", "plan 8"],
    );
    assert.equal(log.marks.length, 40);
    for (const payload of [null, undefined, 5, "finding", {}, { kind: "outcome" }])
      assert.equal(log.take(payload), false);
  });
});
