import type { Random } from "../../../core/random.ts";
import type { EventCalendar } from "../events/event-calendar.ts";
import type { Timer } from "../events/timer.ts";
import type { Connection } from "../line-model.ts";
import type { FlowTally } from "./flow-tally.ts";
import type { OperatorPool } from "./operator-pool.ts";
import type { Outlet } from "./outlet.ts";
import type { Part } from "./part.ts";
import type { RepairPool } from "./repair-pool.ts";

/** What the blocks of one run share. */
export interface FlowSetting {
  readonly calendar: EventCalendar;
  readonly tally: FlowTally;
  readonly operators: OperatorPool | undefined;
  readonly crews: ReadonlyMap<string, RepairPool>;
  /** The stream of random numbers of one use: of a block and a purpose, so that changing one leaves the others alone. */
  random(block: string, purpose: string): Random;
  timer(name: string, action: () => void): Timer;
  /** A way out of a block. @param connections left out: all of the block */
  outlet(
    block: string,
    name: string,
    delivered: () => void,
    leaves?: (part: Part) => void,
    connections?: readonly Connection[],
  ): Outlet;
  /**
   * Lets an outlet wait with a part where it waited when the state was taken.
   * @returns false where it did not wait, or there is no state
   */
  waitsAgain(outlet: Outlet, part: Part | undefined): boolean;
}
