import { LineSimulation, type SimulationOrder } from "./flow/line-simulation.ts";
import { standstill } from "./flow/standstill.ts";
import type { LineModel } from "./line-model.ts";
import type { LineState } from "./line-state.ts";
import { BUFFER, SOURCE } from "./plain/plain-block.ts";
import { PlainCallbacks } from "./plain/plain-callbacks.ts";
import type { PlainFlow } from "./plain/plain-flow.ts";
import { isPlainLine, plainLine } from "./plain/plain-line.ts";
import { PlainProcesses } from "./plain/plain-processes.ts";
import { plainState } from "./plain/plain-state.ts";
import { waitingAt } from "./plain/waiting-line.ts";
import {
  AT_S,
  CONTENT_PART_S,
  columnOf,
  DONE,
  INSIDE_PART_S,
  LEAD_S,
  PARTS,
  SCRAPPED,
  writeRow,
} from "./results/totals.ts";

/** One replication under way. */
export interface Simulation {
  /** How parts move: the short way of a plain line, or the general one. */
  readonly flow: "plain" | "general";
  /** Events that happened. */
  readonly happened: number;
  /**
   * @param most events after which it stops all the same
   * @returns whether it got to the time
   * @throws RungError `line-standstill`
   */
  run(untilS: number, most?: number): boolean;
  /** Writes what is summed up now into a row of `results/totals.ts`. */
  writeRow(row: Float64Array): void;
  state(): LineState;
}

/**
 * Begins one replication: a line of sources, buffers, stations and sinks alone that begins empty by the shorter way of `plain/`,
 * any other by the general one of `flow/`. Both give the same trace, the same totals and the same state, to the bit.
 * @param model one that `checkLine` has passed
 */
export function simulationOf(model: LineModel, order: SimulationOrder): Simulation {
  if (order.initial !== undefined || !isPlainLine(model)) {
    return generalSimulation(new LineSimulation(model, order));
  }
  const line = plainLine(model, order);
  return plainSimulation(
    order.engine === "generators" ? new PlainProcesses(line, order) : new PlainCallbacks(line, order),
  );
}

/** One by the general way, whatever the model. */
export function generalSimulation(simulation: LineSimulation): Simulation {
  return {
    flow: "general",
    get happened() {
      return simulation.calendar.happened;
    },
    run: (untilS, most) => simulation.run(untilS, most),
    writeRow: (row) => writeRow(simulation, row),
    state: () => simulation.state(),
  };
}

function plainSimulation(flow: PlainFlow): Simulation {
  return {
    flow: "plain",
    get happened() {
      return flow.happened;
    },
    run(untilS, most) {
      if (!flow.run(untilS, most)) return false;
      if (flow.events.nextS() === Number.POSITIVE_INFINITY) refuseStandstill(flow);
      return true;
    },
    writeRow: (row) => writePlainRow(flow, row),
    state: () => plainState(flow),
  };
}

function refuseStandstill({ line, inside, nowS }: PlainFlow): void {
  if (inside === 0) return;
  for (const block of line.blocks) {
    for (const { outlet } of waitingAt(block.firstWaiting)) {
      if (outlet.block.kind !== SOURCE) throw standstill(line.name, block.id, nowS);
    }
  }
}

function writePlainRow(flow: PlainFlow, row: Float64Array): void {
  flow.countTimes();
  row[AT_S] = flow.nowS;
  row[DONE] = flow.done;
  row[SCRAPPED] = flow.scrapped;
  row[LEAD_S] = flow.leadS;
  row[INSIDE_PART_S] = flow.insidePartS;
  for (const [i, { kind, left, contentPartS, servers }] of flow.line.blocks.entries()) {
    row[columnOf(i, PARTS)] = left;
    row[columnOf(i, CONTENT_PART_S)] = kind === BUFFER ? contentPartS : Number.NaN;
    for (const { timesS } of servers) {
      for (const [state, seconds] of timesS.entries()) row[columnOf(i, state)]! += seconds;
    }
  }
}
