/**
 * A million oven scenarios in one request, on one child: how long it takes, how long a request of a higher priority
 * waits for its answer meanwhile, and how long a cancellation takes.
 *
 * node bench/scenarios.ts
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { Compute } from "../runtime/compute/compute.ts";
import { whatIf } from "../runtime/prescribe/oven-whatif.ts";
import { toySituation } from "../test/prescribe/toy-oven.ts";

const RUNS = 1_000_000;
const SHORT_RUNS = 4000;
const situation = toySituation();
const compute = new Compute({ cpuChildren: 1 });
const ask = (runs: number, options: Parameters<typeof whatIf>[3] = {}) =>
  whatIf(compute, situation, { stopMin: 10 }, { runs, ...options });
const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
};

await ask(SHORT_RUNS);
const aloneMs = Math.min(...[await timed(() => ask(SHORT_RUNS)), await timed(() => ask(SHORT_RUNS))]);

const loop = monitorEventLoopDelay({ resolution: 1 });
loop.enable();
let told = 0;
let begun: () => void = () => undefined;
const started = new Promise<void>((resolve) => {
  begun = resolve;
});
const wholeMs = timed(() =>
  ask(RUNS, {
    onProgress: () => {
      told++;
      begun();
    },
  }),
);
await started;
const betweenMs: number[] = [];
for (let i = 0; i < 10; i++) betweenMs.push(await timed(() => ask(SHORT_RUNS, { priority: 5 })));
const seconds = (await wholeMs) / 1000;
loop.disable();

const cancel = new AbortController();
let running: () => void = () => undefined;
const underWay = new Promise<void>((resolve) => {
  running = resolve;
});
const ended = ask(RUNS, { signal: cancel.signal, onProgress: (done) => done > 0 && running() }).catch(
  () => undefined,
);
await underWay;
const cancelMs = await timed(async () => {
  cancel.abort();
  await ended;
});
// The child is free again once it answers the next one.
const freeMs = await timed(() => ask(20));

const worst = Math.max(...betweenMs);
const lines = [
  "# A million oven scenarios in one request",
  "",
  "Five nodes, six zones, two plans each (baseline and a stop of 10 min), one compute child; only what they come to is sent",
  "back.",
  "",
  "| | |",
  "|---|---|",
  `| ${RUNS.toLocaleString("en")} runs | ${seconds.toFixed(1)} s, progress told ${told} times |`,
  `| ${SHORT_RUNS.toLocaleString("en")} runs alone | ${aloneMs.toFixed(0)} ms |`,
  `| the same of higher priority meanwhile, worst of 10 | ${worst.toFixed(0)} ms |`,
  `| cancelled after | ${cancelMs.toFixed(0)} ms, the child free after ${freeMs.toFixed(0)} ms more |`,
  `| host's event loop meanwhile, p99 | ${(loop.percentile(99) / 1e6).toFixed(1)} ms |`,
  "",
  "`node bench/scenarios.ts`",
];
console.log(lines.join("\n"));
await compute.close();
