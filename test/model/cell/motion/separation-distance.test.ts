import assert from "node:assert/strict";
import {
  curtainDistance,
  PLANNING_AID,
  scannerDistance,
  speedAndSeparation,
} from "../../../../runtime/model/cell/motion/separation-distance.ts";

const isM = (found: { distanceM: number }, wantedM: number): void =>
  assert.ok(Math.abs(found.distanceM - wantedM) < 1e-12, `${found.distanceM} is not ${wantedM}`);

describe("motion: separation from people", () => {
  it("puts a curtain at the hand's speed up to 500 mm, then at walking speed and not nearer than that", () => {
    // 2000 mm/s x 0.1 s + 8 (14 - 14) = 200 mm.
    isM(curtainDistance(0.1, 0.014), 0.2);
    // 2000 x 0.2 + 8 (20 - 14) = 448 mm.
    isM(curtainDistance(0.2, 0.02), 0.448);
    // 2000 x 0.26 = 520 mm is too far for the hand's speed; 1600 x 0.26 = 416 mm is under 500 mm.
    isM(curtainDistance(0.26, 0.014), 0.5);
    // 1600 x 0.5 + 8 (30 - 14) = 928 mm.
    isM(curtainDistance(0.5, 0.03), 0.928);
    // Never nearer than 100 mm.
    isM(curtainDistance(0.01, 0.014), 0.1);
  });

  it("adds an arm's length where a curtain sees no hands", () => {
    isM(curtainDistance(0.5, 0.05), 1.65);
  });

  it("puts a scanner's field by its height, and an arm's length at least", () => {
    isM(scannerDistance(0.5, 0.3, 0.07), 0.8 + 1.08);
    isM(scannerDistance(0.5, 1, 0.07), 0.8 + 0.85);
    // A field that low would be crawled under: 15 (70 - 50) = 300 mm.
    assert.throws(() => scannerDistance(0.5, 0.29, 0.07), /must lie 300 to 1000 mm high/);
  });

  it("adds both ways and the uncertainties for a robot that slows down for people", () => {
    const found = speedAndSeparation({
      robotSpeedMS: 1.5,
      reactionS: 0.1,
      stoppingS: 0.4,
      stoppingWayM: 0.35,
      intrusionM: 0.208,
      personUncertaintyM: 0.05,
      robotUncertaintyM: 0.01,
    });
    isM(found, 1.6 * 0.5 + 0.15 + 0.35 + 0.208 + 0.06);
    const sum = found.terms.reduce((total, { valueM }) => total + valueM, 0);
    assert.equal(found.distanceM, sum);
  });

  it("says that it is no safety function, and refuses what is no time or size", () => {
    assert.equal(curtainDistance(0.1, 0.014).notice, PLANNING_AID);
    assert.equal(PLANNING_AID, "planning aid, not safety-rated");
    assert.throws(() => curtainDistance(Number.NaN, 0.014), /stopping time/);
    assert.throws(() => curtainDistance(-0.1, 0.014), /stopping time/);
    assert.throws(() => curtainDistance(0.1, 0.08), /at most 70 mm/);
  });
});
