import { collide, Forced, HALF_FORCE_X, HALF_FORCE_Y, HALF_OMEGA, KEEP, ONE, PLANE } from "./airflow-collision";
import { add, constant, mul, sub } from "./lanes";

const THREE_HALVES = memory.data<f32>([1.5]);
const SLANT_WEIGHT = memory.data<f32>([1.0 / 36.0]);
const STRAIGHT_WEIGHT = memory.data<f32>([1.0 / 9.0]);
const NINE_HALVES = memory.data<f32>([4.5]);

/** A group of four edge cells: their places, whether any takes from an outlet, then 48 bytes for each direction. */
const OUTLETS: usize = 16;
const LINKS: usize = 32;
const LINK: usize = 48;
const ADDITION: usize = 16;
const SIGN: usize = 32;
export const GROUP: usize = LINKS + 9 * LINK;

/** One f32 from each of four places. */
// @ts-ignore: a decorator
@inline
function gather(base: usize, places: usize): v128 {
  let values = v128.load32_zero(base + load<u32>(places));
  values = v128.load32_lane(base + load<u32>(places, 4), values, 1);
  values = v128.load32_lane(base + load<u32>(places, 8), values, 2);
  return v128.load32_lane(base + load<u32>(places, 12), values, 3);
}

/** What arrives along a link: a population from elsewhere, turned in sign from an outlet, and an addition. */
// @ts-ignore: a decorator
@inline
function arriving(now: usize, group: usize, q: usize): v128 {
  const link = group + LINKS + q * LINK;
  return add(v128.xor(gather(now, link), v128.load(link, SIGN)), v128.load(link, ADDITION));
}

/** Anti-bounce-back: what an outlet adds along a link is twice the even part of the equilibrium at the cell's velocity. */
// @ts-ignore: a decorator
@inline
function fromOutlet(group: usize, q: usize, weight: v128, along: v128, slow: v128): v128 {
  const fromThere = i32x4.shr_s(v128.load(group + LINKS + q * LINK, SIGN), 31);
  const even = sub(mul(mul(along, along), constant(NINE_HALVES)), slow);
  return v128.and(fromThere, mul(add(weight, weight), even));
}

/** Four cells with neighbours that are no fluid. Their outcome goes through `spare`, four cells that each plane keeps free. */
export function edgeCells(now: usize, next: usize, group: usize, spare: usize, fluid: usize): void {
  const g0 = arriving(now, group, 0);
  let g1 = arriving(now, group, 1);
  let g2 = arriving(now, group, 2);
  let g3 = arriving(now, group, 3);
  let g4 = arriving(now, group, 4);
  let g5 = arriving(now, group, 5);
  let g6 = arriving(now, group, 6);
  let g7 = arriving(now, group, 7);
  let g8 = arriving(now, group, 8);
  if (load<u32>(group, OUTLETS)) {
    const f1 = gather(now + PLANE, group);
    const f2 = gather(now + 2 * PLANE, group);
    const f3 = gather(now + 3 * PLANE, group);
    const f4 = gather(now + 4 * PLANE, group);
    const f5 = gather(now + 5 * PLANE, group);
    const f6 = gather(now + 6 * PLANE, group);
    const f7 = gather(now + 7 * PLANE, group);
    const f8 = gather(now + 8 * PLANE, group);
    const right = add(add(f1, f5), f8);
    const left = add(add(f3, f6), f7);
    const density = add(add(add(add(right, left), add(f2, f4)), gather(now, group)), constant(ONE));
    const jx = sub(sub(right, left), v128.load32_splat(fluid, HALF_FORCE_X));
    const jy = sub(sub(add(add(f2, f5), f6), add(add(f4, f7), f8)), v128.load32_splat(fluid, HALF_FORCE_Y));
    const ux = f32x4.div(jx, density);
    const uy = f32x4.div(jy, density);
    const slow = mul(add(mul(ux, ux), mul(uy, uy)), constant(THREE_HALVES));
    const straight = constant(STRAIGHT_WEIGHT);
    const slant = constant(SLANT_WEIGHT);
    g1 = add(g1, fromOutlet(group, 1, straight, ux, slow));
    g2 = add(g2, fromOutlet(group, 2, straight, uy, slow));
    g3 = add(g3, fromOutlet(group, 3, straight, ux, slow));
    g4 = add(g4, fromOutlet(group, 4, straight, uy, slow));
    g5 = add(g5, fromOutlet(group, 5, slant, add(ux, uy), slow));
    g6 = add(g6, fromOutlet(group, 6, slant, sub(uy, ux), slow));
    g7 = add(g7, fromOutlet(group, 7, slant, add(ux, uy), slow));
    g8 = add(g8, fromOutlet(group, 8, slant, sub(uy, ux), slow));
  }
  collide<Forced>(
    g0, g1, g2, g3, g4, g5, g6, g7, g8,
    spare, v128.load32_splat(fluid, HALF_OMEGA), v128.load32_splat(fluid, KEEP), fluid,
  );
  for (let lane: usize = 0; lane < 16; lane += 4) {
    const to = next + load<u32>(group + lane);
    const from = spare + lane;
    store<f32>(to, load<f32>(from));
    store<f32>(to, load<f32>(from, PLANE), PLANE);
    store<f32>(to, load<f32>(from, 2 * PLANE), 2 * PLANE);
    store<f32>(to, load<f32>(from, 3 * PLANE), 3 * PLANE);
    store<f32>(to, load<f32>(from, 4 * PLANE), 4 * PLANE);
    store<f32>(to, load<f32>(from, 5 * PLANE), 5 * PLANE);
    store<f32>(to, load<f32>(from, 6 * PLANE), 6 * PLANE);
    store<f32>(to, load<f32>(from, 7 * PLANE), 7 * PLANE);
    store<f32>(to, load<f32>(from, 8 * PLANE), 8 * PLANE);
  }
}
