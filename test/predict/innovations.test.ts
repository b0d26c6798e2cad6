import assert from "node:assert/strict";
import { Random } from "../../runtime/core/random.ts";
import { chiSquaredQuantile } from "../../runtime/core/statistics/chi-squared.ts";
import { Innovations } from "../../runtime/predict/innovations.ts";

const NODES = 5;

/** Innovations of a filter whose noise is `factor` times what it tells, each keeping `memory` of the one before. */
function filled(seed: number, bodies: number, factor: number, memory = 0): Innovations {
  const random = new Random(seed);
  const innovations = new Innovations(NODES, 100);
  let before = new Float64Array(NODES);
  for (let i = 0; i < bodies; i++) {
    const row = before.map((value) => memory * value + factor * Math.sqrt(1 - memory ** 2) * random.normal());
    innovations.add(
      row,
      row.reduce((sum, value) => sum + value * value, 0),
    );
    before = row;
  }
  return innovations;
}

describe("innovations of a filter", () => {
  it("knows the chi² distribution", () => {
    // Abramowitz and Stegun, table 26.8.
    for (const [p, freedom, exact] of [
      [0.025, 5, 0.831],
      [0.975, 5, 12.833],
      [0.025, 30, 16.791],
      [0.975, 30, 46.979],
      [0.95, 100, 124.342],
    ] as const)
      assert.ok(Math.abs(chiSquaredQuantile(p, freedom) / exact - 1) < (freedom < 30 ? 0.05 : 0.002));
  });

  it("keeps the band that the variance learnt from 100 bodies leaves, and its side", () => {
    const { bodies, low, high } = filled(1, 45, 1).run!;
    assert.equal(bodies, 30);
    // Without the doubt of what was learnt: 117.98 / 30 and 185.80 / 30.
    assert.ok(low < 3.93 && low > 3.6 && high > 6.19 && high < 6.6, `${low} ${high}`);
    let outside = 0;
    for (let seed = 1; seed <= 400; seed++) if (filled(seed, 30, 1).run!.side !== "inside") outside++;
    assert.ok(outside >= 4 && outside <= 24, `${outside} of 400: fewer than one in twenty, by that doubt`);
    assert.equal(new Innovations(NODES, 100).run, undefined);
  });

  it("finds a spread that is told wrong, and lets one that is right be, over seeds", () => {
    let wrong = 0;
    let early = 0;
    let wrongEarly = 0;
    for (let seed = 1; seed <= 200; seed++) {
      assert.equal(filled(seed, 90, 1.6).wrongSpread, "too narrow", `seed ${seed}`);
      assert.equal(filled(seed, 90, 0.5).wrongSpread, "too wide", `seed ${seed}`);
      if (filled(seed, 90, 1).wrongSpread !== undefined) wrong++;
    }
    assert.ok(wrong <= 1, `${wrong} of 200 false alarms`);
    for (let seed = 1; seed <= 200; seed++) {
      // One full run can fail already, though not every one does: the wide band is wide for 30 bodies.
      if (filled(seed, 30, 1.6).wrongSpread === "too narrow") early++;
      for (const bodies of [30, 40, 50]) if (filled(seed, bodies, 1).wrongSpread !== undefined) wrongEarly++;
    }
    assert.ok(early > 190, `${early} of 200 are found with 30 bodies`);
    assert.ok(wrongEarly <= 1, `${wrongEarly} of 600 false alarms`);
    assert.equal(filled(1, 29, 1.6).wrongSpread, undefined, "less than one run shows nothing");
  });

  it("shows a correlation beyond its limit, and not one of chance", () => {
    let shown = 0;
    for (let seed = 1; seed <= 100; seed++) {
      const chance = filled(seed, 100, 1);
      if (chance.lagOne(0) - chance.lagDoubt >= 0.2) shown++;
      const kept = filled(seed, 200, 1, 0.6);
      assert.ok(kept.lagOne(0) - kept.lagDoubt > 0.2, `seed ${seed}: ${kept.lagOne(0)}`);
    }
    assert.equal(shown, 0);
    assert.equal(filled(1, 2, 1).lagOne(0), 0);
  });
});
