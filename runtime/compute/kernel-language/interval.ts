/** What is known of a number before the kernel runs: its bounds, and whether it is whole. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  readonly whole: boolean;
}

export const ANYTHING: Interval = {
  low: Number.NEGATIVE_INFINITY,
  high: Number.POSITIVE_INFINITY,
  whole: false,
};

export const exactly = (value: number): Interval => ({
  low: value,
  high: value,
  whole: Number.isInteger(value),
});

export const between = (low: number, high: number, whole: boolean): Interval => ({ low, high, whole });

export const isKnown = (of: Interval): boolean => Number.isFinite(of.low) && Number.isFinite(of.high);

export function arithmeticInterval(operator: "+" | "-" | "*" | "/", a: Interval, b: Interval): Interval {
  switch (operator) {
    case "+":
      return between(a.low + b.low, a.high + b.high, a.whole && b.whole);
    case "-":
      return between(a.low - b.high, a.high - b.low, a.whole && b.whole);
    case "*":
      return hull(a, b, (x, y) => (x === 0 || y === 0 ? 0 : x * y), a.whole && b.whole);
    case "/":
      if (b.low <= 0 && b.high >= 0) return ANYTHING;
      return isKnown(b) ? hull(a, b, (x, y) => x / y, false) : ANYTHING;
  }
}

export const negativeInterval = (of: Interval): Interval => between(-of.high, -of.low, of.whole);

/** Bounds of what `Math.<name>` gives; ANYTHING where nothing is gained by knowing more. */
export function callInterval(name: string, args: readonly Interval[]): Interval {
  const [a = ANYTHING, b = ANYTHING] = args;
  switch (name) {
    case "min":
      return args.reduce((x, y) =>
        between(Math.min(x.low, y.low), Math.min(x.high, y.high), x.whole && y.whole),
      );
    case "max":
      return args.reduce((x, y) =>
        between(Math.max(x.low, y.low), Math.max(x.high, y.high), x.whole && y.whole),
      );
    case "floor":
    case "ceil":
    case "trunc":
    case "round": {
      const of = Math[name];
      return between(of(a.low), of(a.high), true);
    }
    case "floorDivide":
      return wholeOf(arithmeticInterval("/", a, b), Math.floor);
    case "abs": {
      const inside = a.low <= 0 && a.high >= 0;
      const ends = [Math.abs(a.low), Math.abs(a.high)];
      return between(inside ? 0 : Math.min(...ends), Math.max(...ends), a.whole);
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
      return between(-1, 1, false);
    case "remainder": {
      // The sign of a remainder is that of the dividend.
      const size = Math.max(Math.abs(b.low), Math.abs(b.high));
      const most = a.whole && b.whole ? size - 1 : size;
      return between(a.low < 0 ? -most : 0, a.high > 0 ? most : 0, a.whole && b.whole);
    }
    default:
      return ANYTHING;
  }
}

/** What is left of `of` once `of <operator> than` is known to hold. */
export function narrowed(
  of: Interval,
  operator: "<" | "<=" | ">" | ">=" | "===" | "!==",
  than: Interval,
): Interval {
  const step = of.whole && than.whole ? 1 : 0;
  const { low, high, whole } = of;
  switch (operator) {
    case "<":
      return between(low, Math.min(high, than.high - step), whole);
    case "<=":
      return between(low, Math.min(high, than.high), whole);
    case ">":
      return between(Math.max(low, than.low + step), high, whole);
    case ">=":
      return between(Math.max(low, than.low), high, whole);
    case "===":
      return between(Math.max(low, than.low), Math.min(high, than.high), whole || than.whole);
    case "!==":
      if (!whole || than.low !== than.high) return of;
      return between(low === than.low ? low + 1 : low, high === than.low ? high - 1 : high, whole);
  }
}

function wholeOf(of: Interval, round: (x: number) => number): Interval {
  return between(round(of.low), round(of.high), true);
}

function hull(a: Interval, b: Interval, of: (x: number, y: number) => number, whole: boolean): Interval {
  const ends = [of(a.low, b.low), of(a.low, b.high), of(a.high, b.low), of(a.high, b.high)];
  return between(Math.min(...ends), Math.max(...ends), whole);
}
