/** Four floats at once, by short names: the formulas below would not fit a line otherwise. */

// @ts-ignore: a decorator
@inline
export function add(a: v128, b: v128): v128 { return f32x4.add(a, b); }

// @ts-ignore: a decorator
@inline
export function sub(a: v128, b: v128): v128 { return f32x4.sub(a, b); }

// @ts-ignore: a decorator
@inline
export function mul(a: v128, b: v128): v128 { return f32x4.mul(a, b); }

// @ts-ignore: a decorator
@inline
export function all(x: f32): v128 { return f32x4.splat(x); }

/**
 * A number in all lanes, from memory: `constant(memory.data<f32>([0.5]))`. A literal would be put together anew from
 * immediates wherever it stands, four instructions instead of one load.
 */
// @ts-ignore: a decorator
@inline
export function constant(at: usize): v128 { return v128.load32_splat(at); }

const ONE = memory.data<f32>([1]);
const LOWEST = memory.data<f32>([-87]);
const HIGHEST = memory.data<f32>([88]);
const LOG2_E = memory.data<f32>([1.44269504088896341]);
/** ln 2 in two parts, the first of so few bits that its product with a whole number is exact. */
const LN2_HIGH = memory.data<f32>([0.693359375]);
const LN2_LOW = memory.data<f32>([-2.12194440e-4]);
/** Coefficients of r^7 to r^2. */
const EXP_7 = memory.data<f32>([1.9875691500e-4]);
const EXP_6 = memory.data<f32>([1.3981999507e-3]);
const EXP_5 = memory.data<f32>([8.3334519073e-3]);
const EXP_4 = memory.data<f32>([4.1665795894e-2]);
const EXP_3 = memory.data<f32>([1.6666665459e-1]);
const EXP_2 = memory.data<f32>([5.0000001201e-1]);
/** Exponent bits of 1. */
const BIAS = memory.data<i32>([127]);

/** The whole number n of x = n ln 2 + r; e^x then is 2^n e^r. */
// @ts-ignore: a decorator
@inline
function doublings(x: v128): v128 { return f32x4.nearest(mul(x, constant(LOG2_E))); }

/** e^r - 1 of that remainder, by the polynomial of Cephes' expf. */
// @ts-ignore: a decorator
@inline
function remainder(x: v128, n: v128): v128 {
  const r = sub(sub(x, mul(n, constant(LN2_HIGH))), mul(n, constant(LN2_LOW)));
  let p = add(mul(constant(EXP_7), r), constant(EXP_6));
  p = add(mul(p, r), constant(EXP_5));
  p = add(mul(p, r), constant(EXP_4));
  p = add(mul(p, r), constant(EXP_3));
  p = add(mul(p, r), constant(EXP_2));
  return add(mul(p, mul(r, r)), r);
}

// @ts-ignore: a decorator
@inline
function twoTo(n: v128): v128 {
  return i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), constant(BIAS)), 23);
}

/** e^x within 2 units in the last place for -87 <= x <= 88, beyond which it stays at the end's value. */
// @ts-ignore: a decorator
@inline
export function exp4(x: v128): v128 {
  x = f32x4.min(f32x4.max(x, constant(LOWEST)), constant(HIGHEST));
  const n = doublings(x);
  return mul(add(remainder(x, n), constant(ONE)), twoTo(n));
}

/** e^x - 1 for the same range, without loss of digits near 0. */
// @ts-ignore: a decorator
@inline
export function expm14(x: v128): v128 {
  x = f32x4.min(f32x4.max(x, constant(LOWEST)), constant(HIGHEST));
  const n = doublings(x);
  const scale = twoTo(n);
  return add(mul(remainder(x, n), scale), sub(scale, constant(ONE)));
}

/** 1.5 x 2^23: a number of that size has no bits for a fraction, and its last bits count in ones. */
const ROUNDER = memory.data<f32>([12582912]);
/** Coefficients of f^6 to f of 2^f, Cephes' exp2f. */
const TWO_6 = memory.data<f32>([1.535336188319500e-4]);
const TWO_5 = memory.data<f32>([1.339887440266574e-3]);
const TWO_4 = memory.data<f32>([9.618437357674640e-3]);
const TWO_3 = memory.data<f32>([5.550332471162809e-2]);
const TWO_2 = memory.data<f32>([2.402264791363012e-1]);
const TWO_1 = memory.data<f32>([6.931472028550421e-1]);

/**
 * 2^y within 2 units in the last place for -125 <= y <= 126, outside of which it is wrong. The addition of a large number
 * rounds y and leaves the whole part in the last bits, from where it is shifted into the exponent.
 */
// @ts-ignore: a decorator
@inline
export function powerOfTwo(y: v128): v128 {
  const rounder = constant(ROUNDER);
  const rounded = add(y, rounder);
  const f = sub(y, sub(rounded, rounder));
  let p = add(mul(constant(TWO_6), f), constant(TWO_5));
  p = add(mul(p, f), constant(TWO_4));
  p = add(mul(p, f), constant(TWO_3));
  p = add(mul(p, f), constant(TWO_2));
  p = add(mul(p, f), constant(TWO_1));
  p = add(mul(p, f), constant(ONE));
  return i32x4.add(p, i32x4.shl(rounded, 23));
}
