import assert from "node:assert/strict";
import { Random } from "../../../runtime/core/random.ts";
import { calibrateStream } from "../../../runtime/diagnose/stream/stream-calibration.ts";
import type { StreamAlarm } from "../../../runtime/diagnose/stream/stream-detector.ts";
import type { StreamOptions } from "../../../runtime/diagnose/stream/stream-options.ts";
import { streamWords } from "../../../runtime/diagnose/stream/stream-words.ts";
import { NORMAL_SIGNALS } from "./normal-signals.ts";

const CALIBRATION = 600;

interface Raised {
  readonly row: number;
  readonly alarm: StreamAlarm;
}

/** Every alarm that is raised behind the calibration. */
function alarmsOn(values: Float64Array, options: Partial<StreamOptions> = {}): Raised[] {
  const { detector } = calibrateStream(values.subarray(0, CALIBRATION), options);
  const alarms: Raised[] = [];
  for (let row = CALIBRATION; row < values.length; row++) {
    if (detector.step(values[row]!) === "raised") alarms.push({ row, alarm: detector.alarm! });
  }
  return alarms;
}

const daily = (seed: number): Float64Array => NORMAL_SIGNALS.daily!(new Random(seed));
const white = (seed: number): Float64Array => NORMAL_SIGNALS.white!(new Random(seed));

describe("the detector of single signals", () => {
  it("keeps its budget of false alarms on nine kinds of normal signals, whatever the budget", () => {
    for (const budget of [0.25, 1, 4]) {
      let [alarms, rows] = [0, 0];
      for (const make of Object.values(NORMAL_SIGNALS)) {
        for (let seed = 1; seed <= 4; seed++) {
          alarms += alarmsOn(make(new Random(seed)), { budget }).length;
          rows += 3400;
        }
      }
      const rate = (1000 * alarms) / rows;
      assert.ok(rate <= budget, `budget ${budget}, measured ${rate}`);
    }
  });

  const add = (values: Float64Array, from: number, by: number): void => {
    for (let r = from; r < values.length; r++) values[r]! += by;
  };
  const faults: [string, (values: Float64Array) => void, readonly string[]][] = [
    ["a value far out", (values) => add(values.subarray(0, 2001), 2000, 100), ["value"]],
    ["another level", (values) => add(values, 2000, 60), ["value", "level", "step", "spread"]],
    ["a frozen value", (values) => values.fill(values[2000]!, 2000, 2300), ["spread", "texture", "flatline"]],
    [
      "a cycle that stays away",
      (values) => {
        for (let r = 2334; r < 2444; r++) values[r] = 30 + (r % 3);
      },
      ["season", "spread", "texture"],
    ],
  ];
  for (const [name, spoil, rules] of faults) {
    it(`sees ${name} within two windows`, () => {
      for (const seed of [1, 2, 3]) {
        const values = daily(seed);
        spoil(values);
        const first = alarmsOn(values).find(({ row }) => row >= 2000);
        assert.ok(first !== undefined && row(first) <= 2400, `seed ${seed}: ${JSON.stringify(first)}`);
        assert.ok(rules.includes(first.alarm.rule), `seed ${seed}: ${first.alarm.rule}`);
      }
    });
  }
  const row = (raised: Raised): number => raised.row;

  it("sees a slow drift inside the range by its CUSUM, and says from where to where", () => {
    for (const seed of [1, 2, 3]) {
      const values = white(seed);
      for (let r = 2000; r < values.length; r++) values[r]! += Math.min(4, (r - 2000) / 150);
      const told = alarmsOn(values).filter((raised) => raised.row >= 2000);
      const drift = told.find(({ alarm }) => alarm.rule === "drift");
      assert.ok(drift !== undefined && drift.row > 2000 && drift.row < 3000, `seed ${seed}: ${drift?.row}`);
    }
  });

  it("sees a signal that trembles where it used to swing slowly", () => {
    const random = new Random(9);
    const values = Float64Array.from({ length: 3000 }, (_, r) =>
      r < 2000 ? 10 * Math.sin(r / 7) + 0.1 * random.normal() : 7 * random.normal(),
    );
    const first = alarmsOn(values).find((raised) => raised.row >= 2000);
    assert.ok(first!.row < 2048, String(first?.row));
  });

  it("speaks once of a level that lasts, and again only of something new", () => {
    const values = white(4);
    for (let r = 2000; r < values.length; r++) values[r]! += 60;
    const alarms = alarmsOn(values).filter((raised) => raised.row >= 2000);
    assert.equal(alarms[0]!.row, 2000);
    assert.ok(alarms.length <= 2, JSON.stringify(alarms));
  });

  it("lets what a fault leaves in its windows pass as no second fault", () => {
    const clustered = { recoveryFactor: 1 };
    const spoilt = (seed: number): Float64Array => {
      const values = white(seed);
      for (let r = 2000; r < 2040; r++) values[r]! += 40;
      return values;
    };
    const alarmsBehind = (options: Partial<StreamOptions>): number =>
      [1, 2, 3, 4, 5, 6, 7, 8].reduce(
        (sum, seed) =>
          sum +
          alarmsOn(spoilt(seed), { hold: 1, ...options }).filter(({ row: r }) => r > 2000 && r < 2200).length,
        0,
      );
    assert.ok(
      alarmsBehind({}) < alarmsBehind(clustered),
      `${alarmsBehind({})} with recovery, ${alarmsBehind(clustered)} without`,
    );
  });

  it("is the same whatever the unit", () => {
    const values = daily(5);
    values[2500] = 140;
    const scaled = values.map((x) => 1e6 * x - 3e7);
    assert.deepEqual(
      alarmsOn(scaled).map(({ row: r, alarm }) => [r, alarm.rule]),
      alarmsOn(values).map(({ row: r, alarm }) => [r, alarm.rule]),
    );
  });

  it("says every alarm in one sentence with what is, what was and the limit", () => {
    const words = { name: "zone 3 fan flow", unit: " m³/h", window: 24, period: 288 };
    const base = { score: 1.5, seen: 1200, windows: 10, now: 95.2, before: 90.1, limit: 3.4 };
    const sentence = (rule: StreamAlarm["rule"]): string => streamWords({ ...base, rule }, words).reason;
    assert.equal(
      sentence("value"),
      "Zone 3 fan flow is 95.2 m³/h, 5.1 m³/h above the nearest value in 1,200 rows (90.1 m³/h), where 3.4 m³/h is the limit.",
    );
    for (const rule of ["level", "spread", "texture", "step", "season", "flatline", "drift"] as const) {
      assert.match(sentence(rule), /^[A-Z][^.]*(\d\.\d[^.]*)*\.$/, rule);
      assert.doesNotMatch(sentence(rule), /NaN|undefined|Infinity/, rule);
    }
  });
});

describe("the detector of single signals on bad input", () => {
  it("takes a signal that never moved, and speaks when it does", () => {
    const values = new Float64Array(1000).fill(45);
    values[800] = 60;
    assert.deepEqual(
      alarmsOn(values).map(({ row, alarm }) => [row, alarm.rule]),
      [[800, "value"]],
    );
    assert.deepEqual(alarmsOn(new Float64Array(1000)), []);
  });

  it("passes over what is no number, counts it, and starts its windows anew behind a gap", () => {
    const values = white(6);
    const { detector } = calibrateStream(values.subarray(0, CALIBRATION));
    for (let r = CALIBRATION; r < values.length; r++) {
      const isGap = r >= 2000 && r < 2100;
      const x = isGap ? Number.NaN : r % 100 === 50 ? Number.POSITIVE_INFINITY : values[r]!;
      detector.step(x);
      assert.ok(Number.isFinite(detector.score));
    }
    assert.equal(detector.gaps, 1);
    assert.equal(detector.skipped, 100 + 33);
  });

  const refused: [string, Float64Array, RegExp][] = [
    ["nothing", new Float64Array(0), /needs 100 rows of normal data, got 0/],
    ["one sample", Float64Array.of(1), /needs 100 rows of normal data, got 1/],
    ["no number", new Float64Array(500).fill(Number.NaN), /no good value in 500 of 500 normal rows/],
    ["infinite values", new Float64Array(500).fill(Number.POSITIVE_INFINITY), /no good value/],
  ];
  for (const [name, values, message] of refused) {
    it(`refuses to calibrate on ${name}`, () => assert.throws(() => calibrateStream(values), message));
  }

  it("refuses an option out of range, and says the default", () => {
    assert.throws(
      () => calibrateStream(white(1), { budget: 0 }),
      /option budget.*must lie in 0\.01 to 100, got 0.*default is 1/,
    );
    assert.throws(() => calibrateStream(white(1), { window: Number.NaN }), /option window/);
  });
});
