import { cureRate } from "./cure.ts";

/** Gauss-Legendre, 5 points on [0, 1]: exact to degree 9. */
export const GAUSS_POINTS = [
  0.046910077030668, 0.2307653449471585, 0.5, 0.7692346550528415, 0.953089922969332,
];
export const GAUSS_WEIGHTS = [
  0.1184634425280945, 0.2393143352496832, 0.2844444444444444, 0.2393143352496832, 0.1184634425280945,
];
/** Longest panel of the quadrature in time constants: with it E170 of any zone is exact to 1e-6. */
export const LONGEST_PANEL = 1.25;
/** Beyond this many time constants a node has its zone's temperature (e^-30 < 1e-13). */
export const SETTLED = 30;

/**
 * Temperature after a time in air of one temperature: the exact solution of dT/dt = (Ta - T) / tau.
 * @param exponent time over time constant, >= 0
 */
export function temperatureAfter(startC: number, airC: number, exponent: number): number {
  return airC + (startC - airC) * Math.exp(-exponent);
}

/**
 * Equivalent minutes at 170 °C over a stay in air of one temperature, by quadrature of the exact temperature.
 * @param exponent time over time constant
 * @param energyK Ea/R, K
 */
export function exposureMin(
  startC: number,
  airC: number,
  durationS: number,
  exponent: number,
  energyK: number,
): number {
  if (durationS <= 0) return 0;
  const moving = Math.min(exponent, SETTLED);
  const panels = Math.max(1, Math.ceil(moving / LONGEST_PANEL));
  const movingS = exponent > 0 ? durationS * (moving / exponent) : durationS;
  let sum = 0;
  for (let panel = 0; panel < panels; panel++) {
    for (let i = 0; i < GAUSS_POINTS.length; i++) {
      const temperatureC = airC + (startC - airC) * Math.exp((-moving * (panel + GAUSS_POINTS[i]!)) / panels);
      sum += GAUSS_WEIGHTS[i]! * cureRate(temperatureC, energyK);
    }
  }
  return ((sum / panels) * movingS + cureRate(airC, energyK) * (durationS - movingS)) / 60;
}
