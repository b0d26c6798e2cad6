import { isFlat, triangleDistance } from "./triangle-distance";

/*
 * Two triangles touch where no axis separates them: the two normals, the nine products of their edges, and for triangles
 * of one plane the six normals of edges within it (the axes, and the closed intervals, of FCL's intersect_Triangle: what
 * shares a point touches). Coordinates are taken from the first vertex, as there, so that both round alike.
 */

/** p2, p3, q1, q2, q3 from p1. */
const POINTS = memory.data(120, 16);

// @ts-ignore: a decorator
@inline
function at(k: usize): f64 { return load<f64>(POINTS + 8 * k); }

function separates(x: f64, y: f64, z: f64): bool {
  const p2 = x * at(0) + y * at(1) + z * at(2);
  const p3 = x * at(3) + y * at(4) + z * at(5);
  const q1 = x * at(6) + y * at(7) + z * at(8);
  const q2 = x * at(9) + y * at(10) + z * at(11);
  const q3 = x * at(12) + y * at(13) + z * at(14);
  const pLow = min(min(0, p2), p3);
  const pHigh = max(max(0, p2), p3);
  const qLow = min(min(q1, q2), q3);
  const qHigh = max(max(q1, q2), q3);
  return pLow > qHigh || qLow > pHigh;
}

// @ts-ignore: a decorator
@inline
function crossSeparates(ax: f64, ay: f64, az: f64, bx: f64, by: f64, bz: f64): bool {
  return separates(ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx);
}

/** @param s, t nine f64 each, in one frame */
export function inContact(s: usize, t: usize): bool {
  const ox = load<f64>(s), oy = load<f64>(s, 8), oz = load<f64>(s, 16);
  store<f64>(POINTS, load<f64>(s, 24) - ox);
  store<f64>(POINTS, load<f64>(s, 32) - oy, 8);
  store<f64>(POINTS, load<f64>(s, 40) - oz, 16);
  store<f64>(POINTS, load<f64>(s, 48) - ox, 24);
  store<f64>(POINTS, load<f64>(s, 56) - oy, 32);
  store<f64>(POINTS, load<f64>(s, 64) - oz, 40);
  for (let k: usize = 0; k < 72; k += 24) {
    store<f64>(POINTS + k, load<f64>(t + k) - ox, 48);
    store<f64>(POINTS + k, load<f64>(t + k, 8) - oy, 56);
    store<f64>(POINTS + k, load<f64>(t + k, 16) - oz, 64);
  }
  const e1x = at(0), e1y = at(1), e1z = at(2);
  const e2x = at(3) - e1x, e2y = at(4) - e1y, e2z = at(5) - e1z;
  const nx = e1y * e2z - e1z * e2y, ny = e1z * e2x - e1x * e2z, nz = e1x * e2y - e1y * e2x;
  if (separates(nx, ny, nz)) return false;
  const f1x = at(9) - at(6), f1y = at(10) - at(7), f1z = at(11) - at(8);
  const f2x = at(12) - at(9), f2y = at(13) - at(10), f2z = at(14) - at(11);
  const mx = f1y * f2z - f1z * f2y, my = f1z * f2x - f1x * f2z, mz = f1x * f2y - f1y * f2x;
  if (separates(mx, my, mz)) return false;
  const e3x = -at(3), e3y = -at(4), e3z = -at(5);
  const f3x = at(6) - at(12), f3y = at(7) - at(13), f3z = at(8) - at(14);
  if (crossSeparates(e1x, e1y, e1z, f1x, f1y, f1z)) return false;
  if (crossSeparates(e1x, e1y, e1z, f2x, f2y, f2z)) return false;
  if (crossSeparates(e1x, e1y, e1z, f3x, f3y, f3z)) return false;
  if (crossSeparates(e2x, e2y, e2z, f1x, f1y, f1z)) return false;
  if (crossSeparates(e2x, e2y, e2z, f2x, f2y, f2z)) return false;
  if (crossSeparates(e2x, e2y, e2z, f3x, f3y, f3z)) return false;
  if (crossSeparates(e3x, e3y, e3z, f1x, f1y, f1z)) return false;
  if (crossSeparates(e3x, e3y, e3z, f2x, f2y, f2z)) return false;
  if (crossSeparates(e3x, e3y, e3z, f3x, f3y, f3z)) return false;
  if (crossSeparates(e1x, e1y, e1z, nx, ny, nz)) return false;
  if (crossSeparates(e2x, e2y, e2z, nx, ny, nz)) return false;
  if (crossSeparates(e3x, e3y, e3z, nx, ny, nz)) return false;
  if (crossSeparates(f1x, f1y, f1z, mx, my, mz)) return false;
  if (crossSeparates(f2x, f2y, f2z, mx, my, mz)) return false;
  if (crossSeparates(f3x, f3y, f3z, mx, my, mz)) return false;
  // Without a plane of its own a triangle leaves axes out, and all there are may fail to separate what is apart.
  if (isFlat(s) || isFlat(t)) return triangleDistance(s, t, Infinity) == 0;
  return true;
}
