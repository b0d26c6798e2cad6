/** Faults that can be planted: what each does to a zone, and how it grows. */

export const FAULTS = [
  "stuck-sensor",
  "fouled-nozzle",
  "fan-loss",
  "drifting-thermocouple",
  "network-cut",
] as const;
export type Fault = (typeof FAULTS)[number];

export interface FaultRequest {
  readonly fault: Fault;
  /** 1 to 6; the network cut has none. */
  readonly zone?: number;
  /** 1 is the documented size, 0.5 half of it. */
  readonly severity?: number;
  /** Plant seconds from none to all of it. */
  readonly rampS?: number;
  /** Plant seconds until it heals by itself; for the network cut wall seconds. For ever by default. */
  readonly durationS?: number;
}

export interface ActiveFault {
  readonly fault: Fault;
  readonly zone: number;
  readonly severity: number;
  readonly rampS: number;
  readonly durationS: number;
  readonly startUs: number;
}

/** Zone and ramp where the request names none. */
const DEFAULTS: Record<Fault, { zone: number; rampS: number }> = {
  "stuck-sensor": { zone: 3, rampS: 0 },
  "fouled-nozzle": { zone: 3, rampS: 120 },
  "fan-loss": { zone: 3, rampS: 20 },
  "drifting-thermocouple": { zone: 3, rampS: 300 },
  "network-cut": { zone: 0, rampS: 0 },
};

/** Loss of fan flow of a fouled zone. */
export const FOULED_FLOW_LOSS = 0.28;
/** Heat transfer left in a fouled zone at the reduced flow, against the same zone clean. */
export const FOULED_FILM_LEFT = 0.36;
/** A thermocouple that drifts reads this much too low, K. */
export const THERMOCOUPLE_DRIFT_K = 16;

/** @throws RangeError that says what is wrong with the request */
export function activate(request: FaultRequest, startUs: number): ActiveFault {
  const defaults = DEFAULTS[request.fault];
  if (defaults === undefined) {
    throw new RangeError(`fault: expected one of ${FAULTS.join(", ")}, got ${String(request.fault)}`);
  }
  const zone = request.zone ?? defaults.zone;
  const severity = request.severity ?? 1;
  const rampS = request.rampS ?? defaults.rampS;
  const durationS = request.durationS ?? Number.POSITIVE_INFINITY;
  if (request.fault !== "network-cut" && !(Number.isInteger(zone) && zone >= 1 && zone <= 6)) {
    throw new RangeError(`zone: expected 1 to 6, got ${String(zone)}`);
  }
  if (!(severity > 0 && severity <= 2)) {
    throw new RangeError(`severity: expected above 0 and up to 2, got ${String(severity)}`);
  }
  if (!(rampS >= 0 && rampS <= 86_400)) {
    throw new RangeError(`rampS: expected 0 to 86400 plant seconds, got ${String(rampS)}`);
  }
  if (!(durationS > 0)) {
    throw new RangeError(`durationS: expected more than 0 seconds, got ${String(durationS)}`);
  }
  return { fault: request.fault, zone, severity, rampS, durationS, startUs };
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
}

/** Share of a fault that is in force, 0 to its severity. */
export function levelOf(fault: ActiveFault, nowUs: number): number {
  const ageS = (nowUs - fault.startUs) / 1e6;
  if (ageS < 0 || ageS >= fault.durationS) return 0;
  return fault.severity * (fault.rampS <= 0 ? 1 : Math.min(1, ageS / fault.rampS));
}

/** Writes the sum of all active faults into `zones` (index zone - 1). */
export function applyFaults(active: readonly ActiveFault[], nowUs: number, zones: ZoneFault[]): void {
  for (const zone of zones) {
    zone.flow = 1;
    zone.film = 1;
    zone.offsetK = 0;
    zone.stuck = false;
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
    }
  }
}
