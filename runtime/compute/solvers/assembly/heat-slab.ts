/**
 * FTCS on the nodes of a slab in f64, `steps` times; one thread, since a slab fits the fastest cache.
 * A face with a Biot number < 0 is held at its temperature; another exchanges heat with air of `left`/`right`.
 * @returns address of the newest temperatures, `now` or `next`
 */
export function heatSlab(
  now: usize, next: usize, nodes: i32, fourier: f64,
  leftBiot: f64, left: f64, rightBiot: f64, right: f64, steps: i32,
): usize {
  const rest = 1.0 - 2.0 * fourier;
  const vectorRest = f64x2.splat(rest);
  const vectorFourier = f64x2.splat(fourier);
  const last = <usize>(nodes - 1) << 3;
  for (let step = 0; step < steps; step++) {
    let at: usize = 8;
    for (; at + 16 <= last; at += 16) {
      const p = now + at;
      const around = f64x2.add(v128.load(p - 8), v128.load(p, 8));
      v128.store(next + at, f64x2.add(f64x2.mul(vectorRest, v128.load(p)), f64x2.mul(vectorFourier, around)));
    }
    for (; at < last; at += 8) {
      const p = now + at;
      store<f64>(next + at, rest * load<f64>(p) + fourier * (load<f64>(p - 8) + load<f64>(p, 8)));
    }
    store<f64>(next, face(load<f64>(now), load<f64>(now, 8), fourier, leftBiot, left));
    store<f64>(next + last, face(load<f64>(now + last), load<f64>(now + last - 8), fourier, rightBiot, right));
    const older = now;
    now = next;
    next = older;
  }
  return now;
}

// @ts-ignore: a decorator
@inline
function face(own: f64, inner: f64, fourier: f64, biot: f64, air: f64): f64 {
  return biot < 0 ? own : own + 2.0 * fourier * (inner - own + biot * (air - own));
}
