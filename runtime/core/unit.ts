import { RungError } from "./errors.ts";

/** Exponents of length, mass, time, temperature, current, amount, angle; angle is kept apart so that rad/s is no 1/s. */
type Dimension = readonly [number, number, number, number, number, number, number];

interface Unit {
  readonly dimension: Dimension;
  /** base = value * factor + offset; base units are SI coherent. */
  readonly factor: number;
  readonly offset: number;
}

const dimension = (l = 0, m = 0, t = 0, k = 0, a = 0, n = 0, rad = 0): Dimension => [l, m, t, k, a, n, rad];
const NONE = dimension();
const unit = (d: Dimension, factor = 1, offset = 0): Unit => ({ dimension: d, factor, offset });

const TEMPERATURE = dimension(0, 0, 0, 1);
const ENERGY = dimension(2, 1, -2);
const POWER = dimension(2, 1, -3);
const PRESSURE = dimension(-1, 1, -2);
const VOLUME_FLOW = dimension(3, 0, -1);
const SPEED = dimension(1, 0, -1);
const LENGTH = dimension(1);
const MASS = dimension(0, 1);
const TIME = dimension(0, 0, 1);
const ANGLE = dimension(0, 0, 0, 0, 0, 0, 1);
const ANGULAR_SPEED = dimension(0, 0, -1, 0, 0, 0, 1);

/** Every unit by the symbol a property declares. Nm³ is gas at 0 °C and 1.01325 bar; it converts to no m³. */
const UNITS: ReadonlyMap<string, Unit> = new Map<string, Unit>([
  ["1", unit(NONE)],
  ["%", unit(NONE, 0.01)],
  ["ppm", unit(NONE, 1e-6)],
  ["K", unit(TEMPERATURE)],
  ["°C", unit(TEMPERATURE, 1, 273.15)],
  ["°F", unit(TEMPERATURE, 5 / 9, 273.15 - (32 * 5) / 9)],
  ["m", unit(LENGTH)],
  ["mm", unit(LENGTH, 1e-3)],
  ["µm", unit(LENGTH, 1e-6)],
  ["cm", unit(LENGTH, 1e-2)],
  ["km", unit(LENGTH, 1e3)],
  ["m²", unit(dimension(2))],
  ["m²/s", unit(dimension(2, 0, -1))],
  ["mm²/s", unit(dimension(2, 0, -1), 1e-6)],
  ["m³", unit(dimension(3))],
  ["L", unit(dimension(3), 1e-3)],
  ["s", unit(TIME)],
  ["ms", unit(TIME, 1e-3)],
  ["min", unit(TIME, 60)],
  ["h", unit(TIME, 3600)],
  ["d", unit(TIME, 86400)],
  ["kg", unit(MASS)],
  ["g", unit(MASS, 1e-3)],
  ["t", unit(MASS, 1e3)],
  ["m/s", unit(SPEED)],
  ["m/min", unit(SPEED, 1 / 60)],
  ["mm/s", unit(SPEED, 1e-3)],
  ["km/h", unit(SPEED, 1 / 3.6)],
  ["m/s²", unit(dimension(1, 0, -2))],
  ["Hz", unit(dimension(0, 0, -1))],
  ["1/s", unit(dimension(0, 0, -1))],
  ["1/h", unit(dimension(0, 0, -1), 1 / 3600)],
  ["rad", unit(ANGLE)],
  ["°", unit(ANGLE, Math.PI / 180)],
  ["rad/s", unit(ANGULAR_SPEED)],
  ["°/s", unit(ANGULAR_SPEED, Math.PI / 180)],
  ["rpm", unit(ANGULAR_SPEED, (2 * Math.PI) / 60)],
  ["N", unit(dimension(1, 1, -2))],
  ["kN", unit(dimension(1, 1, -2), 1e3)],
  ["Nm", unit(dimension(2, 1, -2, 0, 0, 0, -1))],
  ["Pa", unit(PRESSURE)],
  ["kPa", unit(PRESSURE, 1e3)],
  ["mbar", unit(PRESSURE, 100)],
  ["bar", unit(PRESSURE, 1e5)],
  ["MPa", unit(PRESSURE, 1e6)],
  ["J", unit(ENERGY)],
  ["kJ", unit(ENERGY, 1e3)],
  ["MJ", unit(ENERGY, 1e6)],
  ["kWh", unit(ENERGY, 3.6e6)],
  ["MWh", unit(ENERGY, 3.6e9)],
  ["W", unit(POWER)],
  ["kW", unit(POWER, 1e3)],
  ["MW", unit(POWER, 1e6)],
  ["m³/s", unit(VOLUME_FLOW)],
  ["m³/h", unit(VOLUME_FLOW, 1 / 3600)],
  ["L/min", unit(VOLUME_FLOW, 1e-3 / 60)],
  ["Nm³/h", unit(dimension(0, 0, -1, 0, 0, 1), 44.615 / 3600)],
  ["Nm³", unit(dimension(0, 0, 0, 0, 0, 1), 44.615)],
  ["kg/m²", unit(dimension(-2, 1))],
  ["g/m²", unit(dimension(-2, 1), 1e-3)],
  ["kg/s", unit(dimension(0, 1, -1))],
  ["kg/h", unit(dimension(0, 1, -1), 1 / 3600)],
  ["g/kg", unit(NONE, 1e-3)],
  ["W/m²K", unit(dimension(0, 1, -3, -1))],
  ["W/m²", unit(dimension(0, 1, -3))],
  ["A", unit(dimension(0, 0, 0, 0, 1))],
  ["mA", unit(dimension(0, 0, 0, 0, 1), 1e-3)],
  ["V", unit(dimension(2, 1, -3, 0, -1))],
  ["Ω", unit(dimension(2, 1, -3, 0, -2))],
  ["µΩ", unit(dimension(2, 1, -3, 0, -2), 1e-6)],
]);

/** Symbols accepted on input beside the one that is kept. */
const SPELLINGS: ReadonlyMap<string, string> = new Map([
  ["degC", "°C"],
  ["Cel", "°C"],
  ["degF", "°F"],
  ["deg", "°"],
  ["m2", "m²"],
  ["m3", "m³"],
  ["m3/h", "m³/h"],
  ["Nm3/h", "Nm³/h"],
  ["um", "µm"],
  ["μm", "µm"],
  ["l", "L"],
  ["RPM", "rpm"],
  ["1/min", "rpm"],
  ["W/m2K", "W/m²K"],
]);

/** The kept symbol of a unit. @throws RungError `unknown-unit` */
export function unitSymbol(symbol: string): string {
  const kept = SPELLINGS.get(symbol) ?? symbol;
  if (!UNITS.has(kept)) {
    throw new RungError({
      code: "unknown-unit",
      where: symbol,
      what: "is no unit Rung knows",
      advice: `known are ${[...UNITS.keys()].join(", ")}`,
    });
  }
  return kept;
}

export const isUnit = (symbol: string): boolean => UNITS.has(SPELLINGS.get(symbol) ?? symbol);

/** True where a value of one unit can be told in the other. */
export function sameDimension(a: string, b: string): boolean {
  const x = UNITS.get(unitSymbol(a))!.dimension;
  const y = UNITS.get(unitSymbol(b))!.dimension;
  return x.every((exponent, i) => exponent === y[i]);
}

/**
 * A converter between two units, made once per port and applied per value.
 * @param where the port or property, for the error
 * @throws RungError `unknown-unit`, `unit-mismatch`
 */
export function converter(from: string, to: string, where = `${from} to ${to}`): (value: number) => number {
  const a = UNITS.get(unitSymbol(from))!;
  const b = UNITS.get(unitSymbol(to))!;
  if (!sameDimension(from, to)) {
    throw new RungError({
      code: "unit-mismatch",
      where,
      what: `${from} cannot be told in ${to}`,
      advice: "correct the unit of the property or of the port",
    });
  }
  const factor = a.factor / b.factor;
  const offset = (a.offset - b.offset) / b.factor;
  if (factor === 1 && offset === 0) return (value) => value;
  return (value) => value * factor + offset;
}
