/**
 * Entry of a compute child. It runs kernels, one at work at a time, keeps large results for the host to read, may
 * read its own code and nothing else, and ends when the host is gone.
 */
import { setImmediate as afterPendingMessages } from "node:timers/promises";
import { messageOf, RungError } from "../core/errors.ts";
import type { ChildMessage, HostMessage } from "./compute-message.ts";
import { KeptResults } from "./kept-results.ts";
import type { KeptResult, KernelArray } from "./kernel.ts";
import { cancelled, KernelRuns } from "./kernel-runs.ts";
import { Assembly, pack, piecesOf } from "./packed.ts";
import { ProcessWatch } from "./process-watch.ts";
import type { Reduced, Reduction } from "./solvers/reductions.ts";
import { reduce } from "./solvers/reductions-kernel.ts";

const [firstKept, keptBytes] = process.argv.slice(2).map(Number);
const channel = process.send!.bind(process);
// A kernel has no business on the channel.
process.send = undefined;

/** Resolved when the message has left, so that what follows it waits. @throws where it cannot be copied */
function send(message: ChildMessage): Promise<void> {
  return new Promise((resolve) => channel(message, undefined, undefined, () => resolve()));
}

/** Answers whose arrays are on their way. */
let going = 0;
/** Reductions of kept arrays that are under way. */
let reducing = 0;

async function answer(id: number, output: unknown, kept: readonly KeptResult[]): Promise<void> {
  const { packed, bytes } = pack(output);
  going += 1;
  try {
    await send({ type: "done", id, output: packed, kept });
    for (const pieces of piecesOf(bytes)) await send({ type: "pieces", id, pieces });
  } finally {
    going -= 1;
  }
}

function refuse(id: number, thrown: unknown): void {
  const code = thrown instanceof RungError ? thrown.code : "kernel-failed";
  void send({ type: "failed", id, code, message: messageOf(thrown) + placeOf(thrown) });
}

/** Where a kernel threw what is no error of ours: `, at obey.ts:31:9`. */
function placeOf(thrown: unknown): string {
  if (thrown instanceof RungError || !(thrown instanceof Error)) return "";
  const place = /file:\S*\/([^/\s]+:\d+:\d+)/.exec(thrown.stack ?? "")?.[1];
  return place === undefined ? "" : `, at ${place}`;
}

const kept = new KeptResults(keptBytes!, firstKept!);
const watch = await ProcessWatch.start();
const runs = new KernelRuns(
  {
    progress: (id, done, of) => void send({ type: "progress", id, done, of }),
    done: answer,
    failed: refuse,
    isCopying: () => coming.size + going + reducing > 0,
    begin: (id, memoryMiB) => {
      void send({ type: "begun", id });
      return watch.begin(memoryMiB);
    },
  },
  kept,
);

type RunMessage = Extract<HostMessage, { type: "run" }>;
/** Runs whose input has not come whole. */
const coming = new Map<number, { readonly message: RunMessage; readonly input: Assembly }>();

function startIfWhole(id: number): void {
  const run = coming.get(id);
  if (run === undefined || !run.input.isWhole) return;
  coming.delete(id);
  const { module, memoryMiB } = run.message;
  runs.ask({ id, module, input: run.input.value, memoryMiB });
}

function cancel(id: number): void {
  if (coming.delete(id)) refuse(id, cancelled());
  else runs.cancel(id);
}

/** One thread: another might be at work for the kernel in whose breath this is. */
async function reduced(array: KernelArray, reduction: Reduction): Promise<Reduced> {
  reducing += 1;
  try {
    return await reduce(array, reduction, { breathe: () => afterPendingMessages() }, 1);
  } finally {
    reducing -= 1;
  }
}

async function answerOf(message: HostMessage): Promise<void> {
  switch (message.type) {
    case "run": {
      const input = new Assembly(message.input, Number.POSITIVE_INFINITY);
      watch.allow(input.bytes);
      coming.set(message.id, { message, input });
      return startIfWhole(message.id);
    }
    case "pieces":
      coming.get(message.id)?.input.accept(message.pieces);
      return startIfWhole(message.id);
    case "cancel":
      return cancel(message.id);
    case "slice":
      return answer(
        message.id,
        kept.array(message.kept, message.name).subarray(message.from, message.to),
        [],
      );
    case "reduce": {
      const array = kept.array(message.kept, message.name);
      return answer(message.id, await reduced(array, message.reduction), []);
    }
    case "release":
      return kept.release(message.kept);
  }
}

process.on("message", (message: HostMessage) => {
  answerOf(message).catch((thrown: unknown) => {
    if ("id" in message) refuse(message.id, thrown);
  });
});
process.on("disconnect", () => process.exit(0));
void send({ type: "ready" });
