/** How far a film is cured, and what counts as under- and over-baked. Used for the plant's own report only. */

/** Activation energy, J/mol: fits 165 °C / 12 min, 170 / 10, 175 / 8 of an e-coat data sheet (BYK). */
export const ACTIVATION_ENERGY_J_PER_MOL = 66_200;
const GAS_CONSTANT = 8.314;
const REFERENCE_K = 443.15;
const RATIO_K = ACTIVATION_ENERGY_J_PER_MOL / GAS_CONSTANT;

/** Under-baked below this many minutes at 170 °C or their equivalent. */
export const UNDER_BAKE_E170_MIN = 10;
/** Over-baked above this. */
export const OVER_BAKE_E170_MIN = 55;
/** Metal hotter than this yellows the film, °C. */
export const PEAK_METAL_LIMIT_C = 205;

/** Equivalent minutes at 170 °C gained per second at a metal temperature in °C (Arrhenius). */
export function e170RatePerSecond(metalC: number): number {
  return Math.exp(RATIO_K * (1 / REFERENCE_K - 1 / (metalC + 273.15))) / 60;
}
