/**
 * Multipliers of the revised NIOSH lifting equation: Waters, Putz-Anderson and Garg, Applications Manual for the Revised
 * NIOSH Lifting Equation, DHHS (NIOSH) Publication 94-110, 1994, section 1.3 and tables 1 to 7.
 */

/** Centimetres and kilograms, or inches and pounds: the manual has an equation for each. */
export type LiftUnits = "metric" | "us";
/** As the manual works by hand, with multipliers of two places; or the equation unrounded. */
export type LiftRounding = "manual" | "exact";
/** Table 5: up to 1 h, up to 2 h, up to 8 h, each with the recovery that the manual asks for behind it. */
export type LiftDuration = "short" | "moderate" | "long";
export type LiftCoupling = "good" | "fair" | "poor";

export interface LiftConstants {
  readonly length: "cm" | "in";
  readonly weight: "kg" | "lb";
  readonly loadConstant: number;
  readonly leastHorizontal: number;
  readonly mostHorizontal: number;
  readonly bestVertical: number;
  readonly mostVertical: number;
  readonly verticalSlope: number;
  readonly leastTravel: number;
  readonly travelTerm: number;
}

export const LIFT_CONSTANTS: Readonly<Record<LiftUnits, LiftConstants>> = {
  metric: {
    length: "cm",
    weight: "kg",
    loadConstant: 23,
    leastHorizontal: 25,
    mostHorizontal: 63,
    bestVertical: 75,
    mostVertical: 175,
    verticalSlope: 0.003,
    leastTravel: 25,
    travelTerm: 4.5,
  },
  us: {
    length: "in",
    weight: "lb",
    loadConstant: 51,
    leastHorizontal: 10,
    mostHorizontal: 25,
    bestVertical: 30,
    mostVertical: 70,
    verticalSlope: 0.0075,
    leastTravel: 10,
    travelTerm: 1.8,
  },
};

export const MOST_ASYMMETRY_DEG = 135;
export const MOST_LIFTS_PER_MIN = 15;

/** Table 1 in inches prints these two a hundredth above what the equation rounds to. */
const PRINTED_HORIZONTAL_IN: ReadonlyMap<number, number> = new Map([
  [22, 0.46],
  [23, 0.44],
]);

/** Half up, as by hand: 0.865 is a little less in binary. */
export function roundedTo(digits: number, value: number): number {
  const scale = 10 ** digits;
  return Math.round(value * scale + 1e-9) / scale;
}

const asWorked = (value: number, rounding: LiftRounding): number =>
  rounding === "manual" ? roundedTo(2, value) : value;

/** HM, table 1. Nearer than the least distance counts as that. */
export function horizontalMultiplier(horizontal: number, units: LiftUnits, rounding: LiftRounding): number {
  const { leastHorizontal } = LIFT_CONSTANTS[units];
  const printed = units === "us" && rounding === "manual" ? PRINTED_HORIZONTAL_IN.get(horizontal) : undefined;
  return printed ?? asWorked(leastHorizontal / Math.max(horizontal, leastHorizontal), rounding);
}

/** VM, table 2. */
export function verticalMultiplier(vertical: number, units: LiftUnits, rounding: LiftRounding): number {
  const { bestVertical, verticalSlope } = LIFT_CONSTANTS[units];
  return asWorked(1 - verticalSlope * Math.abs(vertical - bestVertical), rounding);
}

/** DM, table 3. A shorter travel than the least counts as that. */
export function distanceMultiplier(travel: number, units: LiftUnits, rounding: LiftRounding): number {
  const { leastTravel, travelTerm } = LIFT_CONSTANTS[units];
  return asWorked(0.82 + travelTerm / Math.max(travel, leastTravel), rounding);
}

/** AM, table 4. */
export function asymmetryMultiplier(asymmetryDeg: number, rounding: LiftRounding): number {
  return asWorked(1 - 0.0032 * asymmetryDeg, rounding);
}

/** CM, table 7; the height is that of the hands. */
export function couplingMultiplier(coupling: LiftCoupling, vertical: number, units: LiftUnits): number {
  if (coupling === "good") return 1;
  if (coupling === "poor") return 0.9;
  return vertical < LIFT_CONSTANTS[units].bestVertical ? 0.95 : 1;
}

/** Table 5: lifts a minute, then each duration below and from 75 cm (30 in) on. */
export const FREQUENCY_TABLE: readonly (readonly number[])[] = [
  [0.2, 1.0, 1.0, 0.95, 0.95, 0.85, 0.85],
  [0.5, 0.97, 0.97, 0.92, 0.92, 0.81, 0.81],
  [1, 0.94, 0.94, 0.88, 0.88, 0.75, 0.75],
  [2, 0.91, 0.91, 0.84, 0.84, 0.65, 0.65],
  [3, 0.88, 0.88, 0.79, 0.79, 0.55, 0.55],
  [4, 0.84, 0.84, 0.72, 0.72, 0.45, 0.45],
  [5, 0.8, 0.8, 0.6, 0.6, 0.35, 0.35],
  [6, 0.75, 0.75, 0.5, 0.5, 0.27, 0.27],
  [7, 0.7, 0.7, 0.42, 0.42, 0.22, 0.22],
  [8, 0.6, 0.6, 0.35, 0.35, 0.18, 0.18],
  [9, 0.52, 0.52, 0.3, 0.3, 0, 0.15],
  [10, 0.45, 0.45, 0.26, 0.26, 0, 0.13],
  [11, 0.41, 0.41, 0, 0.23, 0, 0],
  [12, 0.37, 0.37, 0, 0.21, 0, 0],
  [13, 0, 0.34, 0, 0, 0, 0],
  [14, 0, 0.31, 0, 0, 0, 0],
  [15, 0, 0.28, 0, 0, 0, 0],
];
const FIRST_COLUMN: Readonly<Record<LiftDuration, number>> = { short: 1, moderate: 3, long: 5 };

/**
 * FM, table 5: below 0.2 lifts a minute as 0.2, between two rows by a straight line. 0 where the table has 0: no weight is
 * recommended, nor between a row and one with 0, nor above 15 lifts a minute.
 */
export function frequencyMultiplier(
  liftsPerMin: number,
  duration: LiftDuration,
  vertical: number,
  units: LiftUnits,
  rounding: LiftRounding,
): number {
  const column = FIRST_COLUMN[duration] + (vertical < LIFT_CONSTANTS[units].bestVertical ? 0 : 1);
  const i = FREQUENCY_TABLE.findIndex((row) => row[0]! >= liftsPerMin);
  if (i < 0) return 0;
  const above = FREQUENCY_TABLE[i]!;
  if (i === 0 || above[column] === 0 || above[0] === liftsPerMin) return above[column]!;
  const below = FREQUENCY_TABLE[i - 1]!;
  const share = (liftsPerMin - below[0]!) / (above[0]! - below[0]!);
  return asWorked(below[column]! + share * (above[column]! - below[column]!), rounding);
}
