import assert from "node:assert/strict";
import { pastQuality } from "../../runtime/describe/opcua/history-read.ts";
import { TagCoverage } from "../../runtime/describe/tag-coverage.ts";

const GAP = { fromUs: 1000, toUs: 2000 };

/** Parts `[from, to, samples]` that samples at some times fill in. */
function parts(
  periodUs: number,
  timesUs: readonly number[],
  reachesBack = false,
): [number, number, number][] {
  const coverage = new TagCoverage("a", GAP, periodUs);
  for (const timeUs of timesUs) coverage.add(timeUs);
  return coverage.parts(reachesBack).map(({ fromUs, toUs, samples }) => [fromUs, toUs, samples]);
}

describe("coverage of a gap", () => {
  it("is whole where no step is longer than the period", () => {
    assert.deepEqual(parts(100, [1100, 1200, 1300, 1400, 1500, 1600, 1700, 1800, 1900]), [[1000, 2000, 9]]);
    assert.deepEqual(parts(600, []), [[1000, 2000, 0]], "none was due");
  });

  it("leaves out what is missing between samples, at the beginning and at the end", () => {
    assert.deepEqual(parts(100, [1100, 1200, 1700, 1800, 1900]), [
      [1000, 1200, 2],
      [1700, 2000, 3],
    ]);
    assert.deepEqual(parts(100, [1500]), [[1500, 1500, 1]]);
    assert.deepEqual(parts(100, []), []);
  });

  it("is whole where the history is dense on both sides, so that nobody has what is missing", () => {
    const beside = [800, 900, 1000, 2000, 2100];
    assert.deepEqual(parts(100, [...beside, 1500]), [[1000, 2000, 1]]);
    assert.deepEqual(parts(100, [900, 1000, 2000]), [], "it is not known yet what comes after");
    assert.deepEqual(parts(100, [2000, 2100, 2200]), [], "it was lost");
  });

  it("tells how many samples the server lacks where it closes over a hole", () => {
    const partsOf = (...timesUs: number[]) => {
      const coverage = new TagCoverage("a", GAP, 100);
      for (const timeUs of [800, 900, 1000, ...timesUs, 2000, 2100]) coverage.add(timeUs);
      return coverage.parts(false);
    };
    const whole = { address: "a", ...GAP };
    assert.deepEqual(partsOf(), [{ ...whole, samples: 0, missing: 9 }]);
    assert.deepEqual(partsOf(1100, 1200, 1500, 1600, 1700, 1800, 1900), [
      { ...whole, samples: 7, missing: 2 },
    ]);
    assert.deepEqual(partsOf(1100, 1200, 1300, 1400, 1500, 1600, 1700, 1800, 1900), [
      { ...whole, samples: 9 },
    ]);
  });

  it("begins, for what is sent on change, at a sample", () => {
    assert.deepEqual(parts(0, [1500], true), [[1000, 2000, 1]]);
    assert.deepEqual(parts(0, [], true), [[1000, 2000, 0]], "nothing changed");
    assert.deepEqual(parts(0, [1500, 1700]), [[1500, 2000, 2]]);
    assert.deepEqual(parts(0, []), [], "it may have been lost");
  });

  it("ends, for what is sent on change, at a sample while the history is still being written", () => {
    const partsOf = (...timesUs: number[]): number[][] => {
      const coverage = new TagCoverage("a", GAP, 0);
      for (const timeUs of timesUs) coverage.add(timeUs);
      return coverage.parts(true, false).map(({ fromUs, toUs, samples }) => [fromUs, toUs, samples]);
    };
    assert.deepEqual(partsOf(1500), [[1000, 1500, 1]]);
    assert.deepEqual(partsOf(), [], "what changed may not be written yet");
  });

  it("asks for three periods more on both sides, and only for what lies between otherwise", () => {
    assert.deepEqual(new TagCoverage("a", GAP, 100).asked, { fromUs: 699, toUs: 2301 });
    assert.deepEqual(new TagCoverage("a", GAP, 0).asked, GAP);
    const coverage = new TagCoverage("a", GAP, 100);
    assert.deepEqual(
      [999, 1000, 1001, 1999, 2000].map((timeUs) => coverage.add(timeUs)),
      [false, false, true, true, false],
    );
  });
});

describe("quality of a historical value", () => {
  it("keeps severity, code and limits, and lets go what is of the historian or of a queue", () => {
    assert.equal(pastQuality(0x00000000), 0);
    assert.equal(pastQuality(0x00000400), 0, "raw");
    assert.equal(pastQuality(0x80000480), 0x80000000, "overflow");
    assert.equal(pastQuality(0x808c0402), 0x808c0000, "interpolated");
    assert.equal(pastQuality(0x40900500), 0x40900500, "limited low");
  });
});
