import assert from "node:assert/strict";
import { inSlices } from "../../../runtime/compute/solvers/solver-control.ts";

describe("work in slices", () => {
  it("does every unit once, in grains, with a breath and a word after each slice", async () => {
    const slices: [number, number][] = [];
    const told: [number, number][] = [];
    let breaths = 0;
    const control = {
      breathe: async () => {
        breaths += 1;
      },
      progress: (done: number, of: number) => {
        told.push([done, of]);
      },
    };
    await inSlices(101, 4, control, (from, to) => {
      slices.push([from, to]);
    });
    assert.deepEqual(slices[0], [0, 4]);
    for (const [i, [from, to]] of slices.entries()) {
      assert.equal(from, slices[i - 1]?.[1] ?? 0);
      assert.ok(to === 101 || (to - from) % 4 === 0);
      assert.ok(to - from <= 2 * (slices[i - 1] === undefined ? 4 : slices[i - 1]![1] - slices[i - 1]![0]));
    }
    assert.equal(slices.at(-1)![1], 101);
    assert.deepEqual(
      told,
      slices.map(([, to]) => [to, 101]),
    );
    assert.equal(breaths, slices.length + 1);
  });

  it("keeps to single grains where one takes long", async () => {
    let slices = 0;
    await inSlices(6, 2, { breathe: async () => undefined }, () => {
      slices += 1;
      const beganMs = performance.now();
      while (performance.now() - beganMs < 16);
    });
    assert.equal(slices, 3);
  });

  it("stops where a breath says so", async () => {
    let done = 0;
    let breaths = 0;
    const control = {
      breathe: async () => {
        breaths += 1;
        if (breaths === 3) throw new Error("cancelled");
      },
    };
    const work = (_: number, to: number): void => {
      done = to;
    };
    await assert.rejects(inSlices(1_000, 1, control, work), /cancelled/);
    assert.equal(done, 3);
  });
});
