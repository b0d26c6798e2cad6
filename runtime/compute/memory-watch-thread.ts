/** The thread of `MemoryWatch`: it looks at the process, and where that is too large says so and ends it. */
import { writeSync } from "node:fs";
import { workerData } from "node:worker_threads";
import { NEVER_WRITTEN, OVER_LIMIT, WATCHED_MIB } from "./memory-watch.ts";

const LOOK_EVERY_MS = 20;
const STDERR = 2;

const watched = workerData as Int32Array;
for (;;) {
  Atomics.wait(watched, NEVER_WRITTEN, 0, LOOK_EVERY_MS);
  const limitMiB = Atomics.load(watched, WATCHED_MIB);
  const residentMiB = Math.round(process.memoryUsage.rss() / 2 ** 20);
  if (limitMiB === 0 || residentMiB <= limitMiB) continue;
  writeSync(STDERR, `${OVER_LIMIT} it took ${residentMiB} MiB, at most ${limitMiB} MiB are allowed\n`);
  process.kill(process.pid, "SIGKILL");
}
