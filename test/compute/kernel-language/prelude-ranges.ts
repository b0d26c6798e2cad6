/** Where a function of the prelude is compared, and how far it may be from double precision. */
export interface PreludeRange {
  readonly call: string;
  readonly exact: (x: number, y: number) => number;
  readonly x: readonly [number, number];
  readonly y?: readonly [number, number];
  /** How the points lie between the ends; `ratio` for positive ends of different size. */
  readonly spread?: "even" | "ratio";
  /** Largest |got - exact| / max(|exact|, floor). */
  readonly relative: number;
  readonly floor?: number;
}

/** The tolerances of docs/kernels.md. */
export const PRELUDE_RANGES: readonly PreludeRange[] = [
  { call: "Math.exp(x)", exact: Math.exp, x: [-87, 88], relative: 4e-7 },
  { call: "Math.exp(x)", exact: Math.exp, x: [-2, 2], relative: 4e-7 },
  { call: "Math.expm1(x)", exact: Math.expm1, x: [-20, 80], relative: 4e-7 },
  { call: "Math.expm1(x)", exact: Math.expm1, x: [1e-30, 1], spread: "ratio", relative: 4e-7 },
  { call: "Math.expm1(-x)", exact: (x) => Math.expm1(-x), x: [1e-30, 1], spread: "ratio", relative: 4e-7 },
  { call: "Math.log(x)", exact: Math.log, x: [1.2e-38, 3.4e38], spread: "ratio", relative: 4e-7 },
  { call: "Math.log(x)", exact: Math.log, x: [0.5, 2], relative: 4e-7 },
  { call: "Math.log1p(x)", exact: Math.log1p, x: [1e-30, 1e30], spread: "ratio", relative: 4e-7 },
  {
    call: "Math.log1p(-x)",
    exact: (x) => Math.log1p(-x),
    x: [1e-30, 0.999],
    spread: "ratio",
    relative: 4e-7,
  },
  { call: "Math.log2(x)", exact: Math.log2, x: [1.2e-38, 3.4e38], spread: "ratio", relative: 4e-7 },
  { call: "Math.log10(x)", exact: Math.log10, x: [1.2e-38, 3.4e38], spread: "ratio", relative: 4e-7 },
  { call: "Math.pow(x, y)", exact: Math.pow, x: [1e-3, 1e3], y: [-3, 3], spread: "ratio", relative: 4e-6 },
  { call: "Math.pow(x, 0.8)", exact: (x) => x ** 0.8, x: [1e-6, 1e6], spread: "ratio", relative: 2e-6 },
  { call: "Math.pow(x, 3)", exact: (x) => x ** 3, x: [-100, 100], relative: 4e-7 },
  { call: "Math.pow(x, -2)", exact: (x) => x ** -2, x: [1e-3, 100], relative: 8e-7 },
  { call: "Math.cbrt(x)", exact: Math.cbrt, x: [-1e6, 1e6], relative: 8e-7 },
  { call: "Math.hypot(x, y)", exact: Math.hypot, x: [-1e20, 1e20], y: [-1e20, 1e20], relative: 8e-7 },
  { call: "Math.sin(x)", exact: Math.sin, x: [-8192, 8192], relative: 1e-6, floor: 1 },
  { call: "Math.sin(x)", exact: Math.sin, x: [-3.2, 3.2], relative: 4e-7, floor: 0.1 },
  { call: "Math.cos(x)", exact: Math.cos, x: [-8192, 8192], relative: 1e-6, floor: 1 },
  { call: "Math.tan(x)", exact: Math.tan, x: [-1.5, 1.5], relative: 1e-6 },
  { call: "Math.asin(x)", exact: Math.asin, x: [-1, 1], relative: 1e-6 },
  { call: "Math.acos(x)", exact: Math.acos, x: [-1, 1], relative: 1e-6, floor: 0.1 },
  { call: "Math.atan(x)", exact: Math.atan, x: [-100, 100], relative: 8e-7 },
  { call: "Math.atan2(x, y)", exact: Math.atan2, x: [-5, 5], y: [-5, 5], relative: 1e-6 },
  { call: "Math.sinh(x)", exact: Math.sinh, x: [-88, 88], relative: 1e-6 },
  { call: "Math.cosh(x)", exact: Math.cosh, x: [-88, 88], relative: 1e-6 },
  { call: "Math.tanh(x)", exact: Math.tanh, x: [-100, 100], relative: 8e-7 },
  { call: "Math.tanh(x)", exact: Math.tanh, x: [1e-20, 10], spread: "ratio", relative: 8e-7 },
  { call: "Math.asinh(x)", exact: Math.asinh, x: [1e-20, 1e30], spread: "ratio", relative: 1e-6 },
  { call: "Math.acosh(x)", exact: Math.acosh, x: [1.0001, 1e30], spread: "ratio", relative: 2e-6 },
  { call: "Math.atanh(x)", exact: Math.atanh, x: [-0.999, 0.999], relative: 2e-6 },
  { call: "Math.round(x)", exact: Math.round, x: [-1000, 1000], relative: 0 },
  { call: "Math.sign(x)", exact: Math.sign, x: [-3, 3], relative: 0 },
  { call: "x % y", exact: (x, y) => x % y, x: [-1000, 1000], y: [1, 1000], relative: 3e-7, floor: 1000 },
  {
    call: "Math.floor(Math.floor(x) / 7)",
    exact: (x) => Math.floor(Math.floor(x) / 7),
    x: [-1e6, 1e6],
    relative: 0,
  },
  { call: "Math.floor(x) % 7", exact: (x) => Math.floor(x) % 7, x: [-1e6, 1e6], relative: 0 },
];
