import { LineSimulation, type SimulationOrder } from "./flow/line-simulation.ts";
import { standstill } from "./flow/standstill.ts";
import type { LineModel } from "./line-model.ts";
import { SERVER_STATES } from "./line-run.ts";
import type { LineState } from "./line-state.ts";
import { PlainCallbacks } from "./plain/plain-callbacks.ts";
import type { PlainFlow } from "./plain/plain-flow.ts";
import { asPlainLine, SOURCE } from "./plain/plain-line.ts";
import { PlainProcesses } from "./plain/plain-processes.ts";
import { plainState } from "./plain/plain-state.ts";
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
  /** How parts move: through arrays, or from object to object. */
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
 * Begins one replication: a line of sources, buffers, stations and sinks alone that begins empty in arrays, any other from
 * object to object. Both give the same trace, the same totals and the same state, to the bit.
 * @param model one that `checkLine` has passed
 */
export function simulationOf(model: LineModel, order: SimulationOrder): Simulation {
  const line = order.initial === undefined ? asPlainLine(model) : undefined;
  if (line === undefined) return generalSimulation(new LineSimulation(model, order));
  return plainSimulation(
    order.engine === "generators" ? new PlainProcesses(line, order) : new PlainCallbacks(line, order),
  );
}

/** Begins one from object to object, whatever the model. */
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
      if (flow.heap.nextS() === Number.POSITIVE_INFINITY) refuseStandstill(flow);
      return true;
    },
    writeRow: (row) => writePlainRow(flow, row),
    state: () => plainState(flow),
  };
}

function refuseStandstill({ line, waiting, inside, nowS }: PlainFlow): void {
  const isInside = (way: number): boolean => line.kind[line.outletBlock[line.wayOutlet[way]!]!] !== SOURCE;
  const held = line.model.blocks.find((_, block) => waiting.at(block).some(isInside));
  if (held !== undefined && inside > 0) throw standstill(line.model.name, held.id, nowS);
}

function writePlainRow(flow: PlainFlow, row: Float64Array): void {
  flow.countTimes();
  row[AT_S] = flow.nowS;
  row[DONE] = flow.done;
  row[SCRAPPED] = flow.scrapped;
  row[LEAD_S] = flow.leadS;
  row[INSIDE_PART_S] = flow.insidePartS;
  for (const [block, parts] of flow.left.entries()) {
    row[columnOf(block, PARTS)] = parts;
    row[columnOf(block, CONTENT_PART_S)] = Number.NaN;
  }
  for (const [buffer, { block }] of flow.line.buffers.entries()) {
    row[columnOf(block, CONTENT_PART_S)] = flow.contentPartS[buffer]!;
  }
  for (const { block, firstServer, servers } of flow.line.stations) {
    for (let server = firstServer; server < firstServer + servers; server++) {
      for (let state = 0; state < SERVER_STATES.length; state++) {
        row[columnOf(block, state)]! += flow.timesS[server * SERVER_STATES.length + state]!;
      }
    }
  }
}
