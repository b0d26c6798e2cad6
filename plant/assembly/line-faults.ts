import { type FaultTiming, type TimedFault, timingOf } from "../faults/fault-book.ts";
import { BUFFER_PLACES, STATIONS, TIGHTENING } from "./line-design.ts";

/** Faults that can be planted in the assembly line, each at one station or at the conveyor behind it. */
export const LINE_FAULTS = ["slow-station", "dragging-conveyor", "drifting-tool"] as const;
export type LineFault = (typeof LINE_FAULTS)[number];

export interface LineFaultRequest extends FaultTiming {
  readonly fault: LineFault;
  /** `st07`. A conveyor is that behind the station, a tool that of the station. */
  readonly station?: string;
}

export interface ActiveLineFault extends TimedFault {
  readonly fault: LineFault;
  /** Index of the station. */
  readonly at: number;
}

/** A worn fixture or screwdriver bit: the work of the station takes longer by this share. */
export const SLOW_WORK = 0.25;
/** A conveyor that drags draws more current by this share, and takes so many seconds longer to bring a body on. */
export const DRAG_CURRENT = 0.3;
export const DRAG_S = 25;
/** A tool whose transducer reads too low tightens on: the same torque is told, at an angle larger by this share. */
export const DRIFT_ANGLE = 0.12;

const DEFAULTS: Record<LineFault, { station: string; rampS: number }> = {
  "slow-station": { station: "st04", rampS: 0 },
  "dragging-conveyor": { station: "st03", rampS: 300 },
  "drifting-tool": { station: "st07", rampS: 600 },
};

/** @throws RangeError that says what is wrong with the request */
export function activateLineFault(request: LineFaultRequest, startUs: number): ActiveLineFault {
  const { fault } = request;
  const defaults = DEFAULTS[fault];
  if (defaults === undefined)
    throw new RangeError(`fault: expected one of ${LINE_FAULTS.join(", ")}, got ${String(fault)}`);
  const station = request.station ?? defaults.station;
  const at = STATIONS.findIndex(({ name }) => name === station);
  if (at < 0) throw new RangeError(`station: expected st01 to st12, got ${String(station)}`);
  if (fault === "dragging-conveyor" && at >= BUFFER_PLACES.length)
    throw new RangeError(`station: expected one with a conveyor behind it, st01 to st11, got ${station}`);
  if (fault === "drifting-tool" && !TIGHTENING.some(({ name }) => name === station)) {
    const names = TIGHTENING.map(({ name }) => name).join(", ");
    throw new RangeError(`station: expected one with a tightening tool, ${names}, got ${station}`);
  }
  return { fault, at, ...timingOf(request, defaults.rampS, startUs) };
}
