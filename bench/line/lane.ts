/**
 * One engine of bench/line.ts in a process of its own.
 *
 * Usage: node lane.ts <generators|callbacks|recursion|wasm> <model>:<replications>:<seed>...
 * Prints a line of JSON for each: CPU seconds, operations, and the figure of every replication.
 */
import { replicate } from "../../runtime/model/line/replicate.ts";
import { columnOf, DONE, LEAD_S, PARTS, rowLength } from "../../runtime/model/line/results/totals.ts";
import { asSerialLine } from "../../runtime/model/line/serial/as-serial-line.ts";
import { runDepartures } from "../../runtime/model/line/serial/departure-recursion.ts";
import { runFastLane } from "../../runtime/model/line/serial/fast-lane.ts";
import { BENCH_MODELS, type BenchModel } from "./models.ts";

interface Replication {
  /** Parts that stations worked on. */
  readonly operations: number;
  /** M/M/1: mean time in the system, s. Line: parts per second. */
  readonly figure: number;
}

function byEvents(
  { name, model, lengthS }: BenchModel,
  seed: number,
  engine: "generators" | "callbacks",
): Replication {
  const { rows, blocks } = replicate(model, { lengthS, warmUpS: 0, seed, bottleneck: false }, 0, engine);
  const end = rows.subarray(rowLength(blocks));
  const operations = model.blocks.reduce(
    (sum, { kind }, i) => sum + (kind === "station" ? end[columnOf(i, PARTS)]! : 0),
    0,
  );
  return { operations, figure: name === "mm1" ? end[LEAD_S]! / end[DONE]! : end[DONE]! / lengthS };
}

function byRecursion({ name, model, lengthS }: BenchModel, seed: number, isWasm: boolean): Replication {
  const run = isWasm ? runFastLane : runDepartures;
  const { parts, leadTimeS } = run(asSerialLine(model)!, { warmUpS: 0, endS: lengthS, seed });
  const operations = parts.reduce((sum, each) => sum + each, 0);
  const done = parts.at(-1)!;
  return { operations, figure: name === "mm1" ? leadTimeS / done : done / lengthS };
}

const [engine = "", ...asked] = process.argv.slice(2);
for (const each of asked) {
  const [name, count, seed] = each.split(":");
  const bench = BENCH_MODELS.find((model) => model.name === name)!;
  const began = process.cpuUsage();
  const replications = Array.from({ length: Number(count) }, (_, k) =>
    engine === "generators" || engine === "callbacks"
      ? byEvents(bench, Number(seed) + k, engine)
      : byRecursion(bench, Number(seed) + k, engine === "wasm"),
  );
  const { user, system } = process.cpuUsage(began);
  const operations = replications.reduce((sum, one) => sum + one.operations, 0);
  const figures = replications.map(({ figure }) => figure);
  console.log(JSON.stringify({ cpuS: (user + system) / 1e6, operations, figures }));
}
