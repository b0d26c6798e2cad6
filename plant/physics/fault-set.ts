import { FaultBook } from "../faults/fault-book.ts";
import { type ActiveFault, activate, applyFaults, type FaultRequest, type ZoneFault } from "./faults.ts";
import { ZONES } from "./oven-air.ts";

/** The faults of the paint shop: those in force, those to come, and what they do to each zone now. */
export class FaultSet extends FaultBook<FaultRequest, ActiveFault> {
  /** By zone - 1; filled by `apply`. */
  readonly zones: ZoneFault[] = Array.from({ length: ZONES }, () => ({
    flow: 1,
    film: 1,
    offsetK: 0,
    stuck: false,
    stiction: 0,
  }));

  constructor() {
    super(activate);
  }

  apply(nowUs: number): void {
    applyFaults(this.active, nowUs, this.zones);
  }
}
