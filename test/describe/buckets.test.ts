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
        let sum = 0;
        let covered = 0;
        for (let us = fromUs + b * width; us < fromUs + (b + 1) * width && us < untilUs; us++) {
          const standing = samples.findLast((sample) => sample.at <= us);
          if (standing === undefined || standing.quality === BAD) continue;
          sum += standing.value;
          covered++;
        }
        const inside = samples.filter((s) => s.at >= fromUs + b * width && s.at < fromUs + (b + 1) * width);
        assert.equal(buckets.count[b], inside.length, `seed ${seed}`);
        if (covered > 0) {
          assert.ok(Math.abs(buckets.mean[b]! - sum / covered) < 1e-9, `seed ${seed}, bucket ${b}`);
          assert.ok(Math.abs(buckets.covered[b]! - covered / width) < 1e-12);
        }
      }
    }
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
