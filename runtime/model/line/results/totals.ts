import type { LineSimulation } from "../flow/line-simulation.ts";
import { Station } from "../flow/station.ts";
import { SERVER_STATES } from "../line-run.ts";

/** Columns of one row: what is summed up of a whole line from the beginning to a time. */
export const AT_S = 0;
export const DONE = 1;
export const SCRAPPED = 2;
export const LEAD_S = 3;
export const INSIDE_PART_S = 4;
const LINE_COLUMNS = 5;

/** Of each block, in the model's order: its servers' seconds in each of `SERVER_STATES`, then these. */
export const PARTS = SERVER_STATES.length;
export const CONTENT_PART_S = PARTS + 1;
/** Seconds for which it was the momentary bottleneck. */
export const BOTTLENECK_S = PARTS + 2;
const BLOCK_COLUMNS = PARTS + 3;

/** Totals of one replication at several times. Plain data: it travels between processes. */
export interface Totals {
  /** Rows one behind the other. */
  readonly rows: Float64Array;
  readonly blocks: number;
  /** Events that happened. */
  readonly events: number;
  /** How parts moved: see `Simulation`; a recursion moves none. */
  readonly flow?: "plain" | "general";
}

export const rowLength = (blocks: number): number => LINE_COLUMNS + blocks * BLOCK_COLUMNS;

/** Where a column of a block lies in a row. */
export const columnOf = (block: number, column: number): number =>
  LINE_COLUMNS + block * BLOCK_COLUMNS + column;

/** Writes what is summed up now into a row. */
export function writeRow({ calendar, tally, blocks }: LineSimulation, row: Float64Array): void {
  row[AT_S] = calendar.nowS;
  row[DONE] = tally.done;
  row[SCRAPPED] = tally.scrapped;
  row[LEAD_S] = tally.leadS;
  row[INSIDE_PART_S] = tally.insidePartS;
  for (const [i, block] of blocks.entries()) {
    row[columnOf(i, PARTS)] = block.parts;
    row[columnOf(i, CONTENT_PART_S)] = block.contentPartS() ?? Number.NaN;
    if (!(block instanceof Station)) continue;
    for (const server of block.servers) {
      server.countTimes();
      for (const [state, seconds] of server.timesS.entries()) row[columnOf(i, state)]! += seconds;
    }
  }
}
