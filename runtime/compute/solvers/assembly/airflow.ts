import { meet, shareStart } from "./barrier";
import { add, all, constant, mul, sub } from "./lanes";

/*
 * D2Q9 in nine planes of populations: 0 at rest, 1 right, 2 up, 3 left, 4 down, 5 right-up, 6 left-up, 7 left-down,
 * 8 right-down. A step pulls the populations that arrive at a cell from one lattice, relaxes them and writes them to
 * the other. They are kept as what they differ from rest at density 1, its weight w: small numbers lose fewer digits.
 * Inner cells, whose neighbours are all fluid, come as spans of at least four; the other fluid cells come in groups of
 * four that say where each population comes from.
 */

/**
 * Bytes from one plane to the next, of any grid: a distance known here stands in the instruction itself and needs no
 * register. What lies between is address space without memory behind it. The odd 320 bytes keep cells of different
 * planes out of each other's places in the cache.
 */
const PLANE: usize = (16 << 20) + 320;

const ONE = memory.data<f32>([1]);
const THREE_HALVES = memory.data<f32>([1.5]);
const SLANT_WEIGHT = memory.data<f32>([1.0 / 36.0]);
const STRAIGHT_WEIGHT = memory.data<f32>([1.0 / 9.0]);
const FOUR = memory.data<f32>([4]);
const SIXTEEN = memory.data<f32>([16]);
const HALF = memory.data<f32>([0.5]);
const EIGHTH = memory.data<f32>([0.125]);
const QUARTER = memory.data<f32>([0.25]);
const THIRD = memory.data<f32>([1.0 / 3.0]);
const TWELFTH = memory.data<f32>([1.0 / 12.0]);
const THREE = memory.data<f32>([3]);
const NINE_HALVES = memory.data<f32>([4.5]);

/** What stands at `fluid`: numbers of the fluid and its force, f32. */
const OMEGA: usize = 0;
const KEEP: usize = 4;
const FORCE_X: usize = 8;
const FORCE_Y: usize = 12;
const HALF_FORCE_X: usize = 16;
const HALF_FORCE_Y: usize = 20;
const UP: usize = 24;
const DOWN: usize = 28;
/** (1 - omega/2) / 3 and a quarter of it, alone and times the force along each direction. */
const SIZE_THIRD: usize = 32;
const SIZE_TWELFTH: usize = 36;
const ODD_X: usize = 40;
const ODD_Y: usize = 44;
const ODD_UP: usize = 48;
const ODD_DOWN: usize = 52;
/** Bytes of all of them. */
const FLUID: usize = 64;

/**
 * What drives the air, told by a type: it decides at compile time whether the force's part is there at all. By a flag the
 * compiler would fold both into one loop that asks at every cell.
 */
type Forced = f32;
type Free = i32;

function prepare(fluid: usize, omega: f32, fx: f32, fy: f32): void {
  const third: f32 = (<f32>1 - <f32>0.5 * omega) / 3;
  const twelfth: f32 = third / 4;
  store<f32>(fluid, omega, OMEGA);
  store<f32>(fluid, <f32>1 - omega, KEEP);
  store<f32>(fluid, fx, FORCE_X);
  store<f32>(fluid, fy, FORCE_Y);
  store<f32>(fluid, <f32>0.5 * fx, HALF_FORCE_X);
  store<f32>(fluid, <f32>0.5 * fy, HALF_FORCE_Y);
  store<f32>(fluid, fx + fy, UP);
  store<f32>(fluid, fy - fx, DOWN);
  store<f32>(fluid, third, SIZE_THIRD);
  store<f32>(fluid, twelfth, SIZE_TWELFTH);
  store<f32>(fluid, third * fx, ODD_X);
  store<f32>(fluid, third * fy, ODD_Y);
  store<f32>(fluid, twelfth * (fx + fy), ODD_UP);
  store<f32>(fluid, twelfth * (fy - fx), ODD_DOWN);
}

/**
 * Relaxes the populations that arrived towards equilibrium (BGK) and writes them, each to its plane from `to` on. The
 * equilibrium of two opposite directions is an even part, which both share, plus and minus an odd one. A pair is
 * written as soon as it is known: there are only sixteen registers.
 * @param Drive `Forced` or `Free`
 */
// @ts-ignore: a decorator
@inline
function collide<Drive>(
  g0: v128, g1: v128, g2: v128, g3: v128, g4: v128, g5: v128, g6: v128, g7: v128, g8: v128,
  to: usize, omega: v128, keep: v128, fluid: usize,
): void {
  const rightward = add(add(g1, g5), g8);
  const leftward = add(add(g3, g6), g7);
  // Density above 1.
  const excess = add(add(add(rightward, leftward), add(g2, g4)), g0);
  let jx = sub(rightward, leftward);
  let jy = sub(add(add(g2, g5), g6), add(add(g4, g7), g8));
  if (isFloat<Drive>()) {
    jx = add(jx, constant(fluid + HALF_FORCE_X));
    jy = add(jy, constant(fluid + HALF_FORCE_Y));
  }
  const one = constant(ONE);
  const inverse = f32x4.div(one, add(excess, one));
  const ux = mul(jx, inverse);
  const uy = mul(jy, inverse);
  const wx = mul(omega, jx);
  const wy = mul(omega, jy);
  const xx = mul(wx, ux);
  const yy = mul(wy, uy);
  const xy = mul(wx, uy);
  const square = add(xx, yy);
  const common = mul(sub(mul(omega, excess), mul(constant(THREE_HALVES), square)), constant(SLANT_WEIGHT));
  // Guo, Zheng, Shi 2002: (1 - omega/2) 3 w [c.F - u.F + 3 (c.u)(c.F)].
  let ufx = ux;
  let ufy = uy;
  let uf = ux;
  if (isFloat<Drive>()) {
    ufx = mul(ux, constant(fluid + FORCE_X));
    ufy = mul(uy, constant(fluid + FORCE_Y));
    uf = add(ufx, ufy);
  }
  let rest = mul(common, constant(SIXTEEN));
  if (isFloat<Drive>()) rest = sub(rest, mul(mul(uf, constant(FOUR)), constant(fluid + SIZE_THIRD)));
  v128.store(to, add(mul(g0, keep), rest));

  const straight = mul(common, constant(FOUR));
  let evenX = add(straight, mul(xx, constant(HALF)));
  let oddX = mul(wx, constant(THIRD));
  if (isFloat<Drive>()) {
    evenX = add(evenX, mul(sub(mul(ufx, constant(THREE)), uf), constant(fluid + SIZE_THIRD)));
    oddX = add(oddX, constant(fluid + ODD_X));
  }
  v128.store(to, add(mul(g1, keep), add(evenX, oddX)), PLANE);
  v128.store(to, add(mul(g3, keep), sub(evenX, oddX)), 3 * PLANE);

  let evenY = add(straight, mul(yy, constant(HALF)));
  let oddY = mul(wy, constant(THIRD));
  if (isFloat<Drive>()) {
    evenY = add(evenY, mul(sub(mul(ufy, constant(THREE)), uf), constant(fluid + SIZE_THIRD)));
    oddY = add(oddY, constant(fluid + ODD_Y));
  }
  v128.store(to, add(mul(g2, keep), add(evenY, oddY)), 2 * PLANE);
  v128.store(to, add(mul(g4, keep), sub(evenY, oddY)), 4 * PLANE);

  const slant = add(common, mul(square, constant(EIGHTH)));
  const skew = mul(xy, constant(QUARTER));
  const slantX = mul(wx, constant(TWELFTH));
  const slantY = mul(wy, constant(TWELFTH));
  let evenUp = add(slant, skew);
  let oddUp = add(slantX, slantY);
  if (isFloat<Drive>()) {
    const along = mul(mul(add(ux, uy), constant(fluid + UP)), constant(THREE));
    evenUp = add(evenUp, mul(sub(along, uf), constant(fluid + SIZE_TWELFTH)));
    oddUp = add(oddUp, constant(fluid + ODD_UP));
  }
  v128.store(to, add(mul(g5, keep), add(evenUp, oddUp)), 5 * PLANE);
  v128.store(to, add(mul(g7, keep), sub(evenUp, oddUp)), 7 * PLANE);

  let evenDown = sub(slant, skew);
  let oddDown = sub(slantY, slantX);
  if (isFloat<Drive>()) {
    const along = mul(mul(sub(uy, ux), constant(fluid + DOWN)), constant(THREE));
    evenDown = add(evenDown, mul(sub(along, uf), constant(fluid + SIZE_TWELFTH)));
    oddDown = add(oddDown, constant(fluid + ODD_DOWN));
  }
  v128.store(to, add(mul(g6, keep), add(evenDown, oddDown)), 6 * PLANE);
  v128.store(to, add(mul(g8, keep), sub(evenDown, oddDown)), 8 * PLANE);
}

/** Four inner cells, the first at `own` in plane 0. */
// @ts-ignore: a decorator
@inline
function four<Drive>(own: usize, to: usize, pitch: usize, omega: v128, keep: v128, fluid: usize): void {
  const below = own - pitch;
  const above = own + pitch;
  collide<Drive>(
    v128.load(own), v128.load(own, PLANE - 4), v128.load(below, 2 * PLANE), v128.load(own, 3 * PLANE + 4),
    v128.load(above, 4 * PLANE), v128.load(below, 5 * PLANE - 4), v128.load(below, 6 * PLANE + 4),
    v128.load(above, 7 * PLANE + 4), v128.load(above, 8 * PLANE - 4),
    to, omega, keep, fluid,
  );
}

// @ts-ignore: a decorator
@inline
function spansOfRow<Drive>(
  now: usize, next: usize, pitch: usize, spans: usize, from: i32, to: i32, fluid: usize,
): void {
  const omega = constant(fluid + OMEGA);
  const keep = constant(fluid + KEEP);
  const apart = next - now;
  for (let s = from; s < to; s++) {
    let at = now + <usize>load<u32>(spans + (<usize>s << 3));
    const end = at + <usize>load<u32>(spans + (<usize>s << 3), 4);
    for (; at + 16 <= end; at += 16) four<Drive>(at, at + apart, pitch, omega, keep, fluid);
    // What is left is done together with some that are done: the same values again.
    if (at < end) four<Drive>(end - 16, end - 16 + apart, pitch, omega, keep, fluid);
  }
}

/** A group of four edge cells: their places, whether any takes from an outlet, then 48 bytes for each direction. */
const OUTLETS: usize = 16;
const LINKS: usize = 32;
const LINK: usize = 48;
const ADDITION: usize = 16;
const SIGN: usize = 32;
const GROUP: usize = LINKS + 9 * LINK;

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
function edgeCells(now: usize, next: usize, group: usize, spare: usize, fluid: usize): void {
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
    const jx = sub(sub(right, left), constant(fluid + HALF_FORCE_X));
    const jy = sub(sub(add(add(f2, f5), f6), add(add(f4, f7), f8)), constant(fluid + HALF_FORCE_Y));
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
    spare, constant(fluid + OMEGA), constant(fluid + KEEP), fluid,
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

function row(
  now: usize, next: usize, pitch: usize, y: i32, spans: usize, spanRows: usize, groups: usize, groupRows: usize,
  fluid: usize, forced: bool, spare: usize,
): void {
  const rows = <usize>y << 2;
  const from = load<i32>(spanRows + rows);
  const to = load<i32>(spanRows + rows, 4);
  if (forced) spansOfRow<Forced>(now, next, pitch, spans, from, to, fluid);
  else spansOfRow<Free>(now, next, pitch, spans, from, to, fluid);
  const last = load<i32>(groupRows + rows, 4);
  for (let g = load<i32>(groupRows + rows); g < last; g++)
    edgeCells(now, next, groups + <usize>g * GROUP, spare, fluid);
}

/**
 * `steps` steps of the lattice. Two are taken in one sweep over the rows, the second one row behind the first, as in
 * heat-plate.ts.
 * @param pitch bytes from one row of a plane to the next
 * @param spans pairs of u32: byte offset into a plane, bytes (at least 16); `spanRows` height + 1 first spans
 * @param groups `GROUP` bytes each, offsets in bytes; `groupRows` height + 1 first groups
 * @param fluid 64 bytes for each thread
 * @param spare first of 16 free bytes for each thread in plane 0 of `now`
 * @returns address of the newest lattice, `now` or `next`
 */
export function airflow(
  now: usize, next: usize, pitch: usize, height: i32, spans: usize, spanRows: usize, groups: usize, groupRows: usize,
  omega: f32, fx: f32, fy: f32, fluid: usize, spare: usize, steps: i32,
  thread: i32, threads: i32, barrier: usize,
): usize {
  const first = shareStart(height, thread, threads);
  const end = shareStart(height, thread + 1, threads);
  const forced = fx != 0 || fy != 0;
  const mine = fluid + <usize>thread * FLUID;
  const free = spare + (<usize>thread << 4);
  prepare(mine, omega, fx, fy);
  for (let pair = 0; pair < steps >> 1; pair++) {
    for (let y = first; y < end; y++) {
      row(now, next, pitch, y, spans, spanRows, groups, groupRows, mine, forced, free);
      if (y - 1 > first) row(next, now, pitch, y - 1, spans, spanRows, groups, groupRows, mine, forced, free);
    }
    meet(barrier, threads);
    if (first < end) row(next, now, pitch, first, spans, spanRows, groups, groupRows, mine, forced, free);
    if (first < end - 1) row(next, now, pitch, end - 1, spans, spanRows, groups, groupRows, mine, forced, free);
    meet(barrier, threads);
  }
  if ((steps & 1) == 0) return now;
  for (let y = first; y < end; y++) row(now, next, pitch, y, spans, spanRows, groups, groupRows, mine, forced, free);
  meet(barrier, threads);
  return next;
}
