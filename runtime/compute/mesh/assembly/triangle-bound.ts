import { NORMAL } from "./layout";
import { dot, SLACK } from "./pair";

// @ts-ignore: a decorator
@inline
function min3(a: v128, b: v128, c: v128): v128 { return f32x4.min(f32x4.min(a, b), c); }

// @ts-ignore: a decorator
@inline
function max3(a: v128, b: v128, c: v128): v128 { return f32x4.max(f32x4.max(a, b), c); }

/** What the intervals of three numbers each leave between them, or 0. */
// @ts-ignore: a decorator
@inline
function apart(a0: v128, a1: v128, a2: v128, b0: v128, b1: v128, b2: v128): v128 {
  const g = f32x4.max(f32x4.sub(min3(b0, b1, b2), max3(a0, a1, a2)), f32x4.sub(min3(a0, a1, a2), max3(b0, b1, b2)));
  return f32x4.max(g, f32x4.splat(0));
}

/** (sqrt(r) - slack)² from below: r - 2 slack sqrt(r). Negative where r is within the slack. */
// @ts-ignore: a decorator
@inline
function weakened(r: v128, slack: v128): v128 {
  return f32x4.sub(r, f32x4.mul(f32x4.sqrt(r), f32x4.add(slack, slack)));
}

// @ts-ignore: a decorator
@inline
function allBeyond(r: v128, best: v128): bool { return i32x4.bitmask(f32x4.ge(r, best)) == 15; }

/**
 * Lower bounds of the squared distance of one triangle of A (lane 0 at `one`, f32, already in the frame of B) from the four
 * of a leaf of B: by their boxes, by the axis between their centres, by their planes. Ends early where all four are
 * beyond `best`.
 */
// @ts-ignore: a decorator
@inline
export function triangleBounds(pair: usize, one: usize, leaf: usize, best: v128): v128 {
  const slack = v128.load(pair, SLACK);
  const x0 = v128.load32_splat(one), y0 = v128.load32_splat(one, 16), z0 = v128.load32_splat(one, 32);
  const x1 = v128.load32_splat(one, 48), y1 = v128.load32_splat(one, 64), z1 = v128.load32_splat(one, 80);
  const x2 = v128.load32_splat(one, 96), y2 = v128.load32_splat(one, 112), z2 = v128.load32_splat(one, 128);
  const X0 = v128.load(leaf), Y0 = v128.load(leaf, 16), Z0 = v128.load(leaf, 32);
  const X1 = v128.load(leaf, 48), Y1 = v128.load(leaf, 64), Z1 = v128.load(leaf, 80);
  const X2 = v128.load(leaf, 96), Y2 = v128.load(leaf, 112), Z2 = v128.load(leaf, 128);
  const gx = apart(x0, x1, x2, X0, X1, X2);
  const gy = apart(y0, y1, y2, Y0, Y1, Y2);
  const gz = apart(z0, z1, z2, Z0, Z1, Z2);
  let r = dot(gx, gx, gy, gy, gz, gz);
  let bound = weakened(r, slack);
  if (allBeyond(bound, best)) return bound;

  // Any axis not longer than 1 gives a bound; the one between the centres often the best.
  let kx = f32x4.sub(f32x4.add(f32x4.add(X0, X1), X2), f32x4.add(f32x4.add(x0, x1), x2));
  let ky = f32x4.sub(f32x4.add(f32x4.add(Y0, Y1), Y2), f32x4.add(f32x4.add(y0, y1), y2));
  let kz = f32x4.sub(f32x4.add(f32x4.add(Z0, Z1), Z2), f32x4.add(f32x4.add(z0, z1), z2));
  const length = f32x4.sqrt(f32x4.add(dot(kx, kx, ky, ky, kz, kz), f32x4.splat(1e-20)));
  const unit = f32x4.div(f32x4.splat(0.999999), length);
  kx = f32x4.mul(kx, unit);
  ky = f32x4.mul(ky, unit);
  kz = f32x4.mul(kz, unit);
  const highest = max3(dot(kx, x0, ky, y0, kz, z0), dot(kx, x1, ky, y1, kz, z1), dot(kx, x2, ky, y2, kz, z2));
  const lowest = min3(dot(kx, X0, ky, Y0, kz, Z0), dot(kx, X1, ky, Y1, kz, Z1), dot(kx, X2, ky, Y2, kz, Z2));
  const c = f32x4.max(f32x4.sub(lowest, highest), f32x4.splat(0));
  r = f32x4.max(r, f32x4.mul(c, c));
  bound = weakened(r, slack);
  if (allBeyond(bound, best)) return bound;

  const nx = v128.load(leaf, NORMAL), ny = v128.load(leaf, NORMAL + 16), nz = v128.load(leaf, NORMAL + 32);
  const offset = v128.load(leaf, NORMAL + 48);
  const p0 = f32x4.sub(dot(nx, x0, ny, y0, nz, z0), offset);
  const p1 = f32x4.sub(dot(nx, x1, ny, y1, nz, z1), offset);
  const p2 = f32x4.sub(dot(nx, x2, ny, y2, nz, z2), offset);
  let g = f32x4.max(min3(p0, p1, p2), f32x4.neg(max3(p0, p1, p2)));
  const ux = f32x4.sub(x1, x0), uy = f32x4.sub(y1, y0), uz = f32x4.sub(z1, z0);
  const vx = f32x4.sub(x2, x0), vy = f32x4.sub(y2, y0), vz = f32x4.sub(z2, z0);
  let mx = f32x4.sub(f32x4.mul(uy, vz), f32x4.mul(uz, vy));
  let my = f32x4.sub(f32x4.mul(uz, vx), f32x4.mul(ux, vz));
  let mz = f32x4.sub(f32x4.mul(ux, vy), f32x4.mul(uy, vx));
  // Where the squares run out of digits the axis stays short, and a sliver makes no NaN.
  const across = f32x4.div(
    f32x4.splat(0.999999),
    f32x4.sqrt(f32x4.max(dot(mx, mx, my, my, mz, mz), f32x4.splat(1e-30))),
  );
  mx = f32x4.mul(mx, across);
  my = f32x4.mul(my, across);
  mz = f32x4.mul(mz, across);
  // A's own vertices are projected too: the normal of a sliver may be far from right, and is an axis all the same.
  const q0 = dot(mx, f32x4.sub(X0, x0), my, f32x4.sub(Y0, y0), mz, f32x4.sub(Z0, z0));
  const q1 = dot(mx, f32x4.sub(X1, x0), my, f32x4.sub(Y1, y0), mz, f32x4.sub(Z1, z0));
  const q2 = dot(mx, f32x4.sub(X2, x0), my, f32x4.sub(Y2, y0), mz, f32x4.sub(Z2, z0));
  const w1 = dot(mx, ux, my, uy, mz, uz);
  const w2 = dot(mx, vx, my, vy, mz, vz);
  g = f32x4.max(g, apart(q0, q1, q2, f32x4.splat(0), w1, w2));
  g = f32x4.max(f32x4.sub(g, slack), f32x4.splat(0));
  return f32x4.max(bound, f32x4.mul(g, g));
}
