import { setImmediate as afterPendingMessages } from "node:timers/promises";
import type { KernelControl, KernelRun } from "../../../runtime/compute/kernel.ts";
import { messageOf, RungError } from "../../../runtime/core/errors.ts";

let cancelled = false;

const control: KernelControl = {
  breathe: async () => {
    await afterPendingMessages();
    if (cancelled)
      throw new RungError({ code: "compute-cancelled", where: "kernel", what: "the request was cancelled" });
  },
  progress: (done, of) => process.send!({ done, of }),
  keep: () => {
    throw new Error("nothing is kept here");
  },
};

process.on("message", async (message: { cancel: true } | { module: string; input: unknown }) => {
  if ("cancel" in message) {
    cancelled = true;
    return;
  }
  cancelled = false;
  try {
    const kernel = (await import(message.module)) as { run: KernelRun<unknown, unknown> };
    process.send!({ output: await kernel.run(message.input, control) });
  } catch (fault) {
    process.send!({
      code: fault instanceof RungError ? fault.code : "crashed",
      message: messageOf(fault),
    });
  }
});
process.on("disconnect", () => process.exit(0));
