import type { Comparison } from "./kernel-ir.ts";

/** What is known of a number before the kernel runs. */
export interface Interval {
  /** Bounds of the exact number. */
  readonly low: number;
  readonly high: number;
  readonly whole: boolean;
  /** How far rounding may have carried it beyond its bounds; 0 of whole numbers up to 2^24. */
  readonly slack: number;
}

/** Whole numbers up to here are exact. */
const WHOLE_TO = 2 ** 24;
/** Of one operation, over its result: a GPU's quotient may be 2.5 last places off. */
const ROUNDING = 5e-7;

export const ANYTHING: Interval = {
  low: Number.NEGATIVE_INFINITY,
  high: Number.POSITIVE_INFINITY,
  whole: false,
  slack: 0,
};

export function between(low: number, high: number, whole: boolean, slack = 0): Interval {
  const size = Math.max(Math.abs(low), Math.abs(high));
  const exact = (whole && slack === 0 && size <= WHOLE_TO) || !Number.isFinite(size);
  return { low, high, whole, slack: exact ? slack : slack + size * ROUNDING };
}

export const exactly = (value: number): Interval => between(value, value, Number.isInteger(value));

/** Whether it is one of the whole numbers 0 to `cells` - 1, whatever rounding did. */
export const isCell = (of: Interval, cells: number): boolean =>
  of.whole && of.low - of.slack >= 0 && of.high + of.slack <= cells - 1;

export const isKnown = (of: Interval): boolean => Number.isFinite(of.low) && Number.isFinite(of.high);

const sizeOf = (of: Interval): number => Math.max(Math.abs(of.low), Math.abs(of.high));

export function arithmeticInterval(operator: "+" | "-" | "*" | "/", a: Interval, b: Interval): Interval {
  const whole = a.whole && b.whole;
  switch (operator) {
    case "+":
      return between(a.low + b.low, a.high + b.high, whole, a.slack + b.slack);
    case "-":
      return between(a.low - b.high, a.high - b.low, whole, a.slack + b.slack);
    case "*": {
      const slack = timesSize(a.slack, b) + timesSize(b.slack, a);
      return hull(a, b, (x, y) => (x === 0 || y === 0 ? 0 : x * y), whole, slack);
    }
    case "/": {
      const least = Math.min(Math.abs(b.low), Math.abs(b.high)) - b.slack;
      if ((b.low <= 0 && b.high >= 0) || least <= 0 || !isKnown(b)) return ANYTHING;
      const slack = a.slack / least + timesSize(b.slack, a) / (least * least);
      return hull(a, b, (x, y) => x / y, false, slack);
    }
  }
}

const timesSize = (slack: number, of: Interval): number => (slack === 0 ? 0 : slack * sizeOf(of));

export const negativeInterval = (of: Interval): Interval => ({ ...of, low: -of.high, high: -of.low });

/** Bounds of what a function gives; ANYTHING where nothing is gained by knowing more. */
export function callInterval(name: string, args: readonly Interval[]): Interval {
  const [a = ANYTHING, b = ANYTHING] = args;
  const slack = Math.max(...args.map((arg) => arg.slack));
  const whole = args.every((arg) => arg.whole);
  switch (name) {
    case "min":
      return between(Math.min(a.low, b.low), Math.min(a.high, b.high), whole, slack);
    case "max":
      return between(Math.max(a.low, b.low), Math.max(a.high, b.high), whole, slack);
    case "floor":
    case "ceil":
    case "trunc":
    case "round":
      return rounded(a, Math[name]);
    case "floorDivide": {
      const quotient = arithmeticInterval("/", a, b);
      // Of whole numbers it is corrected, so that no rounding is left.
      const corrected = whole && a.slack === 0 && b.slack === 0;
      return rounded(corrected ? { ...quotient, slack: 0 } : quotient, Math.floor);
    }
    case "abs": {
      const inside = a.low <= 0 && a.high >= 0;
      const ends = [Math.abs(a.low), Math.abs(a.high)];
      return between(inside ? 0 : Math.min(...ends), Math.max(...ends), whole, slack);
    }
    case "sign":
      return between(-1, 1, true);
    case "sqrt":
    case "exp":
    case "hypot":
      return between(0, Number.POSITIVE_INFINITY, false);
    case "sin":
    case "cos":
    case "tanh":
      return between(-1, 1, false, ROUNDING);
    case "remainder": {
      // The sign of a remainder is that of the dividend.
      const size = sizeOf(b);
      const most = whole ? size - 1 : size;
      return { low: a.low < 0 ? -most : 0, high: a.high > 0 ? most : 0, whole, slack: 0 };
    }
    default:
      return ANYTHING;
  }
}

/** Of one of two. */
export const eitherInterval = (a: Interval, b: Interval): Interval =>
  between(Math.min(a.low, b.low), Math.max(a.high, b.high), a.whole && b.whole, Math.max(a.slack, b.slack));

/** What is left of `of` once `of <operator> than` is known to hold. */
export function narrowed(of: Interval, operator: Comparison, than: Interval): Interval {
  const step = of.whole && than.whole ? 1 : 0;
  const { low, high } = of;
  switch (operator) {
    case "<":
      return { ...of, high: Math.min(high, than.high - step) };
    case "<=":
      return { ...of, high: Math.min(high, than.high) };
    case ">":
      return { ...of, low: Math.max(low, than.low + step) };
    case ">=":
      return { ...of, low: Math.max(low, than.low) };
    case "===":
      return { ...of, low: Math.max(low, than.low), high: Math.min(high, than.high) };
    case "!==":
      if (step === 0 || than.low !== than.high) return of;
      return { ...of, low: low === than.low ? low + 1 : low, high: high === than.low ? high - 1 : high };
  }
}

function rounded(of: Interval, round: (x: number) => number): Interval {
  return { low: round(of.low - of.slack), high: round(of.high + of.slack), whole: true, slack: 0 };
}

function hull(
  a: Interval,
  b: Interval,
  of: (x: number, y: number) => number,
  whole: boolean,
  slack: number,
): Interval {
  const ends = [of(a.low, b.low), of(a.low, b.high), of(a.high, b.low), of(a.high, b.high)];
  return between(Math.min(...ends), Math.max(...ends), whole, slack);
}
