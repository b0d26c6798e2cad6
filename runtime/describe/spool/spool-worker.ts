/** Worker of the spool: all that waits for the disk. */
import { parentPort, workerData } from "node:worker_threads";
import { LogKeeper } from "./log-keeper.ts";
import { REAL_DISK } from "./spool-disk.ts";
import type { SpoolRequest } from "./spool-protocol.ts";
import type { SpoolOptions } from "./spool-types.ts";

const port = parentPort!;
const keeper = new LogKeeper(workerData as SpoolOptions, REAL_DISK, (signal) => port.postMessage(signal));
port.on("message", (request: SpoolRequest) => keeper.handle(request));
