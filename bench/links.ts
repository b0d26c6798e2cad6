/**
 * Rung's OPC UA link against the least that a client can do and against node-red-contrib-opcua: CPU per value, missed
 * samples and memory, at three loads, and at one that the server cannot sample.
 *
 * node bench/links.ts [--rounds 3] [--seconds 4]   writes bench/results/links.md
 * node bench/links.ts --soak 10                    minutes of memory, writes bench/results/links-soak.md
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { MemoryFacts } from "./links/client.ts";
import { missingPeers } from "./links/peers.ts";
import {
  barsOf,
  barsTable,
  type LoadRuns,
  loadName,
  loadTable,
  overloadBar,
  overloadText,
} from "./links/report.ts";
import { type RunFacts, runClient, type Shape } from "./links/run-client.ts";
import { type Soak, soakIsFlat, soakTable } from "./links/soak.ts";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "4" },
    soak: { type: "string" },
  },
});
const rounds = Number(options.rounds);
const seconds = Number(options.seconds);
const WARM_UP_S = 2;
/** Of the load that the server cannot sample. */
const MOST_TAGS = 40_000;
const LOADS = [
  { tags: 1000, periodMs: 100 },
  { tags: 5000, periodMs: 100 },
  { tags: 1000, periodMs: 20 },
];
const CLIENTS: readonly (readonly [client: string, name: string])[] = [
  ["minimal", "minimal node-opcua client"],
  ["rung", "Rung: source, state"],
  ["rung-node-red", "Rung in Node-RED: source, state"],
  ["contrib", "node-red-contrib-opcua 0.2.354 in Node-RED"],
  ["rung-spool", "Rung: source, state, spool"],
  ["rung-historian", "Rung: source, state, spool, historian"],
];
const machine = () =>
  `Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model ?? "unknown"}), load average`;
const load1 = () => loadavg()[0]!.toFixed(1);
const told = (client: string, shape: Shape, run: RunFacts) =>
  process.stderr.write(
    `${client}, ${loadName(shape)}: main ${((run.mainMs * 1000) / run.received).toFixed(2)} µs/value, received ${run.received}, missed ${run.missed}\n`,
  );
const results = join(import.meta.dirname, "results");
mkdirSync(results, { recursive: true });

process.exitCode = options.soak === undefined ? await compare() : await soak(Number(options.soak));

async function compare(): Promise<number> {
  const loadBefore = load1();
  const beganMs = performance.now();
  const noPeers = missingPeers();
  const measured: LoadRuns[] = [];
  for (const load of LOADS) {
    const shape: Shape = { ...load, seconds, warmUpS: WARM_UP_S };
    const wanted = CLIENTS.filter(([client]) => client !== "contrib" || noPeers === undefined);
    const clients = wanted.map(([client, name]) => ({ client, name, runs: [] as RunFacts[] }));
    for (let round = 0; round < rounds; round++) {
      for (const { client, runs } of clients) {
        const run = await runClient(client, shape);
        runs.push(run);
        told(client, shape, run);
      }
    }
    measured.push({ load: shape, clients });
  }
  let heavy: Shape = { tags: 10_000, periodMs: 100, seconds: 10, warmUpS: WARM_UP_S, skips: true };
  let overload = await runClient("rung-spool", heavy);
  told("rung-spool", heavy, overload);
  // Where the server keeps up nothing is shown: more, until it does not.
  while (overload.missed === 0 && heavy.tags < MOST_TAGS) {
    heavy = { ...heavy, tags: 2 * heavy.tags };
    overload = await runClient("rung-spool", heavy);
    told("rung-spool", heavy, overload);
  }
  const bars = [...measured.flatMap(barsOf), overloadBar(heavy, overload)];
  const text = `# OPC UA links: Rung, a minimal client and node-red-contrib-opcua

Each client in a process of its own against a server of its own, one after another, interleaved, rounds: ${rounds}; ${seconds} s measured
after ${WARM_UP_S} s of warm-up; it measures its own CPU, of its main thread and of all threads, from socket to newest value.
Median (least-most) of the rounds; ratios are taken round by round. *Minimal* is a subscription with the same queues and
a handler of whole publish responses that writes value and time into two arrays. The contrib subscribes by its "multiple"
topic, whose queue of one value per item and ten values per response are fixed; its CPU is per value that arrived.
${machine()} ${loadBefore} before and ${load1()} after; ${((performance.now() - beganMs) / 60_000).toFixed(1)} min in all.
${noPeers === undefined ? "" : `\n**${noPeers}.**\n`}
${barsTable(bars)}
${measured.map(loadTable).join("\n")}
${overloadText(heavy, overload)}
\`npm run bench:links -- --rounds ${rounds} --seconds ${seconds}\`
`;
  writeFileSync(join(results, "links.md"), text);
  process.stdout.write(text);
  return bars.every(({ holds }) => holds) ? 0 : 1;
}

async function soak(minutes: number): Promise<number> {
  const loadBefore = load1();
  const shape: Shape = { tags: 5000, periodMs: 100, seconds: minutes * 60, warmUpS: 60 };
  const soaks: Soak[] = [];
  for (const [client, name] of CLIENTS.filter(
    ([client]) => client === "rung" || client === "rung-historian",
  )) {
    const memory: MemoryFacts[] = [];
    const run = await runClient(client, shape, (facts) => memory.push(facts));
    told(client, shape, run);
    soaks.push({ name, run, memory });
  }
  const text = `# OPC UA links: memory under 50,000 values a second

${soakTable(shape, soaks)}
${machine()} ${loadBefore} before and ${load1()} after.

\`npm run bench:links -- --soak ${minutes}\`
`;
  writeFileSync(join(results, "links-soak.md"), text);
  process.stdout.write(text);
  return soaks.every(soakIsFlat) ? 0 : 1;
}
