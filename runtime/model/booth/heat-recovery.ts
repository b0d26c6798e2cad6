import type { BoothConfig } from "./booth-fields.ts";
import { airFrom, dampAir, type MoistAir, vapourEnthalpy } from "./moist-air.ts";

export interface Recovered {
  readonly fresh: MoistAir;
  readonly exhaust: MoistAir;
  /** From exhaust to fresh air; below 0 where the exhaust cools the fresh air. */
  readonly powerKW: number;
}

/**
 * Heat, and in a wheel water, from the exhaust to the fresh air. The efficiencies are those of equal flows (EN 308,
 * dry); at unequal ones they count for the smaller stream. Frost on the exhaust's side and its hold on the wheel are not
 * in the model.
 * @param share of the recovery that is in use, 0 to 1: a wheel turns slower, a coil's pump is throttled
 * @param freshKgPerS, exhaustKgPerS kg of dry air per second
 */
export function recover(
  { handling }: BoothConfig,
  share: number,
  outside: MoistAir,
  freshKgPerS: number,
  exhaust: MoistAir,
  exhaustKgPerS: number,
  pressurePa: number,
): Recovered {
  if (handling.recovery === "none" || share <= 0 || exhaustKgPerS <= 0) {
    return { fresh: outside, exhaust, powerKW: 0 };
  }
  const smaller = share * Math.min(freshKgPerS, exhaustKgPerS);
  const perKelvin = dampAir(1, outside.humidityRatio).enthalpy - dampAir(0, outside.humidityRatio).enthalpy;
  const moisturePercent = handling.recovery === "wheel" ? handling.recoveryMoisturePercent : 0;
  const waterKgPerS = (smaller * moisturePercent * (exhaust.humidityRatio - outside.humidityRatio)) / 100;
  const sensibleKW =
    (smaller *
      perKelvin *
      handling.recoveryTemperaturePercent *
      (exhaust.temperatureC - outside.temperatureC)) /
    100;
  const powerKW = sensibleKW + waterKgPerS * vapourEnthalpy(exhaust.temperatureC);
  return {
    fresh: airFrom(
      outside.enthalpy + powerKW / freshKgPerS,
      outside.humidityRatio + waterKgPerS / freshKgPerS,
      pressurePa,
    ),
    exhaust: airFrom(
      exhaust.enthalpy - powerKW / exhaustKgPerS,
      exhaust.humidityRatio - waterKgPerS / exhaustKgPerS,
      pressurePa,
    ),
    powerKW,
  };
}
