import assert from "node:assert/strict";
import { Compute } from "../../runtime/compute/compute.ts";
import type { ComputeOptions } from "../../runtime/compute/compute-options.ts";
import type { KeptResult, Kernel } from "../../runtime/compute/kernel.ts";
import { RungError } from "../../runtime/core/errors.ts";
import type { RampOrder } from "./kernels/keep-ramp.ts";

const KERNELS = new URL("./kernels/", import.meta.url);
const keepRamp: Kernel<RampOrder, KeptResult & { pid: number }> = {
  name: "ramp",
  module: new URL("keep-ramp.ts", KERNELS).href,
};
const shortRun: Kernel<number, { pid: number }> = {
  name: "short run",
  module: new URL("short-run.ts", KERNELS).href,
};
/** Bytes that a ramp keeps for each of its values. */
const BYTES_EACH = 4 + 8 + 4 + 1;

const goneBecause = (why: RegExp) => (error: unknown) =>
  error instanceof RungError && error.code === "compute-gone" && why.test(error.message);

describe("results that stay in the child", () => {
  let compute: Compute;
  const open = (options: Partial<ComputeOptions> = {}): void => {
    compute = new Compute({ readable: [KERNELS.pathname], memoryMiB: 256, cpuChildren: 1, ...options });
  };
  before(() => open());
  after(() => compute.close());
  const ramp = (length: number, after?: RampOrder["after"]) =>
    compute.submit({ kernel: keepRamp, input: after === undefined ? { length } : { length, after } });

  it("are read in slices of their own type, however large", async () => {
    const kept = await ramp(1_000_000);
    assert.deepEqual(kept.arrays, {
      ramp: { type: "f32", length: 1_000_000 },
      negative: { type: "f64", length: 1_000_000 },
      whole: { type: "i32", length: 1_000_000 },
      small: { type: "u8", length: 1_000_000 },
    });
    assert.deepEqual(
      await compute.slice(kept, "ramp", 999_997, 1_000_000),
      Float32Array.of(999_997, 999_998, 999_999),
    );
    assert.deepEqual(await compute.slice(kept, "whole", 8, 11), Int32Array.of(8, 9, 0));
    assert.deepEqual(await compute.slice(kept, "small", 255, 257), Uint8Array.of(255, 0));
    assert.deepEqual(await compute.slice(kept, "ramp", 5, 5), new Float32Array());
    const all = await compute.slice(kept, "negative", 0, 1_000_000);
    assert.ok(all instanceof Float64Array);
    assert.ok(all.length === 1_000_000 && all.every((value, i) => value === -i));
  });

  it("are reduced where they are", async () => {
    const kept = await ramp(100_001);
    assert.equal(await compute.reduce(kept, "ramp", { of: "max" }), 100_000);
    assert.equal(await compute.reduce(kept, "negative", { of: "mean" }), -50_000);
    assert.equal(await compute.reduce(kept, "whole", { of: "sum" }), 450_000);
    const quantiles = await compute.reduce(kept, "ramp", { quantiles: [0, 0.25, 1] });
    assert.deepEqual(quantiles, Float64Array.of(0, 25_000, 100_000));
    const { low, high, counts } = await compute.reduce(kept, "ramp", { histogram: 10 });
    assert.deepEqual([low, high], [0, 100_000]);
    assert.deepEqual([...counts], [...new Array(9).fill(10_000), 10_001]);
  });

  it("are read while a kernel is at work in their child", async () => {
    const kept = await ramp(10_000);
    const cancel = new AbortController();
    const { promise: isRunning, resolve: onProgress } = Promise.withResolvers<void>();
    const running = compute.submit({
      kernel: keepRamp,
      input: { length: 1, after: "wait until cancelled" },
      signal: cancel.signal,
      onProgress: () => onProgress(),
    });
    await isRunning;
    assert.deepEqual(await compute.slice(kept, "ramp", 1, 3), Float32Array.of(1, 2));
    assert.equal(await compute.reduce(kept, "ramp", { of: "sum" }), 49_995_000);
    cancel.abort();
    await assert.rejects(running, (error: RungError) => error.code === "compute-cancelled");
  });

  it("are reduced in many parts while a kernel is at work", async () => {
    const kept = await ramp(2_000_000);
    await compute.submit({ kernel: shortRun, input: 1 });
    const running = compute.submit({ kernel: shortRun, input: 10 });
    const [middle] = await compute.reduce(kept, "negative", { quantiles: [0.5] });
    assert.equal(middle, -999_999.5);
    await running;
    compute.release(kept);
  });

  it("say what of them cannot be read", async () => {
    const kept = await ramp(10);
    const codeIs = (code: string) => (error: RungError) => error.code === code;
    for (const [from, to] of [
      [-1, 2],
      [0, 11],
      [3, 2],
      [0.5, 2],
    ] as const) {
      await assert.rejects(compute.slice(kept, "ramp", from, to), codeIs("compute-slice"));
    }
    await assert.rejects(compute.slice(kept, "peak", 0, 1), (error: RungError) => {
      assert.equal(error.code, "compute-unknown-array");
      assert.match(error.message, /has no array "peak" \(it has ramp, negative, whole, small\)/);
      return true;
    });
    await assert.rejects(compute.slice(kept, "toString", 0, 1), codeIs("compute-unknown-array"));
    const unknown = { of: "median" as "mean" };
    for (const reduction of [unknown, { quantiles: [1.5] }, { quantiles: [Number.NaN] }, { histogram: 0 }]) {
      await assert.rejects(compute.reduce(kept, "ramp", reduction), codeIs("compute-reduction"));
    }
  });

  it("are gone, with the reason, once they are released", async () => {
    const { results, bytes } = compute.kept;
    const [first, second] = [await ramp(1000), await ramp(1000)];
    assert.deepEqual(compute.kept, { results: results + 2, bytes: bytes + 2000 * BYTES_EACH });
    compute.release(first);
    compute.release(first);
    assert.deepEqual(compute.kept, { results: results + 1, bytes: bytes + 1000 * BYTES_EACH });
    await assert.rejects(
      compute.slice(first, "ramp", 0, 1),
      goneBecause(/it was released \(run the kernel again\)/),
    );
    assert.deepEqual(await compute.slice(second, "ramp", 1, 2), Float32Array.of(1));
    await assert.rejects(compute.slice({ kept: 7, arrays: {} }, "ramp", 0, 1), goneBecause(/never gave it/));
  });

  it("are gone once nobody read them for long", async () => {
    await compute.close();
    open({ keptUnreadMs: 50 });
    const kept = await ramp(1000);
    while (compute.kept.results > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await assert.rejects(compute.slice(kept, "ramp", 0, 1), goneBecause(/nobody read it for 0.05 s/));
    await compute.close();
    open();
  });

  it("are gone with their child, and a question that was under way is told", async () => {
    const kept = await ramp(1000);
    process.kill(kept.pid, "SIGKILL");
    const asked = compute.slice(kept, "ramp", 0, 1);
    await assert.rejects(asked, goneBecause(/the compute process ended \(signal SIGKILL\)/));
    assert.equal(compute.kept.bytes, 0);
    await assert.rejects(
      compute.reduce(kept, "ramp", { of: "sum" }),
      goneBecause(/ended \(signal SIGKILL\)/),
    );
    // The child that takes its place gives other handles.
    const again = await ramp(1000);
    assert.notEqual(again.kept, kept.kept);
  });

  it("are let go where their kernel fails, or where nobody waits for them any more", async () => {
    await compute.close();
    open({ keptMiB: 1 });
    const length = Math.floor((0.9 * 2 ** 20) / BYTES_EACH);
    await assert.rejects(ramp(length, "fail"), (error: RungError) => /after keeping/.test(error.message));
    const cancel = new AbortController();
    const cancelled = compute.submit({
      kernel: keepRamp,
      input: { length, after: "wait until cancelled" },
      signal: cancel.signal,
      onProgress: () => cancel.abort(),
    });
    await assert.rejects(cancelled, (error: RungError) => error.code === "compute-cancelled");
    assert.equal(compute.kept.results, 0);
    // There is room for another of that size only where both were let go.
    const kept = await ramp(length);
    await assert.rejects(ramp(length), (error: RungError) => {
      assert.equal(error.code, "compute-kept-full");
      assert.match(error.message, /no room to keep 0.9 MB beside 0.9 MB of 1 MB \(release results/);
      return true;
    });
    compute.release(kept);
    assert.ok((await ramp(length)).kept > kept.kept);
  });

  it("are gone when the compute process is closed", async () => {
    const kept = await ramp(1000);
    await compute.submit({ kernel: shortRun, input: 1 });
    await compute.close();
    await assert.rejects(compute.slice(kept, "ramp", 0, 1), goneBecause(/the compute process was closed/));
  });
});
