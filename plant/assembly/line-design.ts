/** What the assembly line is: times in seconds. All of it is made up for the demo, nothing was measured. */

export interface StationDesign {
  /** `st07`. */
  readonly name: string;
  readonly label: string;
  /** Mean work per body of the variant A6. */
  readonly workS: number;
}

const station = (number: number, label: string, workS: number): StationDesign => ({
  name: `st${String(number).padStart(2, "0")}`,
  label,
  workS,
});

export const STATIONS: readonly StationDesign[] = [
  station(1, "Doors off", 70),
  station(2, "Wiring harness", 76),
  station(3, "Roof lining", 71),
  station(4, "Cockpit", 78),
  station(5, "Brake lines", 73),
  station(6, "Marriage", 80),
  station(7, "Wheels", 74),
  station(8, "Seats and trim", 82),
  station(9, "Glazing", 75),
  station(10, "Doors on", 79),
  station(11, "Fluids", 72),
  station(12, "End-of-line test", 68),
];

/** Places between a station and the next; one more before and behind the slowest. */
export const BUFFER_PLACES: readonly number[] = [3, 3, 3, 3, 3, 3, 4, 4, 3, 3, 3];

/** A body is let in every so often, and so often one is to leave. */
export const TAKT_S = 90;

/** Work content of the variants relative to A6. */
export const VARIANTS: readonly { readonly name: string; readonly share: number; readonly factor: number }[] =
  [
    { name: "A6", share: 0.5, factor: 1 },
    { name: "A6 estate", share: 0.3, factor: 1.03 },
    { name: "B7", share: 0.2, factor: 0.96 },
  ];
/** Bodies of one order, least and most. */
export const ORDER_SIZE = { least: 4, most: 12 } as const;

/** Coefficient of variation of one station's work on one body; lognormal. */
export const WORK_SCATTER = 0.06;
/** Weight of the newest body in a station's pace. */
export const PACE_WEIGHT = 0.2;
/** Stations that tighten: mean torque and angle of a body's joints. */
export const TIGHTENING: readonly {
  readonly name: string;
  readonly torqueNm: number;
  readonly angleDeg: number;
}[] = [
  { name: "st06", torqueNm: 120, angleDeg: 90 },
  { name: "st07", torqueNm: 140, angleDeg: 65 },
  { name: "st10", torqueNm: 32, angleDeg: 55 },
];
export const TORQUE_SCATTER = 0.005;
export const ANGLE_SCATTER = 0.02;
/** What the drive of a conveyor between two stations draws while it takes a body on. */
export const CONVEYOR_CURRENT_A = 4.2;
export const CURRENT_SCATTER = 0.03;
/** Weight of the newest body in what conveyors and tools tell. */
export const INSTRUMENT_WEIGHT = 0.2;

/** Mean execute time between two failures of a station, and mean time of a repair; both exponential. */
export const MEAN_BETWEEN_FAILURES_S = 4 * 3600;
export const MEAN_REPAIR_S = 300;
/** One technician mends the stations one after another. */
export const TECHNICIANS = 1;

/** A station finds so much of its own work wrong and does half of it again. */
export const REDO_SHARE = 0.004;
export const REDO_WORK = 0.5;
/** The test at the end rejects so many bodies; they are reworked in a bay and tested again. */
export const REJECTED_SHARE = 0.03;
export const REWORK_PLACES = 4;
export const MEAN_REWORK_S = 600;

/** An operator is away at the start of a shift, for the whole of it. */
export const ABSENT_SHARE = 0.04;
/** After a body an operator is called away now and then, for so long on average; exponential. */
export const CALLED_AWAY_SHARE = 0.008;
export const MEAN_AWAY_S = 180;

/** Electric power of a station while it works, waits and is down or stopped, kW. */
export const POWER_KW = { execute: 9.5, waiting: 2.5, down: 1.2, stopped: 0.6 } as const;
