import type { Person } from "./crew.ts";
import type { LineReadings } from "./line-instruments.ts";
import type { Order } from "./order-book.ts";
import type { Body, StationState } from "./station.ts";

/** Everything the line is in, plain data. */
export interface LineMemory {
  timeS: number;
  shiftNumber: number;
  stations: StationState[];
  buffers: Body[][];
  crew: Person[];
  order: Order;
  ordersMade: number;
  lastBody: number;
  releasesDue: number;
  /** Bodies that wait for the gate's word in the bay, with the rework left. */
  rework: { body: Body; leftS: number }[];
  /** Bodies that left the line, since it was built and in this shift. */
  good: number;
  shiftGood: number;
  /** Planned time the line has run, and when on it the last bodies left. */
  ranS: number;
  leftAtS: number[];
  /** Of each station: energy since the line was built, and at the last tick, and its mean power between ticks. */
  energyKwh: number[];
  energyAtTickKwh: number[];
  powerKw: number[];
  readings: LineReadings;
  /** Of each conveyor: planned time until which the body it took last is on its way. */
  arrivesS: number[];
}

/** What `save` gives, for a file. */
export interface AssemblyState {
  readonly version: number;
  readonly seed: number;
  readonly random: readonly (number | null)[];
  readonly instruments: readonly (number | null)[];
  readonly memory: LineMemory;
}
