import type { BoothConfig } from "./booth-fields.ts";
import { airOf, pressureAtPa, saturationRatio, wetBulbC } from "./moist-air.ts";
import { outOfReach } from "./set-point-reach.ts";

/** Where the paint's data sheet wants temperature and humidity, and where in it the air costs least now. */
export interface PaintWindow {
  readonly isInside: boolean;
  /** How much more water the air could take up, g/kg: what drives the evaporation of a waterborne coat. */
  readonly dryingGPerKg: number;
  /** Temperature less wet bulb, K. */
  readonly wetBulbDepressionK: number;
  /** The set point of the window that needs the least energy from this outside air; absent where none is in reach. */
  readonly least?: {
    readonly temperatureC: number;
    readonly relativeHumidityPercent: number;
    readonly totalKW: number;
  };
}

/** Set points looked at along each side of the window. */
const GRID = 5;

/**
 * @param costKW what a set point needs in all, kW
 */
export function paintWindow(config: BoothConfig, costKW: (config: BoothConfig) => number): PaintWindow {
  const { air, window, size } = config;
  const pressurePa = pressureAtPa(size.altitudeM);
  const state = airOf(air.temperatureC, air.relativeHumidityPercent, pressurePa);
  const along = (low: number, high: number): number[] =>
    Array.from({ length: GRID }, (_, i) => low + ((high - low) * i) / (GRID - 1));
  let least: PaintWindow["least"];
  for (const temperatureC of along(window.temperatureLowC, window.temperatureHighC)) {
    for (const relativeHumidityPercent of along(window.humidityLowPercent, window.humidityHighPercent)) {
      const other = { ...config, air: { ...air, temperatureC, relativeHumidityPercent } };
      if (outOfReach(other).length > 0) continue;
      const totalKW = costKW(other);
      if (least === undefined || totalKW < least.totalKW)
        least = { temperatureC, relativeHumidityPercent, totalKW };
    }
  }
  return {
    isInside:
      air.temperatureC >= window.temperatureLowC &&
      air.temperatureC <= window.temperatureHighC &&
      air.relativeHumidityPercent >= window.humidityLowPercent &&
      air.relativeHumidityPercent <= window.humidityHighPercent,
    dryingGPerKg: 1000 * (saturationRatio(air.temperatureC, pressurePa) - state.humidityRatio),
    wetBulbDepressionK: air.temperatureC - wetBulbC(state, pressurePa),
    ...(least === undefined ? {} : { least }),
  };
}
