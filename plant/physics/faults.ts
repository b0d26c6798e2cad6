import { type FaultTiming, levelOf, type TimedFault, timingOf } from "../faults/fault-book.ts";

/** Faults that can be planted in the paint shop: what each does to a zone, and how it grows. */

export const FAULTS = [
  "stuck-sensor",
  "fouled-nozzle",
  "fan-loss",
  "drifting-thermocouple",
  "sticking-valve",
  "network-cut",
] as const;
export type Fault = (typeof FAULTS)[number];

/** `durationS` is in plant seconds, of the network cut in wall seconds. */
export interface FaultRequest extends FaultTiming {
  readonly fault: Fault;
  /** 1 to 6; the network cut has none. */
  readonly zone?: number;
}

export interface ActiveFault extends TimedFault {
  readonly fault: Fault;
  readonly zone: number;
}

/** Zone and ramp where the request names none. */
const DEFAULTS: Record<Fault, { zone: number; rampS: number }> = {
  "stuck-sensor": { zone: 3, rampS: 0 },
  "fouled-nozzle": { zone: 3, rampS: 120 },
  "fan-loss": { zone: 3, rampS: 20 },
  "drifting-thermocouple": { zone: 3, rampS: 300 },
  "sticking-valve": { zone: 3, rampS: 0 },
  "network-cut": { zone: 0, rampS: 0 },
};

/** Loss of fan flow of a fouled zone. */
export const FOULED_FLOW_LOSS = 0.28;
/** Heat transfer left in a fouled zone at the reduced flow, against the same zone clean. */
export const FOULED_FILM_LEFT = 0.36;
/** A thermocouple that drifts reads this much too low, K. */
export const THERMOCOUPLE_DRIFT_K = 16;
/** A gas valve that sticks moves only once what is asked of it is so far from where it stands, share of its travel. */
export const VALVE_STICTION = 0.12;

/** @throws RangeError that says what is wrong with the request */
export function activate(request: FaultRequest, startUs: number): ActiveFault {
  const defaults = DEFAULTS[request.fault];
  if (defaults === undefined) {
    throw new RangeError(`fault: expected one of ${FAULTS.join(", ")}, got ${String(request.fault)}`);
  }
  const zone = request.zone ?? defaults.zone;
  if (request.fault !== "network-cut" && !(Number.isInteger(zone) && zone >= 1 && zone <= 6)) {
    throw new RangeError(`zone: expected 1 to 6, got ${String(zone)}`);
  }
  return { fault: request.fault, zone, ...timingOf(request, defaults.rampS, startUs) };
}

/** What the active faults do to one zone at this moment. */
export interface ZoneFault {
  /** Share of the fan's nominal flow. */
  flow: number;
  /** Factor on the film coefficient beyond what the flow explains. */
  film: number;
  /** Added to the thermocouple, K. */
  offsetK: number;
  stuck: boolean;
  /** What is asked of the gas valve may differ so far from where it stands before it moves, share of its travel. */
  stiction: number;
}

/** Writes the sum of all active faults into `zones` (index zone - 1). */
export function applyFaults(active: readonly ActiveFault[], nowUs: number, zones: ZoneFault[]): void {
  for (const zone of zones) {
    zone.flow = 1;
    zone.film = 1;
    zone.offsetK = 0;
    zone.stuck = false;
    zone.stiction = 0;
  }
  for (const fault of active) {
    const level = levelOf(fault, nowUs);
    const zone = zones[fault.zone - 1];
    if (level === 0 || zone === undefined) continue;
    if (fault.fault === "fouled-nozzle") {
      const flow = Math.max(0.05, 1 - FOULED_FLOW_LOSS * level);
      const film = Math.max(0.05, 1 - (1 - FOULED_FILM_LEFT) * level);
      zone.flow *= flow;
      zone.film *= film / flow ** 0.78;
    } else if (fault.fault === "fan-loss") {
      zone.flow *= Math.max(0.03, 1 - 0.97 * level);
    } else if (fault.fault === "drifting-thermocouple") {
      zone.offsetK -= THERMOCOUPLE_DRIFT_K * level;
    } else if (fault.fault === "stuck-sensor") {
      zone.stuck = true;
    } else if (fault.fault === "sticking-valve") {
      zone.stiction += VALVE_STICTION * level;
    }
  }
}
