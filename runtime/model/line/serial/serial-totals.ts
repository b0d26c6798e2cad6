import { SERVER_STATES, type ServerStateName } from "../line-run.ts";
import {
  AT_S,
  CONTENT_PART_S,
  columnOf,
  DONE,
  INSIDE_PART_S,
  LEAD_S,
  PARTS,
  rowLength,
  type Totals,
} from "../results/totals.ts";
import type { SerialModel } from "./as-serial-line.ts";
import { runFastLane } from "./fast-lane.ts";
import type { SerialRun } from "./serial-run.ts";

/**
 * One replication of a serial line by the recursion, as the event engine would tell it: a row at the end of the warm-up, from
 * which it counts, and one at the end.
 * @param blocks of the model, in all
 * @throws RungError `serial-line-not-built`
 */
export function serialTotals(line: SerialModel, run: SerialRun, blocks: number): Totals {
  const found = runFastLane(line, run);
  const length = rowLength(blocks);
  const rows = new Float64Array(2 * length);
  const end = rows.subarray(length);
  const put = (block: number, column: number, value: number): void => {
    end[columnOf(block, column)] = value;
  };
  rows[AT_S] = run.warmUpS;
  end[AT_S] = run.endS;
  end[DONE] = found.parts.at(-1)!;
  end[LEAD_S] = found.leadTimeS;
  end[INSIDE_PART_S] = found.partSeconds;
  const buffers = new Set(line.blocks.buffers);
  for (let block = 0; block < blocks; block++) {
    // Contents of buffers alone are counted.
    if (!buffers.has(block)) put(block, CONTENT_PART_S, Number.NaN);
  }
  const states: [ServerStateName, Float64Array][] = [
    ["starved", found.starvedS],
    ["busy", found.busyS],
    ["blocked", found.blockedS],
    ["down", found.downS],
  ];
  for (const [i, block] of line.blocks.stations.entries()) {
    for (const [state, seconds] of states) put(block, SERVER_STATES.indexOf(state), seconds[i]!);
    put(block, PARTS, found.parts[i]!);
    const buffer = line.blocks.buffers[i]!;
    if (buffer < 0) continue;
    put(buffer, PARTS, found.started[i]!);
    put(buffer, CONTENT_PART_S, found.waitedS[i]!);
  }
  put(line.blocks.source, PARTS, found.entered);
  put(line.blocks.sink, PARTS, found.parts.at(-1)!);
  return { rows, blocks, events: found.operations };
}
