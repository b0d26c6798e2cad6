import { RADIUS } from "./layout";

/*
 * Two meshes in a query. Positions of the first are taken to the frame of the second by x -> R x + t. The bounds of this
 * pair are reckoned in f32, whose unit roundoff is u = 2^-24; with S = radius of A + |t| + radius of B no intermediate
 * value is larger than S, and counting the roundings of the longest of the bounds (a centre taken over by R, which itself
 * is rounded, 6 u S a coordinate; projected on an axis, sqrt(3) times that and 5 u S; half extents 5 u S; the differences
 * 4 u S) gives less than 32 u S. That is the slack by which every bound is weakened.
 */

export const R: usize = 0;
export const ABS: usize = 144;
export const T: usize = 288;
export const SLACK: usize = 336;
/** R and t in f64, row-major 3x4. */
export const EXACT: usize = 352;
export const MESH_A: usize = 448;
export const MESH_B: usize = 452;
export const PAIR: usize = 464;

const ROUNDINGS: f64 = 32.0 / 16777216.0;

/** Makes the pair at `pair` of two meshes with their poses in the world, f64 row-major 3x4. */
export function setPair(pair: usize, meshA: usize, poseA: usize, meshB: usize, poseB: usize): void {
  store<u32>(pair, <u32>meshA, MESH_A);
  store<u32>(pair, <u32>meshB, MESH_B);
  let far: f64 = 0;
  for (let i: usize = 0; i < 3; i++) {
    const b0 = load<f64>(poseB + 8 * i);
    const b1 = load<f64>(poseB + 8 * (4 + i));
    const b2 = load<f64>(poseB + 8 * (8 + i));
    for (let j: usize = 0; j < 3; j++) {
      const r = b0 * load<f64>(poseA + 8 * j) + b1 * load<f64>(poseA + 8 * (4 + j)) + b2 * load<f64>(poseA + 8 * (8 + j));
      store<f64>(pair + 8 * (4 * i + j), r, EXACT);
      const four = f32x4.splat(<f32>r);
      v128.store(pair + 16 * (3 * i + j), four, R);
      v128.store(pair + 16 * (3 * i + j), f32x4.abs(four), ABS);
    }
    const t =
      b0 * (load<f64>(poseA, 24) - load<f64>(poseB, 24)) +
      b1 * (load<f64>(poseA, 56) - load<f64>(poseB, 56)) +
      b2 * (load<f64>(poseA, 88) - load<f64>(poseB, 88));
    store<f64>(pair + 32 * i, t, EXACT + 24);
    v128.store(pair + 16 * i, f32x4.splat(<f32>t), T);
    far += t * t;
  }
  const size = load<f64>(meshA, RADIUS) + Math.sqrt(far) + load<f64>(meshB, RADIUS);
  v128.store(pair, f32x4.splat(<f32>(ROUNDINGS * size)), SLACK);
}

/** Takes the triangle at `from` (nine f64, frame of A) to the frame of B. */
export function takeOver(pair: usize, from: usize, to: usize): void {
  const m = pair + EXACT;
  for (let end = from + 72; from < end; from += 24, to += 24) {
    const x = load<f64>(from);
    const y = load<f64>(from, 8);
    const z = load<f64>(from, 16);
    store<f64>(to, load<f64>(m) * x + load<f64>(m, 8) * y + load<f64>(m, 16) * z + load<f64>(m, 24));
    store<f64>(to, load<f64>(m, 32) * x + load<f64>(m, 40) * y + load<f64>(m, 48) * z + load<f64>(m, 56), 8);
    store<f64>(to, load<f64>(m, 64) * x + load<f64>(m, 72) * y + load<f64>(m, 80) * z + load<f64>(m, 88), 16);
  }
}

/** Takes four triangles of a leaf of A, f32, to the frame of B. */
export function takeOverFour(pair: usize, from: usize, to: usize): void {
  for (let end = from + 144; from < end; from += 48, to += 48) {
    const x = v128.load(from);
    const y = v128.load(from, 16);
    const z = v128.load(from, 32);
    v128.store(to, f32x4.add(along(pair, 0, 16, 32, x, y, z), v128.load(pair, T)));
    v128.store(to, f32x4.add(along(pair, 48, 64, 80, x, y, z), v128.load(pair, T + 16)), 16);
    v128.store(to, f32x4.add(along(pair, 96, 112, 128, x, y, z), v128.load(pair, T + 32)), 32);
  }
}

/** a x + b y + c z of three entries of R, or of |R| with offsets from ABS. */
// @ts-ignore: a decorator
@inline
export function along(pair: usize, a: usize, b: usize, c: usize, x: v128, y: v128, z: v128): v128 {
  return dot(v128.load(pair + a), x, v128.load(pair + b), y, v128.load(pair + c), z);
}

// @ts-ignore: a decorator
@inline
export function dot(a: v128, x: v128, b: v128, y: v128, c: v128, z: v128): v128 {
  return f32x4.add(f32x4.add(f32x4.mul(a, x), f32x4.mul(b, y)), f32x4.mul(c, z));
}
