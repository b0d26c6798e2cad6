import type { Random } from "../../core/random.ts";

/** The smallest difference of two parents that crossing them is worth. */
const LEAST_DIFFERENCE = 1e-14;

/** A variable of a search, from `low` to `high`, both allowed. */
export interface Variable {
  readonly low: number;
  readonly high: number;
  /** Whole numbers only. */
  readonly whole?: boolean;
}

/**
 * Simulated binary crossover within bounds (Deb and Agrawal, Complex Systems 9, 1995; with the bounds of Deb's own code):
 * each variable, with probability 1/2, has children as far from their parents as one bit of a word would bring them.
 * @param index the greater, the nearer
 */
export function crossed(
  one: Float64Array,
  other: Float64Array,
  variables: readonly Variable[],
  index: number,
  random: Random,
): [Float64Array, Float64Array] {
  const first = one.slice();
  const second = other.slice();
  for (let v = 0; v < variables.length; v++) {
    if (random.uniform() >= 0.5) continue;
    const [least, most] = one[v]! < other[v]! ? [one[v]!, other[v]!] : [other[v]!, one[v]!];
    if (most - least < LEAST_DIFFERENCE) continue;
    const { low, high } = variables[v]!;
    const u = random.uniform();
    const towardsLow = spread(1 + (2 * (least - low)) / (most - least), u, index);
    const towardsHigh = spread(1 + (2 * (high - most)) / (most - least), u, index);
    const below = clamp(0.5 * (least + most - towardsLow * (most - least)), low, high);
    const above = clamp(0.5 * (least + most + towardsHigh * (most - least)), low, high);
    const isSwapped = random.uniform() < 0.5;
    first[v] = isSwapped ? above : below;
    second[v] = isSwapped ? below : above;
  }
  return [first, second];
}

/** How far children stand apart for parents that stand 1 apart, so that none leaves the bounds. */
function spread(reach: number, u: number, index: number): number {
  const alpha = 2 - reach ** -(index + 1);
  return u <= 1 / alpha ? (u * alpha) ** (1 / (index + 1)) : (1 / (2 - u * alpha)) ** (1 / (index + 1));
}

/**
 * Polynomial mutation within bounds (Deb 2002, appendix; the bounded form of Deb's own code), in place: each variable with
 * the given probability. A whole number moves by one at least, where the bounds let it.
 */
export function mutate(
  choice: Float64Array,
  variables: readonly Variable[],
  index: number,
  probability: number,
  random: Random,
): void {
  for (let v = 0; v < variables.length; v++) {
    if (random.uniform() >= probability) continue;
    const { low, high } = variables[v]!;
    const range = high - low;
    if (range === 0) continue;
    const u = random.uniform();
    const power = 1 / (index + 1);
    const below = 1 - (choice[v]! - low) / range;
    const above = 1 - (high - choice[v]!) / range;
    const shift =
      u < 0.5
        ? (2 * u + (1 - 2 * u) * below ** (index + 1)) ** power - 1
        : 1 - (2 * (1 - u) + 2 * (u - 0.5) * above ** (index + 1)) ** power;
    const moved = choice[v]! + shift * range;
    const isTooNear = variables[v]!.whole && Math.abs(moved - choice[v]!) < 1;
    choice[v] = clamp(isTooNear ? choice[v]! + Math.sign(shift) : moved, low, high);
  }
}

/** Rounds the variables that are whole numbers, in place. */
export function roundWhole(choice: Float64Array, variables: readonly Variable[]): void {
  for (let v = 0; v < variables.length; v++) if (variables[v]!.whole) choice[v] = Math.round(choice[v]!);
}

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);
