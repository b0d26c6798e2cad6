/**
 * `npm run bench:line`: the engines of the line simulation beside SimPy (Debian's python3-simpy3) on the same models: each in
 * a process of its own, one after another, three rounds, CPU seconds. Before a ratio is told, the mean figure of each engine
 * must agree with SimPy's within the interval of their difference. Writes bench/results/line.md and ends with 1 where a bar
 * is missed.
 */
import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { cpus, loadavg, platform, release } from "node:os";
import { join } from "node:path";
import { mean } from "../runtime/core/statistics/serial-mean.ts";
import { BENCH_MODELS } from "./line/models.ts";

const ROUNDS = 3;
const PYTHON = "/usr/bin/python3";
const SIMPY = join(import.meta.dirname, "line/simpy_line.py");
const LANE = join(import.meta.dirname, "line/lane.ts");
/** Replications of one round: one to three seconds of each engine. `least` is the bar, as a ratio to SimPy. */
const ENGINES = [
  { name: "generators", what: "generator processes", replications: { mm1: 160, line: 60 }, least: 10 },
  { name: "callbacks", what: "callbacks", replications: { mm1: 200, line: 120 }, least: 30 },
  { name: "recursion", what: "recursion, JavaScript", replications: { mm1: 1200, line: 600 }, least: 150 },
  { name: "wasm", what: "recursion, WebAssembly", replications: { mm1: 1200, line: 1600 }, least: undefined },
] as const;
const SIMPY_REPLICATIONS = { mm1: 4, line: 3 } as const;
const WHAT = {
  mm1: { model: "M/M/1, utilisation 0.9", figure: "mean time in the system, s", operation: "customers" },
  line: {
    model: "20 stations of 1 s, MTBF 100 s of work, MTTR 10 s, buffers of 10",
    figure: "parts per second",
    operation: "station operations",
  },
} as const;
/** Of a difference of means: 1 in 2000 runs of the benchmark would fail by chance at each comparison. */
const SURE = 3.5;

interface Outcome {
  readonly cpuS: number;
  readonly operations: number;
  readonly figures: readonly number[];
}

if (!existsSync(PYTHON) || spawnSync(PYTHON, ["-c", "import simpy"]).status !== 0) {
  console.error("bench:line needs SimPy (apt install python3-simpy3)");
  process.exit(1);
}

function measured(command: string, args: readonly string[]): unknown[] {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${stderr}`);
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

const loadBefore = loadavg()[0]!;
const seedOf = (round: number): number => 1 + 10_000 * round;
let versions = { simpy: "", python: "" };
/** By model: SimPy's outcomes, its lean M/M/1, and each engine's, round by round. */
const found = new Map<string, Outcome[]>();
const keep = (key: string, outcome: unknown): void => {
  found.set(key, [...(found.get(key) ?? []), outcome as Outcome]);
};
for (let round = 0; round < ROUNDS; round++) {
  for (const { name, lengthS } of BENCH_MODELS) {
    const seed = seedOf(round);
    const peers = name === "mm1" ? ["mm1", "mm1-lean"] : ["line"];
    for (const peer of peers) {
      const asked = `${peer}:${lengthS}:${SIMPY_REPLICATIONS[name]}:${seed}`;
      const [told, outcome] = measured(PYTHON, [SIMPY, asked]);
      versions = told as typeof versions;
      keep(`${peer} simpy`, outcome);
    }
    for (const engine of ENGINES) {
      const asked = `${name}:${engine.replications[name]}:${seed}`;
      keep(`${name} ${engine.name}`, measured(process.execPath, [LANE, engine.name, asked])[0]);
    }
  }
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;
const spread = (values: readonly number[], digits: number): string =>
  `${median(values).toFixed(digits)} (${Math.min(...values).toFixed(digits)}-${Math.max(...values).toFixed(digits)})`;
const rates = (key: string): number[] => found.get(key)!.map(({ operations, cpuS }) => operations / cpuS);

/** Mean of all replications of all rounds, and its standard error. */
function figure(key: string): { readonly mean: number; readonly error: number } {
  const all = found.get(key)!.flatMap(({ figures }) => figures);
  const centre = mean(all);
  const variance = all.reduce((sum, each) => sum + (each - centre) ** 2, 0) / (all.length - 1);
  return { mean: centre, error: Math.sqrt(variance / all.length) };
}
const told = (key: string, digits: number): string =>
  `${figure(key).mean.toFixed(digits)} ± ${(2 * figure(key).error).toFixed(digits)}`;

let isHeld = true;
const tables = BENCH_MODELS.flatMap(({ name, lengthS }) => {
  const peer = `${name} simpy`;
  const digits = name === "mm1" ? 2 : 4;
  const rows = ENGINES.map(({ name: engine, what, least }) => {
    const key = `${name} ${engine}`;
    const [own, other] = [figure(key), figure(peer)];
    const apart = Math.abs(own.mean - other.mean) / Math.hypot(own.error, other.error);
    if (!(apart <= SURE))
      throw new Error(`${key}: ${told(key, digits)} is not SimPy's ${told(peer, digits)}`);
    const ratios = rates(key).map((rate, round) => rate / rates(peer)[round]!);
    const holds = least === undefined || median(ratios) >= least;
    isHeld &&= holds;
    const verdict = least === undefined ? "" : holds ? "holds" : "**fails**";
    const bar = least === undefined ? "" : `>= ${least}`;
    return `| ${what} | ${spread(
      rates(key).map((rate) => rate / 1e6),
      2,
    )} | ${told(key, digits)} | ${spread(ratios, 1)} | ${bar} | ${verdict} |`;
  });
  const lean =
    name === "mm1"
      ? [
          `| SimPy, one server process at a Store | ${spread(
            rates("mm1-lean simpy").map((rate) => rate / 1e6),
            3,
          )} | ${told("mm1-lean simpy", digits)} | ${spread(
            rates("mm1-lean simpy").map((rate, round) => rate / rates(peer)[round]!),
            1,
          )} | | |`,
        ]
      : [];
  return [
    `## ${WHAT[name].model}`,
    "",
    `Replications of ${lengthS.toLocaleString("en")} s, empty at the beginning.`,
    "",
    `| engine | million ${WHAT[name].operation} per CPU second | ${WHAT[name].figure} | ratio | wanted | |`,
    "|---|---|---|---|---|---|",
    `| SimPy | ${spread(
      rates(peer).map((rate) => rate / 1e6),
      3,
    )} | ${told(peer, digits)} | 1 | | |`,
    ...lean,
    ...rows,
    "",
  ];
});
const table = [
  "# Line: event engines and recursion beside SimPy",
  "",
  `Each engine in a process of its own, one thread, one after the other, interleaved, ${ROUNDS} rounds; CPU seconds of the`,
  "replications, compilation included: median (least-most); ratios are taken round by round. A figure is the mean of all",
  "replications ± two standard errors; each has been found equal to SimPy's within its interval. SimPy's M/M/1 is written as",
  "its documentation writes a queue, a process for each customer; a leaner way stands beside it.",
  `SimPy ${versions.simpy}, Python ${versions.python}, Node ${process.version}, ${platform()} ${release()}, ${cpus().length} cores`,
  `(${cpus()[0]!.model.trim()}), load average ${loadBefore.toFixed(1)} before and ${loadavg()[0]!.toFixed(1)} after.`,
  "",
  ...tables,
].join("\n");
console.log(table);
writeFileSync(join(import.meta.dirname, "results", "line.md"), `${table.trim()}\n`);
process.exit(isHeld ? 0 : 1);
