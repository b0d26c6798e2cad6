import assert from "node:assert/strict";
import { Dictionary } from "../../runtime/core/dictionary.ts";
import { type Frame, FrameBuilder } from "../../runtime/core/frame.ts";
import type { Property } from "../../runtime/core/property.ts";
import { GOOD } from "../../runtime/core/quality.ts";
import { Random } from "../../runtime/core/random.ts";
import {
  DetectorSession,
  type DetectorSessionParts,
  type StoredCalibration,
} from "../../runtime/diagnose/detector-session.ts";
import { memoryHistory, until } from "./memory-history.ts";

const TWIN = "acme/leipzig/paint/oven1";
const PERIOD_US = 5e6;
const NOW_US = 1_790_000_000e6;
const cyclic = (path: string): Property => ({
  address: `${TWIN}/${path}`,
  kind: "measurement",
  type: "number",
  unit: "°C",
  update: { mode: "cyclic", periodMs: 5000 },
});
const SETPOINT: Property = {
  ...cyclic("a/airTemperatureSetpoint"),
  kind: "setpoint",
  update: { mode: "onChange" },
};
const PROPERTIES = [cyclic("a/airTemperature"), cyclic("b/airTemperature"), cyclic("gas/total"), SETPOINT];
const DICTIONARY = new Dictionary(PROPERTIES);

/** Values at a tick: air about its setpoint of 150, a free temperature, and a meter. */
const valuesAt = (random: Random, tick: number): number[] => [
  150 + random.normal(),
  60 + random.normal(),
  tick,
];

function frames(fromTick: number, ticks: number, shift = 0): Frame {
  const random = new Random(fromTick);
  const builder = new FrameBuilder({ source: "s", reality: "virtual", dictionary: DICTIONARY });
  // The setpoint is sent once, on change, before all else.
  if (fromTick % 1000 === 0) builder.add(3, 150, NOW_US + fromTick * PERIOD_US, GOOD);
  for (let tick = fromTick; tick < fromTick + ticks; tick++) {
    for (const [c, value] of valuesAt(random, tick).entries()) {
      builder.add(c, value + (c === 1 ? shift : 0), NOW_US + tick * PERIOD_US, GOOD);
    }
  }
  return builder.build({ epoch: 1, first: 0, receiveTimeUs: 0 });
}

function pastOf(ticks: number) {
  const random = new Random(99);
  const timeUs = Float64Array.from({ length: ticks }, (_, i) => NOW_US - (ticks - i) * PERIOD_US);
  const rows = Array.from({ length: ticks }, (_, i) => valuesAt(random, i - ticks));
  const samples = new Map(
    PROPERTIES.slice(0, 3).map(({ address }, c) => [
      address,
      { timeUs, value: Float64Array.from(rows, (row) => row[c]!) },
    ]),
  );
  samples.set(SETPOINT.address, { timeUs: Float64Array.of(NOW_US - 1e12), value: Float64Array.of(150) });
  return memoryHistory(samples);
}

const parts = (more: Partial<DetectorSessionParts> = {}): DetectorSessionParts => ({
  twin: TWIN,
  node: "n1",
  pattern: "",
  actions: [],
  options: {},
  hours: 8,
  rows: 2000,
  ...more,
});

describe("diagnose/detector session", () => {
  it("calibrates on history in the background, then watches; a meter is left out", async () => {
    const session = new DetectorSession(parts({ history: pastOf(4000) }));
    session.consume(frames(0, 10));
    assert.equal(session.phase, "gathering");
    assert.equal(session.evidence(NOW_US)[0]!.verdict, "collecting");
    await until(() => session.phase === "watching", "the session watches");
    assert.deepEqual(
      session.detector!.signals.map(({ property, reference }) => [property.address, reference]),
      [
        [`${TWIN}/a/airTemperature`, SETPOINT.address],
        [`${TWIN}/b/airTemperature`, undefined],
      ],
    );
    assert.deepEqual(session.consume(frames(10, 200)), []);
    const records = session.evidence(NOW_US + 200 * PERIOD_US);
    assert.deepEqual(
      records.map(({ verdict }) => verdict),
      ["holds", "holds", "holds"],
    );
    // Alarms and inputs rest on the newest row for ten ticks; the calibration runs out by itself.
    const newestUs = session.detector!.timeUs;
    assert.deepEqual(
      records.map(({ newestSampleUs, validUntilUs }) => [newestSampleUs, validUntilUs]),
      [
        [newestUs, newestUs + 10 * PERIOD_US],
        [undefined, records[1]!.validUntilUs],
        [newestUs, newestUs + 10 * PERIOD_US],
      ],
    );
    assert.deepEqual(
      records.map(({ periodUs }) => periodUs),
      [PERIOD_US, PERIOD_US, PERIOD_US],
    );
    const [finding] = session.consume(frames(210, 50, 12));
    assert.match(finding!.title, /^B air temperature .* K above normal$/);
    session.close();
  });

  it("gathers live rows where there is no history, and says how many it has", async () => {
    const session = new DetectorSession(parts({ rows: 400, history: memoryHistory(new Map()) }));
    session.consume(frames(0, 10));
    session.consume(frames(10, 300));
    const [record] = session.evidence(NOW_US);
    assert.equal(record!.verdict, "collecting");
    assert.deepEqual(record!.progress, { n: 300, of: 400 });
    session.consume(frames(310, 110));
    assert.equal(session.phase, "calibrating");
    await until(() => session.phase === "watching", "the session watches");
    session.close();
  });

  it("takes up a stored calibration that fits, and makes a new one when told to", async () => {
    let kept: StoredCalibration | undefined;
    let saves = 0;
    const store = {
      load: () => kept,
      save: (stored: StoredCalibration) => {
        kept = JSON.parse(JSON.stringify(stored));
        saves++;
      },
    };
    const first = new DetectorSession(parts({ history: pastOf(4000), store }));
    first.consume(frames(0, 10));
    await until(() => saves === 1, "it is stored");
    first.close();

    const second = new DetectorSession(parts({ store, lastValue: () => 150 }));
    second.consume(frames(20, 10));
    assert.equal(second.phase, "watching", "at once, without history");
    second.consume(frames(30, 300));
    assert.equal(
      second.evidence(NOW_US)[2]!.verdict,
      "holds",
      "the setpoint is known although it was not sent again",
    );
    second.recalibrate();
    second.consume(frames(330, 10));
    assert.equal(second.phase, "gathering");
    second.close();

    const other = new DetectorSession(parts({ store, pattern: "b/*" }));
    other.consume(frames(40, 10));
    assert.equal(other.phase, "gathering", "another choice of properties");
    other.close();
  });

  for (const method of [
    { method: "pca", explained: 0.8, adapt: true },
    { method: "knn", neighbours: 3, width: 2 },
  ] as const)
    it(`judges single rows by ${method.method}: quiet on normal ones, a finding with its end, and row 2`, async () => {
      const session = new DetectorSession(parts({ history: pastOf(4000), method }));
      session.consume(frames(0, 10));
      await until(() => session.phase === "watching", "the session watches");
      assert.deepEqual(session.consume(frames(10, 300)), []);
      const verdicts = session.evidence(NOW_US + 310 * PERIOD_US).map(({ verdict }) => verdict);
      assert.deepEqual(verdicts, ["holds", "holds", "holds"]);
      const [raised, ...more] = session.consume(frames(310, 20, 9));
      assert.deepEqual(more, []);
      assert.match(raised!.title, /^B air temperature .* K above normal$/);
      assert.match(raised!.reason, /normal 5\d(\.\d)? to 6\d.*: b air temperature \d+ %/);
      assert.equal(raised!.contributions[0]!.address, `${TWIN}/b/airTemperature`);
      assert.ok(raised!.score > raised!.limit);
      const [ended] = session.consume(frames(330, 60));
      assert.deepEqual([ended?.id, ended?.active], [raised!.id, false]);
      session.close();
    });

  it("takes a changed setpoint for meant, and judges single rows from where the plant has settled", async () => {
    const options = { settle: 40 };
    const session = new DetectorSession(parts({ history: pastOf(4000), method: { method: "pca" }, options }));
    session.consume(frames(0, 10));
    await until(() => session.phase === "watching", "the session watches");
    session.consume(frames(10, 100));
    const builder = new FrameBuilder({ source: "s", reality: "virtual", dictionary: DICTIONARY });
    builder.add(3, 155, NOW_US + 110 * PERIOD_US, GOOD);
    session.consume(builder.build({ epoch: 1, first: 0, receiveTimeUs: 0 }));
    assert.deepEqual(session.consume(frames(111, 5, 20)), [], "it settles");
    assert.equal(session.detector!.settling, true);
    session.consume(frames(116, 100, 20));
    assert.equal(session.detector!.settling, false);
    assert.equal(session.detector!.current, undefined, "what came with the setpoint is normal now");
    assert.equal(session.consume(frames(216, 20, 30)).length, 1);
    session.close();
  });

  it("names a pattern that fits nothing, and stays usable", () => {
    const session = new DetectorSession(parts({ pattern: "zone9/*" }));
    session.consume(frames(0, 10));
    assert.equal(session.fault?.code, "no-signal");
    assert.match(session.evidence(0)[0]!.cause!, /has no property like zone9/);
    session.close();
  });
});
