import assert from "node:assert/strict";
import { Random } from "../../../../runtime/core/random.ts";
import {
  firstWithin,
  leastDistances,
  type Track,
} from "../../../../runtime/model/cell/motion/least-distance.ts";

/** A track of a known function of s whose slope is at most `travelM`. */
function trackOf(
  distance: (s: number) => number,
  travelM: number,
  requiredM: number,
): Track<{ at: number; distanceM: number }> {
  return {
    travelM,
    requiredM,
    read(at, boundM) {
      const distanceM = Math.max(0, distance(at));
      return distanceM < boundM ? { at, distanceM } : undefined;
    },
  };
}

const TOLERANCE_M = 1e-4;

describe("motion: least distance along a path", () => {
  it("finds a notch between two samples that a sampling would step over", () => {
    // 0.4 m away all along but for a notch of 2 mm of the way, down to 0.5 mm.
    const notch = (s: number): number => Math.min(0.4, 5e-4 + 0.8 * Math.abs(s - 0.61803));
    const track = trackOf(notch, 0.81, 0.02);
    const { least } = leastDistances([track], { toleranceM: TOLERANCE_M, lookM: 0.3 });
    const [found] = least;
    assert.ok(found!.nearest!.distanceM >= 5e-4 && found!.nearest!.distanceM <= 5e-4 + TOLERANCE_M);
    assert.ok(found!.provenM <= 5e-4 && found!.provenM >= found!.nearest!.distanceM - 1.0001 * TOLERANCE_M);
  });

  it("needs one reading where all is far away, and none twice where nothing moves", () => {
    const far = trackOf(() => 2, 0.5, 0.02);
    assert.equal(leastDistances([far], { toleranceM: TOLERANCE_M, lookM: 0.3 }).readings, 1);
    const still = trackOf(() => 0.1, 0, 0.02);
    const { least, readings } = leastDistances([still], { toleranceM: TOLERANCE_M, lookM: 0.3 });
    assert.equal(readings, 1);
    assert.deepEqual(least[0], { nearest: { at: 0.5, distanceM: 0.1 }, provenM: 0.1 });
  });

  it("says how little is proven where a track only just keeps its distance", () => {
    const grazing = trackOf(() => 0.02, 0.5, 0.02 + 1e-7);
    const { least } = leastDistances([grazing], { toleranceM: TOLERANCE_M, lookM: 0.3 });
    assert.ok(least[0]!.provenM <= 0.02 && least[0]!.provenM >= 0.02 - TOLERANCE_M);
  });

  it("is never above the truth and within tolerance of it, over random functions of known slope", () => {
    const random = new Random(11);
    for (let round = 0; round < 300; round++) {
      const waves = Array.from({ length: 4 }, () => ({
        height: 0.05 * random.uniform(),
        turns: 1 + random.integer(12),
        phase: 2 * Math.PI * random.uniform(),
      }));
      const floor = 0.3 * random.uniform();
      const distance = (s: number): number =>
        floor +
        waves.reduce(
          (sum, { height, turns, phase }) => sum + height * Math.sin(2 * Math.PI * turns * s + phase),
          0,
        );
      const travelM = waves.reduce((sum, { height, turns }) => sum + 2 * Math.PI * turns * height, 0);
      const requiredM = 0.1 * random.uniform();
      const { least } = leastDistances([trackOf(distance, travelM, requiredM)], {
        toleranceM: TOLERANCE_M,
        lookM: 1,
      });
      let densest = Number.POSITIVE_INFINITY;
      for (let i = 0; i <= 4000; i++) densest = Math.min(densest, Math.max(0, distance(i / 4000)));
      const { nearest, provenM } = least[0]!;
      assert.ok(provenM <= densest, `proved ${provenM} where ${densest} was met`);
      assert.ok(nearest!.distanceM - provenM <= TOLERANCE_M * 1.0001);
    }
  });

  it("looks on at a track that keeps its distance only while it could be the nearest", () => {
    const near = trackOf((s) => 0.05 + 0.5 * Math.abs(s - 0.5), 0.5, 0.02);
    const further = trackOf((s) => 0.12 + 0.5 * Math.abs(s - 0.3), 0.5, 0.02);
    const both = leastDistances([near, further], { toleranceM: TOLERANCE_M, lookM: 0.3 });
    assert.ok(both.least[1]!.provenM >= 0.05 - TOLERANCE_M);
    const alone = [near, further].map(
      (track) => leastDistances([track], { toleranceM: TOLERANCE_M, lookM: 0.3 }).readings,
    );
    assert.ok(both.readings < alone[0]! + alone[1]!);
  });

  it("finds the first place that near, not the nearest", () => {
    // In contact from 0.2 to 0.3 and again from 0.7 to 0.9.
    const track = trackOf((s) => Math.min(Math.abs(s - 0.25) - 0.05, Math.abs(s - 0.8) - 0.1), 1, 0.01);
    const known = track.read(0.8, 1)!;
    assert.equal(known.distanceM, 0);
    const contact = firstWithin(track, 0, known, TOLERANCE_M);
    assert.ok(Math.abs(contact.first.at - 0.2) <= 2 * TOLERANCE_M && contact.first.distanceM === 0);
    const within = firstWithin(track, 0.01, known, TOLERANCE_M);
    assert.ok(Math.abs(within.first.at - 0.19) <= 2 * TOLERANCE_M && within.first.distanceM <= 0.01);
  });

  it("finds a path that begins in contact at its very start", () => {
    const track = trackOf((s) => s - 0.1, 1, 0.01);
    const { first } = firstWithin(track, 0, track.read(0.05, 1)!, TOLERANCE_M);
    assert.equal(first.at, 0);
  });
});
