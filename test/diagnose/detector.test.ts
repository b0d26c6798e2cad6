import assert from "node:assert/strict";
import { Dictionary } from "../../runtime/core/dictionary.ts";
import type { RungError } from "../../runtime/core/errors.ts";
import { type Frame, FrameBuilder } from "../../runtime/core/frame.ts";
import type { Property } from "../../runtime/core/property.ts";
import { BAD, GOOD } from "../../runtime/core/quality.ts";
import { Random } from "../../runtime/core/random.ts";
import { Detector } from "../../runtime/diagnose/detector.ts";
import { calibrateDetector } from "../../runtime/diagnose/detector-calibration.ts";
import { DetectorCore } from "../../runtime/diagnose/detector-core.ts";
import { judgeHeldOut, windowsNeeded } from "../../runtime/diagnose/detector-evidence.ts";
import { deviationWords, propertyWords } from "../../runtime/diagnose/finding-words.ts";
import { chooseSignals, pathMatcher } from "../../runtime/diagnose/signal.ts";
import { watchable } from "../../runtime/diagnose/watchable.ts";

const TWIN = "acme/leipzig/paint/oven1";
const property = (path: string, more: Partial<Property> = {}): Property => ({
  address: `${TWIN}/${path}`,
  kind: "measurement",
  type: "number",
  update: { mode: "cyclic", periodMs: 1000 },
  ...more,
});

/** Three signals of which the first two share a cause, independent noise on all. */
function rows(seed: number, n: number): Float64Array[] {
  const random = new Random(seed);
  const columns = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  for (let r = 0; r < n; r++) {
    const common = random.normal();
    columns[0]![r] = 100 + 2 * common + 0.3 * random.normal();
    columns[1]![r] = 50 + 2 * common + 0.3 * random.normal();
    columns[2]![r] = 20 + random.normal();
  }
  return columns;
}

const NAMES = ["zone3/fanFlow", "zone3/fanPower", "hall/temperature"];
const SIGNALS = [
  { property: property("zone3/fanFlow", { unit: "m³/h" }) },
  { property: property("zone3/fanPower", { unit: "kW" }) },
  { property: property("hall/temperature", { unit: "°C" }) },
];
const calibrate = (seed = 1, n = 2000) =>
  calibrateDetector({
    names: NAMES,
    values: rows(seed, n),
    timeUs: Float64Array.from({ length: n }, (_, r) => r * 1e6),
  });

function detector(calibration = calibrate(), actions: { pattern: string; action: string }[] = []): Detector {
  return new Detector({ twin: TWIN, node: "n1", signals: SIGNALS, periodUs: 1e6, calibration, actions });
}

const DICTIONARY = new Dictionary(SIGNALS.map((signal) => signal.property));
function frame(
  fromS: number,
  columns: readonly Float64Array[],
  quality: (row: number) => number = () => GOOD,
): Frame {
  const builder = new FrameBuilder({ source: "s", reality: "virtual", dictionary: DICTIONARY });
  for (let r = 0; r < columns[0]!.length; r++) {
    for (let c = 0; c < columns.length; c++) builder.add(c, columns[c]![r]!, (fromS + r) * 1e6, quality(r));
  }
  return builder.build({ epoch: 1, first: 0, receiveTimeUs: 0 });
}

describe("diagnose/detector", () => {
  it("is calibrated the same from the same rows, and survives JSON", () => {
    const calibration = calibrate();
    assert.deepEqual(calibrate(), calibration);
    assert.deepEqual(JSON.parse(JSON.stringify(calibration)), calibration);
    assert.equal(calibration.rows, 2000);
    assert.equal(calibration.validUntilUs, 1999e6 + 7 * 86_400e6);
  });

  it("keeps its false alarm budget on unseen normal data, over many seeds", () => {
    let [ticks, alarms] = [0, 0];
    for (let seed = 0; seed < 20; seed++) {
      const core = new DetectorCore(calibrate(seed));
      const columns = rows(1000 + seed, 2000);
      const row = new Float64Array(3);
      for (let r = 0; r < 2000; r++) {
        for (let c = 0; c < 3; c++) row[c] = columns[c]![r]!;
        core.step(row);
        ticks++;
        if (core.active) alarms++;
      }
    }
    assert.equal(ticks, 40_000);
    assert.ok(alarms / ticks < 0.05, `${alarms} of ${ticks}`);
  });

  it("says what is wrong once at the start and once at the end of an episode", () => {
    const unit = detector(calibrate(), [{ pattern: "zone*/fan*", action: "Clean the nozzles of this zone" }]);
    assert.deepEqual(unit.consume(frame(0, rows(7, 200))), []);
    const faulty = rows(8, 100);
    for (const c of [0, 1]) faulty[c] = faulty[c]!.map((value) => value - 18);
    const [start, ...more] = unit.consume(frame(200, faulty));
    assert.deepEqual(more, []);
    assert.ok(start !== undefined);
    assert.equal(start.active, true);
    assert.match(start.title, /^Zone 3 fan (flow|power) \d+(\.\d+)? % below normal$/);
    assert.equal(start.action, "Clean the nozzles of this zone");
    assert.ok(start.score > start.limit);
    assert.equal(unit.current, start);
    assert.deepEqual(
      start.contributions
        .slice(0, 2)
        .map(({ address }) => address)
        .sort(),
      [`${TWIN}/zone3/fanFlow`, `${TWIN}/zone3/fanPower`],
    );
    const ends = unit.consume(frame(300, rows(9, 200)));
    assert.equal(ends.length, 1);
    assert.equal(ends[0]!.id, start.id);
    assert.equal(ends[0]!.active, false);
    assert.equal(ends[0]!.sinceUs, start.sinceUs);
    assert.equal(unit.current, undefined);
    assert.equal(unit.counts.episodes, 1);
  });

  it("sees signals that no longer go together although each is normal alone", () => {
    const unit = detector();
    const odd = rows(8, 200);
    odd[0]!.fill(101.5);
    odd[1]!.fill(48.5);
    for (let r = 0; r < 200; r++) odd[0]![r]! += (r % 7) * 0.01;
    for (let r = 0; r < 200; r++) odd[1]![r]! += (r % 5) * 0.01;
    const [start] = unit.consume(frame(0, odd));
    assert.ok(start !== undefined);
    assert.equal(
      start.title,
      `${start.contributions[0]!.address.endsWith("fanFlow") ? "Zone 3 fan flow" : "Zone 3 fan power"} does not fit the other signals`,
    );
    assert.equal(start.priority, 3);
  });

  it("reports a frozen signal", () => {
    const unit = detector();
    const stuck = rows(8, 120);
    stuck[2]!.fill(20.1);
    const [start] = unit.consume(frame(0, stuck));
    assert.equal(start?.title, "Hall temperature is frozen");
    assert.match(start!.reason, /has repeated 20\.1 °C for 3\d readings/);
  });

  it("is not poisoned by NaN, infinity or bad quality, and counts them", () => {
    const [clean, dirty] = [detector(), detector()];
    clean.consume(frame(0, rows(7, 300)));
    dirty.consume(frame(0, rows(7, 300)));
    const wild = [Number.NaN, Number.POSITIVE_INFINITY, Number.NaN].map((value) =>
      new Float64Array(50).fill(value),
    );
    assert.deepEqual(dirty.consume(frame(300, wild)), []);
    assert.deepEqual(
      dirty.consume(
        frame(
          350,
          [0, 0, 0].map(() => new Float64Array(50).fill(1e9)),
          () => BAD,
        ),
      ),
      [],
    );
    assert.equal(dirty.counts.bad, 300);
    const after = rows(9, 300);
    assert.deepEqual(dirty.consume(frame(400, after)), []);
    assert.deepEqual(clean.consume(frame(300, after)), []);
    assert.equal(dirty.score, clean.score);
  });

  it("takes one wild value for no fault", () => {
    const unit = detector();
    const columns = rows(7, 300);
    columns[0]![150] = 1e300;
    assert.deepEqual(unit.consume(frame(0, columns)), []);
  });

  it("counts late samples and makes one row of a tick that comes in parts", () => {
    const unit = detector();
    unit.consume(frame(10, rows(7, 5)));
    assert.equal(unit.counts.ticks, 5);
    unit.consume(frame(8, rows(7, 2)));
    assert.equal(unit.counts.late, 6);
    const builder = (index: number, atS: number): Frame => {
      const one = new FrameBuilder({ source: "s", reality: "virtual", dictionary: DICTIONARY });
      one.add(index, 20, atS * 1e6, GOOD);
      return one.build({ epoch: 1, first: 0, receiveTimeUs: 0 });
    };
    unit.consume(builder(0, 20));
    unit.consume(builder(1, 20.4));
    assert.equal(unit.counts.ticks, 5);
    unit.consume(builder(2, 20.9));
    assert.equal(unit.counts.ticks, 6, "complete");
    unit.consume(builder(0, 21));
    unit.consume(builder(0, 22));
    assert.equal(unit.counts.ticks, 7, "incomplete, but a later tick began");
  });

  it("judges a controlled measurement by its distance from the setpoint", () => {
    const air = property("zone1/airTemperature", { unit: "°C" });
    const setpoint = property("zone1/airTemperatureSetpoint", {
      kind: "setpoint",
      update: { mode: "onChange" },
    });
    const signals = chooseSignals([air, setpoint, property("state", { type: "enum" })], TWIN);
    assert.deepEqual(signals, [{ property: air, reference: setpoint.address }]);
    const random = new Random(3);
    const n = 500;
    const calibration = calibrateDetector({
      names: [air.address],
      values: [Float64Array.from({ length: n }, () => random.normal())],
      timeUs: new Float64Array(0),
    });
    const unit = new Detector({ twin: TWIN, node: "n", signals, periodUs: 1e6, calibration });
    const dictionary = new Dictionary([setpoint, air]);
    const findings = [0, 1].flatMap((step) => {
      const builder = new FrameBuilder({ source: "s", reality: "virtual", dictionary });
      builder.add(0, 140 + 30 * step, step * 100e6, GOOD);
      for (let i = 1; i < 100; i++)
        builder.add(1, 140 + 30 * step + random.normal(), (step * 100 + i) * 1e6, GOOD);
      return unit.consume(builder.build({ epoch: 1, first: 0, receiveTimeUs: 0 }));
    });
    assert.deepEqual(findings, []);
    assert.equal(unit.counts.ticks, 99, "those after the change wait until the plant has settled");
    assert.equal(unit.settling, true);
  });

  it("refuses what it cannot calibrate on, naming it", () => {
    const code = (call: () => unknown): string => {
      try {
        call();
      } catch (error) {
        return (error as RungError).code;
      }
      return "none";
    };
    assert.equal(
      code(() => calibrate(1, 99)),
      "too-few-rows",
    );
    assert.equal(
      code(() => calibrateDetector({ names: [], values: [], timeUs: new Float64Array(0) })),
      "no-signal",
    );
    assert.equal(
      code(() =>
        calibrateDetector(
          { names: ["a"], values: [rows(1, 200)[0]!], timeUs: new Float64Array(0) },
          { smoothing: 0 },
        ),
      ),
      "bad-option",
    );
  });

  it("leaves out what never moves, only rises, or is mostly missing", () => {
    const n = 200;
    const values = [
      rows(1, n)[0]!,
      new Float64Array(n).fill(6),
      Float64Array.from({ length: n }, (_, r) => r * 0.5),
      new Float64Array(n).fill(Number.NaN),
    ];
    assert.deepEqual(watchable({ names: ["a", "b", "c", "d"], values, timeUs: new Float64Array(0) }), [0]);
  });
});

describe("diagnose/detector evidence", () => {
  it("holds only where the bound lies within the budget, and fails only where it is shown", () => {
    const judge = (alarmWindows: number, windows: number) =>
      judgeHeldOut({ ticks: 0, alarmTicks: 0, windowTicks: 31, windows, alarmWindows }, 0.05).verdict;
    assert.equal(windowsNeeded(0.05), 59);
    assert.equal(judge(0, 59), "holds");
    assert.equal(judge(0, 58), "collecting");
    assert.equal(judge(1, 59), "fails");
    assert.equal(judge(1, 93), "holds");
    assert.equal(judge(5, 20), "fails");
    assert.equal(judge(0, 0), "collecting");
  });

  it("is not lowered by an alarm, but by inputs out of range that no finding explains, and by age", () => {
    const verdicts = (unit: Detector, nowUs: number) => unit.evidence(nowUs).map(({ verdict }) => verdict);
    const unit = detector();
    unit.consume(frame(2000, rows(7, 300)));
    assert.deepEqual(verdicts(unit, 2300e6), ["holds", "holds", "holds"]);
    const faulty = rows(8, 400);
    for (const c of [0, 1]) faulty[c] = faulty[c]!.map((value) => value - 30);
    unit.consume(frame(2300, faulty));
    assert.ok(unit.current !== undefined);
    assert.deepEqual(verdicts(unit, 2700e6), ["holds", "holds", "holds"]);
    assert.equal(verdicts(unit, 8 * 86_400e6)[1], "fails");

    const silent = detector();
    silent.consume(frame(2000, rows(7, 300)));
    const half = rows(9, 300);
    half[2]!.fill(Number.NaN);
    silent.consume(frame(2300, half));
    const [, , inputs] = silent.evidence(2600e6);
    assert.equal(inputs!.verdict, "fails");
    assert.equal(inputs!.cause, "no good sample of hall temperature");
  });
});

describe("diagnose/words", () => {
  it("reads as an operator speaks", () => {
    assert.equal(propertyWords(property("zone3/fanFlow"), TWIN), "zone 3 fan flow");
    assert.equal(propertyWords(property("x", { label: "Zone 3 air" }), TWIN), "Zone 3 air");
    assert.equal(deviationWords(property("a", { unit: "m³/h" }), -1782, 9900), "18 % below normal");
    assert.equal(deviationWords(property("a", { unit: "°C" }), 6.23, 190), "6.23 K above normal");
    assert.equal(deviationWords(property("a", { unit: "%" }), 12, 40), "12 points above normal");
    assert.equal(deviationWords(property("a", { unit: "kW" }), 0.5, 0), "0.5 kW above normal");
  });

  it("matches paths by pattern", () => {
    assert.ok(pathMatcher("zone*/fanFlow")("zone3/fanFlow"));
    assert.ok(!pathMatcher("zone*/fanFlow")("zone3/x/fanFlow"));
    assert.ok(pathMatcher("**/fanFlow")("zone3/x/fanFlow"));
    assert.ok(pathMatcher("a.b, gas/*")("gas/flow"));
    assert.ok(!pathMatcher("a.b")("axb"));
  });
});
