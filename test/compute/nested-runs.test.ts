import assert from "node:assert/strict";
import { Compute } from "../../runtime/compute/compute.ts";
import type { Kernel } from "../../runtime/compute/kernel.ts";
import type { RungError } from "../../runtime/core/errors.ts";
import type { SweepOrder } from "./kernels/long-sweep.ts";
import type { SPOILS } from "./kernels/spoil.ts";

const KERNELS = new URL("./kernels/", import.meta.url);
const module = (name: string): string => new URL(`${name}.ts`, KERNELS).href;
const sweep: Kernel<SweepOrder, { pid: number; steps: number }> = {
  name: "sweep",
  module: module("long-sweep"),
};
const shortRun: Kernel<number, { pid: number }> = { name: "short run", module: module("short-run") };
const spoil: Kernel<keyof typeof SPOILS, unknown> = { name: "spoil", module: module("spoil") };
const echo: Kernel<Float64Array, { input: Float64Array }> = { name: "echo", module: module("echo") };

const codeIs = (code: string) => (error: RungError) => error.code === code;
const NEVER = Number.POSITIVE_INFINITY;

describe("requests within the breath of a running one", () => {
  let compute: Compute;
  const open = (cpuChildren: number): void => {
    compute = new Compute({ readable: [KERNELS.pathname], memoryMiB: 128, cpuChildren });
  };
  beforeEach(() => open(1));
  afterEach(() => compute.close());

  /** A sweep that has begun. */
  async function begun(order: SweepOrder, options: { priority?: number; signal?: AbortSignal } = {}) {
    const { promise: isRunning, resolve: onProgress } = Promise.withResolvers<void>();
    const answer = compute.submit({
      kernel: sweep,
      input: order,
      onProgress: () => onProgress(),
      ...options,
    });
    answer.catch(() => undefined);
    await isRunning;
    return { answer };
  }

  it("one of higher priority is answered while a sweep goes on in the only child", async () => {
    // The sweep ends only when three short runs came to their end while it was at work.
    const { answer: begunSweep } = await begun({ untilShortRuns: 3 });
    const pids = [];
    for (const priority of [1, 5, 1]) {
      pids.push((await compute.submit({ kernel: shortRun, input: 20, priority })).pid);
    }
    const { pid, steps } = await begunSweep;
    assert.ok(steps > 0);
    assert.deepEqual(pids, [pid, pid, pid]);
  });

  it("one within one within one, each with arrays of many chunks", async () => {
    const { answer: outer } = await begun({ untilShortRuns: 1 });
    const { answer: middle } = await begun({ untilShortRuns: 1 }, { priority: 1 });
    const input = Float64Array.from({ length: 300_000 }, (_, i) => i);
    assert.deepEqual((await compute.submit({ kernel: echo, input, priority: 2 })).input, input);
    await compute.submit({ kernel: shortRun, input: 1, priority: 2 });
    // The inner count of short runs is the outer one's as well.
    assert.equal((await middle).pid, (await outer).pid);
  });

  it("one of the same priority waits for its end", async () => {
    const order: string[] = [];
    const cancel = new AbortController();
    const { answer: running } = await begun({ untilShortRuns: NEVER }, { signal: cancel.signal });
    const equal = compute.submit({ kernel: shortRun, input: 1 }).then(() => order.push("equal"));
    await compute.submit({ kernel: shortRun, input: 50, priority: 1 }).then(() => order.push("urgent"));
    assert.equal(compute.counts.waiting, 1);
    cancel.abort();
    await assert.rejects(running, codeIs("compute-cancelled"));
    await equal;
    assert.deepEqual(order, ["urgent", "equal"]);
  });

  it("it does not wait for a child to start, and one is started for the next", async () => {
    await compute.close();
    open(2);
    const { answer: outer } = await begun({ untilShortRuns: 1 });
    assert.equal(compute.figures("cpu").children, 1);
    const first = compute.submit({ kernel: shortRun, input: 1, priority: 1 });
    assert.equal(compute.figures("cpu").children, 2);
    assert.equal((await first).pid, (await outer).pid);
  });

  it("one that gives up before a breath comes costs the running one nothing", async () => {
    // Longer without a breath than a kernel that has to stop is waited for.
    const { answer: outer } = await begun({ untilShortRuns: 1, breathlessMs: 900 });
    const cancel = new AbortController();
    const guest = compute.submit({ kernel: shortRun, input: 1, priority: 1, signal: cancel.signal });
    cancel.abort();
    await assert.rejects(guest, codeIs("compute-cancelled"));
    const { pid } = await compute.submit({ kernel: shortRun, input: 1, priority: 1 });
    assert.equal((await outer).pid, pid);
    assert.equal(compute.figures("cpu").respawns, 0);
  });

  it("it takes the child at the least urgent work", async () => {
    await compute.close();
    open(2);
    const cancel = new AbortController();
    const { answer: urgent } = await begun({ untilShortRuns: NEVER }, { priority: 5, signal: cancel.signal });
    const { answer: background } = await begun({ untilShortRuns: 1 }, { priority: 0 });
    const { pid } = await compute.submit({ kernel: shortRun, input: 1, priority: 9 });
    assert.equal((await background).pid, pid);
    assert.notEqual(pid, compute.pid);
    cancel.abort();
    await assert.rejects(urgent, codeIs("compute-cancelled"));
  });

  it("a cancelled sweep stops at once, though another runs within its breath, and its child goes on", async () => {
    const cancel = new AbortController();
    const { answer: outer } = await begun({ untilShortRuns: NEVER }, { signal: cancel.signal });
    const innerCancel = new AbortController();
    const { answer: inner } = await begun(
      { untilShortRuns: NEVER },
      { priority: 1, signal: innerCancel.signal },
    );
    const { pid } = compute;
    cancel.abort();
    await assert.rejects(outer, codeIs("compute-cancelled"));
    while (compute.figures("cpu").running > 1) await new Promise((resolve) => setTimeout(resolve, 5));
    innerCancel.abort();
    await assert.rejects(inner, codeIs("compute-cancelled"));
    assert.equal((await compute.submit({ kernel: shortRun, input: 1 })).pid, pid);
    assert.equal(compute.figures("cpu").respawns, 0);
  });

  it("a sweep whose guest breaks the process hears whose fault it was", async () => {
    const { answer: outer } = await begun({ untilShortRuns: NEVER });
    await assert.rejects(compute.submit({ kernel: spoil, input: "abort", priority: 1 }), (error: RungError) =>
      /spoil: the compute process ended \(signal SIGABRT/.test(error.message),
    );
    await assert.rejects(outer, (error: RungError) => {
      assert.equal(error.code, "compute-lost");
      assert.match(error.message, /sweep: .* while "spoil" ran within a breath of it \(signal SIGABRT/);
      return true;
    });
  });

  it("a cancelled sweep whose guest does not breathe loses the child, and the guest hears why", async () => {
    const cancel = new AbortController();
    const { answer: outer } = await begun({ untilShortRuns: NEVER }, { signal: cancel.signal });
    const guest = compute.submit({
      kernel: spoil,
      input: "loop for ever",
      priority: 1,
      onProgress: () => cancel.abort(),
    });
    guest.catch(() => undefined);
    await assert.rejects(outer, codeIs("compute-cancelled"));
    await assert.rejects(
      guest,
      /"sweep" had to stop and "spoil" within its breath did not breathe for 500 ms/,
    );
  });

  it("a GPU child has a line of its own", async () => {
    const { answer: outer } = await begun({ untilShortRuns: NEVER });
    outer.catch(() => undefined);
    const onGpu = await compute.submit({ kernel: { ...shortRun, runsOn: "gpu" }, input: 1 });
    assert.notEqual(onGpu.pid, compute.pid);
    assert.equal(compute.figures("gpu").requests.answered, 1);
  });
});
