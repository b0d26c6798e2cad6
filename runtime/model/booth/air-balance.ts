import type { BoothConfig } from "./booth-fields.ts";
import { fansOf } from "./fans.ts";
import { airOf, dampAir, type MoistAir, pressureAtPa, specificVolume } from "./moist-air.ts";

/** What the air supply unit has to deliver. */
export interface SupplyTarget {
  readonly pressurePa: number;
  /** Into the booth, kg of dry air per second. */
  readonly dryKgPerS: number;
  readonly flowM3PerH: number;
  /** As it leaves the ceiling: the booth's set point. */
  readonly supply: MoistAir;
  /** As it must reach the supply fan, which warms it. */
  readonly beforeFan: MoistAir;
  readonly fanRiseK: number;
}

/** The specific heat of moist air per kg of dry air, kJ/kgK: what `dampAir` rises by per kelvin. */
const heatCapacity = (humidityRatio: number): number =>
  dampAir(1, humidityRatio).enthalpy - dampAir(0, humidityRatio).enthalpy;

/** The down-draft through the whole ceiling at the set point; all power of the supply fan ends in its air. */
export function supplyTarget(config: BoothConfig): SupplyTarget {
  const { size, air } = config;
  const pressurePa = pressureAtPa(size.altitudeM);
  const supply = airOf(air.temperatureC, air.relativeHumidityPercent, pressurePa);
  const flowM3PerS = air.downdraftMPerS * size.lengthM * size.widthM;
  const dryKgPerS = flowM3PerS / specificVolume(supply, pressurePa);
  const { powerKW } = fansOf(config, 3600 * flowM3PerS, 0).supply;
  const fanRiseK = powerKW / (dryKgPerS * heatCapacity(supply.humidityRatio));
  const beforeFan = dampAir(supply.temperatureC - fanRiseK, supply.humidityRatio);
  return { pressurePa, dryKgPerS, flowM3PerH: 3600 * flowM3PerS, supply, beforeFan, fanRiseK };
}

/** Streams in kg of dry air per second; what flows in is what flows out, of the booth and of the supply unit. */
export interface AirBalance {
  readonly supply: number;
  readonly fresh: number;
  readonly recirculated: number;
  readonly exhaust: number;
  /** From the hall into the booth; 0 while the booth is above the hall's pressure. */
  readonly leakIn: number;
  /** From the booth into the hall. */
  readonly leakOut: number;
  /** Booth above the hall, Pa; below 0 the booth draws from it. */
  readonly pressurePa: number;
}

/**
 * The fans set supply, fresh air and exhaust; what is left over must pass the booth's leaks, and the pressure that
 * drives it there follows: flow = C (pressure / 10 Pa)^n (the power law of ISO 9972).
 * @param leaking the air that passes the leaks outward, for its density
 */
export function airBalance(config: BoothConfig, target: SupplyTarget, hall: MoistAir): AirBalance {
  const { air, hall: leaks } = config;
  const supply = target.dryKgPerS;
  const fresh = (supply * air.freshPercent) / 100;
  const exhaust = (supply * air.exhaustPercent) / 100;
  const surplus = fresh - exhaust;
  const leaking = surplus >= 0 ? target.supply : hall;
  const leakM3PerH = 3600 * Math.abs(surplus) * specificVolume(leaking, target.pressurePa);
  const pressurePa =
    Math.sign(surplus) * 10 * (leakM3PerH / leaks.leakageM3PerHAt10Pa) ** (1 / leaks.leakageExponent);
  return {
    supply,
    fresh,
    recirculated: supply - fresh,
    exhaust,
    leakIn: Math.max(0, -surplus),
    leakOut: Math.max(0, surplus),
    pressurePa,
  };
}

/** "3.2 Pa above the hall". */
export function pressureWords({ pressurePa }: AirBalance): string {
  const pa = Math.abs(pressurePa);
  if (pa < 0.05) return "level with the hall";
  return `${pa.toFixed(1)} Pa ${pressurePa > 0 ? "above" : "below"} the hall`;
}
