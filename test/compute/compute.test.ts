import assert from "node:assert/strict";
import { Compute } from "../../runtime/compute/compute.ts";
import type { Kernel } from "../../runtime/compute/kernel.ts";
import { RungError } from "../../runtime/core/errors.ts";
import type { Order } from "./kernels/obey.ts";

const KERNELS = new URL("./kernels/", import.meta.url);
const sum: Kernel<Float64Array, { sum: number; pid: number }> = {
  name: "sum",
  module: new URL("sum.ts", KERNELS).href,
};
const obey: Kernel<Order, string> = { name: "obey", module: new URL("obey.ts", KERNELS).href };

const codeIs = (code: string) => (error: unknown) => error instanceof RungError && error.code === code;

describe("compute process", () => {
  let compute: Compute;
  before(() => {
    compute = new Compute({ readable: [KERNELS.pathname], memoryMiB: 128, cpuChildren: 1 });
  });
  after(() => compute.close());

  it("runs a kernel on typed arrays in another process", async () => {
    const result = await compute.submit({ kernel: sum, input: Float64Array.of(1, 2.5, -4) });
    assert.equal(result.sum, -0.5);
    assert.notEqual(result.pid, process.pid);
    assert.equal(result.pid, compute.pid);
  });

  it("may read its own code, no other file, and has no environment", async () => {
    await assert.rejects(
      compute.submit({ kernel: obey, input: { do: "read", file: "/etc/hostname" } }),
      codeIs("kernel-failed"),
    );
    assert.equal(await compute.submit({ kernel: obey, input: { do: "environment" } }), "");
  });

  it("hands on a kernel's own error with its code and place", async () => {
    await assert.rejects(compute.submit({ kernel: obey, input: { do: "refuse" } }), (error: RungError) => {
      assert.equal(error.code, "not-positive");
      assert.match(error.message, /oven1\/zone3: heat transfer must be > 0/);
      return true;
    });
  });

  it("answers by priority, equal ones in order", async () => {
    // Before its child is there nothing runs, so all of them meet in the line.
    const fresh = new Compute({ readable: [KERNELS.pathname], cpuChildren: 1 });
    const order: string[] = [];
    const ask = (name: string, priority: number) =>
      fresh.submit({ kernel: sum, input: Float64Array.of(1), priority }).then(() => order.push(name));
    await Promise.all([ask("a", 0), ask("b", 0), ask("urgent", 5), ask("c", 0)]);
    assert.deepEqual(order, ["urgent", "a", "b", "c"]);
    await fresh.close();
  });

  it("cancels a waiting and a running request", async () => {
    const running = new AbortController();
    const waiting = new AbortController();
    const first = compute.submit({
      kernel: obey,
      input: { do: "spin until cancelled" },
      signal: running.signal,
    });
    const second = compute.submit({ kernel: sum, input: Float64Array.of(1), signal: waiting.signal });
    waiting.abort();
    await assert.rejects(second, codeIs("compute-cancelled"));
    running.abort();
    await assert.rejects(first, codeIs("compute-cancelled"));
    assert.equal((await compute.submit({ kernel: sum, input: Float64Array.of(7) })).sum, 7);
  });

  it("kills a kernel that overruns its deadline and does not listen, and goes on", async () => {
    const stuck = compute.submit({ kernel: obey, input: { do: "spin for ever" }, deadlineMs: 400 });
    await assert.rejects(stuck, codeIs("compute-deadline"));
    assert.equal((await compute.submit({ kernel: sum, input: Float64Array.of(7) })).sum, 7);
  });

  it("survives kill -9 of the child: that request is lost, the waiting one is answered by a new child", async () => {
    const lostBefore = compute.counts.lost;
    const before = (await compute.submit({ kernel: sum, input: Float64Array.of(1) })).pid;
    const lost = compute.submit({ kernel: obey, input: { do: "spin until cancelled" } });
    const next = compute.submit({ kernel: sum, input: Float64Array.of(2) });
    process.kill(before, "SIGKILL");
    await assert.rejects(lost, (error: RungError) => {
      assert.equal(error.code, "compute-lost");
      assert.match(error.message, /obey: the compute process ended \(signal SIGKILL\)/);
      return true;
    });
    const after = await next;
    assert.equal(after.sum, 2);
    assert.notEqual(after.pid, before);
    assert.equal(compute.counts.lost, lostBefore + 1);
  });

  it("ends the child, not the host, when a kernel eats all memory", async () => {
    await assert.rejects(
      compute.submit({ kernel: obey, input: { do: "eat memory" }, deadlineMs: 15_000 }),
      codeIs("compute-memory"),
    );
    assert.equal((await compute.submit({ kernel: sum, input: Float64Array.of(3) })).sum, 3);
  });

  it("tells progress at once, at most ten times a second, and the last", async () => {
    const heard: (readonly [number, number])[] = [];
    const tookMs = await compute.submit({
      kernel: { name: "count", module: new URL("count-up.ts", KERNELS).href } as Kernel<number, number>,
      input: 1000,
      onProgress: (done, of) => heard.push([done, of]),
    });
    assert.deepEqual(heard[0], [1, 1000]);
    assert.deepEqual(heard.at(-1), [1000, 1000]);
    assert.ok(heard.length <= 2 + tookMs / 100);
  });

  it("a listener of progress that fails costs its own request only", async () => {
    const counting = { name: "count", module: new URL("count-up.ts", KERNELS).href } as Kernel<
      number,
      number
    >;
    const fail = (): never => {
      throw new TypeError("no screen to show it on");
    };
    await assert.rejects(
      compute.submit({ kernel: counting, input: 10, onProgress: fail }),
      /count: whoever hears its progress failed: no screen to show it on/,
    );
    const { pid } = compute;
    assert.equal((await compute.submit({ kernel: sum, input: Float64Array.of(1) })).pid, pid);
  });

  it("a kernel whose listener failed stops, and its child is free for others", async () => {
    const endless: Kernel<{ untilShortRuns: number }, unknown> = {
      name: "sweep",
      module: new URL("long-sweep.ts", KERNELS).href,
    };
    const one = new Compute({ readable: [KERNELS.pathname], cpuChildren: 1 });
    const fail = (): never => {
      throw new TypeError("no screen to show it on");
    };
    const input = { untilShortRuns: Number.POSITIVE_INFINITY };
    await assert.rejects(one.submit({ kernel: endless, input, onProgress: fail }), /no screen to show it on/);
    assert.equal((await one.submit({ kernel: sum, input: Float64Array.of(3) })).sum, 3);
    assert.equal(one.figures("cpu").respawns, 0);
    await one.close();
  });

  it("says why nothing runs where no child comes up", async () => {
    const broken = new Compute({ gpuEnvironment: { NODE_OPTIONS: "--no-such-option" } });
    await assert.rejects(
      broken.submit({ kernel: { ...sum, runsOn: "gpu" }, input: new Float64Array(), deadlineMs: 1500 }),
      /no answer within 1500 ms: no compute process is running, the last ended \(exit code 9\) \(look at the log/,
    );
    assert.ok(broken.figures("gpu").respawns > 0);
    await broken.close();
  });

  it("refuses what comes after close", async () => {
    await compute.close();
    await assert.rejects(
      compute.submit({ kernel: sum, input: new Float64Array() }),
      codeIs("compute-closed"),
    );
  });
});
