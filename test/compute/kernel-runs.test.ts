import assert from "node:assert/strict";
import { KeptResults } from "../../runtime/compute/kept-results.ts";
import { KernelRuns } from "../../runtime/compute/kernel-runs.ts";

const module = new URL("./kernels/short-run.ts", import.meta.url).href;

/**
 * Lets a kernel breathe while arrays are on their way.
 * @param breaths of the kernel
 * @param turns that the arrays take
 * @param turnMs how far the clock goes at each of them
 * @returns how many turns the kernel left to them
 */
async function turnsLeft(breaths: number, turns: number, turnMs: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let taken = 0;
  const runs = new KernelRuns(
    {
      progress: () => undefined,
      done: async () => resolve(),
      failed: (_, thrown) => reject(thrown),
      isCopying: () => ++taken < turns,
      begin: () => () => undefined,
    },
    new KeptResults(1024, 0),
    () => taken * turnMs,
  );
  runs.ask({ id: 1, module, input: breaths, memoryMiB: 16 });
  await promise;
  return taken;
}

describe("a breath of a kernel", () => {
  it("lasts until all that is copied or reduced is through", async () => {
    assert.equal(await turnsLeft(1, 72, 0.1), 72);
  });

  it("lasts 20 ms at most, and each leaves as much again", async () => {
    assert.equal(await turnsLeft(1, 1000, 1), 20);
    assert.equal(await turnsLeft(3, 1000, 1), 60);
  });

  it("is over at once where nothing is on its way", async () => {
    assert.equal(await turnsLeft(4, 0, 1), 4);
  });
});
