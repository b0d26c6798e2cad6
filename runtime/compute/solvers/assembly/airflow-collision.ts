import { add, constant, mul, sub } from "./lanes";

/*
 * D2Q9 in nine planes of populations: 0 at rest, 1 right, 2 up, 3 left, 4 down, 5 right-up, 6 left-up, 7 left-down,
 * 8 right-down. They are kept as what they differ from rest at density 1, its weight w: small numbers lose fewer digits.
 */

/**
 * Bytes from one plane to the next, of any grid: a distance known here stands in the instruction itself and needs no
 * register. What lies between is address space without memory behind it. The odd 320 bytes keep cells of different
 * planes out of each other's places in the cache.
 */
export const PLANE: usize = (16 << 20) + 320;

export const ONE = memory.data<f32>([1]);
const FOUR = memory.data<f32>([4]);
const SIXTEEN = memory.data<f32>([16]);
const HALF = memory.data<f32>([0.5]);
const QUARTER = memory.data<f32>([0.25]);
const TWELFTH = memory.data<f32>([1.0 / 12.0]);
const THREE = memory.data<f32>([3]);

/** What stands at `fluid`: numbers of the fluid, f32. */
export const HALF_OMEGA: usize = 0;
export const KEEP: usize = 4;
const OMEGA_3: usize = 8;
const OMEGA_12: usize = 12;
const OMEGA_36: usize = 16;
/** Half of the force, which the velocity holds. */
export const HALF_FORCE_X: usize = 20;
export const HALF_FORCE_Y: usize = 24;
/** The force along each pair of directions, over omega/2, which the velocities of `collide` hold. */
const FORCE_X: usize = 28;
const FORCE_Y: usize = 32;
const FORCE_UP: usize = 36;
const FORCE_DOWN: usize = 40;
/** (1 - omega/2) / 3 and a quarter of it, alone and times the force. */
const SIZE_THIRD: usize = 44;
const SIZE_TWELFTH: usize = 48;
const ODD_X: usize = 52;
const ODD_Y: usize = 56;
const ODD_UP: usize = 60;
const ODD_DOWN: usize = 64;
/** Bytes of all of them, and a rest of the cache line. */
export const FLUID: usize = 128;

/**
 * What drives the air, told by a type: it decides at compile time whether the force's part is there at all. By a flag the
 * compiler would fold both into one loop that asks at every cell.
 */
export type Forced = f32;
export type Free = i32;

/** Fills `fluid` with the numbers of a fluid. */
export function prepare(fluid: usize, omega: f32, fx: f32, fy: f32): void {
  const third: f32 = (<f32>1 - <f32>0.5 * omega) / 3;
  const twelfth: f32 = third / 4;
  store<f32>(fluid, <f32>0.5 * omega, HALF_OMEGA);
  store<f32>(fluid, <f32>1 - omega, KEEP);
  store<f32>(fluid, omega / 3, OMEGA_3);
  store<f32>(fluid, omega / 12, OMEGA_12);
  store<f32>(fluid, omega / 36, OMEGA_36);
  store<f32>(fluid, <f32>0.5 * fx, HALF_FORCE_X);
  store<f32>(fluid, <f32>0.5 * fy, HALF_FORCE_Y);
  store<f32>(fluid, <f32>2 * fx / omega, FORCE_X);
  store<f32>(fluid, <f32>2 * fy / omega, FORCE_Y);
  store<f32>(fluid, <f32>2 * (fx + fy) / omega, FORCE_UP);
  store<f32>(fluid, <f32>2 * (fy - fx) / omega, FORCE_DOWN);
  store<f32>(fluid, third, SIZE_THIRD);
  store<f32>(fluid, twelfth, SIZE_TWELFTH);
  store<f32>(fluid, third * fx, ODD_X);
  store<f32>(fluid, third * fy, ODD_Y);
  store<f32>(fluid, twelfth * (fx + fy), ODD_UP);
  store<f32>(fluid, twelfth * (fy - fx), ODD_DOWN);
}

/**
 * Relaxes the populations that arrived towards equilibrium (BGK) and writes them, each to its plane from `to` on. The
 * equilibrium of two opposite directions is an even part, which both share, plus and minus an odd one; relaxing by omega
 * is in their coefficients. A pair is written as soon as it is known: there are only sixteen registers.
 * @param Drive `Forced` or `Free`
 */
// @ts-ignore: a decorator
@inline
export function collide<Drive>(
  g0: v128, g1: v128, g2: v128, g3: v128, g4: v128, g5: v128, g6: v128, g7: v128, g8: v128,
  to: usize, halfOmega: v128, keep: v128, fluid: usize,
): void {
  const rightward = add(add(g1, g5), g8);
  const leftward = add(add(g3, g6), g7);
  // Density above 1.
  const excess = add(add(add(rightward, leftward), add(g2, g4)), g0);
  let jx = sub(rightward, leftward);
  let jy = sub(add(add(g2, g5), g6), add(add(g4, g7), g8));
  if (isFloat<Drive>()) {
    jx = add(jx, v128.load32_splat(fluid, HALF_FORCE_X));
    jy = add(jy, v128.load32_splat(fluid, HALF_FORCE_Y));
  }
  // Velocities times omega/2.
  const inverse = f32x4.div(halfOmega, add(excess, constant(ONE)));
  const ux = mul(jx, inverse);
  const uy = mul(jy, inverse);
  const xx = mul(jx, ux);
  const yy = mul(jy, uy);
  const square = add(xx, yy);
  const common = sub(mul(excess, v128.load32_splat(fluid, OMEGA_36)), mul(square, constant(TWELFTH)));
  // Guo, Zheng, Shi 2002: (1 - omega/2) 3 w [c.F - u.F + 3 (c.u)(c.F)].
  let ufx = ux;
  let ufy = uy;
  let uf = ux;
  if (isFloat<Drive>()) {
    ufx = mul(ux, v128.load32_splat(fluid, FORCE_X));
    ufy = mul(uy, v128.load32_splat(fluid, FORCE_Y));
    uf = add(ufx, ufy);
  }
  let rest = mul(common, constant(SIXTEEN));
  if (isFloat<Drive>()) rest = sub(rest, mul(mul(uf, constant(FOUR)), v128.load32_splat(fluid, SIZE_THIRD)));
  v128.store(to, add(mul(g0, keep), rest));

  const straight = mul(common, constant(FOUR));
  let evenX = add(straight, xx);
  let oddX = mul(jx, v128.load32_splat(fluid, OMEGA_3));
  if (isFloat<Drive>()) {
    evenX = add(evenX, mul(sub(mul(ufx, constant(THREE)), uf), v128.load32_splat(fluid, SIZE_THIRD)));
    oddX = add(oddX, v128.load32_splat(fluid, ODD_X));
  }
  v128.store(to, add(mul(g1, keep), add(evenX, oddX)), PLANE);
  v128.store(to, add(mul(g3, keep), sub(evenX, oddX)), 3 * PLANE);

  let evenY = add(straight, yy);
  let oddY = mul(jy, v128.load32_splat(fluid, OMEGA_3));
  if (isFloat<Drive>()) {
    evenY = add(evenY, mul(sub(mul(ufy, constant(THREE)), uf), v128.load32_splat(fluid, SIZE_THIRD)));
    oddY = add(oddY, v128.load32_splat(fluid, ODD_Y));
  }
  v128.store(to, add(mul(g2, keep), add(evenY, oddY)), 2 * PLANE);
  v128.store(to, add(mul(g4, keep), sub(evenY, oddY)), 4 * PLANE);

  const slant = add(common, mul(square, constant(QUARTER)));
  const skew = mul(mul(jx, uy), constant(HALF));
  const slantX = mul(jx, v128.load32_splat(fluid, OMEGA_12));
  const slantY = mul(jy, v128.load32_splat(fluid, OMEGA_12));
  let evenUp = add(slant, skew);
  let oddUp = add(slantX, slantY);
  if (isFloat<Drive>()) {
    const along = mul(mul(add(ux, uy), v128.load32_splat(fluid, FORCE_UP)), constant(THREE));
    evenUp = add(evenUp, mul(sub(along, uf), v128.load32_splat(fluid, SIZE_TWELFTH)));
    oddUp = add(oddUp, v128.load32_splat(fluid, ODD_UP));
  }
  v128.store(to, add(mul(g5, keep), add(evenUp, oddUp)), 5 * PLANE);
  v128.store(to, add(mul(g7, keep), sub(evenUp, oddUp)), 7 * PLANE);

  let evenDown = sub(slant, skew);
  let oddDown = sub(slantY, slantX);
  if (isFloat<Drive>()) {
    const along = mul(mul(sub(uy, ux), v128.load32_splat(fluid, FORCE_DOWN)), constant(THREE));
    evenDown = add(evenDown, mul(sub(along, uf), v128.load32_splat(fluid, SIZE_TWELFTH)));
    oddDown = add(oddDown, v128.load32_splat(fluid, ODD_DOWN));
  }
  v128.store(to, add(mul(g6, keep), add(evenDown, oddDown)), 6 * PLANE);
  v128.store(to, add(mul(g8, keep), sub(evenDown, oddDown)), 8 * PLANE);
}
