import { parentPort, workerData } from "node:worker_threads";
import type { BackgroundAnswer, BackgroundCall } from "./background-call.ts";
import { messageOf, RungError } from "./errors.ts";

/** Entry of the thread that `callInBackground` starts. */
const { module, name, args } = workerData as BackgroundCall;

async function answer(): Promise<BackgroundAnswer> {
  try {
    const exported: Record<string, (...args: readonly unknown[]) => unknown> = await import(module);
    return { result: await exported[name]!(...args) };
  } catch (thrown) {
    if (!(thrown instanceof RungError)) {
      return { fault: { code: "background-failed", where: name, what: messageOf(thrown), advice: "" } };
    }
    const { code, where, advice } = thrown;
    const what = thrown.message.slice(where.length + 2, advice === "" ? undefined : -(advice.length + 3));
    return { fault: { code, where, what, advice } };
  }
}

parentPort!.postMessage(await answer());
