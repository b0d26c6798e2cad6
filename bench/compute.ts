/**
 * `npm run bench:compute`: the fast lane's heat, airflow and network Monte Carlo beside numpy, a plain JavaScript loop
 * and C, each in a process of its own, interleaved three times. The measure is work per CPU-second, which other load on
 * the machine disturbs less than time. Then the host's event loop while kernels run in the compute process.
 * Writes bench/results/compute.md and ends with 1 where a bar is missed.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { Compute } from "../runtime/compute/compute.ts";
import { HEAT_PLATE } from "../runtime/compute/solvers/heat-plate.ts";
import { AIRFLOW } from "../runtime/compute/solvers/lattice-boltzmann.ts";
import { NETWORK_MONTE_CARLO } from "../runtime/compute/solvers/network-monte-carlo.ts";
import {
  airflowWork,
  heatWork,
  NETWORK_WORK,
  networkDraws,
  updates,
  WORKS,
  type Work,
} from "./compute/works.ts";

const ROUNDS = 3;
/** Steps of heat and airflow, runs of the network: one to two seconds each in C. */
const SIZE: Record<Work, number> = { heat: 2_000, airflow: 2_500, network: 100_000 };
const UNIT: Record<Work, string> = {
  heat: "heat 1024², million cells",
  airflow: "airflow 512 x 256, million cells",
  network: "Monte Carlo 5 nodes x 600 steps, thousand scenarios",
};
const PER_UNIT: Record<Work, number> = { heat: 1e6, airflow: 1e6, network: 1e3 };
/** How far a peer's check may be from the fast lane's, relative to the largest of it: f32 sums in another order. */
const SAME = 1e-4;

const folder = join(dirname(fileURLToPath(import.meta.url)), "compute");
const scratch = mkdtempSync(join(tmpdir(), "rung-bench-"));
// Debian's numpy where it is there.
const python = existsSync("/usr/bin/python3") ? "/usr/bin/python3" : "python3";

interface Outcome {
  readonly cpuS: number;
  readonly wallS: number;
  readonly check: readonly number[];
}

interface Peer {
  readonly name: string;
  readonly command: (work: Work) => [string, ...string[]];
}

function compiled(name: string, ...options: string[]): string {
  const program = join(scratch, name);
  execFileSync("gcc", [...options, "-o", program, join(folder, "peer.c"), "-lm"], { stdio: "inherit" });
  return program;
}

const lane = (kind: string, threads: number) => (work: Work) =>
  [process.execPath, join(folder, "lane.ts"), kind, work, `${SIZE[work]}`, `${threads}`] as [
    string,
    ...string[],
  ];
const program = (path: string) => (work: Work) => [path, work, `${SIZE[work]}`] as [string, ...string[]];

const FAST = "fast lane, 1 thread";
const TWO = "fast lane, 2 threads";
const C = "C, gcc -O3";
const NUMPY = "numpy";
const PEERS: readonly Peer[] = [
  { name: FAST, command: lane("fast", 1) },
  { name: TWO, command: lane("fast", 2) },
  { name: C, command: program(compiled("plain", "-O3")) },
  {
    name: "C, gcc -O3, the fast lane's algebra",
    command: program(compiled("factored", "-O3", "-DFACTORED")),
  },
  {
    name: "C, gcc -O3 -march=native -ffast-math, that algebra",
    command: program(compiled("native", "-O3", "-march=native", "-ffast-math", "-DFACTORED")),
  },
  { name: NUMPY, command: (work) => [python, join(folder, "peer.py"), work, `${SIZE[work]}`] },
  { name: "plain JavaScript loop", command: lane("plain", 1) },
];

function measure(peer: Peer, work: Work): Outcome {
  const [command, ...args] = peer.command(work);
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${peer.name}, ${work}: ${stderr}`);
  return JSON.parse(stdout) as Outcome;
}

function assertSame(peer: Peer, work: Work, check: readonly number[], expected: readonly number[]): void {
  const scale = Math.max(...expected.map(Math.abs));
  const difference = Math.max(...check.map((value, i) => Math.abs(value - expected[i]!))) / scale;
  if (!(difference <= SAME)) throw new Error(`${peer.name}, ${work}: ${check} is not ${expected}`);
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;
const spread = (values: readonly number[], digits: number): string =>
  `${median(values).toFixed(digits)} (${Math.min(...values).toFixed(digits)}-${Math.max(...values).toFixed(digits)})`;

/** Longest of 99 % of the host's turns while two of each work run in the compute process, ms. */
async function hostLoop(): Promise<{ p99Ms: number; mostMs: number; seconds: number }> {
  const compute = new Compute();
  // The child stands and has compiled before the watch begins.
  await compute.submit({ kernel: AIRFLOW, input: airflowWork(50, 2) });
  const draws = networkDraws(SIZE.network);
  const plate = heatWork(SIZE.heat, 2);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const beganMs = performance.now();
  delay.enable();
  const deadlineMs = 300_000;
  for (let i = 0; i < 2; i++) {
    await compute.submit({ kernel: AIRFLOW, input: airflowWork(SIZE.airflow, 2), deadlineMs });
    await compute.submit({ kernel: HEAT_PLATE, input: plate, deadlineMs });
    const request = { problem: NETWORK_WORK, draws, threads: 2 };
    await compute.submit({ kernel: NETWORK_MONTE_CARLO, input: request, deadlineMs });
  }
  delay.disable();
  await compute.close();
  return {
    p99Ms: delay.percentile(99) / 1e6,
    mostMs: delay.max / 1e6,
    seconds: (performance.now() - beganMs) / 1000,
  };
}

const loadBefore = loadavg()[0]!;
const outcomes = new Map<string, Outcome[]>();
const of = (peer: string, work: Work): Outcome[] => outcomes.get(`${peer} ${work}`)!;
for (let round = 0; round < ROUNDS; round++) {
  for (const work of WORKS) {
    let expected: readonly number[] | undefined;
    for (const peer of PEERS) {
      const outcome = measure(peer, work);
      expected ??= outcome.check;
      assertSame(peer, work, outcome.check, expected);
      const key = `${peer.name} ${work}`;
      outcomes.set(key, [...(outcomes.get(key) ?? []), outcome]);
    }
  }
}
const loop = await hostLoop();
const loadAfter = loadavg()[0]!;
rmSync(scratch, { recursive: true });

const rates = (peer: string, work: Work): number[] =>
  of(peer, work).map(({ cpuS }) => updates(work, SIZE[work]) / cpuS / PER_UNIT[work]);
/** Round by round, so that load which comes and goes meets both. */
const ratios = (peer: string, other: string, work: Work): number[] =>
  rates(peer, work).map((rate, i) => rate / rates(other, work)[i]!);
const speedups = (work: Work): number[] =>
  of(FAST, work).map(({ wallS }, i) => wallS / of(TWO, work)[i]!.wallS);

const bars: { readonly what: string; readonly least: number; readonly found: number[] }[] = [
  { what: "heat: per CPU-second over numpy's", least: 7, found: ratios(FAST, NUMPY, "heat") },
  { what: "heat: over C's", least: 0.9, found: ratios(FAST, C, "heat") },
  { what: "airflow: over C's", least: 1.2, found: ratios(FAST, C, "airflow") },
  { what: "Monte Carlo: over C's", least: 1.2, found: ratios(FAST, C, "network") },
  ...WORKS.map((work) => ({
    what: `${work}: two threads over one, time`,
    least: 1.7,
    found: speedups(work),
  })),
];
const holds = (isHeld: boolean): string => (isHeld ? "holds" : "**fails**");
const lines = [
  "# Compute: the fast lane beside numpy, a JavaScript loop and C",
  "",
  `Each in a process of its own, one after another, interleaved, ${ROUNDS} rounds; f32 (the JavaScript loop computes in`,
  "f64 and stores f32); the same steps, and the same results, which the benchmark checks. Work per CPU-second (all threads",
  "of the process) after a warm-up: median (least-most) of the rounds; ratios are taken round by round. Two threads over",
  "one is a ratio of times, which other load on the machine spoils. C is the straightforward two-buffer loop, its airflow",
  "with the textbook's collision and its network with expf; the second has the fast lane's algebra, the third may use",
  "every instruction of this machine and reorder sums. bench/compute/ holds the peers.",
  `Node ${process.version}, numpy ${numpyVersion()}, ${gccVersion()}, ${cpus().length} cores (${cpus()[0]!.model.trim()}),`,
  `load average ${loadBefore.toFixed(1)} before and ${loadAfter.toFixed(1)} after.`,
  "",
  "| bar | wanted | found | |",
  "|---|---|---|---|",
  ...bars.map(
    ({ what, least, found }) =>
      `| ${what} | >= ${least} | ${spread(found, 2)} | ${holds(median(found) >= least)} |`,
  ),
  `| host's event loop while kernels run ${loop.seconds.toFixed(0)} s, p99 | < 20 ms | ${loop.p99Ms.toFixed(1)} ms (most ${loop.mostMs.toFixed(0)}) | ${holds(loop.p99Ms < 20)} |`,
  "",
  `| per CPU-second | ${WORKS.map((work) => UNIT[work]).join(" | ")} |`,
  `|---|${WORKS.map(() => "---|").join("")}`,
  ...PEERS.map(
    ({ name }) =>
      `| ${name} | ${WORKS.map((work) => spread(rates(name, work), work === "network" ? 1 : 0)).join(" | ")} |`,
  ),
];
const table = `${lines.join("\n")}\n`;
console.log(table);
writeFileSync(join(folder, "..", "results", "compute.md"), table);
process.exit(bars.every(({ least, found }) => median(found) >= least) && loop.p99Ms < 20 ? 0 : 1);

function numpyVersion(): string {
  const text = execFileSync(python, [join(folder, "peer.py"), "version"], { encoding: "utf8" });
  return (JSON.parse(text) as { version: string }).version;
}

function gccVersion(): string {
  return execFileSync("gcc", ["--version"], { encoding: "utf8" }).split("\n")[0]!;
}
