import assert from "node:assert/strict";
import type { Evidence } from "../../runtime/core/evidence.ts";
import { BAD_SENSOR_FAILURE } from "../../runtime/core/quality.ts";
import { describeEvidence } from "../../runtime/describe/describe-evidence.ts";
import { TwinState } from "../../runtime/describe/twin-state.ts";
import { OVEN, property, SECOND, T0, TestClock, TestSource } from "./twin-fixture.ts";

const PERIOD = 5 * SECOND;

/** Two cyclic properties and a setpoint, fed period by period. */
class Rig {
  readonly clock = new TestClock();
  readonly source = new TestSource([
    property("zone3/airTemperature"),
    property("zone4/airTemperature"),
    property("zone3/airTemperatureSetpoint", { mode: "onChange" }),
  ]);
  readonly state: TwinState;
  tick = 0;

  constructor(open: (source: string) => boolean = () => true) {
    this.state = new TwinState(OVEN, { clockOf: (source) => (open(source) ? this.clock : undefined) });
    this.state.accept(this.source.frame([{ index: 2, value: 195, timeUs: T0 }]));
  }

  run(periods: number, has: (tick: number, index: number) => boolean = () => true, quality = 0): void {
    for (let i = 0; i < periods; i++) {
      this.clock.us = T0 + this.tick * PERIOD;
      const rows = [0, 1]
        .filter((index) => has(this.tick, index))
        .map((index) => ({ index, value: 180, timeUs: this.clock.us, quality: index === 0 ? quality : 0 }));
      this.state.accept(this.source.frame(rows));
      this.tick++;
    }
  }

  evidence(): Record<string, Evidence> {
    const records = describeEvidence(this.state, this.clock.us, "node7", new Set([this.source.name]));
    return Object.fromEntries(records.map((record) => [record.id.split("/").at(-1)!, record]));
  }
}

const verdicts = (evidence: Record<string, Evidence>): Record<string, string> =>
  Object.fromEntries(Object.entries(evidence).map(([id, record]) => [id, record.verdict]));

describe("evidence of rung 1", () => {
  it("does not ask any more about a gap that was filled in", () => {
    const rig = new Rig();
    rig.run(200);
    const fromUs = rig.clock.us;
    rig.run(4, () => false);
    rig.run(1, () => true, 0x480);
    const toUs = rig.clock.us;
    const source = rig.source.name;
    rig.state.noteGap({ source, cause: "queue-overflow", fromUs, toUs });
    rig.run(100);
    assert.equal(
      rig.evidence().gaps?.value,
      4,
      "two properties with a step, the overflow, and what the source told",
    );
    rig.state.noteFilled({ source: "another", fromUs, toUs });
    rig.state.noteFilled({ source, fromUs, toUs: toUs - 2 * PERIOD });
    assert.equal(rig.evidence().gaps?.value, 4);
    rig.state.noteFilled({ source, fromUs: toUs - 2 * PERIOD, toUs });
    assert.deepEqual([rig.evidence().gaps?.value, rig.evidence().gaps?.verdict], [0, "holds"]);
    assert.equal(rig.evidence().completeness?.verdict, "fails", "they were not there when they were due");
  });

  it("says by which period a row comes back: of the property that decides, or the slowest of a whole source", () => {
    const clock = new TestClock();
    const source = new TestSource([
      property("fast", { mode: "cyclic", periodMs: 1000 }),
      property("slow", { mode: "cyclic", periodMs: 60_000 }),
    ]);
    const state = new TwinState(OVEN, { clockOf: () => clock });
    const feed = (seconds: number, isFastThere: boolean) => {
      for (let i = 0; i < seconds; i++) {
        clock.us += SECOND;
        const isSlowDue = Math.round((clock.us - T0) / SECOND) % 60 === 0;
        const rows = [...(isFastThere ? [0] : []), ...(isSlowDue ? [1] : [])];
        if (rows.length > 0)
          state.accept(source.frame(rows.map((index) => ({ index, value: 1, timeUs: clock.us }))));
      }
    };
    const periodsS = () =>
      Object.fromEntries(
        describeEvidence(state, clock.us, "n").map(({ id, periodUs }) => [
          id.split("/").at(-1)!,
          periodUs! / SECOND,
        ]),
      );
    feed(300, true);
    feed(10, false);
    const stopped = periodsS();
    assert.deepEqual([stopped.age, stopped.completeness, stopped.sources], [1, 1, 60]);
    assert.equal(stopped.gaps, 60, "none yet");
    feed(5, true);
    assert.equal(periodsS().gaps, 1, "that of the fast one");
  });

  it("fails before the first sample", () => {
    const records = describeEvidence(new TwinState(OVEN), T0, "n");
    assert.deepEqual(
      records.map(({ id, verdict, cause }) => ({ id, verdict, cause })),
      [{ id: `${OVEN}/1/age`, verdict: "fails", cause: "no sample has come yet" }],
    );
  });

  it("collects for 200 periods, then holds", () => {
    const rig = new Rig();
    rig.run(199);
    const collecting = rig.evidence();
    assert.deepEqual(collecting.age?.progress, { n: 199, of: 200 });
    assert.equal(collecting.completeness?.verdict, "collecting");
    rig.run(1);
    const held = rig.evidence();
    assert.deepEqual(verdicts(held), {
      age: "holds",
      completeness: "holds",
      quality: "holds",
      gaps: "holds",
      sources: "holds",
    });
    assert.equal(held.completeness?.value, 100);
    assert.equal(held.age?.limit, "< 15 s");
    // The age rises evenly from 0 to 5 s, so 99 % of the time it is below 4.95 s.
    assert.ok(Math.abs(held.age!.value! - 4.95) < 1e-5, String(held.age?.value));
    assert.equal(held.age?.node, "node7");
    assert.equal(held.age?.twin, OVEN);
  });

  it("fails at once when a property falls silent, naming it and for how long", () => {
    const rig = new Rig();
    rig.run(250);
    rig.run(8, (_, index) => index !== 0);
    rig.clock.us += 2 * SECOND;
    const { age, completeness } = rig.evidence();
    assert.equal(age?.verdict, "fails");
    assert.equal(age?.cause, "no sample of zone3/airTemperature for 42 s");
    assert.equal(age?.value, 42);
    assert.equal(completeness?.verdict, "fails");
    assert.equal(completeness?.cause, "zone3/airTemperature sent 192 of 200 samples due (96 %)");
  });

  it("holds with two samples missing of 200 and fails with three", () => {
    for (const [missing, verdict] of [
      [2, "holds"],
      [3, "fails"],
    ] as const) {
      const rig = new Rig();
      rig.run(
        300,
        (tick, index) => !(index === 1 && tick > 150 && tick % 40 === 0 && tick <= 120 + 40 * missing),
      );
      const { completeness, age } = rig.evidence();
      assert.equal(completeness?.value, (100 * (200 - missing)) / 200);
      assert.equal(completeness?.verdict, verdict);
      assert.equal(age?.verdict, "holds");
    }
  });

  it("fails on bad quality, with the property and the figure", () => {
    const rig = new Rig();
    rig.run(250);
    rig.run(3, undefined, BAD_SENSOR_FAILURE);
    const { quality } = rig.evidence();
    assert.equal(quality?.verdict, "fails");
    assert.equal(quality?.value, 98.5);
    assert.equal(quality?.cause, "zone3/airTemperature was good in 197 of its last 200 samples");
  });

  it("fails on a gap nobody explained, holds when the source told its cause, and forgets it with the window", () => {
    for (const explained of [false, true]) {
      const rig = new Rig();
      rig.run(250);
      const fromUs = rig.clock.us;
      rig.tick += 3;
      rig.run(1);
      if (explained) {
        rig.state.noteGap({ source: rig.source.name, fromUs, toUs: rig.clock.us, cause: "connection-lost" });
      }
      const { gaps } = rig.evidence();
      assert.equal(gaps?.verdict, explained ? "holds" : "fails");
      assert.equal(gaps?.value, explained ? 0 : 2);
      if (!explained) {
        assert.equal(
          gaps?.cause,
          `zone3/airTemperature has a gap of 20 s from ${new Date(fromUs / 1000).toISOString()}`,
        );
      }
      rig.run(200);
      assert.deepEqual(new Set(Object.values(verdicts(rig.evidence()))), new Set(["holds"]));
    }
  });

  it("fails on samples whose sequence numbers never came, until they come", () => {
    const rig = new Rig();
    rig.run(250);
    const first = rig.source.sequence;
    rig.source.sequence += 7;
    rig.run(1);
    assert.equal(rig.evidence().gaps?.cause, "7 samples of opcua:plant:source never came");
    const late = Array.from({ length: 7 }, () => ({ index: 0, value: 1, timeUs: rig.clock.us - 1 }));
    rig.state.accept(rig.source.frame(late, first));
    assert.equal(rig.evidence().gaps?.verdict, "holds");
  });

  it("fails on a source that is not open here, or not wired", () => {
    const closed = new Rig((source) => source !== "stranger");
    closed.run(250);
    const stranger = new TestSource([property("zone3/airTemperature")], "stranger");
    closed.state.accept(stranger.frame([{ index: 0, value: 1, timeUs: closed.clock.us }]));
    assert.equal(closed.evidence().sources?.cause, "stranger is no open source of this process");
    const open = new Rig();
    open.run(250);
    open.state.accept(stranger.frame([{ index: 0, value: 1, timeUs: open.clock.us }]));
    assert.equal(open.evidence().sources?.cause, "stranger is not wired to this state");
  });

  it("fails when an on-change property's source shows no sign of life", () => {
    const clock = new TestClock();
    const source = new TestSource([property("setpoint", { mode: "onChange" })]);
    const state = new TwinState(OVEN, { clockOf: () => clock });
    state.accept(source.frame([{ index: 0, value: 1, timeUs: T0 }]));
    const age = () => describeEvidence(state, clock.us, "n").find((record) => record.id.endsWith("/age"));
    assert.equal(age()?.verdict, "holds");
    clock.us += 40 * SECOND;
    assert.equal(age()?.verdict, "fails");
    assert.equal(age()?.cause, "no sign of life of the source of setpoint for 40 s");
  });

  it("sees the delay on the way as age", () => {
    const rig = new Rig();
    for (let tick = 0; tick < 250; tick++) {
      rig.clock.us = T0 + tick * PERIOD + 11 * SECOND;
      rig.state.accept(
        rig.source.frame([0, 1].map((index) => ({ index, value: 1, timeUs: T0 + tick * PERIOD }))),
      );
    }
    const { age } = rig.evidence();
    // Age runs from 11 s to 16 s: above 15 s in one fifth of the time.
    assert.equal(age?.verdict, "fails");
    assert.match(age!.cause!, /was older than 15 s in (19\.9|20) % of the last 200 periods/);
    assert.ok(Math.abs(age!.value! - 15.95) < 1e-3);
  });
});
