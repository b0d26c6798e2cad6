import { Worker } from "node:worker_threads";
import { messageOf } from "../../core/errors.ts";
import { siblingModule } from "../../core/sibling-module.ts";
import type { SpoolRequest, SpoolSignal } from "./spool-protocol.ts";
import type { SpoolOptions } from "./spool-types.ts";

/** The way to a log keeper. */
export interface SpoolConnection {
  send(request: SpoolRequest, transfer: ArrayBuffer[]): void;
  end(): Promise<void>;
}

/** Makes a connection; `ended` is called where it breaks by itself. */
export type SpoolConnect = (
  options: SpoolOptions,
  signal: (signal: SpoolSignal) => void,
  ended: (why: string) => void,
) => SpoolConnection;

/** A log keeper in a worker thread of this process. */
export const connectWorker: SpoolConnect = (options, signal, ended) => {
  const worker = new Worker(siblingModule(import.meta.url, "./spool-worker"), {
    workerData: options,
    name: "spool",
  });
  let isEnding = false;
  const broke = (why: string): void => {
    if (!isEnding) ended(why);
    isEnding = true;
  };
  worker.on("message", signal);
  worker.on("error", (thrown) => broke(messageOf(thrown)));
  worker.on("exit", (code) => broke(`its worker ended with code ${code}`));
  return {
    send: (request, transfer) => worker.postMessage(request, transfer),
    async end() {
      isEnding = true;
      await worker.terminate();
    },
  };
};
