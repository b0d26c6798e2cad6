// The host's own, for the table and for what is smaller than it has.
// @ts-ignore: a decorator
@external("math", "log")
declare function log(x: f64): f64;

const STEPS: i32 = 128;
const HALVED_FROM: i32 = 53;
const LEAST: i32 = 1024;
const LN2: f64 = 0.6931471805599453;

/** Of each c: c, 1 / c, logarithm, and what that takes off e. */
const TABLE: usize = memory.data(129 * 32);

export function prepare(): void {
  for (let j: i32 = 0; j <= STEPS; j++) {
    const at = TABLE + (<usize>j << 5);
    const c = 1 + <f64>j / STEPS;
    store<f64>(at, c);
    store<f64>(at, 1 / c, 8);
    store<f64>(at, log(j < HALVED_FROM ? c : c / 2), 16);
    store<f64>(at, j < HALVED_FROM ? 0 : 1, 24);
  }
}

/** As `exponential` of runtime/core/exponential.ts, to the bit. */
// @ts-ignore: a decorator
@inline
export function exponential(u: f64, mean: f64): f64 {
  const x = 1 - u;
  const first = <i32>(x * 134217728);
  if (first < LEAST) return -mean * log(x);
  const e = clz<i32>(first) - 4;
  const at = TABLE + (<usize>((((first << e) + 0x80000) >> 20) - STEPS) << 5);
  const m = x * reinterpret<f64>((1023 + <i64>e) << 52);
  const r = (m - load<f64>(at)) * load<f64>(at, 8);
  const rr = r * r;
  const p = 0.5 - r * (1.0 / 3.0) + rr * (0.25 - r * 0.2 + rr * (1.0 / 6.0 - r * (1.0 / 7.0)));
  return -mean * (load<f64>(at, 16) - (<f64>e - load<f64>(at, 24)) * LN2 + (r - rr * p));
}
