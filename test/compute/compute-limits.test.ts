import assert from "node:assert/strict";
import { Compute } from "../../runtime/compute/compute.ts";
import type { Kernel } from "../../runtime/compute/kernel.ts";
import { RungError } from "../../runtime/core/errors.ts";
import type { SPOILS } from "./kernels/spoil.ts";

const KERNELS = new URL("./kernels/", import.meta.url);
type Spoil = keyof typeof SPOILS;
const spoil: Kernel<Spoil, unknown> = { name: "spoil", module: new URL("spoil.ts", KERNELS).href };
const shortRun: Kernel<number, { pid: number }> = {
  name: "short run",
  module: new URL("short-run.ts", KERNELS).href,
};

describe("kernels that spoil their process", () => {
  let compute: Compute;
  before(async () => {
    compute = new Compute({ readable: [KERNELS.pathname], memoryMiB: 96, cpuChildren: 1 });
    // A deadline must find the child there.
    await compute.submit({ kernel: shortRun, input: 1 });
  });
  after(() => compute.close());

  /** What the caller of a spoiling kernel hears; the next request must be answered all the same. */
  async function errorOf(
    what: Spoil,
    request: { deadlineMs?: number; memoryMiB?: number } = {},
  ): Promise<RungError> {
    const error = await compute.submit({ kernel: spoil, input: what, deadlineMs: 20_000, ...request }).then(
      () => assert.fail("it must not be answered"),
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof RungError, String(error));
    assert.match(error.message, /^spoil: /);
    assert.ok((await compute.submit({ kernel: shortRun, input: 1 })).pid > 0);
    return error;
  }

  it("one that loops for ever is late, and its child is ended", async () => {
    const error = await errorOf("loop for ever", { deadlineMs: 300 });
    assert.equal(error.code, "compute-deadline");
    assert.match(error.message, /no answer within 300 ms \(ask for fewer runs or allow more time\)/);
  });

  it("an urgent request that waits for a breath that never comes runs in the next child", async () => {
    const { pid } = await compute.submit({ kernel: shortRun, input: 1 });
    const { promise: isLooping, resolve: onProgress } = Promise.withResolvers<void>();
    const cancel = new AbortController();
    const stuck = compute.submit({
      kernel: spoil,
      input: "loop for ever",
      signal: cancel.signal,
      onProgress: () => onProgress(),
    });
    await isLooping;
    const urgent = compute.submit({ kernel: shortRun, input: 1, priority: 1 });
    assert.equal(compute.figures("cpu").running, 2);
    cancel.abort();
    await assert.rejects(stuck, (error: RungError) => error.code === "compute-cancelled");
    assert.notEqual((await urgent).pid, pid);
  });

  for (const what of [
    "fill the heap",
    "fill array buffers",
    "fill WebAssembly memory",
    "fill a thread's buffers",
  ] as const) {
    it(`to ${what} ends the child, which says so`, async () => {
      const error = await errorOf(what);
      assert.equal(error.code, "compute-memory");
      assert.match(
        error.message,
        /the compute process ended, out of memory \(.+\) \(ask for less at once, or allow/,
      );
    });
  }

  it("a request may be allowed less than the others", async () => {
    const lean = { memoryMiB: 32 };
    assert.match(
      (await errorOf("fill array buffers", lean)).message,
      /allow it more than 32 MiB \(memoryMiB\)/,
    );
  });

  for (const [what, how] of [
    ["abort", /\(signal SIGABRT\)/],
    ["exit", /\(exit code 3\)/],
    ["signal itself", /\(signal SIGSEGV\)/],
    ["throw beside itself", /exit code 1, TypeError: beside the kernel/],
    ["fail with a rejection that nobody hears", /exit code 1, .*unheard/],
  ] as const) {
    it(`to ${what} loses the request, which says so`, async () => {
      const error = await errorOf(what);
      assert.equal(error.code, "compute-lost");
      assert.match(error.message, how);
      assert.match(error.advice, /started anew; ask again/);
    });
  }

  it("to return what cannot be copied fails alone", async () => {
    const { pid } = await compute.submit({ kernel: shortRun, input: 1 });
    const error = await errorOf("return what cannot be copied");
    assert.equal(error.code, "kernel-failed");
    assert.match(error.message, /could not be cloned/);
    const large = await errorOf("return more than goes over", { memoryMiB: 1000 });
    assert.equal(large.code, "compute-too-large");
    assert.match(large.message, /269 MB of arrays in one answer.*control\.keep/);
    assert.equal((await compute.submit({ kernel: shortRun, input: 1 })).pid, pid);
  });

  it("an input that cannot be copied fails alone", async () => {
    const { pid } = await compute.submit({ kernel: shortRun, input: 1 });
    const input = (() => 1) as unknown as number;
    await assert.rejects(
      compute.submit({ kernel: shortRun, input }),
      (error: RungError) => error.code === "compute-input" && /could not be cloned/.test(error.message),
    );
    assert.equal((await compute.submit({ kernel: shortRun, input: 1 })).pid, pid);
  });

  it("each end is counted by its outcome", () => {
    const { requests, respawns, running, waiting, busyS } = compute.figures("cpu");
    assert.deepEqual([requests.late, requests.cancelled, requests.memory, requests.lost], [1, 1, 5, 5]);
    // The late one may have been so before it began.
    assert.ok(respawns === 12 || respawns === 11);
    assert.deepEqual([running, waiting], [0, 0]);
    assert.ok(busyS > 0);
  });
});
