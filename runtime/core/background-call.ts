import { Worker } from "node:worker_threads";
import { messageOf, RungError } from "./errors.ts";
import { siblingModule } from "./sibling-module.ts";

/** What a background thread is told to do. */
export interface BackgroundCall {
  readonly module: string;
  readonly name: string;
  readonly args: readonly unknown[];
}

/** What it answers: the result, or the error as plain data. */
export type BackgroundAnswer =
  | { readonly result: unknown }
  | {
      readonly fault: {
        readonly code: string;
        readonly where: string;
        readonly what: string;
        readonly advice: string;
      };
    };

/**
 * Calls an exported function of one of Rung's own modules in a thread of its own, so that the event loop stays free.
 * Arguments and result are copied as structured clones. The thread ends with the call.
 * @param module URL of the module, made by `siblingModule`
 * @param name of the exported function
 * @param signal ends the thread; the promise is then rejected
 * @throws RungError the function's own, or `background-failed`
 */
export function callInBackground<T>(
  module: URL,
  name: string,
  args: readonly unknown[],
  signal?: AbortSignal,
): Promise<T> {
  const call: BackgroundCall = { module: module.href, name, args };
  const worker = new Worker(siblingModule(import.meta.url, "./background-call-worker"), { workerData: call });
  const fault = (what: string, cause?: unknown): RungError =>
    new RungError({ code: "background-failed", where: name, what, cause });
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => {
      reject(fault("was stopped before it was done"));
      void worker.terminate();
    };
    if (signal?.aborted) abort();
    signal?.addEventListener("abort", abort, { once: true });
    worker.once("message", (answer: BackgroundAnswer) => {
      if ("fault" in answer) reject(new RungError(answer.fault));
      else resolve(answer.result as T);
    });
    worker.once("error", (error) => reject(fault(messageOf(error), error)));
    worker.once("exit", (status) => {
      signal?.removeEventListener("abort", abort);
      reject(fault(`its thread ended with status ${status} and no answer`));
    });
  });
}
