import assert from "node:assert/strict";
import { Dictionary } from "../../../runtime/core/dictionary.ts";
import { type Frame, FrameBuilder } from "../../../runtime/core/frame.ts";
import type { Property } from "../../../runtime/core/property.ts";
import { BAD, GOOD } from "../../../runtime/core/quality.ts";
import { Random } from "../../../runtime/core/random.ts";
import { DetectorSession } from "../../../runtime/diagnose/detector-session.ts";
import { calibrateSignals } from "../../../runtime/diagnose/stream/calibrate-signals.ts";
import { memoryHistory, until } from "../memory-history.ts";

const TWIN = "acme/leipzig/paint/oven1";
const PERIOD_US = 5e6;
const NOW_US = 1_790_000_000e6;
const FLOW: Property = {
  address: `${TWIN}/zone3/fanFlow`,
  kind: "measurement",
  type: "number",
  unit: "m³/h",
  update: { mode: "cyclic", periodMs: 5000 },
};
const DICTIONARY = new Dictionary([FLOW]);

function frames(random: Random, from: number, ticks: number, shift = 0, quality = GOOD): Frame {
  const builder = new FrameBuilder({ source: "s", reality: "virtual", dictionary: DICTIONARY });
  for (let tick = from; tick < from + ticks; tick++) {
    builder.add(0, 1000 + 10 * random.normal() + shift, NOW_US + tick * PERIOD_US, quality);
  }
  return builder.build({ epoch: 1, first: 0, receiveTimeUs: 0 });
}

async function watching(random: Random): Promise<DetectorSession> {
  const timeUs = Float64Array.from({ length: 3000 }, (_, i) => NOW_US - (3000 - i) * PERIOD_US);
  const value = timeUs.map(() => 1000 + 10 * random.normal());
  const session = new DetectorSession({
    twin: TWIN,
    node: "n1",
    pattern: "",
    actions: [{ pattern: "zone*/fanFlow", action: "Clean the nozzles" }],
    options: {},
    hours: 8,
    rows: 2000,
    history: memoryHistory(new Map([[FLOW.address, { timeUs, value }]])),
  });
  session.consume(frames(random, 0, 10));
  await until(() => session.phase === "watching", "the session watches");
  return session;
}

describe("a detector session with one signal", () => {
  it("judges it by itself, holds row 2, and says start and end of an episode", async () => {
    const random = new Random(5);
    const session = await watching(random);
    assert.equal(session.method, "single");
    assert.deepEqual(session.consume(frames(random, 10, 200)), []);
    assert.deepEqual(
      session.evidence(NOW_US + 210 * PERIOD_US).map(({ verdict }) => verdict),
      ["holds", "holds", "holds"],
    );
    const findings = session.consume(frames(random, 210, 100, 120));
    assert.deepEqual(
      findings.map(({ active }) => active),
      [true, false],
    );
    const [first, last] = findings;
    assert.equal(first!.title, "Zone 3 fan flow at a value never seen before");
    assert.match(first!.reason, /^Zone 3 fan flow is 1,1\d\d m³\/h, .* m³\/h is the limit\.$/);
    assert.equal(first!.action, "Clean the nozzles");
    assert.equal(last!.id, first!.id);
    session.close();
  });

  it("ends an alarm over a gap in time, and passes over bad values", async () => {
    const random = new Random(3);
    const session = await watching(random);
    session.consume(frames(random, 10, 50));
    assert.equal(session.consume(frames(random, 60, 2, 200)).length, 1);
    assert.deepEqual(session.consume(frames(random, 62, 40, 0, BAD)), []);
    assert.equal(session.detector!.counts.bad, 40);
    const [ended] = session.consume(frames(random, 1000, 2));
    assert.equal(ended!.active, false);
    session.close();
  });

  it("leaves meters and empty signals out, and says so where nothing is left", () => {
    const columns = (...values: Float64Array[]) => ({
      names: values.map((_, c) => `s${c}`),
      values,
      timeUs: new Float64Array(0),
    });
    const meter = Float64Array.from({ length: 500 }, (_, r) => r);
    const empty = new Float64Array(500).fill(Number.NaN);
    const still = new Float64Array(500).fill(7);
    assert.deepEqual(calibrateSignals(columns(meter, still, empty), {}).chosen, [1]);
    assert.throws(() => calibrateSignals(columns(meter, empty), {}), /none can be watched in 500 rows/);
  });
});
