import { EXTENTS, MIDDLE } from "./layout";

/** Lowest x, y, z and highest x, y, z in the world, f64. */
export const WORLD_BOX: usize = 48;

/** Of all that f64 may round in a box: relative to its place and size. */
const ROUNDED: f64 = 1e-12;

/** The box, along the axes of the world, around a mesh at its pose: what is left of most pairs is decided by it. */
export function setWorldBox(to: usize, mesh: usize, pose: usize): void {
  const x = load<f64>(mesh, MIDDLE), y = load<f64>(mesh, MIDDLE + 8), z = load<f64>(mesh, MIDDLE + 16);
  const ex = load<f64>(mesh, EXTENTS), ey = load<f64>(mesh, EXTENTS + 8), ez = load<f64>(mesh, EXTENTS + 16);
  for (let end = pose + 96; pose < end; pose += 32, to += 8) {
    const a = load<f64>(pose), b = load<f64>(pose, 8), c = load<f64>(pose, 16), t = load<f64>(pose, 24);
    const middle = a * x + b * y + c * z + t;
    const half = Math.abs(a) * ex + Math.abs(b) * ey + Math.abs(c) * ez;
    const size = Math.abs(x) + Math.abs(y) + Math.abs(z) + ex + ey + ez + Math.abs(t);
    const grown = half + ROUNDED * size;
    store<f64>(to, middle - grown);
    store<f64>(to, middle + grown, 24);
  }
}

/** The squared distance of two such boxes; 0 where they overlap. */
export function worldBound(a: usize, b: usize): f64 {
  let sum: f64 = 0;
  for (let end = a + 24; a < end; a += 8, b += 8) {
    const gap = max(load<f64>(b) - load<f64>(a, 24), load<f64>(a) - load<f64>(b, 24));
    if (gap > 0) sum += gap * gap;
  }
  return sum;
}

/** As `worldBound`, whether 0. */
// @ts-ignore: a decorator
@inline
export function overlap(a: usize, b: usize): bool {
  return (
    load<f64>(a) <= load<f64>(b, 24) && load<f64>(b) <= load<f64>(a, 24) &&
    load<f64>(a, 8) <= load<f64>(b, 32) && load<f64>(b, 8) <= load<f64>(a, 32) &&
    load<f64>(a, 16) <= load<f64>(b, 40) && load<f64>(b, 16) <= load<f64>(a, 40)
  );
}
