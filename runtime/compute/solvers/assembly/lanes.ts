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

/** ln 2 in two parts, the first of so few bits that its product with a whole number is exact. */
const LN2_HIGH: f32 = 0.693359375;
const LN2_LOW: f32 = -2.12194440e-4;

/** The whole number n of x = n ln 2 + r; e^x then is 2^n e^r. */
// @ts-ignore: a decorator
@inline
function doublings(x: v128): v128 { return f32x4.nearest(mul(x, all(1.44269504088896341))); }

/** e^r - 1 of that remainder, by the polynomial of Cephes' expf. */
// @ts-ignore: a decorator
@inline
function remainder(x: v128, n: v128): v128 {
  const r = sub(sub(x, mul(n, all(LN2_HIGH))), mul(n, all(LN2_LOW)));
  let p = add(mul(all(1.9875691500e-4), r), all(1.3981999507e-3));
  p = add(mul(p, r), all(8.3334519073e-3));
  p = add(mul(p, r), all(4.1665795894e-2));
  p = add(mul(p, r), all(1.6666665459e-1));
  p = add(mul(p, r), all(5.0000001201e-1));
  return add(mul(p, mul(r, r)), r);
}

// @ts-ignore: a decorator
@inline
function twoTo(n: v128): v128 {
  return i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
}

/** e^x within 2 units in the last place for -87 <= x <= 88, beyond which it stays at the end's value. */
// @ts-ignore: a decorator
@inline
export function exp4(x: v128): v128 {
  x = f32x4.min(f32x4.max(x, all(-87)), all(88));
  const n = doublings(x);
  return mul(add(remainder(x, n), all(1)), twoTo(n));
}

/** e^x - 1 for the same range, without loss of digits near 0. */
// @ts-ignore: a decorator
@inline
export function expm14(x: v128): v128 {
  x = f32x4.min(f32x4.max(x, all(-87)), all(88));
  const n = doublings(x);
  const scale = twoTo(n);
  return add(mul(remainder(x, n), scale), sub(scale, all(1)));
}
