import assert from "node:assert/strict";
import { BAD, BAD_NO_DATA, GOOD, UNCERTAIN } from "../../runtime/core/quality.ts";
import { Random } from "../../runtime/core/random.ts";
import { BucketGatherer } from "../../runtime/describe/historian/buckets.ts";

describe("buckets", () => {
  it("agree with a walk microsecond by microsecond, 50 seeds", () => {
    for (let seed = 0; seed < 50; seed++) {
      const random = new Random(seed);
      const fromUs = 1000;
      const n = 1 + random.integer(7);
      const width = 20 + random.integer(30);
      const toUs = fromUs + n * width;
      let at = fromUs - random.integer(60);
      const samples: { at: number; value: number; quality: number }[] = [];
      while (at < toUs) {
        samples.push({
          at,
          value: random.integer(100),
          quality: [GOOD, GOOD, GOOD, UNCERTAIN, BAD][random.integer(5)]!,
        });
        at += random.integer(40);
      }
      const gatherer = new BucketGatherer(fromUs, toUs, n);
      for (const sample of samples) gatherer.add(sample.at, sample.value, sample.quality);
      const untilUs = Math.max(samples.at(-1)!.at, toUs - random.integer(30));
      const buckets = gatherer.finish(untilUs);
      for (let b = 0; b < n; b++) {
        const usable = { sum: 0, us: 0 };
        const good = { sum: 0, us: 0 };
        for (let us = fromUs + b * width; us < fromUs + (b + 1) * width && us < untilUs; us++) {
          const standing = samples.findLast((sample) => sample.at <= us);
          if (standing === undefined || standing.quality === BAD) continue;
          for (const each of standing.quality === GOOD ? [usable, good] : [usable]) {
            each.sum += standing.value;
            each.us++;
          }
        }
        const inside = samples.filter((s) => s.at >= fromUs + b * width && s.at < fromUs + (b + 1) * width);
        assert.equal(buckets.count[b], inside.length, `seed ${seed}`);
        const isNear = (found: number, expected: number) =>
          assert.ok(
            Object.is(found, expected) || Math.abs(found - expected) < 1e-9,
            `seed ${seed}, bucket ${b}: ${found}, not ${expected}`,
          );
        if (usable.us > 0) isNear(buckets.mean[b]!, usable.sum / usable.us);
        isNear(buckets.covered[b]!, usable.us / width);
        isNear(buckets.goodMean[b]!, good.sum / good.us);
        isNear(buckets.goodCovered[b]!, good.us / width);
        const goodInside = inside.filter((s) => s.quality === GOOD);
        isNear(buckets.sampleMean[b]!, goodInside.reduce((sum, s) => sum + s.value, 0) / goodInside.length);
      }
    }
  });

  it("weigh by time what stood, from the bucket's start on, as worked out by hand", () => {
    const gatherer = new BucketGatherer(0, 40, 4);
    gatherer.add(-7, 8, GOOD);
    gatherer.add(4, 2, GOOD);
    gatherer.add(12, 100, UNCERTAIN);
    gatherer.add(16, 6, GOOD);
    gatherer.add(20, 50, BAD);
    gatherer.add(25, 5, UNCERTAIN);
    gatherer.add(31, 9, GOOD);
    const buckets = gatherer.finish(36);
    // 4 µs of 8 and 6 of 2; 2 of 2, 4 of an uncertain 100 and 4 of 6; nothing, then an uncertain 5; 1 of it, 5 of 9.
    assert.deepEqual([...buckets.mean], [4.4, 42.8, 5, 50 / 6]);
    assert.deepEqual([...buckets.covered], [1, 1, 0.5, 0.6]);
    assert.deepEqual([...buckets.goodMean], [4.4, 28 / 6, Number.NaN, 9]);
    assert.deepEqual([...buckets.goodCovered], [1, 0.6, 0, 0.5]);
    assert.deepEqual([...buckets.sampleMean], [2, 6, Number.NaN, 9]);
    assert.deepEqual([...buckets.count], [1, 2, 2, 1]);
  });

  it("shows the worst quality that stood, and no data where nothing did", () => {
    const gatherer = new BucketGatherer(0, 40, 4);
    gatherer.add(12, 1, GOOD);
    gatherer.add(14, 2, UNCERTAIN);
    gatherer.add(22, 3, BAD);
    gatherer.add(28, 4, GOOD);
    const { quality, min, max } = gatherer.finish(30);
    assert.deepEqual([...quality], [BAD_NO_DATA, UNCERTAIN, BAD, BAD_NO_DATA]);
    assert.deepEqual([...min], [Number.NaN, 1, 2, Number.NaN]);
    assert.deepEqual([...max], [Number.NaN, 2, 4, Number.NaN]);
  });
});
