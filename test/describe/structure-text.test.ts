import assert from "node:assert/strict";
import { readOther, storeOther } from "../../runtime/describe/historian/other-value.ts";

describe("a structure in the history", () => {
  for (const [what, value] of [
    ["integers beyond 2^53", { a: 2n ** 63n, b: [-(2n ** 63n)] }],
    ["dates", { at: new Date(1.7e12), never: new Date(Number.NaN) }],
    [
      "bytes and arrays",
      { raw: Buffer.from([1, 255]), list: Float64Array.of(0.1, Number.NaN), ids: BigInt64Array.of(-1n) },
    ],
    ["numbers that are not finite", { a: Number.NaN, b: Number.POSITIVE_INFINITY }],
    ["a matrix", { dimensions: [1, 2], values: Int16Array.of(3, 4) }],
    ["nested lists", [[{ x: 1n }], null, "text", true]],
    ["a field named like the mark", { $rung: "integer", text: "5", inner: { $rung: 7 } }],
    ["nothing", null],
    ["bytes alone", Buffer.from([7])],
  ] as const) {
    it(`keeps ${what}`, () => assert.deepEqual(readOther(storeOther(value)), value));
  }

  it("reads what was written as plain JSON before", () => {
    assert.deepEqual(readOther({ kind: "structure", text: '{"a":[1,"b"],"$rung":"unknown"}' }), {
      a: [1, "b"],
      $rung: "unknown",
    });
  });
});
