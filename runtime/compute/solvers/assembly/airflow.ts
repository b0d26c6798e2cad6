import { meet, shareStart } from "./barrier";
import { add, all, constant, mul, sub } from "./lanes";

/*
 * D2Q9 in nine planes of populations: 0 at rest, 1 right, 2 up, 3 left, 4 down, 5 right-up, 6 left-up, 7 left-down,
 * 8 right-down. A step pulls the populations that arrive at a cell from one lattice, relaxes them and writes them to
 * the other. They are kept as what they differ from rest at density 1, its weight w: small numbers lose fewer digits.
 * Inner cells, whose neighbours are all fluid, come as spans of at least four; every other fluid cell has
 * a record that says where each population comes from.
 */

const ONE = memory.data<f32>([1]);
const THREE_HALVES = memory.data<f32>([1.5]);
const SLANT_WEIGHT = memory.data<f32>([1.0 / 36.0]);
const FOUR = memory.data<f32>([4]);
const SIXTEEN = memory.data<f32>([16]);
const HALF = memory.data<f32>([0.5]);
const EIGHTH = memory.data<f32>([0.125]);
const QUARTER = memory.data<f32>([0.25]);
const THIRD = memory.data<f32>([1.0 / 3.0]);
const TWELFTH = memory.data<f32>([1.0 / 12.0]);

/** Bytes of a record: cell, bits of directions that come from an outlet, nine sources, nine additions. */
const RECORD: usize = 80;
const OUTLETS: usize = 4;
const SOURCES: usize = 8;
const ADDITIONS: usize = 44;
const DIRECTIONS: usize = 9;

/**
 * Relaxes the populations that arrived towards equilibrium (BGK) and writes them, each to its plane from `to` on.
 * @param keep 1 - omega
 * @param forced a literal: without force its part is not compiled in
 */
// @ts-ignore: a decorator
@inline
function collide(
  g0: v128, g1: v128, g2: v128, g3: v128, g4: v128, g5: v128, g6: v128, g7: v128, g8: v128,
  to: usize, plane: usize, omega: v128, keep: v128, forced: bool, fx: f32, fy: f32, scalarOmega: f32,
): void {
  const rightward = add(add(g1, g5), g8);
  const leftward = add(add(g3, g6), g7);
  // Density above 1.
  const excess = add(add(add(rightward, leftward), add(g2, g4)), g0);
  let jx = sub(rightward, leftward);
  let jy = sub(add(add(g2, g5), g6), add(add(g4, g7), g8));
  if (forced) {
    jx = add(jx, all(<f32>0.5 * fx));
    jy = add(jy, all(<f32>0.5 * fy));
  }
  const inverse = f32x4.div(constant(ONE), add(excess, constant(ONE)));
  const ux = mul(jx, inverse);
  const uy = mul(jy, inverse);
  // Equilibrium of a pair of opposite directions: an even part, which both share, plus and minus an odd one.
  const wx = mul(omega, jx);
  const wy = mul(omega, jy);
  const xx = mul(wx, ux);
  const yy = mul(wy, uy);
  const xy = mul(wx, uy);
  const square = add(xx, yy);
  const common = mul(sub(mul(omega, excess), mul(constant(THREE_HALVES), square)), constant(SLANT_WEIGHT));
  const straight = mul(common, constant(FOUR));
  let rest = mul(common, constant(SIXTEEN));
  let evenX = add(straight, mul(xx, constant(HALF)));
  let evenY = add(straight, mul(yy, constant(HALF)));
  const slant = add(common, mul(square, constant(EIGHTH)));
  const skew = mul(xy, constant(QUARTER));
  let evenUp = add(slant, skew);
  let evenDown = sub(slant, skew);
  let oddX = mul(wx, constant(THIRD));
  let oddY = mul(wy, constant(THIRD));
  const slantX = mul(wx, constant(TWELFTH));
  const slantY = mul(wy, constant(TWELFTH));
  let oddUp = add(slantX, slantY);
  let oddDown = sub(slantY, slantX);
  if (forced) {
    // Guo, Zheng, Shi 2002: (1 - omega/2) 3 w [c.F - u.F + 3 (c.u)(c.F)].
    const size: f32 = <f32>1 - <f32>0.5 * scalarOmega;
    const third: f32 = size / 3;
    const twelfth: f32 = size / 12;
    const ufx = mul(ux, all(fx));
    const ufy = mul(uy, all(fy));
    const uf = add(ufx, ufy);
    rest = sub(rest, mul(uf, all(<f32>4 * third)));
    evenX = add(evenX, mul(sub(mul(ufx, all(3)), uf), all(third)));
    evenY = add(evenY, mul(sub(mul(ufy, all(3)), uf), all(third)));
    const up = mul(mul(add(ux, uy), all(fx + fy)), all(3));
    const down = mul(mul(sub(uy, ux), all(fy - fx)), all(3));
    evenUp = add(evenUp, mul(sub(up, uf), all(twelfth)));
    evenDown = add(evenDown, mul(sub(down, uf), all(twelfth)));
    oddX = add(oddX, all(third * fx));
    oddY = add(oddY, all(third * fy));
    oddUp = add(oddUp, all(twelfth * (fx + fy)));
    oddDown = add(oddDown, all(twelfth * (fy - fx)));
  }
  const two = plane << 1;
  v128.store(to, add(mul(g0, keep), rest));
  const to1 = to + plane;
  v128.store(to1, add(mul(g1, keep), add(evenX, oddX)));
  const to3 = to1 + two;
  v128.store(to3, add(mul(g3, keep), sub(evenX, oddX)));
  const to2 = to + two;
  v128.store(to2, add(mul(g2, keep), add(evenY, oddY)));
  const to4 = to2 + two;
  v128.store(to4, add(mul(g4, keep), sub(evenY, oddY)));
  const to5 = to3 + two;
  v128.store(to5, add(mul(g5, keep), add(evenUp, oddUp)));
  const to7 = to5 + two;
  v128.store(to7, add(mul(g7, keep), sub(evenUp, oddUp)));
  const to6 = to4 + two;
  v128.store(to6, add(mul(g6, keep), add(evenDown, oddDown)));
  const to8 = to6 + two;
  v128.store(to8, add(mul(g8, keep), sub(evenDown, oddDown)));
}

/** Four inner cells, the first at `at` bytes into a plane. */
// @ts-ignore: a decorator
@inline
function four(
  now: usize, next: usize, at: usize, plane: usize, pitch: usize,
  omega: v128, keep: v128, forced: bool, fx: f32, fy: f32, scalarOmega: f32,
): void {
  const two = plane << 1;
  const p0 = now + at;
  const p1 = p0 + plane;
  const p2 = p0 + two;
  const p3 = p1 + two;
  const p4 = p2 + two;
  const p5 = p3 + two;
  const p6 = p4 + two;
  const p7 = p5 + two;
  const p8 = p6 + two;
  collide(
    v128.load(p0), v128.load(p1 - 4), v128.load(p2 - pitch), v128.load(p3, 4), v128.load(p4 + pitch),
    v128.load(p5 - pitch - 4), v128.load(p6 - pitch, 4), v128.load(p7 + pitch, 4), v128.load(p8 + pitch - 4),
    next + at, plane, omega, keep, forced, fx, fy, scalarOmega,
  );
}

/**
 * A cell with a neighbour that is no fluid. Its outcome goes through `scratch`, so that one formula does for all.
 */
function edgeCell(
  now: usize, next: usize, record: usize, plane: usize, scratch: usize, omega: f32, fx: f32, fy: f32,
): void {
  const cell = load<u32>(record);
  const outlets = load<u32>(record, OUTLETS);
  for (let q: usize = 0; q < DIRECTIONS; q++) {
    let arriving = load<f32>(now + load<u32>(record + (q << 2), SOURCES));
    if ((outlets >> <u32>q) & 1) arriving = -arriving;
    v128.store(scratch + (q << 4), all(arriving + load<f32>(record + (q << 2), ADDITIONS)));
  }
  if (outlets != 0) fromOutlets(now + cell, plane, scratch, outlets, fx, fy);
  collide(
    v128.load(scratch), v128.load(scratch, 16), v128.load(scratch, 32), v128.load(scratch, 48),
    v128.load(scratch, 64), v128.load(scratch, 80), v128.load(scratch, 96), v128.load(scratch, 112),
    v128.load(scratch, 128), scratch, 16, all(omega), all(<f32>1 - omega), true, fx, fy, omega,
  );
  for (let q: usize = 0; q < DIRECTIONS; q++) store<f32>(next + cell + q * plane, load<f32>(scratch + (q << 4)));
}

/** Anti-bounce-back: adds twice the even part of the equilibrium at density 1 and the cell's own velocity. */
function fromOutlets(at: usize, plane: usize, scratch: usize, outlets: u32, fx: f32, fy: f32): void {
  const f1 = load<f32>(at + plane);
  const f2 = load<f32>(at + 2 * plane);
  const f3 = load<f32>(at + 3 * plane);
  const f4 = load<f32>(at + 4 * plane);
  const f5 = load<f32>(at + 5 * plane);
  const f6 = load<f32>(at + 6 * plane);
  const f7 = load<f32>(at + 7 * plane);
  const f8 = load<f32>(at + 8 * plane);
  const density = <f32>1 + load<f32>(at) + f1 + f2 + f3 + f4 + f5 + f6 + f7 + f8;
  const ux = (f1 + f5 + f8 - (f3 + f6 + f7) - <f32>0.5 * fx) / density;
  const uy = (f2 + f5 + f6 - (f4 + f7 + f8) - <f32>0.5 * fy) / density;
  const common = <f32>-1.5 * (ux * ux + uy * uy);
  for (let q: u32 = 1; q < <u32>DIRECTIONS; q++) {
    if (((outlets >> q) & 1) == 0) continue;
    const along = q == 1 || q == 3 ? ux : q == 2 || q == 4 ? uy : q == 5 || q == 7 ? ux + uy : uy - ux;
    const weight: f32 = q < 5 ? <f32>(1.0 / 9.0) : <f32>(1.0 / 36.0);
    const slot = scratch + (<usize>q << 4);
    const arriving = load<f32>(slot) + <f32>2 * weight * (common + <f32>4.5 * along * along);
    v128.store(slot, all(arriving));
  }
}

// @ts-ignore: a decorator
@inline
function spansOfRow(
  now: usize, next: usize, plane: usize, pitch: usize, spans: usize, from: i32, to: i32,
  omega: f32, forced: bool, fx: f32, fy: f32,
): void {
  const relax = all(omega);
  const keep = all(<f32>1 - omega);
  for (let s = from; s < to; s++) {
    let at = <usize>load<u32>(spans + (<usize>s << 3));
    const end = at + <usize>load<u32>(spans + (<usize>s << 3), 4);
    for (; at + 16 <= end; at += 16) four(now, next, at, plane, pitch, relax, keep, forced, fx, fy, omega);
    // What is left is done together with some that are done: the same values again.
    if (at < end) four(now, next, end - 16, plane, pitch, relax, keep, forced, fx, fy, omega);
  }
}

function row(
  now: usize, next: usize, plane: usize, pitch: usize, y: i32, spans: usize, spanRows: usize, records: usize,
  recordRows: usize, omega: f32, fx: f32, fy: f32, scratch: usize,
): void {
  const rows = <usize>y << 2;
  const from = load<i32>(spanRows + rows);
  const to = load<i32>(spanRows + rows, 4);
  if (fx == 0 && fy == 0) spansOfRow(now, next, plane, pitch, spans, from, to, omega, false, 0, 0);
  else spansOfRow(now, next, plane, pitch, spans, from, to, omega, true, fx, fy);
  const last = load<i32>(recordRows + rows, 4);
  for (let r = load<i32>(recordRows + rows); r < last; r++)
    edgeCell(now, next, records + <usize>r * RECORD, plane, scratch, omega, fx, fy);
}

/**
 * `steps` steps of the lattice. Two are taken in one sweep over the rows, the second one row behind the first, as in
 * heat-plate.ts.
 * @param plane bytes from one plane of populations to the next; `pitch` from one row to the next
 * @param spans pairs of u32: byte offset into a plane, bytes (at least 16); `spanRows` height + 1 first spans
 * @param records `RECORD` bytes each, offsets in bytes; `recordRows` height + 1 first records
 * @param scratch 144 bytes for each thread
 * @returns address of the newest lattice, `now` or `next`
 */
export function airflow(
  now: usize, next: usize, plane: usize, pitch: usize, height: i32, spans: usize, spanRows: usize, records: usize,
  recordRows: usize, omega: f32, fx: f32, fy: f32, scratch: usize, steps: i32,
  thread: i32, threads: i32, barrier: usize,
): usize {
  const first = shareStart(height, thread, threads);
  const end = shareStart(height, thread + 1, threads);
  const own = scratch + <usize>thread * 144;
  for (let pair = 0; pair < steps >> 1; pair++) {
    for (let y = first; y < end; y++) {
      row(now, next, plane, pitch, y, spans, spanRows, records, recordRows, omega, fx, fy, own);
      if (y - 1 > first)
        row(next, now, plane, pitch, y - 1, spans, spanRows, records, recordRows, omega, fx, fy, own);
    }
    meet(barrier, threads);
    if (first < end) row(next, now, plane, pitch, first, spans, spanRows, records, recordRows, omega, fx, fy, own);
    if (first < end - 1)
      row(next, now, plane, pitch, end - 1, spans, spanRows, records, recordRows, omega, fx, fy, own);
    meet(barrier, threads);
  }
  if ((steps & 1) == 0) return now;
  for (let y = first; y < end; y++)
    row(now, next, plane, pitch, y, spans, spanRows, records, recordRows, omega, fx, fy, own);
  meet(barrier, threads);
  return next;
}
