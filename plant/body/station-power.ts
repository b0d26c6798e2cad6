import type { WeldingRobot } from "./welding-robot.ts";

/** Controller, cooling and lighting of one robot's place, whatever it does, kW. */
const BASE_KW = 0.75;
/** Exhaust, valves and conveyor of the station itself, kW. */
const STATION_KW = 2.4;
/** Rated power of the motors of the six axes, kW. */
const RATED_KW = [5, 5.5, 5, 2.2, 2.2, 1.5];
/** Share of a body's time in which a motor turns, at about half its speed: load is torque, and only turning takes power. */
const TURNING_SHARE = 0.2;
/** Current flows for so long per weld, s. */
const WELD_S = 0.22;
/** What reaches the sheets of what the transformer takes. */
const WELD_EFFICIENCY = 0.55;

/**
 * Electric energy of one body, kWh: base load over its time, motors by their mean load, welds by I²·R·t. Every figure is
 * made up for the demo, in the size of published ones for welding cells (some kW a robot).
 * @param seconds from one body to the next
 */
export function bodyEnergyKwh(robots: readonly WeldingRobot[], seconds: number): number {
  const hours = seconds / 3600;
  let kwh = STATION_KW * hours;
  for (const { drives, gun, welds } of robots) {
    kwh += BASE_KW * hours;
    for (const [axis, kw] of RATED_KW.entries())
      kwh += (kw * drives.loadPercent[axis]! * TURNING_SHARE * hours) / 100;
    const weldJ = gun.currentA ** 2 * gun.resistanceMicroohm * 1e-6 * WELD_S;
    kwh += (welds * weldJ) / WELD_EFFICIENCY / 3.6e6;
  }
  return kwh;
}
