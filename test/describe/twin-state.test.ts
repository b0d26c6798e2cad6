import assert from "node:assert/strict";
import { RungError } from "../../runtime/core/errors.ts";
import { BAD_SENSOR_FAILURE, GOOD, UNCERTAIN_LAST_USABLE } from "../../runtime/core/quality.ts";
import { Random } from "../../runtime/core/random.ts";
import { TwinState } from "../../runtime/describe/twin-state.ts";
import { OVEN, property, SECOND, T0, TestClock, TestSource } from "./twin-fixture.ts";

const twin = (clock?: TestClock): TwinState => new TwinState(OVEN, { clockOf: () => clock });

describe("twin state", () => {
  it("keeps the newest sample of each property and hands an accepted frame on untouched", () => {
    const source = new TestSource([property("zone1/airTemperature"), property("zone2/airTemperature")]);
    const clock = new TestClock();
    const state = twin(clock);
    const frame = source.frame([
      { index: 0, value: 180, timeUs: T0 },
      { index: 1, value: 190, timeUs: T0 },
      { index: 0, value: 181, timeUs: T0 + 5 * SECOND },
    ]);
    assert.equal(state.accept(frame), frame);
    clock.us = T0 + 7 * SECOND;
    assert.deepEqual(state.last(`${OVEN}/zone1/airTemperature`), {
      address: `${OVEN}/zone1/airTemperature`,
      value: 181,
      unit: "°C",
      quality: GOOD,
      sourceTimeUs: T0 + 5 * SECOND,
      receiveTimeUs: T0,
      ageUs: 2 * SECOND,
      stale: false,
    });
    assert.equal(state.reality, "virtual");
    assert.equal(state.last(`${OVEN}/zone9/airTemperature`), undefined);
    assert.throws(() => state.require(`${OVEN}/zone9/airTemperature`), { code: "unknown-address" });
    assert.equal(state.ageUs(`${OVEN}/zone9/airTemperature`), Number.POSITIVE_INFINITY);
  });

  it("drops exact repetitions by source, epoch and sequence, and nothing else", () => {
    const source = new TestSource([property("x")]);
    const state = twin();
    const first = source.frame([0, 1, 2, 3].map((i) => ({ index: 0, value: i, timeUs: T0 + i })));
    state.accept(first);
    assert.equal(state.accept(first).length, 0);
    const overlap = source.frame(
      [2, 3, 4, 5].map((i) => ({ index: 0, value: i, timeUs: T0 + i })),
      2,
    );
    const rest = state.accept(overlap);
    assert.deepEqual(
      [...rest].map((sample) => sample.value),
      [4, 5],
    );
    assert.deepEqual([rest.sequenceAt(0), rest.sequenceAt(1)], [4, 5]);
    source.epoch = 2;
    assert.equal(state.accept(source.frame([{ index: 0, value: 9, timeUs: T0 + 9 }], 0)).length, 1);
    const twice = new TestSource([property("x")], "another source");
    assert.equal(state.accept(twice.frame([{ index: 0, value: 9, timeUs: T0 + 10 }], 0)).length, 1);
    assert.deepEqual(state.counts, {
      received: 14,
      accepted: 8,
      deduplicated: 6,
      dropped: {},
      late: 0,
      historical: 0,
      bad: 0,
    });
  });

  it("takes late samples, counts them, and keeps the newer value", () => {
    const source = new TestSource([property("x")]);
    const state = twin();
    state.accept(source.frame([{ index: 0, value: 2, timeUs: T0 + 10 * SECOND }], 1));
    const late = state.accept(source.frame([{ index: 0, value: 1, timeUs: T0 }], 0));
    assert.equal(late.length, 1);
    assert.equal(state.last(`${OVEN}/x`)?.value, 2);
    assert.equal(state.lateOf(`${OVEN}/x`), 1);
    assert.equal(state.counts.late, 1);
    assert.equal(state.sources[0]?.missing, 0, "the late frame filled the hole");
  });

  it("passes rows of the past on, and says nothing else about now for them", () => {
    const source = new TestSource([property("x"), property("y", { mode: "onChange" })]);
    const clock = new TestClock();
    const state = new TwinState(OVEN, { clockOf: () => clock });
    state.accept(source.frame([{ index: 0, value: 2, timeUs: T0 + 10 * SECOND }]));
    state.takeChanged();
    clock.us = T0 + 60 * SECOND;
    const before = { ...state.last(`${OVEN}/x`)!, window: state.window.quality(0), source: state.sources[0] };
    const past = source.past([
      { index: 0, value: 1, timeUs: T0 + 5 * SECOND },
      // Newer than the newest, with a bad quality and the mark of an overflow.
      { index: 0, value: 3, timeUs: T0 + 20 * SECOND, quality: 0x80000480 },
      { index: 1, value: 4, timeUs: T0 },
    ]);
    assert.equal(state.accept(past), past, "all of it goes on to who stores it");
    assert.deepEqual(
      { ...state.last(`${OVEN}/x`)!, window: state.window.quality(0), source: state.sources[0] },
      before,
    );
    assert.equal(state.last(`${OVEN}/y`), undefined);
    assert.deepEqual(state.takeChanged(), []);
    const { received, accepted, historical, late, bad } = state.counts;
    assert.deepEqual(
      { received, accepted, historical, late, bad },
      { received: 4, accepted: 4, historical: 3, late: 0, bad: 0 },
    );
    assert.equal(state.accept(past).length, 0, "the same again is a repetition");
    state.accept(source.frame([{ index: 0, value: 5, timeUs: T0 + 30 * SECOND }]));
    assert.equal(state.sources[0]!.missing, 0);
  });

  it("keeps the conservation law under shuffled, repeated and foreign frames, 10 seeds", () => {
    for (let seed = 0; seed < 10; seed++) {
      const random = new Random(seed);
      const foreign = { ...property("x"), address: "acme/leipzig/paint/booth1/x" };
      const source = new TestSource([property("x"), foreign]);
      const frames = Array.from({ length: 60 }, (_, i) =>
        source.frame(
          Array.from({ length: 1 + random.integer(20) }, (_, j) => ({
            index: random.integer(2),
            value: i + j / 100,
            timeUs: T0 + i * SECOND + j,
          })),
        ),
      );
      const own = frames.reduce((sum, f) => sum + [...f].filter((s) => s.address.startsWith(OVEN)).length, 0);
      const sent = [...frames, ...frames].sort(() => random.uniform() - 0.5);
      const state = twin();
      let accepted = 0;
      for (const frame of sent) accepted += state.accept(frame).length;
      const { counts } = state;
      assert.equal(accepted, own);
      assert.equal(counts.accepted, own);
      assert.equal(counts.deduplicated, own);
      assert.equal(
        counts.received,
        sent.reduce((sum, frame) => sum + frame.length, 0),
      );
      assert.equal(
        counts.received,
        counts.accepted + counts.deduplicated + Object.values(counts.dropped).reduce((a, b) => a + b, 0),
      );
    }
  });

  it("refuses what is no frame, and frames of another twin, and goes on", () => {
    const state = twin();
    for (const [payload, words] of [
      [undefined, "got nothing"],
      [42, 'got the number "42"'],
      ["hot", 'got the text "hot"'],
      [{ kind: "finding" }, "got a finding"],
      [[1, 2], "got an array of 2"],
      [Object.create(null), "got an object of no class"],
    ] as const) {
      assert.throws(
        () => state.accept(payload),
        (error: unknown) => error instanceof RungError && error.message.includes(words),
      );
    }
    const booth = new TestSource(
      [{ ...property("x"), address: "acme/leipzig/paint/oven10/x" }],
      "booth",
      "recorded",
    );
    assert.throws(() => state.accept(booth.frame([{ index: 0, value: 1 }])), {
      code: "other-twin",
      message: /booth has no property of this twin, its first is acme\/leipzig\/paint\/oven10\/x/,
    });
    assert.deepEqual(state.counts.dropped, { "other-twin": 1 });
    assert.equal(state.reality, undefined, "a refused source says nothing about the twin");
    const source = new TestSource([property("x")]);
    assert.equal(state.accept(source.frame([{ index: 0, value: 1 }])).length, 1);
    assert.throws(() => new TwinState("acme//oven"), { code: "bad-address" });
  });

  it("never turns a bad or stale value into nothing or into the last good one", () => {
    const clock = new TestClock();
    const source = new TestSource([property("x")]);
    const state = twin(clock);
    state.accept(source.frame([{ index: 0, value: 180, timeUs: T0 }]));
    clock.us = T0 + 15 * SECOND;
    assert.equal(state.isStale(`${OVEN}/x`), false, "three periods are not more than three");
    clock.us += 1;
    assert.equal(state.isStale(`${OVEN}/x`), true);
    const stale = state.last(`${OVEN}/x`)!;
    assert.deepEqual([stale.value, stale.quality, stale.stale], [180, UNCERTAIN_LAST_USABLE, true]);
    state.accept(source.frame([{ index: 0, value: 999, timeUs: clock.us, quality: BAD_SENSOR_FAILURE }]));
    const bad = state.last(`${OVEN}/x`)!;
    assert.deepEqual([bad.value, bad.quality, bad.stale], [999, BAD_SENSOR_FAILURE, false]);
    assert.equal(state.counts.bad, 1);
  });

  it("lets an on-change property live by the sign of life of its source", () => {
    const clock = new TestClock();
    const source = new TestSource([property("setpoint", { mode: "onChange" })]);
    const state = twin(clock);
    state.accept(source.frame([{ index: 0, value: 195, timeUs: T0 }]));
    for (let i = 1; i <= 100; i++) {
      clock.us = T0 + i * 10 * SECOND;
      state.accept(source.frame([]));
      assert.equal(state.ageUs(`${OVEN}/setpoint`), 0);
    }
    clock.us += 15 * SECOND;
    assert.equal(state.isStale(`${OVEN}/setpoint`), false);
    clock.us += 1;
    assert.equal(state.isStale(`${OVEN}/setpoint`), true);
    state.signOfLife(source.name);
    assert.equal(state.isStale(`${OVEN}/setpoint`), false);
    assert.equal(state.counts.received, 1);
  });

  it("lets a replay start over: nothing of it counts as repeated or late", () => {
    const replay = new TestSource([property("x")], "recording:1", "recorded");
    const live = new TestSource([property("y")], "live");
    const state = twin();
    const frames = [0, 1, 2].map((i) => replay.frame([{ index: 0, value: i, timeUs: T0 + i * SECOND }]));
    for (const frame of frames) state.accept(frame);
    const other = live.frame([{ index: 0, value: 5, timeUs: T0 }]);
    state.accept(other);
    state.rewind("recording:1");
    assert.equal(state.last(`${OVEN}/x`), undefined);
    assert.equal(state.accept(frames[0]).length, 1);
    assert.equal(state.last(`${OVEN}/x`)?.value, 0);
    assert.equal(state.counts.late, 0);
    assert.equal(state.accept(other).length, 0, "other sources keep their marks");
  });

  it("carries strings and structures, and forgets them when a number follows", () => {
    const source = new TestSource([property("recipe", { mode: "onChange" })]);
    const state = twin();
    state.accept(source.frame([{ index: 0, value: Number.NaN, other: "two-tone", timeUs: T0 }]));
    assert.equal(state.last(`${OVEN}/recipe`)?.other, "two-tone");
    state.accept(source.frame([{ index: 0, value: 3, timeUs: T0 + 1 }]));
    assert.equal(state.last(`${OVEN}/recipe`)?.other, undefined);
  });

  it("grows its dictionary without losing a value, from several sources", () => {
    const state = twin();
    for (let batch = 0; batch < 5; batch++) {
      const source = new TestSource(
        Array.from({ length: 50 }, (_, i) => property(`p${batch * 25 + i}`)),
        `source ${batch}`,
      );
      state.accept(
        source.frame(
          Array.from({ length: 50 }, (_, i) => ({ index: i, value: batch * 25 + i, timeUs: T0 + batch })),
        ),
      );
    }
    assert.equal(state.dictionary.size, 150);
    for (let i = 0; i < 150; i++) assert.equal(state.last(`${OVEN}/p${i}`)?.value, i);
  });

  it("takes a property's new description when a source is bound anew", () => {
    const state = twin();
    state.accept(new TestSource([property("a"), property("x")]).frame([{ index: 1, value: 1, timeUs: T0 }]));
    const again = new TestSource([{ ...property("x"), unit: "K" }], "anew");
    state.accept(again.frame([{ index: 0, value: 274, timeUs: T0 + 1 }]));
    assert.equal(state.dictionary.indexOf(`${OVEN}/x`), 1);
    assert.equal(state.last(`${OVEN}/x`)?.unit, "K");
  });

  it("gives a snapshot that is plain, frozen and stays as it was", () => {
    const clock = new TestClock();
    const source = new TestSource([property("x")]);
    const state = twin(clock);
    state.accept(source.frame([{ index: 0, value: 1, timeUs: T0 }]));
    const snapshot = state.snapshot();
    state.accept(source.frame([{ index: 0, value: 2, timeUs: T0 + 1 }]));
    assert.equal(snapshot.values[`${OVEN}/x`]?.value, 1);
    assert.deepEqual(JSON.parse(JSON.stringify(snapshot)), snapshot);
    assert.throws(() => {
      (snapshot.values[`${OVEN}/x`] as { value: number }).value = 5;
    }, TypeError);
  });

  it("forks a sibling that changes nothing in the twin and takes no frames", () => {
    const clock = new TestClock();
    const source = new TestSource([property("x"), property("y")]);
    const state = twin(clock);
    state.accept(source.frame([{ index: 0, value: 1, timeUs: T0 }]));
    const sibling = state.fork();
    sibling.advanceTo(T0 + SECOND);
    sibling.set(`${OVEN}/x`, 7);
    assert.equal(sibling.last(`${OVEN}/x`)?.value, 7);
    assert.equal(sibling.last(`${OVEN}/x`)?.sourceTimeUs, T0 + SECOND);
    assert.equal(state.last(`${OVEN}/x`)?.value, 1);
    assert.equal("accept" in sibling, false);
    const second = sibling.fork();
    second.set(`${OVEN}/x`, 8);
    assert.equal(sibling.last(`${OVEN}/x`)?.value, 7);
    assert.equal(second.snapshot().reality, undefined);
    assert.throws(() => sibling.set(`${OVEN}/nowhere`, 1), { code: "unknown-address" });
    assert.throws(() => sibling.set(`${OVEN}/x`, Number.NaN), { code: "not-a-number" });
    assert.throws(() => sibling.advanceTo(T0), { code: "time-goes-back" });
  });
});
