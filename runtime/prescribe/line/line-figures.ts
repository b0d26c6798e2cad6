import { RungError } from "../../core/errors.ts";
import { meanInterval } from "../../core/statistics/serial-mean.ts";
import type { LineModel } from "../../model/line/line-model.ts";
import { replicate } from "../../model/line/replicate.ts";
import { AT_S, DONE, INSIDE_PART_S, LEAD_S, rowLength } from "../../model/line/results/totals.ts";
import { checkRun } from "../../model/line/simulate.ts";
import type { Comparison, Interval } from "../recommendation.ts";

/** How variants of a line are simulated; the same replication of all of them has the same draws. */
export interface FigureRun {
  readonly lengthS: number;
  readonly warmUpS: number;
  readonly seed: number;
}

/** Of one replication, after the warm-up. */
export interface LineFigures {
  readonly throughputPerHour: number;
  /** NaN where no part was done. */
  readonly leadTimeS: number;
  readonly workInProgress: number;
}

/** Simulates a line once. @throws RungError as `simulateLine` */
export function lineFigures(model: LineModel, run: FigureRun, replication: number): LineFigures {
  const asked = { ...run, bottleneck: false };
  const { engine } = checkRun(model, asked);
  const { rows, blocks } = replicate(model, asked, replication, engine);
  const length = rowLength(blocks);
  const counted = (column: number): number => rows[rows.length - length + column]! - rows[column]!;
  return {
    throughputPerHour: (counted(DONE) / counted(AT_S)) * 3600,
    leadTimeS: counted(LEAD_S) / counted(DONE),
    workInProgress: counted(INSIDE_PART_S) / counted(AT_S),
  };
}

/**
 * When the last part of all orders is done, s.
 * @throws RungError `line-orders` where some are still inside at the end of the run
 */
export function ordersDoneS(model: LineModel, run: FigureRun, replication: number): number {
  let lastS = 0;
  const asked = {
    ...run,
    warmUpS: 0,
    bottleneck: false,
    onTrace: ({ event, atS }: { readonly event: string; readonly atS: number }) => {
      if (event === "out") lastS = atS;
    },
  };
  const { engine } = checkRun(model, asked);
  const { end } = replicate(model, asked, replication, engine);
  const held = end?.blocks.find(({ parts = [], kit = [] }) => parts.length + kit.length > 0);
  if (held !== undefined) {
    throw new RungError({
      code: "line-orders",
      where: `${model.name}, ${held.id}`,
      what: `parts of the orders are still there after ${run.lengthS} s`,
      advice: "make the run longer, and let the source take its orders once",
    });
  }
  return lastS;
}

const FIGURES = [
  { key: "throughputPerHour", what: "throughput", unit: "1/h" },
  { key: "leadTimeS", what: "lead time", unit: "s" },
  { key: "workInProgress", what: "work in progress", unit: "1" },
] as const;

/**
 * A line beside a variant of it, by replications that no search has seen: each row with 95 % intervals, the difference by
 * pairs with the same draws.
 * @param firstReplication beyond those that chose the variant
 */
export function compareLines(
  baseline: LineModel,
  variant: LineModel,
  run: FigureRun,
  firstReplication: number,
  replications: number,
): Comparison[] {
  const runs = (model: LineModel): LineFigures[] =>
    Array.from({ length: replications }, (_, k) => lineFigures(model, run, firstReplication + k));
  const [before, after] = [runs(baseline), runs(variant)];
  return FIGURES.map(({ key, what, unit }) => ({
    what,
    unit,
    baseline: interval(before.map((figures) => figures[key])),
    scenario: interval(after.map((figures) => figures[key])),
    difference: interval(after.map((figures, k) => figures[key] - before[k]![key])),
  }));
}

export function interval(values: readonly number[]): Interval {
  const { mean, low, high } = meanInterval(values, 0);
  return { value: mean, low, high };
}
