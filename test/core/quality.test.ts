import assert from "node:assert/strict";
import * as quality from "../../runtime/core/quality.ts";

describe("quality", () => {
  it("reads the severity from the two highest bits (OPC 10000-4, 7.39)", () => {
    assert.deepEqual(
      [
        quality.GOOD,
        0x00a60000,
        quality.UNCERTAIN,
        quality.UNCERTAIN_LAST_USABLE,
        quality.BAD,
        quality.BAD_OUT_OF_RANGE,
        0xffffffff,
      ].map(quality.qualityWord),
      ["good", "good", "uncertain", "uncertain", "bad", "bad", "bad"],
    );
    assert.equal(quality.isGood(0x3fffffff), true);
    assert.equal(quality.isUncertain(0x7fffffff), true);
    assert.equal(quality.isBad(0xc0000000), true);
  });

  it("sees the overflow bit only on a data value", () => {
    assert.equal(quality.hasOverflow(0x00000480), true);
    assert.equal(quality.hasOverflow(0x80000480), true);
    assert.equal(quality.hasOverflow(0x00000080), false);
    assert.equal(quality.hasOverflow(0x00000400), false);
  });
});
