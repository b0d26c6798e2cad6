import type { Histogram, Reduced, Reduction } from "./compute-options.ts";
import type { KernelArray } from "./kernel.ts";

/** Values looked at between two breaths: a few milliseconds of work. */
const BLOCK = 2 ** 18;

/**
 * Reduces an array to a few numbers without a copy of it. As numpy has it, one value that is not a number makes
 * minimum, maximum, mean, sum and quantiles NaN; so does an empty array, whose sum is 0.
 * @param breathe awaited every few milliseconds of work
 */
export async function reduce<R extends Reduction>(
  array: KernelArray,
  reduction: R,
  breathe: () => Promise<void>,
): Promise<Reduced<R>> {
  const look = new Look(array, breathe);
  if ("of" in reduction) return (await summary(look))[reduction.of] as Reduced<R>;
  if ("quantiles" in reduction) return (await quantiles(look, reduction.quantiles)) as Reduced<R>;
  return (await histogram(look, reduction.histogram)) as Reduced<R>;
}

/** Passes over an array, with breaths. */
class Look {
  readonly array: KernelArray;
  readonly #breathe: () => Promise<void>;

  constructor(array: KernelArray, breathe: () => Promise<void>) {
    this.array = array;
    this.#breathe = breathe;
  }

  async pass(visit: (block: KernelArray) => void): Promise<void> {
    for (let from = 0; from < this.array.length; from += BLOCK) {
      if (from > 0) await this.#breathe();
      visit(this.array.subarray(from, from + BLOCK));
    }
  }
}

/** The sum is compensated (Neumaier, ZAMM 54, 1974), so that its error does not grow with the length. */
async function summary(look: Look): Promise<Record<"min" | "max" | "mean" | "sum", number>> {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let sum = 0;
  let lost = 0;
  let isWithoutRange = look.array.length === 0;
  await look.pass((block) => {
    for (let i = 0; i < block.length; i++) {
      const value = block[i]!;
      if (value < min) min = value;
      if (value > max) max = value;
      if (Number.isNaN(value)) isWithoutRange = true;
      const next = sum + value;
      lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
      sum = next;
    }
  });
  // What was lost means nothing beside a sum that is not finite.
  const total = Number.isFinite(sum) ? sum + lost : sum;
  return {
    min: isWithoutRange ? Number.NaN : min,
    max: isWithoutRange ? Number.NaN : max,
    mean: total / look.array.length,
    sum: total,
  };
}

/**
 * Exact order statistics by radix selection: each pass counts the next 16 bits of the values whose bits so far are
 * those of a wanted one, so that four passes find any number of them.
 */
async function quantiles(look: Look, probabilities: readonly number[]): Promise<Float64Array> {
  const last = look.array.length - 1;
  const ranks = probabilities.flatMap((p) => [Math.floor(last * p), Math.ceil(last * p)]);
  const ordered = last < 0 ? undefined : await orderStatistics(look, ranks);
  return Float64Array.from(probabilities, (p, i) => {
    if (ordered === undefined) return Number.NaN;
    const low = ordered[2 * i]!;
    const high = ordered[2 * i + 1]!;
    return low === high ? low : low + (last * p - Math.floor(last * p)) * (high - low);
  });
}

const DIGITS = 4;
const DIGIT_VALUES = 2 ** 16;

/** @returns the values of these ranks, from 0; undefined where the array holds a value that is not a number */
async function orderStatistics(look: Look, ranks: readonly number[]): Promise<Float64Array | undefined> {
  const key = new OrderedBits();
  /** Per rank: the digits known so far, as one number, and its rank among the values that share them. */
  const wanted = ranks.map((rank) => ({ prefix: 0, rank }));
  let hasNaN = false;
  /** Whether values that begin with a digit are wanted: most are not, once the first digits are known. */
  const beginsWanted = new Uint8Array(DIGIT_VALUES).fill(1);
  for (let digit = 0; digit < DIGITS; digit++) {
    const counts = new Map(wanted.map(({ prefix }) => [prefix, new Uint32Array(DIGIT_VALUES)]));
    await look.pass((block) => {
      for (let i = 0; i < block.length; i++) {
        const value = block[i]!;
        if (Number.isNaN(value)) hasNaN = true;
        key.set(value);
        if (beginsWanted[key.digit(0)] === 0) continue;
        const count = counts.get(key.prefix(digit));
        if (count !== undefined) count[key.digit(digit)]!++;
      }
    });
    if (hasNaN) return undefined;
    for (const one of wanted) {
      const count = counts.get(one.prefix)!;
      let value = 0;
      for (; one.rank >= count[value]!; value++) one.rank -= count[value]!;
      // The last digit makes 64 bits, more than a number holds: it is joined below.
      if (digit < DIGITS - 1) one.prefix = one.prefix * DIGIT_VALUES + value;
      else one.rank = value;
    }
    if (digit > 0) continue;
    beginsWanted.fill(0);
    for (const { prefix } of wanted) beginsWanted[prefix] = 1;
  }
  return Float64Array.from(wanted, ({ prefix, rank }) => key.valueOf48(prefix, rank));
}

/** A float as 64 bits that are ordered as the numbers are. */
class OrderedBits {
  readonly #float = new Float64Array(1);
  /** Low word first, as on every processor that Node runs on. */
  readonly #words = new Uint32Array(this.#float.buffer);
  #high = 0;
  #low = 0;

  set(value: number): void {
    // Adding 0 makes one zero of both.
    this.#float[0] = value + 0;
    this.#low = this.#words[0]!;
    this.#high = this.#words[1]!;
    this.#flip();
  }

  digit(index: number): number {
    const word = index < 2 ? this.#high : this.#low;
    return index % 2 === 0 ? word >>> 16 : word & 0xffff;
  }

  /** The digits before this one, as one number. */
  prefix(index: number): number {
    if (index === 0) return 0;
    if (index === 1) return this.#high >>> 16;
    if (index === 2) return this.#high;
    return this.#high * DIGIT_VALUES + (this.#low >>> 16);
  }

  /** The float of 48 high and 16 low bits. */
  valueOf48(high48: number, low16: number): number {
    this.#high = Math.floor(high48 / DIGIT_VALUES);
    this.#low = (high48 % DIGIT_VALUES) * DIGIT_VALUES + low16;
    this.#unflip();
    this.#words[0] = this.#low;
    this.#words[1] = this.#high;
    return this.#float[0]!;
  }

  /** Negative floats are ordered backwards: all their bits turn; of the others the sign bit does. */
  #flip(): void {
    if (this.#high >>> 31 === 1) this.#turnAll();
    else this.#high = (this.#high | 0x80000000) >>> 0;
  }

  #unflip(): void {
    if (this.#high >>> 31 === 1) this.#high = (this.#high & 0x7fffffff) >>> 0;
    else this.#turnAll();
  }

  #turnAll(): void {
    this.#high = ~this.#high >>> 0;
    this.#low = ~this.#low >>> 0;
  }
}

async function histogram(look: Look, bins: number): Promise<Histogram> {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  let leftOut = 0;
  await look.pass((block) => {
    for (let i = 0; i < block.length; i++) {
      const value = block[i]!;
      if (!Number.isFinite(value)) leftOut++;
      else {
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
  });
  const counts = new Float64Array(bins);
  if (low > high) return { low: Number.NaN, high: Number.NaN, counts, leftOut };
  // The widest range of floats has a finite width once it is halved.
  const scale = Number.isFinite(high - low) ? 1 : 0.5;
  const width = high * scale - low * scale || 1;
  await look.pass((block) => {
    for (let i = 0; i < block.length; i++) {
      const value = block[i]!;
      if (!Number.isFinite(value)) continue;
      const bin = Math.floor(((value * scale - low * scale) / width) * bins);
      counts[Math.min(bins - 1, bin)]!++;
    }
  });
  return { low, high, counts, leftOut };
}
