/** A function of `Math` that a kernel may call, and how every backend is made to compute it. */
export interface MathFunction {
  readonly least: number;
  readonly most: number;
  /**
   * `native`: all backends give the exactly rounded result. `prelude`: Rung's own text, because a backend's own is
   * wrong somewhere or may differ between drivers.
   */
  readonly by: "native" | "prelude";
  readonly exact: (...args: number[]) => number;
}

const native = (args: number, exact: (...args: number[]) => number): MathFunction => ({
  least: args,
  most: args,
  by: "native",
  exact,
});
const own = (args: number, exact: (...args: number[]) => number): MathFunction => ({
  least: args,
  most: args,
  by: "prelude",
  exact,
});

/** The allow-list. What is not here is refused. */
export const MATH_FUNCTIONS: ReadonlyMap<string, MathFunction> = new Map<string, MathFunction>([
  ["abs", native(1, Math.abs)],
  ["floor", native(1, Math.floor)],
  ["ceil", native(1, Math.ceil)],
  ["trunc", native(1, Math.trunc)],
  ["sqrt", native(1, Math.sqrt)],
  ["min", { ...native(1, Math.min), most: 8 }],
  ["max", { ...native(1, Math.max), most: 8 }],
  ["sign", own(1, Math.sign)],
  ["round", own(1, Math.round)],
  ["exp", own(1, Math.exp)],
  ["expm1", own(1, Math.expm1)],
  ["log", own(1, Math.log)],
  ["log1p", own(1, Math.log1p)],
  ["log2", own(1, Math.log2)],
  ["log10", own(1, Math.log10)],
  ["pow", own(2, Math.pow)],
  ["cbrt", own(1, Math.cbrt)],
  ["hypot", { ...own(1, Math.hypot), most: 4 }],
  ["sin", own(1, Math.sin)],
  ["cos", own(1, Math.cos)],
  ["tan", own(1, Math.tan)],
  ["asin", own(1, Math.asin)],
  ["acos", own(1, Math.acos)],
  ["atan", own(1, Math.atan)],
  ["atan2", own(2, Math.atan2)],
  ["sinh", own(1, Math.sinh)],
  ["cosh", own(1, Math.cosh)],
  ["tanh", own(1, Math.tanh)],
  ["asinh", own(1, Math.asinh)],
  ["acosh", own(1, Math.acosh)],
  ["atanh", own(1, Math.atanh)],
]);

/** What operators become: a quotient on a GPU may be a little below the whole number that it is. */
export const OPERATOR_FUNCTIONS: ReadonlyMap<string, MathFunction> = new Map<string, MathFunction>([
  ["remainder", own(2, (a = 0, b = 0) => a % b)],
  ["floorDivide", own(2, (a = 0, b = 0) => Math.floor(a / b))],
]);

export const MATH_CONSTANTS: ReadonlyMap<string, number> = new Map(
  (["PI", "E", "LN2", "LN10", "LOG2E", "LOG10E", "SQRT2", "SQRT1_2"] as const).map((name) => [
    name,
    Math[name],
  ]),
);

/** The function a `call` of the checked kernel names. */
export function calledFunction(name: string): MathFunction {
  const found = MATH_FUNCTIONS.get(name) ?? OPERATOR_FUNCTIONS.get(name);
  if (found === undefined) throw new Error(`${name} is no function of the kernel language`);
  return found;
}
