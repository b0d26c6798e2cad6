import assert from "node:assert/strict";
import { LiveClock, RecordedClock, VirtualClock } from "../../runtime/core/clock.ts";
import { monotonicMs, wallTimeUs } from "../../runtime/core/time.ts";

describe("live clock", () => {
  it("takes the shortest delay as none: the skew is minus the minimum of receive less source time", () => {
    const clock = new LiveClock(60_000);
    assert.equal(clock.skewUs, 0);
    clock.observe(1_000_000, 1_250_000, 0);
    assert.equal(clock.skewUs, -250_000);
    clock.observe(2_000_000, 2_040_000, 1000);
    assert.equal(clock.skewUs, -40_000);
    clock.observe(3_000_000, 3_900_000, 2000);
    assert.equal(clock.skewUs, -40_000, "a late packet does not move the estimate");
    clock.observe(9_000_000, 4_000_000, 3000);
    assert.equal(clock.skewUs, 5_000_000, "a source that runs ahead");
  });

  it("forgets a minimum once it has left the window", () => {
    const clock = new LiveClock(60_000);
    clock.observe(0, 10, 0);
    clock.observe(0, 30, 30_000);
    clock.observe(0, 20, 40_000);
    assert.equal(clock.skewUs, -10);
    clock.observe(0, 50, 60_001);
    assert.equal(clock.skewUs, -20);
    clock.observe(0, 60, 100_001);
    assert.equal(clock.skewUs, -50);
  });

  it("equals the brute-force minimum over 2,000 delays", () => {
    const clock = new LiveClock(500);
    const seen: { at: number; delay: number }[] = [];
    for (let i = 0; i < 2000; i++) {
      const delay = (i * 7919) % 1009;
      seen.push({ at: i * 10, delay });
      clock.observe(0, delay, i * 10);
      const inWindow = seen.filter(({ at }) => at >= i * 10 - 500).map((entry) => entry.delay);
      assert.equal(-clock.skewUs, Math.min(...inWindow));
    }
  });

  it("is wall time plus skew", () => {
    const clock = new LiveClock();
    clock.observe(wallTimeUs() - 3_600_000_000, wallTimeUs());
    const expected = wallTimeUs() - 3_600_000_000;
    assert.ok(Math.abs(clock.nowUs() - expected) < 1_000_000);
  });
});

describe("virtual clock", () => {
  it("runs on at the published speed when the plant is silent", () => {
    const clock = new VirtualClock(60);
    clock.observe(1_000_000_000, 60, monotonicMs() - 2000);
    const elapsedUs = clock.nowUs() - 1_000_000_000;
    assert.ok(elapsedUs >= 120_000_000, `two wall seconds at 60x are 120 s, got ${elapsedUs / 1e6}`);
    assert.ok(elapsedUs < 180_000_000);
    clock.observe(5, 1);
    assert.equal(clock.speed, 1);
  });
});

describe("recorded clock", () => {
  it("stands still between rows and never goes back", () => {
    const clock = new RecordedClock(10);
    assert.equal(clock.nowUs(), 0);
    clock.observe(500);
    clock.observe(400);
    assert.equal(clock.nowUs(), 500);
    assert.equal(clock.reality, "recorded");
  });
});
