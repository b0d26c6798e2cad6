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
  const start = now + <usize>y * pitch;
  const apart = next - now;
  const end = start + pitch - 4;
  let own = start + 4;
  if (width >= 6) {
    const rest = all(<f32>1 - <f32>4 * fourier);
    const share = all(fourier);
    for (; own + 64 <= end; own += 64) {
      const below = own - pitch;
      const above = own + pitch;
      const to = own + apart;
      // Distances that stand in the instructions: written out, since they must be literals.
      v128.store(to, mix(v128.load(own - 4), v128.load(own, 4), v128.load(below), v128.load(above), v128.load(own), rest, share));
      v128.store(to, mix(v128.load(own, 12), v128.load(own, 20), v128.load(below, 16), v128.load(above, 16), v128.load(own, 16), rest, share), 16);
      v128.store(to, mix(v128.load(own, 28), v128.load(own, 36), v128.load(below, 32), v128.load(above, 32), v128.load(own, 32), rest, share), 32);
      v128.store(to, mix(v128.load(own, 44), v128.load(own, 52), v128.load(below, 48), v128.load(above, 48), v128.load(own, 48), rest, share), 48);
    }
    for (; own + 16 <= end; own += 16) four(own, own + apart, pitch, rest, share);
    // What is left is done together with some that are done: the same values again.
    if (own < end) four(end - 16, end - 16 + apart, pitch, rest, share);
  } else {
    for (; own < end; own += 4) {
      const around = load<f32>(own - 4) + load<f32>(own, 4) + (load<f32>(own - pitch) + load<f32>(own + pitch));
      store<f32>(own + apart, (<f32>1 - <f32>4 * fourier) * load<f32>(own) + fourier * around);
    }
  }
}

// @ts-ignore: a decorator
@inline
function mix(left: v128, right: v128, below: v128, above: v128, own: v128, rest: v128, share: v128): v128 {
  return add(mul(rest, own), mul(share, add(add(left, right), add(below, above))));
}

// @ts-ignore: a decorator
@inline
function four(own: usize, to: usize, pitch: usize, rest: v128, share: v128): void {
  const below = v128.load(own - pitch);
  const above = v128.load(own + pitch);
  v128.store(to, mix(v128.load(own - 4), v128.load(own, 4), below, above, v128.load(own), rest, share));
}
