/**
 * Every parameter of a booth, once: the checker reads a configuration by this table, the node's form is drawn from it,
 * and `BoothConfig` is its type. Units stand in the names.
 */

export interface NumberField {
  readonly label: string;
  readonly unit: string;
  readonly byDefault: number;
  readonly above?: number;
  readonly least?: number;
  readonly most?: number;
}

export interface ChoiceField<Choice extends string = string> {
  readonly label: string;
  readonly choices: readonly Choice[];
  readonly byDefault: Choice;
}

export type BoothField = NumberField | ChoiceField;

export const isChoice = (field: BoothField): field is ChoiceField => "choices" in field;

const TEMPERATURE = { unit: "°C", least: -40, most: 55 };
const HUMIDITY = { unit: "%", least: 1, most: 100 };
const SHARE = { unit: "%", least: 0, most: 100 };
const EFFICIENCY = { unit: "%", least: 5, most: 100 };
const PRESSURE = { unit: "Pa", least: 0, most: 5000 };
const CARRIERS = ["gas", "electricity", "heat network"] as const;

export const BOOTH_FIELDS = {
  size: {
    lengthM: { label: "length", unit: "m", byDefault: 20, above: 0, most: 500 },
    widthM: { label: "width", unit: "m", byDefault: 5, above: 0, most: 50 },
    /** From the floor grate to the plenum's filter. */
    heightM: { label: "height", unit: "m", byDefault: 4, above: 0, most: 30 },
    altitudeM: { label: "altitude of the site", unit: "m", byDefault: 0, least: -400, most: 4000 },
  },
  air: {
    downdraftMPerS: { label: "down-draft", unit: "m/s", byDefault: 0.3, above: 0, most: 2 },
    temperatureC: { label: "temperature", byDefault: 23, ...TEMPERATURE },
    relativeHumidityPercent: { label: "relative humidity", byDefault: 65, ...HUMIDITY },
    /** Of the supply, by mass; the rest is recirculated. */
    freshPercent: { label: "fresh air", byDefault: 20, unit: "%", above: 0, most: 100 },
    /** Of the supply, by mass. Above the fresh air the booth draws from the hall, below it blows into it. */
    exhaustPercent: { label: "exhaust", byDefault: 20, unit: "%", above: 0, most: 100 },
    heatGainKW: {
      label: "heat from bodies, lights and people",
      byDefault: 0,
      unit: "kW",
      least: 0,
      most: 5000,
    },
    waterGainKgPerH: {
      label: "water from paint and scrubber",
      byDefault: 0,
      unit: "kg/h",
      least: 0,
      most: 10_000,
    },
  },
  outside: {
    temperatureC: { label: "temperature", byDefault: 10, ...TEMPERATURE },
    relativeHumidityPercent: { label: "relative humidity", byDefault: 75, ...HUMIDITY },
  },
  hall: {
    temperatureC: { label: "temperature", byDefault: 22, ...TEMPERATURE },
    relativeHumidityPercent: { label: "relative humidity", byDefault: 45, ...HUMIDITY },
    /** Through silhouettes, doors and cracks of the booth. */
    leakageM3PerHAt10Pa: { label: "leakage at 10 Pa", byDefault: 4000, unit: "m³/h", above: 0, most: 1e6 },
    /** 0.5 for openings, 1 for fine cracks (ISO 9972). */
    leakageExponent: { label: "leakage exponent", byDefault: 0.65, unit: "1", least: 0.5, most: 1 },
  },
  handling: {
    recovery: { label: "heat recovery", choices: ["none", "run-around coil", "wheel"], byDefault: "none" },
    /** Share of the temperature difference between exhaust and fresh air, at equal flows (EN 308). */
    recoveryTemperaturePercent: { label: "of the temperature", byDefault: 65, ...SHARE },
    /** The same for water; only a wheel carries any. */
    recoveryMoisturePercent: { label: "of the moisture", byDefault: 0, ...SHARE },
    humidifier: { label: "humidifier", choices: ["adiabatic", "steam"], byDefault: "adiabatic" },
    humidifierMostPercent: { label: "humidifier up to", byDefault: 95, ...HUMIDITY },
    waterC: { label: "make-up water", byDefault: 12, unit: "°C", least: 1, most: 60 },
    steamC: { label: "steam", byDefault: 100, unit: "°C", least: 95, most: 180 },
    coilC: { label: "cooling coil's surface, coldest", byDefault: 8, unit: "°C", least: 1, most: 25 },
  },
  fans: {
    designFlowM3PerH: {
      label: "supply flow of the pressures below",
      byDefault: 108_000,
      unit: "m³/h",
      above: 0,
      most: 5e6,
    },
    ductPa: { label: "ducts, coils and humidifier", byDefault: 690, ...PRESSURE },
    prefilterPa: { label: "prefilter now", byDefault: 200, ...PRESSURE },
    prefilterChangePa: { label: "prefilter changed at", byDefault: 350, ...PRESSURE },
    ceilingFilterPa: { label: "ceiling filter now", byDefault: 350, ...PRESSURE },
    ceilingFilterChangePa: { label: "ceiling filter changed at", byDefault: 500, ...PRESSURE },
    supplyEfficiencyPercent: { label: "supply fan and motor", byDefault: 60, ...EFFICIENCY },
    separatorPa: { label: "paint separator now", byDefault: 500, ...PRESSURE },
    separatorChangePa: { label: "paint separator changed at", byDefault: 800, ...PRESSURE },
    extractDuctPa: { label: "extract ducts", byDefault: 300, ...PRESSURE },
    extractEfficiencyPercent: { label: "extract fan and motor", byDefault: 60, ...EFFICIENCY },
  },
  solvent: {
    evaporatedKgPerH: { label: "evaporated in the booth", byDefault: 6, unit: "kg/h", least: 0, most: 5000 },
    /** About 40 g/m³ for the usual solvent blends; the paint's safety data sheet says it. */
    lowerExplosionLimitGPerM3: {
      label: "lower explosion limit",
      byDefault: 40,
      unit: "g/m³",
      above: 0,
      most: 1000,
    },
    /** 25 % is common practice and the limit of NFPA 33; EN 16985 asks for the booth's own assessment. */
    limitPercent: { label: "allowed share of it", byDefault: 25, ...EFFICIENCY },
    /** What an adsorber in the recirculated air keeps; a particle filter keeps none. */
    filterPercent: {
      label: "kept by the recirculation's filter",
      byDefault: 0,
      unit: "%",
      least: 0,
      most: 99,
    },
  },
  window: {
    temperatureLowC: { label: "temperature from", byDefault: 21, ...TEMPERATURE },
    temperatureHighC: { label: "temperature to", byDefault: 25, ...TEMPERATURE },
    humidityLowPercent: { label: "relative humidity from", byDefault: 60, ...HUMIDITY },
    humidityHighPercent: { label: "relative humidity to", byDefault: 70, ...HUMIDITY },
  },
  energy: {
    bodiesPerHour: { label: "bodies", byDefault: 40, unit: "1/h", above: 0, most: 1000 },
    heatCarrier: { label: "heat from", choices: CARRIERS, byDefault: "gas" },
    heatEfficiencyPercent: { label: "heat's efficiency", byDefault: 92, ...EFFICIENCY },
    steamCarrier: { label: "steam from", choices: CARRIERS, byDefault: "gas" },
    steamEfficiencyPercent: { label: "steam's efficiency", byDefault: 88, ...EFFICIENCY },
    /** Heat taken away per electricity used. */
    chillerCop: { label: "chiller's COP", byDefault: 4, unit: "1", above: 0, most: 30 },
    gasCo2KgPerKWh: { label: "CO₂ of gas", byDefault: 0.202, unit: "kg/kWh", least: 0, most: 5 },
    /** The site's own contract says it; these two stand in for it. */
    electricityCo2KgPerKWh: {
      label: "CO₂ of electricity",
      byDefault: 0.38,
      unit: "kg/kWh",
      least: 0,
      most: 5,
    },
    networkCo2KgPerKWh: { label: "CO₂ of network heat", byDefault: 0.2, unit: "kg/kWh", least: 0, most: 5 },
  },
  airflow: {
    bodyWidthM: { label: "body's width", byDefault: 1.8, unit: "m", above: 0, most: 20 },
    bodyHeightM: { label: "body's height", byDefault: 1.4, unit: "m", above: 0, most: 20 },
    bodyAboveGrateM: { label: "body above the grate", byDefault: 0.6, unit: "m", least: 0, most: 20 },
    grateWidthM: { label: "grate's width", byDefault: 4, unit: "m", above: 0, most: 50 },
    cellsPerM: { label: "cells", byDefault: 10, unit: "1/m", least: 5, most: 60 },
    /** Of the picture, by the body's width; the real one is printed beside it. */
    reynolds: { label: "Reynolds number of the picture", byDefault: 100, unit: "1", least: 10, most: 1000 },
  },
} as const satisfies Record<string, Record<string, BoothField>>;

type Fields = typeof BOOTH_FIELDS;
export type BoothSection = keyof Fields;
type ValueOf<Field> = Field extends ChoiceField<infer Choice> ? Choice : number;

/** A checked booth: every field of the table, in its unit. */
export type BoothConfig = { readonly name: string } & {
  readonly [S in BoothSection]: { readonly [F in keyof Fields[S]]: ValueOf<Fields[S][F]> };
};

export type EnergyCarrier = (typeof CARRIERS)[number];
