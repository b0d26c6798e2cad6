import { RungError } from "../../core/errors.ts";
import { bisect, saturationPressurePa, saturationTemperatureC } from "./saturation.ts";

/**
 * Moist air as an ideal gas (ASHRAE Handbook Fundamentals, chapter 1): all figures per kilogram of dry air. Against
 * the tables of real air there, humidity ratio and enthalpy come out up to 0.5 % low, since vapour and air are taken not
 * to attract each other.
 */
export interface MoistAir {
  readonly temperatureC: number;
  /** Vapour and mist, kg per kg of dry air. */
  readonly humidityRatio: number;
  /** The part of it that floats as drops, kg/kg; above 0 only where two airs met and made fog. */
  readonly mist: number;
  /** kJ per kg of dry air; 0 for dry air and liquid water at 0 °C. */
  readonly enthalpy: number;
}

/** Molar mass of water over that of dry air. */
const MOLAR_RATIO = 0.621945;
/** Gas constant of dry air, J/kgK. */
const GAS_CONSTANT_J_PER_KG_K = 287.042;
/** Specific heats, kJ/kgK, and the heat of evaporation at 0 °C, kJ/kg. */
const DRY_AIR = 1.006;
const VAPOUR = 1.86;
const LIQUID = 4.186;
const EVAPORATION = 2501;

/** Saturation pressures reach down to here. */
const COLDEST_C = -100;

/** Air pressure at an altitude, Pa (ASHRAE Fundamentals 1, equation 3; -500 to 5,000 m). */
export const pressureAtPa = (altitudeM: number): number => 101_325 * (1 - 2.25577e-5 * altitudeM) ** 5.2559;

/** Liquid water, kJ/kg. */
export const waterEnthalpy = (temperatureC: number): number => LIQUID * temperatureC;

/** Water vapour, kJ/kg; at 100 °C 2,687, where steam tables say 2,676. */
export const vapourEnthalpy = (temperatureC: number): number => EVAPORATION + VAPOUR * temperatureC;

/** Water in saturated air, kg/kg. @throws RungError `moist-air` at or above the boiling point */
export function saturationRatio(temperatureC: number, pressurePa: number): number {
  const vapour = saturationPressurePa(temperatureC);
  if (vapour < pressurePa) return (MOLAR_RATIO * vapour) / (pressurePa - vapour);
  throw fault(`at ${temperatureC} °C and ${pressurePa} Pa water boils`, "state a lower temperature");
}

/**
 * Air by temperature and relative humidity.
 * @param relativeHumidityPercent over water from 0 °C up, over ice below
 * @throws RungError `moist-air` outside -60 to 90 °C or 0 to 100 %
 */
export function airOf(temperatureC: number, relativeHumidityPercent: number, pressurePa: number): MoistAir {
  if (!(temperatureC >= -60 && temperatureC <= 90)) {
    throw fault(`a temperature must lie between -60 and 90 °C, got ${temperatureC}`, "state it in °C");
  }
  if (!(relativeHumidityPercent >= 0 && relativeHumidityPercent <= 100)) {
    throw fault(
      `a relative humidity must lie between 0 and 100 %, got ${relativeHumidityPercent}`,
      "state it in %",
    );
  }
  const vapour = (relativeHumidityPercent / 100) * saturationPressurePa(temperatureC);
  return dampAir(temperatureC, (MOLAR_RATIO * vapour) / (pressurePa - vapour));
}

/** Air by temperature and humidity ratio, without mist. */
export function dampAir(temperatureC: number, humidityRatio: number): MoistAir {
  const enthalpy = DRY_AIR * temperatureC + humidityRatio * vapourEnthalpy(temperatureC);
  return { temperatureC, humidityRatio, mist: 0, enthalpy };
}

/**
 * Air by enthalpy and water, the two that are kept when airs mix or heat is added. What saturated air cannot hold is
 * mist, taken as liquid below 0 °C too.
 * @param enthalpy kJ per kg of dry air
 */
export function airFrom(enthalpy: number, humidityRatio: number, pressurePa: number): MoistAir {
  const dryC = (enthalpy - humidityRatio * EVAPORATION) / (DRY_AIR + humidityRatio * VAPOUR);
  // More drops than the air has warmth to evaporate would leave it colder than any air if all were vapour.
  const isAboveBoiling = saturationPressurePa(dryC) >= pressurePa;
  if (dryC > COLDEST_C && (isAboveBoiling || humidityRatio <= saturationRatio(dryC, pressurePa))) {
    return { temperatureC: dryC, humidityRatio, mist: 0, enthalpy };
  }
  // Condensing warms, so fog lies above the temperature that the air would have with all water as vapour.
  const excess = (c: number): number => {
    const vapour = saturationRatio(c, pressurePa);
    return dampAir(c, vapour).enthalpy + (humidityRatio - vapour) * waterEnthalpy(c) - enthalpy;
  };
  const boilingC = saturationTemperatureC(pressurePa);
  const temperatureC = bisect(excess, Math.max(dryC, COLDEST_C), boilingC - 0.01);
  const mist = Math.max(0, humidityRatio - saturationRatio(temperatureC, pressurePa));
  return { temperatureC, humidityRatio, mist, enthalpy };
}

/** Two streams become one: dry air, water and enthalpy are kept. @param a, b shares of dry air, any unit */
export function mixed(a: number, airA: MoistAir, b: number, airB: MoistAir, pressurePa: number): MoistAir {
  if (a <= 0) return airB;
  if (b <= 0) return airA;
  const share = a / (a + b);
  const of = (x: number, y: number): number => share * x + (1 - share) * y;
  return airFrom(of(airA.enthalpy, airB.enthalpy), of(airA.humidityRatio, airB.humidityRatio), pressurePa);
}

/** Pa. */
export function vapourPressurePa(air: MoistAir, pressurePa: number): number {
  const vapour = air.humidityRatio - air.mist;
  return (pressurePa * vapour) / (MOLAR_RATIO + vapour);
}

/** Over water from 0 °C up, over ice below. */
export const relativeHumidityPercent = (air: MoistAir, pressurePa: number): number =>
  (100 * vapourPressurePa(air, pressurePa)) / saturationPressurePa(air.temperatureC);

/** Below 0 °C the frost point. @throws RungError `moist-air` for air without water */
export const dewPointC = (air: MoistAir, pressurePa: number): number =>
  saturationTemperatureC(vapourPressurePa(air, pressurePa));

/**
 * Temperature of a wetted thermometer in moving air: the thermodynamic wet bulb (ASHRAE Fundamentals 1, equations 33
 * and 35), with an iced one below 0 °C.
 */
export function wetBulbC(air: MoistAir, pressurePa: number): number {
  const t = air.temperatureC;
  const ratioAt = (wet: number): number => {
    const saturated = saturationRatio(wet, pressurePa);
    return wet >= 0
      ? ((EVAPORATION - 2.326 * wet) * saturated - DRY_AIR * (t - wet)) /
          (EVAPORATION + VAPOUR * t - LIQUID * wet)
      : ((2830 - 0.24 * wet) * saturated - DRY_AIR * (t - wet)) / (2830 + VAPOUR * t - 2.1 * wet);
  };
  return bisect((wet) => ratioAt(wet) - air.humidityRatio, t - 60, t);
}

/** m³ of moist air per kg of dry air (ASHRAE Fundamentals 1, equation 26). */
export const specificVolume = (air: MoistAir, pressurePa: number): number =>
  (GAS_CONSTANT_J_PER_KG_K *
    (air.temperatureC + 273.15) *
    (1 + (air.humidityRatio - air.mist) / MOLAR_RATIO)) /
  pressurePa;

/** Of the moist air, kg/m³. */
export const density = (air: MoistAir, pressurePa: number): number =>
  (1 + air.humidityRatio) / specificVolume(air, pressurePa);

function fault(what: string, advice: string): RungError {
  return new RungError({ code: "moist-air", where: "air", what, advice });
}
