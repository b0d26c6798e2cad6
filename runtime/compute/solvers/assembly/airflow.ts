import { collide, FLUID, Forced, Free, HALF_OMEGA, KEEP, ONE, PLANE, prepare } from "./airflow-collision";
import { edgeCells, GROUP } from "./airflow-edges";
import { meet, shareStart } from "./barrier";
import { add, constant, sub } from "./lanes";

/*
 * A step pulls the populations that arrive at a cell from one lattice, relaxes them and writes them to the other. Inner
 * cells, whose neighbours are all fluid, come as spans of at least four; the other fluid cells come in groups of four
 * that say where each population comes from.
 */

/** Four inner cells, the first at `own` in plane 0. */
// @ts-ignore: a decorator
@inline
function four<Drive>(own: usize, to: usize, pitch: usize, halfOmega: v128, keep: v128, fluid: usize): void {
  const below = own - pitch;
  const above = own + pitch;
  collide<Drive>(
    v128.load(own), v128.load(own, PLANE - 4), v128.load(below, 2 * PLANE), v128.load(own, 3 * PLANE + 4),
    v128.load(above, 4 * PLANE), v128.load(below, 5 * PLANE - 4), v128.load(below, 6 * PLANE + 4),
    v128.load(above, 7 * PLANE + 4), v128.load(above, 8 * PLANE - 4),
    to, halfOmega, keep, fluid,
  );
}

// @ts-ignore: a decorator
@inline
function spansOfRow<Drive>(
  now: usize, next: usize, pitch: usize, spans: usize, from: i32, to: i32, fluid: usize,
): void {
  const halfOmega = v128.load32_splat(fluid, HALF_OMEGA);
  const keep = v128.load32_splat(fluid, KEEP);
  const apart = next - now;
  for (let s = from; s < to; s++) {
    let at = now + <usize>load<u32>(spans + (<usize>s << 3));
    const end = at + <usize>load<u32>(spans + (<usize>s << 3), 4);
    for (; at + 16 <= end; at += 16) four<Drive>(at, at + apart, pitch, halfOmega, keep, fluid);
    // What is left is done together with some that are done: the same values again.
    if (at < end) four<Drive>(end - 16, end - 16 + apart, pitch, halfOmega, keep, fluid);
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
 * @param fluid 128 bytes for each thread
 * @param spare first of 64 free bytes for each thread in plane 0 of `now`, at the start of a line of the cache: threads
 * that wrote to one line would wait for each other
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
  const free = spare + (<usize>thread << 6);
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

/**
 * Density and velocity of cells, four at a time up to `bytes` of each array. A collision adds the whole force, of which
 * the velocity holds half. Cells that are no fluid get numbers without meaning.
 */
export function airflowMoments(now: usize, bytes: usize, halfFx: f32, halfFy: f32, density: usize, ux: usize, uy: usize): void {
  for (let at: usize = 0; at < bytes; at += 16) {
    const own = now + at;
    const f2 = v128.load(own, 2 * PLANE);
    const f4 = v128.load(own, 4 * PLANE);
    const f5 = v128.load(own, 5 * PLANE);
    const f6 = v128.load(own, 6 * PLANE);
    const f7 = v128.load(own, 7 * PLANE);
    const f8 = v128.load(own, 8 * PLANE);
    const right = add(add(v128.load(own, PLANE), f5), f8);
    const left = add(add(v128.load(own, 3 * PLANE), f6), f7);
    const whole = add(add(add(add(right, left), add(f2, f4)), v128.load(own)), constant(ONE));
    const jx = sub(sub(right, left), f32x4.splat(halfFx));
    const jy = sub(sub(add(add(f2, f5), f6), add(add(f4, f7), f8)), f32x4.splat(halfFy));
    v128.store(density + at, whole);
    v128.store(ux + at, f32x4.div(jx, whole));
    v128.store(uy + at, f32x4.div(jy, whole));
  }
}
