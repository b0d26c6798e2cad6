import assert from "node:assert/strict";
import { alarmKpis } from "../../../runtime/diagnose/alarms/alarm-kpis.ts";

const MIN = 60e6;
const HOUR = 60 * MIN;
const came = (key: string, ageUs: number, priority: 1 | 2 | 3 = 3) => ({ key, ageUs, priority });

describe("alarm figures of ISA-18.2 and EEMUA 191", () => {
  it("are those counted by hand over a day", () => {
    // One every ten minutes, 144 in all, of which 8 are urgent and 22 soon; a burst of 12 an hour ago.
    const even = Array.from({ length: 144 }, (_, i) =>
      came(`p${i % 36}`, i * 10 * MIN + MIN, i < 8 ? 1 : i < 30 ? 2 : 3),
    );
    const burst = Array.from({ length: 12 }, (_, i) => came(`b${i}`, HOUR + 4 * MIN + i * 1e6));
    const kpis = alarmKpis([...even, ...burst, came("old", 25 * HOUR)], [], 30 * HOUR);
    assert.equal(kpis.hours, 24);
    assert.equal(kpis.count, 156);
    assert.equal(kpis.perDay, 156);
    assert.equal(kpis.per10Min, 156 / 144);
    assert.equal(kpis.worst10Min, 13);
    assert.equal(kpis.floodShare, 1 / 144);
    assert.deepEqual(kpis.shares, { 1: 8 / 156, 2: 22 / 156, 3: 126 / 156 });
    assert.equal(kpis.verdict, "busy");
    assert.deepEqual(kpis.most[0], { key: "p0", count: 4 });
    assert.deepEqual(kpis.chattering, []);
  });

  it("name what chatters and what has stood for a day", () => {
    const kpis = alarmKpis(
      [
        came("a", 100e6),
        came("a", 130e6),
        came("a", 160e6),
        came("b", 100e6),
        came("b", 130e6),
        came("b", 161e6),
      ],
      [
        { key: "c", ageUs: 24 * HOUR },
        { key: "d", ageUs: 24 * HOUR - 1 },
      ],
      HOUR,
    );
    assert.deepEqual(kpis.chattering, ["a"]);
    assert.deepEqual(kpis.stale, ["c"]);
    assert.equal(kpis.perDay, 6 * 24);
    assert.equal(kpis.hours, 1);
    assert.equal(kpis.verdict, "manageable");
  });

  it("are zeros, not gaps of reckoning, where nothing has come", () => {
    assert.deepEqual(alarmKpis([], [], 0), {
      hours: 1 / 6,
      count: 0,
      per10Min: 0,
      worst10Min: 0,
      floodShare: 0,
      perDay: 0,
      chattering: [],
      stale: [],
      shares: { 1: 0, 2: 0, 3: 0 },
      most: [],
      verdict: "manageable",
    });
  });
});
