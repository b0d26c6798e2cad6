import { RungError } from "../../core/errors.ts";

const ZERO_C_K = 273.15;

/**
 * Saturation pressure of water vapour: over liquid water from 0 °C up, over ice below.
 *
 * Hyland and Wexler (1983) as printed in ASHRAE Handbook Fundamentals, chapter 1, equations 5 and 6; within 0.1 % of
 * the tables there from -60 to 90 °C. A weather station states its relative humidity over water below 0 °C as well
 * (WMO-No. 8), which at -5 °C is 5 % more vapour than the same per cent over ice.
 * @param temperatureC -100 to 200 °C
 * @returns Pa
 */
export function saturationPressurePa(temperatureC: number): number {
  const t = temperatureC + ZERO_C_K;
  const ln =
    temperatureC < 0
      ? -5.6745359e3 / t +
        6.3925247 +
        t * (-9.677843e-3 + t * (6.2215701e-7 + t * (2.0747825e-9 - 9.484024e-13 * t))) +
        4.1635019 * Math.log(t)
      : -5.8002206e3 / t +
        1.3914993 +
        t * (-4.8640239e-2 + t * (4.1764768e-5 - 1.4452093e-8 * t)) +
        6.5459673 * Math.log(t);
  return Math.exp(ln);
}

const COLDEST_C = -100;
const WARMEST_C = 200;

/**
 * The temperature at which air of this vapour pressure is saturated: its dew point, below 0 °C its frost point.
 * The inverse of `saturationPressurePa`, by bisection to 1e-10 K.
 * @throws RungError `moist-air` where it lies outside -100 to 200 °C
 */
export function saturationTemperatureC(vapourPressurePa: number): number {
  if (
    !(
      vapourPressurePa >= saturationPressurePa(COLDEST_C) &&
      vapourPressurePa <= saturationPressurePa(WARMEST_C)
    )
  ) {
    throw new RungError({
      code: "moist-air",
      where: "dew point",
      what: `a vapour pressure of ${vapourPressurePa} Pa has no dew point between ${COLDEST_C} and ${WARMEST_C} °C`,
      advice: "state a humidity above 0",
    });
  }
  return bisect((c) => saturationPressurePa(c) - vapourPressurePa, COLDEST_C, WARMEST_C);
}

/** The root of a rising function between two ends, to the last bits of a double. */
export function bisect(rising: (x: number) => number, low: number, high: number): number {
  let [a, b] = [low, high];
  for (let i = 0; i < 60; i++) {
    const middle = (a + b) / 2;
    if (rising(middle) < 0) a = middle;
    else b = middle;
  }
  return (a + b) / 2;
}
