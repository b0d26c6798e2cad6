/** Child of history-archive-kill.test.ts: does the upkeep of a history and kills itself at the nth time of a step. */
import type { ArchiveStep } from "../../runtime/describe/historian/archive/archivist.ts";
import { HISTORIAN_DEFAULTS } from "../../runtime/describe/historian/historian.ts";
import { HistoryStore } from "../../runtime/describe/historian/history-store.ts";

const [file, at, times] = process.argv.slice(2) as [string, ArchiveStep, string];
let left = Number(times);
const store = await HistoryStore.open({ ...HISTORIAN_DEFAULTS, file }, (step) => {
  if (step === at && --left === 0) process.kill(process.pid, "SIGKILL");
});
await store.archive(true);
await store.tidy();
await store.close();
