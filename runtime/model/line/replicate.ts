import { ActivePeriods } from "./flow/active-periods.ts";
import type { LineModel } from "./line-model.ts";
import type { LineRun } from "./line-run.ts";
import type { LineState } from "./line-state.ts";
import { bottleneckSeconds } from "./results/shifting-bottleneck.ts";
import { BOTTLENECK_S, columnOf, rowLength, type Totals } from "./results/totals.ts";
import { asSerialLine } from "./serial/as-serial-line.ts";
import { serialTotals } from "./serial/serial-totals.ts";
import { simulationOf } from "./simulation.ts";
import { replicationSeed } from "./streams.ts";

/** Intervals into which a run is divided whose warm-up is to be found: each five of the 500 observations of MSER-5. */
const INTERVALS = 100;

export type LineEngine = "generators" | "callbacks" | "recursion";

/** Events between two yields: some 20 ms. */
const EVENTS_AT_ONCE = 20_000;

export type Replication = Totals & {
  /** Where it ended; a recursion does not say. */
  readonly end?: LineState;
};

/** One replication: its totals at the end of the warm-up, or at many times where that is to be found, and at the end. */
export function replicate(
  model: LineModel,
  run: LineRun,
  replication: number,
  engine: LineEngine,
): Replication {
  const steps = replicating(model, run, replication, engine);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** The same, with a `yield` now and then, where the caller may do something else. */
export function* replicating(
  model: LineModel,
  run: LineRun,
  replication: number,
  engine: LineEngine,
): Generator<void, Replication> {
  if (engine === "recursion") return recursion(model, run, replication);
  const periods = run.bottleneck === false ? undefined : new ActivePeriods();
  const { onTrace } = run;
  const simulation = simulationOf(model, {
    seed: run.seed,
    replication,
    engine,
    initial: run.initial,
    ...(onTrace === undefined ? {} : { trace: (event) => onTrace({ ...event, replication }) }),
    periods,
  });
  const atS = timesOf(run);
  const blocks = model.blocks.length;
  const length = rowLength(blocks);
  const rows = new Float64Array(atS.length * length);
  for (const [i, timeS] of atS.entries()) {
    while (!simulation.run(timeS, EVENTS_AT_ONCE)) yield;
    simulation.writeRow(rows.subarray(i * length, (i + 1) * length));
  }
  if (periods !== undefined) {
    periods.close(atS.at(-1)!);
    const ids = model.blocks.map(({ id }) => id);
    for (const [i, seconds] of bottleneckSeconds(periods, ids, atS).entries()) {
      for (let block = 0; block < blocks; block++) {
        rows[i * length + columnOf(block, BOTTLENECK_S)] = seconds[block]!;
      }
    }
  }
  return { rows, blocks, events: simulation.happened, flow: simulation.flow, end: simulation.state() };
}

function recursion(model: LineModel, run: LineRun, replication: number): Totals {
  const line = asSerialLine(model);
  const warmUpS = warmUpOf(run);
  if (line === undefined || warmUpS === "auto") throw new Error(`${model.name} is none that checkRun passes`);
  const seed = replicationSeed(run.seed, replication);
  return serialTotals(line, { warmUpS, endS: run.lengthS, seed }, model.blocks.length);
}

/** What a run that begins with a state leaves out is nothing: it begins where the plant stands. */
export function warmUpOf({ warmUpS, initial }: LineRun): number | "auto" {
  return warmUpS ?? (initial === undefined ? "auto" : 0);
}

/** Times at which totals are taken, on the clock of the run's state. */
function timesOf(run: LineRun): number[] {
  const beginsS = run.initial?.atS ?? 0;
  const warmUpS = warmUpOf(run);
  if (warmUpS !== "auto") return [beginsS + warmUpS, beginsS + run.lengthS];
  return Array.from({ length: INTERVALS + 1 }, (_, i) => beginsS + (i / INTERVALS) * run.lengthS);
}
