import { meet, shareStart } from "./barrier";
import { add, all, mul } from "./lanes";

/**
 * FTCS on a plate of width x height nodes, `steps` times, edges held. Both buffers hold the edges.
 *
 * Two steps are taken in one sweep over the rows, the second one row behind the first: what the first has written is
 * still in the cache, which halves the traffic. A thread leaves the second step of the first and last row of its share
 * until all have done their first.
 * @returns address of the newest temperatures, `now` or `next`
 */
export function heatPlate(
  now: usize, next: usize, width: i32, height: i32, fourier: f32, steps: i32,
  thread: i32, threads: i32, barrier: usize,
): usize {
  const first = 1 + shareStart(height - 2, thread, threads);
  const end = 1 + shareStart(height - 2, thread + 1, threads);
  for (let pair = 0; pair < steps >> 1; pair++) {
    for (let y = first; y < end; y++) {
      row(now, next, width, y, fourier);
      if (y - 1 > first) row(next, now, width, y - 1, fourier);
    }
    meet(barrier, threads);
    if (first < end) row(next, now, width, first, fourier);
    if (first < end - 1) row(next, now, width, end - 1, fourier);
    meet(barrier, threads);
  }
  if ((steps & 1) == 0) return now;
  for (let y = first; y < end; y++) row(now, next, width, y, fourier);
  meet(barrier, threads);
  return next;
}

/** One step of the inner nodes of one row: (1 - 4 Fo) own + Fo (left + right + below + above). */
function row(now: usize, next: usize, width: i32, y: i32, fourier: f32): void {
  const pitch = <usize>width << 2;
  const from = now + <usize>y * pitch;
  const to = next + <usize>y * pitch;
  const end = pitch - 4;
  let at: usize = 4;
  if (width >= 6) {
    const rest = all(<f32>1 - <f32>4 * fourier);
    const share = all(fourier);
    for (; at + 32 <= end; at += 32) {
      four(from + at, to + at, pitch, rest, share);
      four(from + at + 16, to + at + 16, pitch, rest, share);
    }
    for (; at + 16 <= end; at += 16) four(from + at, to + at, pitch, rest, share);
    // What is left is done together with some that are done: the same values again.
    if (at < end) four(from + end - 16, to + end - 16, pitch, rest, share);
  } else {
    for (; at < end; at += 4) {
      const p = from + at;
      const around = load<f32>(p - 4) + load<f32>(p, 4) + (load<f32>(p - pitch) + load<f32>(p + pitch));
      store<f32>(to + at, (<f32>1 - <f32>4 * fourier) * load<f32>(p) + fourier * around);
    }
  }
}

// @ts-ignore: a decorator
@inline
function four(p: usize, to: usize, pitch: usize, rest: v128, share: v128): void {
  const beside = add(v128.load(p - 4), v128.load(p, 4));
  const around = add(beside, add(v128.load(p - pitch), v128.load(p + pitch)));
  v128.store(to, add(mul(rest, v128.load(p)), mul(share, around)));
}
