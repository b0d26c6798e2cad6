import { supplyTarget } from "./air-balance.ts";
import type { BoothConfig } from "./booth-fields.ts";
import { fansOf } from "./fans.ts";
import { airOf, specificVolume } from "./moist-air.ts";

/** What a booth's supply unit measures, by the path below its twin's address and the unit it is wanted in. */
export const BOOTH_READINGS = {
  airTemperatureC: { path: "air/temperature", unit: "°C" },
  humidityPercent: { path: "air/humidity", unit: "%" },
  setpointC: { path: "air/temperatureSetpoint", unit: "°C" },
  flowM3PerH: { path: "supply/flow", unit: "m³/h" },
  fanPowerKW: { path: "supply/fanPower", unit: "kW" },
} as const;

/** Usable values only; what is missing, stale or bad is left out. */
export type BoothReadings = { readonly [Key in keyof typeof BOOTH_READINGS]?: number };

/** The plant held against the model. Figures, no evidence: nothing here says how large a residual may be. */
export interface BoothComparison {
  readonly kind: "booth-comparison";
  readonly booth: string;
  readonly timeUs: number;
  /** Measured fan power less what the model's filters and ducts ask for at the measured flow. */
  readonly fan?: {
    readonly measuredKW: number;
    readonly expectedKW: number;
    readonly residualKW: number;
    readonly residualPercent: number;
  };
  /** Heat that the measured supply carries beyond the set point's air, at the measured flow. */
  readonly heat?: {
    readonly residualKW: number;
    readonly temperatureK: number;
    readonly waterGPerKg: number;
    /** Whether the measured air lies in the paint's window. */
    readonly isInWindow: boolean;
  };
  /** Readings that are missing for one of the two, by their path. */
  readonly missing: readonly string[];
}

/**
 * Holds a booth's readings against its model. The set point is the measured one where there is one; its humidity is the
 * model's.
 */
export function compareBooth(config: BoothConfig, readings: BoothReadings, timeUs: number): BoothComparison {
  const usable = withinReason(readings);
  const { airTemperatureC, humidityPercent, setpointC, flowM3PerH, fanPowerKW } = usable;
  const missing = (Object.keys(BOOTH_READINGS) as (keyof BoothReadings)[])
    .filter((key) => usable[key] === undefined)
    .map((key) => BOOTH_READINGS[key].path);
  const head = { kind: "booth-comparison" as const, booth: config.name, timeUs, missing };
  if (flowM3PerH === undefined) return head;

  const fan = fanPowerKW === undefined ? {} : { fan: fanResidual(config, flowM3PerH, fanPowerKW) };
  if (airTemperatureC === undefined || humidityPercent === undefined) return { ...head, ...fan };
  const { pressurePa } = supplyTarget(config);
  const measured = airOf(airTemperatureC, humidityPercent, pressurePa);
  const wantedC = setpointC ?? config.air.temperatureC;
  const wanted = airOf(wantedC, config.air.relativeHumidityPercent, pressurePa);
  const dryKgPerS = flowM3PerH / 3600 / specificVolume(measured, pressurePa);
  const { window } = config;
  return {
    ...head,
    ...fan,
    heat: {
      residualKW: dryKgPerS * (measured.enthalpy - wanted.enthalpy),
      temperatureK: airTemperatureC - wantedC,
      waterGPerKg: 1000 * (measured.humidityRatio - wanted.humidityRatio),
      isInWindow:
        airTemperatureC >= window.temperatureLowC &&
        airTemperatureC <= window.temperatureHighC &&
        humidityPercent >= window.humidityLowPercent &&
        humidityPercent <= window.humidityHighPercent,
    },
  };
}

function fanResidual(config: BoothConfig, flowM3PerH: number, measuredKW: number) {
  const expectedKW = fansOf(config, flowM3PerH, 0).supply.powerKW;
  const residualKW = measuredKW - expectedKW;
  const residualPercent = expectedKW > 0 ? (100 * residualKW) / expectedKW : 0;
  return { measuredKW, expectedKW, residualKW, residualPercent };
}

/** A reading that no air can have counts as missing. */
const REASON: Readonly<Record<keyof BoothReadings, readonly [number, number]>> = {
  airTemperatureC: [-40, 80],
  humidityPercent: [0, 100],
  setpointC: [-40, 80],
  flowM3PerH: [0, 1e7],
  fanPowerKW: [0, 1e5],
};

function withinReason(readings: BoothReadings): BoothReadings {
  const keys = Object.keys(BOOTH_READINGS) as (keyof BoothReadings)[];
  return Object.fromEntries(
    keys
      .filter((key) => {
        const [low, high] = REASON[key];
        const value = readings[key];
        return value !== undefined && value >= low && value <= high;
      })
      .map((key) => [key, readings[key]]),
  );
}
