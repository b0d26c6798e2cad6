/**
 * Entry of a helper thread: it calls functions of the fast lane over memories that it shares with its team. It never
 * returns to its event loop: between calls it waits on a shared count, from where it is back within microseconds.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { receiveMessageOnPort, workerData } from "node:worker_threads";
import { messageOf } from "../../core/errors.ts";
import { awaitCount, raiseCount } from "./awaited-count.ts";
import { ASKED, DONE, type HelperData, type HelperFault, type HelperMessage } from "./helper-message.ts";
import { breakBarrier } from "./solver-barrier.ts";
import { type SolverFunction, solverFunctions } from "./solver-wasm.ts";

/**
 * A thread that allocates next to nothing would keep the memories of hundreds of requests. So it collects garbage once
 * it is idle for that long, or has left so many.
 */
const IDLE_MS = 50;
const MOST_LEFT = 8;

/** Memories that teams have left since garbage was last collected. */
let left = 0;
const teams = new Map<number, { functions: Record<string, SolverFunction>; barrier: Int32Array }>();

function obey(message: HelperMessage): void {
  switch (message.type) {
    case "join": {
      const functions = solverFunctions(message.module, message.memory);
      teams.set(message.team, { functions, barrier: message.barrier });
      return;
    }
    case "call": {
      const { functions, barrier } = teams.get(message.team)!;
      try {
        functions[message.name]!(...message.parameters);
      } catch (error) {
        breakBarrier(barrier);
        throw error;
      }
      return;
    }
    case "leave":
      teams.delete(message.team);
      left += 1;
  }
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;
// For the whole process; contexts to come have no use for it.
setFlagsFromString("--no-expose-gc");

const { port, counts } = workerData as HelperData;
for (let number = 1; ; number++) {
  if (left === MOST_LEFT || (left > 0 && !awaitCount(counts, ASKED, number, IDLE_MS))) {
    collectGarbage();
    left = 0;
  }
  awaitCount(counts, ASKED, number, Number.POSITIVE_INFINITY);
  try {
    obey((receiveMessageOnPort(port) as { message: HelperMessage }).message);
  } catch (error) {
    port.postMessage({ message: number, fault: messageOf(error) } satisfies HelperFault);
  }
  raiseCount(counts, DONE);
}
