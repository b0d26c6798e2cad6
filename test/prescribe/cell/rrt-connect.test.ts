import assert from "node:assert/strict";
import { rrtConnect } from "../../../runtime/prescribe/cell/rrt-connect.ts";

const OPTIONS = { lowRad: [-1, -1], highRad: [1, 1], stepRad: 0.2, mostSteps: 4000, seed: 7 };

/** A wall at x = 0 that leaves y > 0.8 open; a move is clear where it crosses the wall in the gap. */
function isClear(a: Float64Array, b: Float64Array): boolean {
  if (a[0]! < 0 === b[0]! < 0) return true;
  const share = a[0]! / (a[0]! - b[0]!);
  return a[1]! + share * (b[1]! - a[1]!) > 0.8;
}

describe("a way round an obstacle", () => {
  it("leads through the only gap, each of its moves clear", () => {
    const between = rrtConnect([-0.5, 0], [0.5, 0], isClear, OPTIONS)!;
    const way = [Float64Array.of(-0.5, 0), ...between, Float64Array.of(0.5, 0)];
    assert.ok(between.length > 0);
    for (let i = 1; i < way.length; i++) assert.ok(isClear(way[i - 1]!, way[i]!), `move ${i}`);
  });

  it("is the same for the same seed, in both directions found", () => {
    assert.deepEqual(
      rrtConnect([-0.5, 0], [0.5, 0], isClear, OPTIONS),
      rrtConnect([-0.5, 0], [0.5, 0], isClear, OPTIONS),
    );
    for (let seed = 1; seed <= 20; seed++)
      assert.ok(rrtConnect([0.5, -0.9], [-0.5, -0.9], isClear, { ...OPTIONS, seed }), `seed ${seed}`);
  });

  it("is the straight move where that is free, and nothing where there is none", () => {
    assert.deepEqual(rrtConnect([-0.5, 0], [-0.2, 0.3], isClear, OPTIONS), []);
    const walled = (a: Float64Array, b: Float64Array): boolean => a[0]! < 0 === b[0]! < 0;
    assert.equal(rrtConnect([-0.5, 0], [0.5, 0], walled, { ...OPTIONS, mostSteps: 500 }), undefined);
  });
});
