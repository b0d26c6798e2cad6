/**
 * A process of its own, so that the helper is surely the one that is started here: ends it between two calls, then just
 * as a call begins, tells what became of the calls, and has to end by itself.
 */
import { once } from "node:events";
import type { Worker } from "node:worker_threads";
import { messageOf } from "../../../runtime/core/errors.ts";
import { summingTeam } from "./summing-team.ts";

const started: Worker[] = [];
process.on("worker", (worker) => started.push(worker));
const told: string[] = [];
for (const isHeard of [true, false]) {
  const { team, sum } = await summingTeam();
  await sum();
  const helper = started.at(-1)!;
  const gone = once(helper, "exit");
  void helper.terminate();
  if (isHeard) await gone;
  told.push(
    await sum().then(
      () => "done",
      (error) => messageOf(error),
    ),
  );
  await gone;
  team.disband();
}
const { sum, sums } = await summingTeam();
await sum();
console.log(JSON.stringify({ told, started: started.length, sums: [...sums] }));
