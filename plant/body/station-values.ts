import type { BodyStation } from "./body-station.ts";
import { AXES } from "./tcp.ts";

/** OperationalModeEnumeration of OPC 40010-1: 3 is automatic. */
const AUTOMATIC = 3;

export type StationValue = number | boolean | string;

/** What every tag says now, by path; NaN where nothing was measured yet. */
export function stationValues(station: BodyStation): Record<string, StationValue> {
  const values: Record<string, StationValue> = {
    "cycle/count": station.bodies,
    power: rounded(station.powerKw, 1000),
    "energy/total": rounded(station.energyKwh, 1000),
    "safety/operationalMode": AUTOMATIC,
    "safety/emergencyStop": false,
    "safety/protectiveStop": false,
  };
  for (const robot of station.robots) {
    const path = robot.name.toLowerCase();
    const { drives, gun } = robot;
    for (let axis = 0; axis < AXES; axis++) {
      values[`${path}/axis${axis + 1}/position`] = robot.positionsDeg[axis]!;
      values[`${path}/axis${axis + 1}/speed`] = robot.speedsDegS[axis]!;
      values[`${path}/axis${axis + 1}/motorTemperature`] = rounded(drives.temperatureC[axis]!, 100);
      values[`${path}/axis${axis + 1}/motorLoad`] = rounded(drives.loadPercent[axis]!, 100);
    }
    values[`${path}/weld/current`] = rounded(gun.currentA, 10);
    values[`${path}/weld/resistance`] = rounded(gun.resistanceMicroohm, 100);
    values[`${path}/inControl`] = true;
    values[`${path}/speedOverride`] = 100;
    values[`${path}/program`] = robot.program;
    values[`${path}/programLoaded`] = true;
    values[`${path}/cycle/time`] = robot.lastCycleS;
    for (const [i, axis] of ["x", "y", "z"].entries()) values[`${path}/check/${axis}`] = robot.checkedMm[i]!;
  }
  return values;
}

/** Told in steps of 1/`per`. */
const rounded = (value: number, per: number): number => Math.round(value * per) / per;
