import { type FaultTiming, type TimedFault, timingOf } from "../faults/fault-book.ts";
import { AXES } from "./tcp.ts";

/** Faults that can be planted in the body station, each in one robot or its gun. */
export const STATION_FAULTS = ["worn-gearbox", "worn-electrode", "worn-cable"] as const;
export type StationFault = (typeof STATION_FAULTS)[number];

export interface StationFaultRequest extends FaultTiming {
  readonly fault: StationFault;
  /** R1 to R4. */
  readonly robot?: string;
  /** Of a gearbox, 1 to 6. */
  readonly axis?: number;
}

export interface ActiveStationFault extends TimedFault {
  readonly fault: StationFault;
  readonly robot: string;
  readonly axis: number;
}

/** A worn gearbox rubs: its motor's load is higher by this share. */
export const GEARBOX_LOAD = 0.3;
/** A worn, mushroomed electrode spreads the current over a larger face: resistance lower by this share. */
export const ELECTRODE_RESISTANCE_LOSS = 0.14;
/** A worn secondary cable takes voltage away: current lower by this share. */
export const CABLE_CURRENT_LOSS = 0.07;

const DEFAULT_ROBOT = "R3";
const DEFAULT_AXIS = 2;
const DEFAULT_RAMP_S: Record<StationFault, number> = {
  "worn-gearbox": 600,
  "worn-electrode": 600,
  "worn-cable": 300,
};

/** @throws RangeError that says what is wrong with the request */
export function activateStationFault(request: StationFaultRequest, startUs: number): ActiveStationFault {
  const { fault, robot = DEFAULT_ROBOT, axis = DEFAULT_AXIS } = request;
  const rampS = DEFAULT_RAMP_S[fault];
  if (rampS === undefined)
    throw new RangeError(`fault: expected one of ${STATION_FAULTS.join(", ")}, got ${String(fault)}`);
  if (!/^R[1-4]$/.test(String(robot))) throw new RangeError(`robot: expected R1 to R4, got ${String(robot)}`);
  if (!(Number.isInteger(axis) && axis >= 1 && axis <= AXES))
    throw new RangeError(`axis: expected 1 to ${AXES}, got ${String(axis)}`);
  return { fault, robot, axis, ...timingOf(request, rampS, startUs) };
}
