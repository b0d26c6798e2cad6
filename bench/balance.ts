/**
 * Line balancing on the classical instances: 144 pairs of graph and cycle time of Scholl 1993, and 33 of Otto, Otto and
 * Scholl 2013 (n = 20, 50, 100), on one core. Each answer is checked by the check that knows nothing of the search.
 *
 * `node bench/balance.ts [seconds each]`; ends with 1 where a bar is missed, with 2 without the instances of shared/data.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readCsvTable } from "../runtime/describe/csv-table.ts";
import { checkBalance } from "../runtime/prescribe/balance/check-balance.ts";
import { readBalance } from "../runtime/prescribe/balance/read-balance.ts";
import { simpleBalance } from "../runtime/prescribe/balance/simple-balance.ts";

const [secondsEach = 10] = process.argv.slice(2).map(Number);
const FOLDER = join(import.meta.dirname, "../../shared/data/balancing");
const LEAST_PROVED = 142;
const MOST_SECONDS = 60;

if (!existsSync(FOLDER)) {
  console.error(`${FOLDER} is not there`);
  process.exit(2);
}

interface Row {
  readonly name: string;
  readonly cycleS: number;
  /** Published: the optimum lies between, and is proved where they are alike. */
  readonly lower: number;
  readonly upper: number;
  readonly stations: number;
  readonly bound: number;
  readonly broken: number;
  readonly seconds: number;
}

function solved(file: string, name: string, cycleS: number, lower: number, upper: number): Row {
  const problem = readBalance(readFileSync(file, "utf8"), file);
  const began = process.threadCpuUsage();
  const { stations, bound, assignment } = simpleBalance(
    problem,
    { kind: "stations", cycleS },
    { timeMs: 1000 * secondsEach, clock: "processor" },
  );
  const { user, system } = process.threadCpuUsage(began);
  const broken = checkBalance(problem, cycleS, assignment!).length;
  const places = new Set(Object.values(assignment!)).size;
  return {
    name,
    cycleS,
    lower,
    upper,
    stations: stations!,
    bound: bound!,
    // A balance that claims other than the stations it uses is as broken as one that breaks a rule.
    broken: broken + (places === stations ? 0 : 1),
    seconds: (user + system) / 1e6,
  };
}

function table(set: "scholl" | "otto"): Row[] {
  const columns =
    set === "scholl" ? ["graph", "cycle_time", "m_opt"] : ["instance", "cycle_time", "lower", "upper"];
  const text = readFileSync(join(FOLDER, set, "optimal.csv"), "utf8");
  return readCsvTable(text, set, columns, columns).records.map(({ cells }) => {
    const name = cells.graph ?? cells.instance!;
    const file = join(FOLDER, set, `${name}.${set === "scholl" ? "IN2" : "alb"}`);
    const bounds = [cells.m_opt ?? cells.lower, cells.m_opt ?? cells.upper].map(Number);
    return solved(file, name, Number(cells.cycle_time), bounds[0]!, bounds[1]!);
  });
}

/** A bound above what somebody has found, or a balance below what somebody has ruled out. */
const falseProof = (row: Row): boolean => row.bound > row.upper || row.stations < row.lower || row.broken > 0;
const optimal = (row: Row): boolean => row.stations <= row.upper;
const proved = (row: Row): boolean => row.bound === row.stations;
const seconds = (rows: readonly Row[]): number => rows.reduce((sum, row) => sum + row.seconds, 0);
const count = (rows: readonly Row[], is: (row: Row) => boolean): number => rows.filter(is).length;

const scholl = table("scholl");
const otto = table("otto");
const missed = [
  ...(count(scholl, optimal) === scholl.length ? [] : ["an optimum"]),
  ...(count(scholl, proved) >= LEAST_PROVED ? [] : ["proofs"]),
  ...(count([...scholl, ...otto], falseProof) === 0 ? [] : ["a false proof"]),
  ...(seconds(scholl) <= MOST_SECONDS ? [] : ["time"]),
];

function line(title: string, rows: readonly Row[]): string {
  const sorted = rows.map((row) => row.seconds).sort((a, b) => a - b);
  const cells = [
    title,
    rows.length,
    count(rows, optimal),
    count(rows, proved),
    count(rows, falseProof),
    sorted[sorted.length >> 1]!.toFixed(3),
    sorted.at(-1)!.toFixed(2),
    seconds(rows).toFixed(1),
  ];
  return `| ${cells.join(" | ")} |`;
}

const graphs = [...new Set(scholl.map(({ name }) => name))];
const open = otto.filter((row) => row.lower < row.upper || !proved(row));
console.log(`# Line balancing

Fewest stations for a cycle time (SALBP-1), ${secondsEach} s at most for each, processor time of one thread. Optimal: no more
stations than the published optimum, in a balance that an independent check finds whole. Proved: the bound says that there
are no fewer. False proof: a bound above a published balance, a balance below a published bound, or one that is not whole.
Bars: all 144 of Scholl optimal, at least ${LEAST_PROVED} proved, no false proof, at most ${MOST_SECONDS} s in all: ${missed.length === 0 ? "held" : `missed ${missed.join(", ")}`}.

| instances | pairs | optimal | proved | false proofs | median s | longest s | all s |
|---|---|---|---|---|---|---|---|
${line("Scholl", scholl)}
${line(
  "Otto, n = 20",
  otto.filter(({ name }) => name.includes("n-20_")),
)}
${line(
  "Otto, n = 50",
  otto.filter(({ name }) => name.includes("n-50_")),
)}
${line(
  "Otto, n = 100",
  otto.filter(({ name }) => name.includes("n-100_")),
)}

Scholl's graphs one by one:

| graph | pairs | optimal | proved | false proofs | median s | longest s | all s |
|---|---|---|---|---|---|---|---|
${graphs
  .map((graph) =>
    line(
      graph,
      scholl.filter(({ name }) => name === graph),
    ),
  )
  .join("\n")}

Of Otto's, those whose published bounds differ or that were not proved:

| instance | published | found | bound | s |
|---|---|---|---|---|
${open.map((row) => `| ${row.name} | ${row.lower} to ${row.upper} | ${row.stations} | ${row.bound} | ${row.seconds.toFixed(2)} |`).join("\n")}`);
process.exit(missed.length === 0 ? 0 : 1);
