/** The thread of `ProcessWatch`. */
import { writeSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { NEVER_WRITTEN, OVER_LIMIT, WATCHED_MIB } from "./process-watch.ts";

const LOOK_EVERY_MS = 20;
const STDERR = 2;

const watched = workerData as Int32Array;
const host = process.ppid;
parentPort!.postMessage("looking");
for (;;) {
  Atomics.wait(watched, NEVER_WRITTEN, 0, LOOK_EVERY_MS);
  if (process.ppid !== host) process.kill(process.pid, "SIGKILL");
  const limitMiB = Atomics.load(watched, WATCHED_MIB);
  const residentMiB = Math.round(process.memoryUsage.rss() / 2 ** 20);
  if (limitMiB === 0 || residentMiB <= limitMiB) continue;
  writeSync(STDERR, `${OVER_LIMIT} it took ${residentMiB} MiB, at most ${limitMiB} MiB are allowed\n`);
  process.kill(process.pid, "SIGKILL");
}
