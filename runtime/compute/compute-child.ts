/**
 * Entry of the compute child. It runs one kernel at a time, may read its own code and nothing else, and ends when
 * the host is gone.
 */
import { setImmediate as afterPendingMessages } from "node:timers/promises";
import { messageOf, RungError } from "../core/errors.ts";
import { KeptResults } from "./kept-results.ts";
import type { ComputeReply, ComputeRequest, KernelControl, KernelRun } from "./kernel.ts";

const kept = new KeptResults(256 * 2 ** 20, 1);

const cancelled = new Set<number>();

function reply(message: ComputeReply): void {
  process.send?.(message);
}

async function runKernel(request: Extract<ComputeRequest, { type: "run" }>): Promise<void> {
  const startedMs = performance.now();
  const breathe = async (): Promise<void> => {
    await afterPendingMessages();
    if (!cancelled.has(request.id)) return;
    throw new RungError({ code: "compute-cancelled", where: "compute", what: "the request was cancelled" });
  };
  const control: KernelControl = {
    breathe,
    progress: (done, of) => reply({ type: "progress", id: request.id, done, of }),
    keep: (arrays) => kept.keep(arrays),
  };
  try {
    const kernel = (await import(request.module)) as { run: KernelRun<unknown, unknown> };
    const output = await kernel.run(request.input, control);
    reply({ type: "done", id: request.id, output, elapsedMs: performance.now() - startedMs });
  } catch (thrown) {
    const code = thrown instanceof RungError ? thrown.code : "kernel-failed";
    reply({ type: "failed", id: request.id, code, message: messageOf(thrown) });
  } finally {
    cancelled.delete(request.id);
  }
}

process.on("message", (message: ComputeRequest) => {
  if (message.type === "cancel") cancelled.add(message.id);
  else void runKernel(message);
});
process.on("disconnect", () => process.exit(0));
reply({ type: "ready" });
