import type { LineModel } from "./line-model.ts";
import { SERVER_STATES } from "./line-run.ts";
import { type Estimate, estimate } from "./results/estimate.ts";
import {
  AT_S,
  BOTTLENECK_S,
  CONTENT_PART_S,
  columnOf,
  DONE,
  INSIDE_PART_S,
  LEAD_S,
  PARTS,
  rowLength,
  SCRAPPED,
  type Totals,
} from "./results/totals.ts";
import { mser } from "./results/warm-up.ts";

export type { Estimate } from "./results/estimate.ts";

export interface LineResult {
  readonly engine: "generators" | "callbacks" | "recursion";
  /** Of an event engine: whether the line is plain (sources, buffers, stations, sinks) and so went the shorter way. */
  readonly flow?: "plain" | "general";
  readonly replications: number;
  /** Left out at the beginning, s. */
  readonly warmUpS: number;
  /** Counted, s. */
  readonly countedS: number;
  /** Parts that left by a sink that is no scrap. */
  readonly throughputPerHour: Estimate;
  readonly scrappedPerHour: Estimate;
  /** From in to out. */
  readonly leadTimeS: Estimate;
  /** Parts inside, on average over time. */
  readonly workInProgress: Estimate;
  readonly perBlock: readonly BlockResult[];
  /** Of all stations that have a power, per part that is done. */
  readonly energyPerPartKwh?: Estimate;
  readonly bottleneck: {
    /** Part of the time for which each station was the momentary bottleneck, the largest first. Empty for a recursion. */
    readonly shifting: readonly { readonly id: string; readonly share: number }[];
    readonly sensitivity?: readonly Sensitivity[];
  };
  /** Events that happened; operations of a recursion. */
  readonly events: number;
  readonly warnings: readonly string[];
}

/** What the line gains where one station works a little faster. */
export interface Sensitivity {
  readonly id: string;
  /** Gain of throughput, in % of it, for each % by which the station's work is shorter. */
  readonly gain: Estimate;
}

/** Shares are of the time of all its servers; those of a block without servers are left out. */
export interface BlockResult {
  readonly id: string;
  readonly busy?: Estimate;
  readonly blocked?: Estimate;
  readonly starved?: Estimate;
  readonly down?: Estimate;
  readonly setup?: Estimate;
  readonly waitingOperator?: Estimate;
  readonly offShift?: Estimate;
  /** Parts that left it, per replication. */
  readonly parts: Estimate;
  /** Parts in it on average; of buffers and conveyors. */
  readonly content?: Estimate;
}

const FIELD_OF = {
  starved: "starved",
  setup: "setup",
  busy: "busy",
  blocked: "blocked",
  "waiting for operator": "waitingOperator",
  down: "down",
  "off shift": "offShift",
} as const;

/**
 * Makes a result of the totals of all replications.
 * @param warmUpS where "auto", all must have been taken at the same times, equally far apart
 */
export function lineResult(
  model: LineModel,
  engine: LineResult["engine"],
  warmUpS: number | "auto",
  all: readonly Totals[],
): LineResult {
  const { from, isTooShort } = warmUpS === "auto" ? foundWarmUp(all) : { from: 0, isTooShort: false };
  const counted = all.map((totals) => new Counted(totals, from));
  const [first] = counted as [Counted];
  const of = (value: (one: Counted) => number): Estimate => estimate(counted.map(value));
  const leftOutS = warmUpS === "auto" ? first.beginS - new Counted(all[0]!, 0).beginS : warmUpS;
  const warnings: string[] = [];
  if (isTooShort) {
    warnings.push("the warm-up could not be told: half of the run was left out; make the run longer");
  }
  if (all.length < 2) warnings.push("one replication gives no interval; run more");
  if (counted.some(({ done }) => done === 0)) warnings.push("no part was done in a replication");
  const energy = model.blocks.some((block) => "energyKw" in block && block.energyKw !== undefined)
    ? { energyPerPartKwh: of((one) => energyKwh(model, one) / one.done) }
    : {};
  return {
    engine,
    ...(all[0]?.flow === undefined ? {} : { flow: all[0].flow }),
    replications: all.length,
    warmUpS: leftOutS,
    countedS: first.seconds,
    throughputPerHour: of(({ done, seconds }) => (done / seconds) * 3600),
    scrappedPerHour: of((one) => (one.line(SCRAPPED) / one.seconds) * 3600),
    leadTimeS: of((one) => one.line(LEAD_S) / one.done),
    workInProgress: of((one) => one.line(INSIDE_PART_S) / one.seconds),
    perBlock: model.blocks.map(({ id }, i) => blockResult(id, i, of)),
    ...energy,
    bottleneck: { shifting: shifting(model, counted) },
    events: all.reduce((sum, { events }) => sum + events, 0),
    warnings,
  };
}

/** What happened from a row to the last one. */
class Counted {
  readonly beginS: number;
  readonly seconds: number;
  readonly done: number;
  readonly #begin: Float64Array;
  readonly #end: Float64Array;

  constructor({ rows, blocks }: Totals, from: number) {
    const length = rowLength(blocks);
    this.#begin = rows.subarray(from * length, (from + 1) * length);
    this.#end = rows.subarray(rows.length - length);
    this.beginS = this.#begin[AT_S]!;
    this.seconds = this.line(AT_S);
    this.done = this.line(DONE);
  }

  line(column: number): number {
    return this.#end[column]! - this.#begin[column]!;
  }

  block(block: number, column: number): number {
    return this.line(columnOf(block, column));
  }

  /** Seconds of all servers of a block. */
  serverS(block: number): number {
    return SERVER_STATES.reduce((sum, _, state) => sum + this.block(block, state), 0);
  }
}

/** The row after the warm-up: the later of those that throughput and work in progress ask for, as means of all runs. */
function foundWarmUp(all: readonly Totals[]): { readonly from: number; readonly isTooShort: boolean } {
  const length = rowLength(all[0]!.blocks);
  const intervals = all[0]!.rows.length / length - 1;
  const series = (column: number): number[] =>
    Array.from({ length: intervals }, (_, i) =>
      all.reduce((sum, { rows }) => sum + rows[(i + 1) * length + column]! - rows[i * length + column]!, 0),
    );
  const found = [mser(series(DONE)), mser(series(INSIDE_PART_S))];
  return {
    from: Math.max(...found.map(({ count }) => count)),
    isTooShort: found.some(({ isAtLimit }) => isAtLimit),
  };
}

function blockResult(
  id: string,
  block: number,
  of: (value: (one: Counted) => number) => Estimate,
): BlockResult {
  const hasServers = of((one) => one.serverS(block)).mean > 0;
  const shares = SERVER_STATES.map((state, i) => [
    FIELD_OF[state],
    of((one) => one.block(block, i) / one.serverS(block)),
  ]);
  const content = of((one) => one.block(block, CONTENT_PART_S) / one.seconds);
  return {
    id,
    ...(hasServers ? Object.fromEntries(shares) : {}),
    parts: of((one) => one.block(block, PARTS)),
    ...(content.n > 0 ? { content } : {}),
  };
}

function energyKwh({ blocks }: LineModel, counted: Counted): number {
  let kws = 0;
  for (const [i, block] of blocks.entries()) {
    if (!("energyKw" in block) || block.energyKw === undefined) continue;
    const { busy, idle, down, off = 0 } = block.energyKw;
    const powers = { busy, setup: busy, down, "off shift": off, starved: idle, blocked: idle };
    const all: Record<string, number> = { ...powers, "waiting for operator": idle };
    for (const [state, name] of SERVER_STATES.entries()) kws += all[name]! * counted.block(i, state);
  }
  return kws / 3600;
}

function shifting({ blocks }: LineModel, counted: readonly Counted[]): { id: string; share: number }[] {
  const seconds = blocks.map((_, i) => counted.reduce((sum, one) => sum + one.block(i, BOTTLENECK_S), 0));
  const all = seconds.reduce((sum, each) => sum + each, 0);
  if (!(all > 0)) return [];
  return blocks
    .map(({ id, kind }, i) => ({ id, kind, share: seconds[i]! / all }))
    .filter(({ kind }) => kind === "station" || kind === "assembly" || kind === "disassembly")
    .map(({ id, share }) => ({ id, share }))
    .sort((a, b) => b.share - a.share);
}
