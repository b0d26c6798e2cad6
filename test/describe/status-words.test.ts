import assert from "node:assert/strict";
import { RungError } from "../../runtime/core/errors.ts";
import { historyWords, sizeWords } from "../../runtime/describe/historian/history-words.ts";
import { ageWords, stateWords } from "../../runtime/describe/state-words.ts";
import { TwinState } from "../../runtime/describe/twin-state.ts";
import { OVEN, property, SECOND, T0, TestClock, TestSource } from "./twin-fixture.ts";

describe("status words", () => {
  it("say how many values are in step, and how many are not", () => {
    const clock = new TestClock();
    const state = new TwinState(OVEN, { clockOf: () => clock });
    assert.deepEqual(stateWords(state), { text: "no sample yet", mark: "attention" });
    const source = new TestSource(Array.from({ length: 1427 }, (_, i) => property(`p${i}`)));
    state.accept(source.frame(Array.from({ length: 1427 }, (_, index) => ({ index, value: 1, timeUs: T0 }))));
    clock.us = T0 + 0.2 * SECOND;
    assert.deepEqual(stateWords(state), { text: "in step, 1,427 values · age 0.2 s", mark: "ok" });
    clock.us = T0 + 60 * SECOND;
    state.accept(source.frame([{ index: 0, value: 1, timeUs: clock.us }]));
    assert.deepEqual(stateWords(state), {
      text: "1,426 of 1,427 values stale · age 0.0 s",
      mark: "attention",
    });
  });

  it("tell ages and sizes in at most three digits", () => {
    assert.deepEqual(
      [0, 0.24, 9.94, 9.96, 42, 599, 600, 36_000].map((s) => ageWords(s * SECOND)),
      ["0.0 s", "0.2 s", "9.9 s", "10 s", "42 s", "599 s", "10 min", "10 h"],
    );
    assert.deepEqual([0, 999, 1000, 12_340, 999_600, 1_234_000_000, 5e12].map(sizeWords), [
      "0 B",
      "999 B",
      "1 kB",
      "12.3 kB",
      "1 MB",
      "1.2 GB",
      "5 TB",
    ]);
  });

  it("say what a history lost and why", () => {
    const facts = { samples: 1, tags: 1, bytes: 1.2e9, oldestUs: 0, newestUs: 0 };
    const counts = { received: 9, stored: 9, queued: 0, deduplicated: 0, dropped: {} };
    assert.deepEqual(historyWords(facts, counts), { text: "1.2 GB · no gaps", mark: "ok" });
    assert.deepEqual(historyWords(facts, { ...counts, dropped: { "queue-full": 1200 } }), {
      text: "1.2 GB · 1,200 samples lost: queue-full",
      mark: "fault",
    });
    const trouble = new RungError({ code: "disk-full", where: "spool", what: "the disk is full" });
    assert.deepEqual(historyWords(facts, { ...counts, queued: 4500 }, trouble), {
      text: "1.2 GB · 4,500 samples wait: disk-full",
      mark: "fault",
    });
  });
});
