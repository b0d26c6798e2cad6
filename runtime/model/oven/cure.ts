import { RungError } from "../../core/errors.ts";

/** Molar gas constant, J/(mol K) (CODATA 2018, exact). */
const GAS_CONSTANT = 8.314462618;
const ZERO_CELSIUS_K = 273.15;

/** Reference temperature of the equivalent minutes: 170 °C. */
export const REFERENCE_C = 170;

/** Object temperature and the time at it that cures the coat alike. */
export interface CurePoint {
  readonly temperatureC: number;
  readonly minutes: number;
}

/** Cathodic e-coat, data sheet of BYK: the three object temperatures and times of equal cure. */
export const BYK_ECOAT: readonly CurePoint[] = [
  { temperatureC: 165, minutes: 12 },
  { temperatureC: 170, minutes: 10 },
  { temperatureC: 175, minutes: 8 },
];

/** Minutes at 170 °C that the sheet asks for. */
export const CRITERION_MIN = 10;

/**
 * Activation energy, kJ/mol, from times of equal cure: the slope of ln(minutes) over 1/T between the coldest and
 * the hottest point (Arrhenius). The sheet's times are whole minutes, so the points between carry rounding only.
 * @throws RungError `cure-points`
 */
export function activationEnergyKJPerMol(points: readonly CurePoint[], where = "cure"): number {
  const ordered = [...points].sort((a, b) => a.temperatureC - b.temperatureC);
  const cold = ordered[0];
  const hot = ordered.at(-1);
  const usable =
    cold !== undefined &&
    hot !== undefined &&
    hot.temperatureC > cold.temperatureC &&
    hot.minutes > 0 &&
    cold.minutes > hot.minutes;
  if (!usable) {
    throw new RungError({
      code: "cure-points",
      where,
      what: "needs two points of different temperature, the hotter one with the shorter time",
      advice: "take object temperature and minutes from the coat's data sheet",
    });
  }
  const inverseCold = 1 / (cold.temperatureC + ZERO_CELSIUS_K);
  const inverseHot = 1 / (hot.temperatureC + ZERO_CELSIUS_K);
  return (GAS_CONSTANT * Math.log(cold.minutes / hot.minutes)) / (inverseCold - inverseHot) / 1000;
}

/** 66.20 kJ/mol. */
export const ECOAT_ACTIVATION_ENERGY = activationEnergyKJPerMol(BYK_ECOAT);

/** Ea/R in kelvin, the form the integrals use. */
export const arrheniusK = (activationEnergy: number): number => (activationEnergy * 1000) / GAS_CONSTANT;

/**
 * Equivalent minutes at 170 °C gained per minute at a temperature: exp[-(Ea/R)(1/T - 1/443.15 K)].
 * @param energyK Ea/R, K
 */
export function cureRate(temperatureC: number, energyK: number): number {
  const inverseReference = 1 / (REFERENCE_C + ZERO_CELSIUS_K);
  return Math.exp(-energyK * (1 / (temperatureC + ZERO_CELSIUS_K) - inverseReference));
}

/**
 * Degree of cure of first-order kinetics, da/dt = k (1 - a), with a = 0.90 at the criterion:
 * k = ln 10 / (10 min) = 3.8376e-3 1/s at 170 °C.
 */
export function degreeOfCure(e170Min: number): number {
  return -Math.expm1((-Math.LN10 * e170Min) / CRITERION_MIN);
}
