/**
 * What the compute children cost the host: how soon an urgent request is answered beside sweeps of 10^6 scenarios on
 * every child, how soon a sweep stops, and how long the host's event loop is held up while kernels run and while
 * 100 MB go over. Usage: node bench/compute-process.ts [rounds]; it fails where a bar is missed.
 */
import { availableParallelism } from "node:os";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { Compute } from "../runtime/compute/compute.ts";
import type { KeptResult, Kernel } from "../runtime/compute/kernel.ts";

const [rounds = 3] = process.argv.slice(2).map(Number);
const SCENARIOS = 1e6;
const URGENT_REQUESTS = 10;
const FIELD = 25e6;
const SLICE = 2 ** 18;
const TEN_MB = new Float32Array(2.5e6);

const KERNELS = new URL("./compute-process/", import.meta.url);
const module = (name: string): string => new URL(`${name}.ts`, KERNELS).href;
const sweep: Kernel<number, KeptResult> = { name: "oven sweep", module: module("oven-sweep") };
const work: Kernel<number, number> = { name: "work", module: module("work") };
const field: Kernel<number | Float32Array, KeptResult> = { name: "field", module: module("field") };

/** One figure of every round, and what it must stay below, ms. */
class Row {
  readonly what: string;
  readonly barMs: number | undefined;
  readonly values: number[] = [];

  constructor(what: string, barMs?: number) {
    this.what = what;
    this.barMs = barMs;
  }

  add(ms: number): void {
    this.values.push(ms);
  }

  get holds(): boolean {
    return this.barMs === undefined || Math.max(...this.values) < this.barMs;
  }

  toString(): string {
    const sorted = this.values.toSorted((a, b) => a - b);
    const median = (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
    const bar = this.barMs === undefined ? "" : `< ${this.barMs}${this.holds ? "" : " **missed**"}`;
    return `| ${this.what} | ${median.toFixed(1)} | ${sorted.at(-1)!.toFixed(1)} | ${bar} |`;
  }
}

const rows = {
  roundTrip: new Row("an empty request to a child that is there"),
  urgent: new Row("a request of 100 ms of work, higher priority, beside a sweep on every child", 300),
  urgentLarge: new Row("a request with 10 MB of input, higher priority, beside these sweeps"),
  urgentP99: new Row("event loop p99 meanwhile", 20),
  sweeps: new Row("a sweep of 10^6 scenarios on every child, with these requests between"),
  cancel: new Row("a cancelled sweep until its child is free", 1000),
  respawn: new Row("an empty request after kill -9 of its child"),
  sent: new Row("100 MB of input sent"),
  sentP99: new Row("event loop p99 meanwhile", 20),
  read: new Row("100 MB kept in the child read in slices of 1 MB"),
  readP99: new Row("event loop p99 meanwhile", 20),
  quantiles: new Row("three quantiles of these 25 million values, in the child"),
};

async function timed(row: Row, doing: () => Promise<unknown>): Promise<void> {
  const begunMs = performance.now();
  await doing();
  row.add(performance.now() - begunMs);
}

async function watched(row: Row, doing: () => Promise<unknown>): Promise<void> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await doing();
  delay.disable();
  row.add(delay.percentile(99) / 1e6);
}

async function besideSweeps(compute: Compute, children: number): Promise<void> {
  const progress = new Set<number>();
  const begun = Promise.withResolvers<void>();
  const sweeps = Array.from({ length: children }, (_, i) => {
    const onProgress = (): void => {
      progress.add(i);
      if (progress.size === children) begun.resolve();
    };
    return compute.submit({ kernel: sweep, input: SCENARIOS, deadlineMs: 600_000, onProgress });
  });
  await begun.promise;
  await watched(rows.urgentP99, async () => {
    for (let i = 0; i < URGENT_REQUESTS; i++) {
      await timed(rows.urgent, () => compute.submit({ kernel: work, input: 100, priority: 1 }));
      await timed(rows.urgentLarge, async () => {
        compute.release(await compute.submit({ kernel: field, input: TEN_MB, priority: 1 }));
      });
    }
  });
  for (const kept of await Promise.all(sweeps)) compute.release(kept);
}

async function cancelling(compute: Compute): Promise<void> {
  const cancel = new AbortController();
  const begun = Promise.withResolvers<void>();
  const answer = compute.submit({
    kernel: sweep,
    input: SCENARIOS,
    signal: cancel.signal,
    onProgress: () => begun.resolve(),
  });
  const refused = answer.catch(() => undefined);
  await begun.promise;
  await timed(rows.cancel, async () => {
    cancel.abort();
    await refused;
    while (compute.figures("cpu").running > 0) await new Promise((resolve) => setImmediate(resolve));
  });
}

async function respawning(): Promise<void> {
  const one = new Compute({ readable: [KERNELS.pathname], cpuChildren: 1 });
  await one.submit({ kernel: work, input: 0 });
  process.kill(one.pid!, "SIGKILL");
  while (one.pid !== undefined) await new Promise((resolve) => setImmediate(resolve));
  await timed(rows.respawn, () => one.submit({ kernel: work, input: 0 }));
  await one.close();
}

for (let round = 0; round < rounds; round++) {
  const children = Math.min(4, availableParallelism());
  const compute = new Compute({ readable: [KERNELS.pathname], cpuChildren: children });
  try {
    await compute.submit({ kernel: work, input: 0 });
    for (let i = 0; i < 50; i++)
      await timed(rows.roundTrip, () => compute.submit({ kernel: work, input: 0 }));
    await timed(rows.sweeps, () => besideSweeps(compute, children));
    for (let i = 0; i < 5; i++) await cancelling(compute);
    await respawning();
    const input = new Float32Array(FIELD).fill(0.5);
    let kept: KeptResult | undefined;
    await watched(rows.sentP99, () =>
      timed(rows.sent, async () => {
        kept = await compute.submit({ kernel: field, input });
      }),
    );
    compute.release(kept!);
    const made = await compute.submit({ kernel: field, input: FIELD });
    await watched(rows.readP99, () =>
      timed(rows.read, async () => {
        for (let from = 0; from < FIELD; from += SLICE) {
          await compute.slice(made, "field", from, Math.min(FIELD, from + SLICE));
        }
      }),
    );
    await timed(rows.quantiles, () => compute.reduce(made, "field", { quantiles: [0.05, 0.5, 0.95] }));
  } finally {
    await compute.close();
  }
}

console.log(`# compute-process

Children of one kind share the machine with the host. Median and largest of all measured in ${rounds} rounds, ms;
${availableParallelism()} cores, Node ${process.version}.

| what | median | largest | bar |
|---|---|---|---|
${Object.values(rows).join("\n")}`);
process.exitCode = Object.values(rows).every((row) => row.holds) ? 0 : 1;
