import { countExactTest } from "./work";

/*
 * Where the nearest points of the pair that was looked at last lie: on two edges (their indices, and how far along), or at a
 * vertex of one triangle and inside the face of the other. `nearestPoints` makes points of it.
 */
let edgeS: i32 = 0;
let edgeT: i32 = 0;
let alongS: f64 = 0;
let alongT: f64 = 0;
/** -1: on edges; 0: in the face of s; 1: in the face of t. */
let face: i32 = -1;
let vertex: i32 = 0;

// @ts-ignore: a decorator
@inline
function within01(x: f64): f64 { return x < 0 ? 0 : x > 1 ? 1 : x; }

/** Below this squared sine between two edges a triangle has no plane that f64 could tell. */
const FLAT: f64 = 1e-20;

/** Whether a triangle is a segment or a point. */
export function isFlat(t: usize): bool {
  const ax = load<f64>(t), ay = load<f64>(t, 8), az = load<f64>(t, 16);
  const ux = load<f64>(t, 24) - ax, uy = load<f64>(t, 32) - ay, uz = load<f64>(t, 40) - az;
  const vx = load<f64>(t, 48) - ax, vy = load<f64>(t, 56) - ay, vz = load<f64>(t, 64) - az;
  const nx = uy * vz - uz * vy, ny = uz * vx - ux * vz, nz = ux * vy - uy * vx;
  const n2 = nx * nx + ny * ny + nz * nz;
  return n2 <= FLAT * (ux * ux + uy * uy + uz * uz) * (vx * vx + vy * vy + vz * vz);
}

/**
 * Squared distance of two triangles that are not in contact (Larsen, Gottschalk, Lin, Manocha 2000: PQP's TriDist): the
 * nearest points of each pair of edges decide where the other vertices lie behind them; else a vertex above a face may.
 * 0 where nothing shows that they are apart; Infinity as soon as they are shown to be farther apart than `best`, squared.
 * @param s, t nine f64 each, in one frame
 */
export function triangleDistance(s: usize, t: usize, best: f64): f64 {
  countExactTest();
  let least: f64 = Infinity;
  let shown = false;
  face = -1;
  for (let i = 0; i < 3; i++) {
    const ps = s + 24 * <usize>i;
    const psNext = i == 2 ? s : ps + 24;
    const psThird = i == 0 ? s + 48 : ps - 24;
    const px = load<f64>(ps), py = load<f64>(ps, 8), pz = load<f64>(ps, 16);
    const ux = load<f64>(psNext) - px, uy = load<f64>(psNext, 8) - py, uz = load<f64>(psNext, 16) - pz;
    const uu = ux * ux + uy * uy + uz * uz;
    for (let j = 0; j < 3; j++) {
      const pt = t + 24 * <usize>j;
      const ptNext = j == 2 ? t : pt + 24;
      const ptThird = j == 0 ? t + 48 : pt - 24;
      const qx = load<f64>(pt), qy = load<f64>(pt, 8), qz = load<f64>(pt, 16);
      const vx = load<f64>(ptNext) - qx, vy = load<f64>(ptNext, 8) - qy, vz = load<f64>(ptNext, 16) - qz;
      const wx = px - qx, wy = py - qy, wz = pz - qz;
      const vv = vx * vx + vy * vy + vz * vz;
      const vw = vx * wx + vy * wy + vz * wz;
      const uw = ux * wx + uy * wy + uz * wz;
      const uv = ux * vx + uy * vy + uz * vz;
      const d = uu * vv - uv * uv;
      // Nearest points of two segments (Ericson 2005, 5.1.9); parallel ones begin at the first end, a point at itself.
      let a: f64 = d > 1e-18 * uu * vv ? within01((uv * vw - uw * vv) / d) : 0;
      let b: f64 = vv > 0 ? (uv * a + vw) / vv : 0;
      if (b < 0 || vv == 0) {
        b = 0;
        a = uu > 0 ? within01(-uw / uu) : 0;
      } else if (b > 1) {
        b = 1;
        a = uu > 0 ? within01((uv - uw) / uu) : 0;
      }
      const Vx = b * vx - a * ux - wx, Vy = b * vy - a * uy - wy, Vz = b * vz - a * uz - wz;
      const dd = Vx * Vx + Vy * Vy + Vz * Vz;
      if (dd < least) {
        least = dd;
        edgeS = i;
        edgeT = j;
        alongS = a;
        alongT = b;
      }
      let behindS =
        (load<f64>(psThird) - px - a * ux) * Vx +
        (load<f64>(psThird, 8) - py - a * uy) * Vy +
        (load<f64>(psThird, 16) - pz - a * uz) * Vz;
      let behindT =
        (load<f64>(ptThird) - qx - b * vx) * Vx +
        (load<f64>(ptThird, 8) - qy - b * vy) * Vy +
        (load<f64>(ptThird, 16) - qz - b * vz) * Vz;
      if (behindS <= 0 && behindT >= 0) {
        edgeS = i;
        edgeT = j;
        alongS = a;
        alongT = b;
        return dd;
      }
      if (behindS < 0) behindS = 0;
      if (behindT > 0) behindT = 0;
      const apart = dd - behindS + behindT;
      if (apart > 0) {
        shown = true;
        if (apart * apart >= best * dd) return Infinity;
      }
    }
  }
  for (let k = 0; k < 2; k++) {
    const f = k == 0 ? s : t;
    const o = k == 0 ? t : s;
    const ax = load<f64>(f), ay = load<f64>(f, 8), az = load<f64>(f, 16);
    const ux = load<f64>(f, 24) - ax, uy = load<f64>(f, 32) - ay, uz = load<f64>(f, 40) - az;
    const vx = load<f64>(f, 48) - ax, vy = load<f64>(f, 56) - ay, vz = load<f64>(f, 64) - az;
    const nx = uy * vz - uz * vy, ny = uz * vx - ux * vz, nz = ux * vy - uy * vx;
    const nn = nx * nx + ny * ny + nz * nz;
    if (nn <= FLAT * (ux * ux + uy * uy + uz * uz) * (vx * vx + vy * vy + vz * vz)) continue;
    const h0 = (load<f64>(o) - ax) * nx + (load<f64>(o, 8) - ay) * ny + (load<f64>(o, 16) - az) * nz;
    const h1 = (load<f64>(o, 24) - ax) * nx + (load<f64>(o, 32) - ay) * ny + (load<f64>(o, 40) - az) * nz;
    const h2 = (load<f64>(o, 48) - ax) * nx + (load<f64>(o, 56) - ay) * ny + (load<f64>(o, 64) - az) * nz;
    if (!((h0 > 0 && h1 > 0 && h2 > 0) || (h0 < 0 && h1 < 0 && h2 < 0))) continue;
    shown = true;
    const size0 = Math.abs(h0), size1 = Math.abs(h1), size2 = Math.abs(h2);
    const near = size0 < size1 ? (size2 < size0 ? 2 : 0) : size2 < size1 ? 2 : 1;
    const height = near == 0 ? h0 : near == 1 ? h1 : h2;
    const p = o + 24 * <usize>near;
    const wx = load<f64>(p) - ax, wy = load<f64>(p, 8) - ay, wz = load<f64>(p, 16) - az;
    // Barycentric coordinates of the foot, times nn.
    const g = (uy * wz - uz * wy) * nx + (uz * wx - ux * wz) * ny + (ux * wy - uy * wx) * nz;
    if (g < 0 || g > nn) continue;
    const c = (wy * vz - wz * vy) * nx + (wz * vx - wx * vz) * ny + (wx * vy - wy * vx) * nz;
    if (c < 0 || g + c > nn) continue;
    face = k;
    vertex = near;
    return (height * height) / nn;
  }
  return shown ? least : 0;
}

function storePoint(to: usize, x: f64, y: f64, z: f64): void {
  store<f64>(to, x);
  store<f64>(to, y, 8);
  store<f64>(to, z, 16);
}

function alongEdge(t: usize, edge: i32, part: f64, to: usize): void {
  const p = t + 24 * <usize>edge;
  const q = edge == 2 ? t : p + 24;
  const x = load<f64>(p), y = load<f64>(p, 8), z = load<f64>(p, 16);
  storePoint(to, x + part * (load<f64>(q) - x), y + part * (load<f64>(q, 8) - y), z + part * (load<f64>(q, 16) - z));
}

/** The nearest points of two triangles that are apart, on `s` and then on `t`: six f64 at `to`. */
export function nearestPoints(s: usize, t: usize, to: usize): void {
  triangleDistance(s, t, Infinity);
  if (face < 0) {
    alongEdge(s, edgeS, alongS, to);
    alongEdge(t, edgeT, alongT, to + 24);
    return;
  }
  const f = face == 0 ? s : t;
  const p = (face == 0 ? t : s) + 24 * <usize>vertex;
  const ax = load<f64>(f), ay = load<f64>(f, 8), az = load<f64>(f, 16);
  const ux = load<f64>(f, 24) - ax, uy = load<f64>(f, 32) - ay, uz = load<f64>(f, 40) - az;
  const vx = load<f64>(f, 48) - ax, vy = load<f64>(f, 56) - ay, vz = load<f64>(f, 64) - az;
  const nx = uy * vz - uz * vy, ny = uz * vx - ux * vz, nz = ux * vy - uy * vx;
  const x = load<f64>(p), y = load<f64>(p, 8), z = load<f64>(p, 16);
  const lift = ((x - ax) * nx + (y - ay) * ny + (z - az) * nz) / (nx * nx + ny * ny + nz * nz);
  storePoint(face == 0 ? to : to + 24, x - lift * nx, y - lift * ny, z - lift * nz);
  storePoint(face == 0 ? to + 24 : to, x, y, z);
}

/** Where the edge p q goes through the triangle at t; false where it does not. */
function pierces(p: usize, q: usize, t: usize, to: usize): bool {
  const ax = load<f64>(t), ay = load<f64>(t, 8), az = load<f64>(t, 16);
  const ux = load<f64>(t, 24) - ax, uy = load<f64>(t, 32) - ay, uz = load<f64>(t, 40) - az;
  const vx = load<f64>(t, 48) - ax, vy = load<f64>(t, 56) - ay, vz = load<f64>(t, 64) - az;
  const nx = uy * vz - uz * vy, ny = uz * vx - ux * vz, nz = ux * vy - uy * vx;
  const px = load<f64>(p), py = load<f64>(p, 8), pz = load<f64>(p, 16);
  const qx = load<f64>(q), qy = load<f64>(q, 8), qz = load<f64>(q, 16);
  const h0 = (px - ax) * nx + (py - ay) * ny + (pz - az) * nz;
  const h1 = (qx - ax) * nx + (qy - ay) * ny + (qz - az) * nz;
  if ((h0 > 0 && h1 > 0) || (h0 < 0 && h1 < 0) || h0 == h1) return false;
  const part = h0 / (h0 - h1);
  const x = px + part * (qx - px), y = py + part * (qy - py), z = pz + part * (qz - pz);
  const wx = x - ax, wy = y - ay, wz = z - az;
  const nn = nx * nx + ny * ny + nz * nz;
  const g = (uy * wz - uz * wy) * nx + (uz * wx - ux * wz) * ny + (ux * wy - uy * wx) * nz;
  if (g < 0 || g > nn) return false;
  const c = (wy * vz - wz * vy) * nx + (wz * vx - wx * vz) * ny + (wx * vy - wy * vx) * nz;
  if (c < 0 || g + c > nn) return false;
  storePoint(to, x, y, z);
  return true;
}

/** A point that two triangles in contact share, twice: six f64 at `to`. Where no edge goes through a face they touch. */
export function contactPoints(s: usize, t: usize, to: usize): void {
  for (let k: usize = 0; k < 3; k++) {
    const next: usize = k == 2 ? 0 : 24 * (k + 1);
    if (pierces(s + 24 * k, s + next, t, to) || pierces(t + 24 * k, t + next, s, to)) {
      memory.copy(to + 24, to, 24);
      return;
    }
  }
  touchPoints(s, t, to);
}

/** Of triangles that touch and do not cross: where their edges meet, or a vertex of one that lies in the other. */
function touchPoints(s: usize, t: usize, to: usize): void {
  triangleDistance(s, t, Infinity);
  alongEdge(s, edgeS, alongS, to);
  alongEdge(t, edgeT, alongT, to + 24);
  const x = load<f64>(to, 24) - load<f64>(to), y = load<f64>(to, 32) - load<f64>(to, 8);
  const z = load<f64>(to, 40) - load<f64>(to, 16);
  let least = x * x + y * y + z * z;
  for (let k: usize = 0; k < 72; k += 24) {
    least = touchesFace(s + k, t, least, to);
    least = touchesFace(t + k, s, least, to);
  }
}

/** Takes the vertex at `p` for the shared point where its foot on the face of `t` is inside and nearer than `least`, squared. */
function touchesFace(p: usize, t: usize, least: f64, to: usize): f64 {
  const ax = load<f64>(t), ay = load<f64>(t, 8), az = load<f64>(t, 16);
  const ux = load<f64>(t, 24) - ax, uy = load<f64>(t, 32) - ay, uz = load<f64>(t, 40) - az;
  const vx = load<f64>(t, 48) - ax, vy = load<f64>(t, 56) - ay, vz = load<f64>(t, 64) - az;
  const nx = uy * vz - uz * vy, ny = uz * vx - ux * vz, nz = ux * vy - uy * vx;
  const nn = nx * nx + ny * ny + nz * nz;
  const wx = load<f64>(p) - ax, wy = load<f64>(p, 8) - ay, wz = load<f64>(p, 16) - az;
  const g = (uy * wz - uz * wy) * nx + (uz * wx - ux * wz) * ny + (ux * wy - uy * wx) * nz;
  const c = (wy * vz - wz * vy) * nx + (wz * vx - wx * vz) * ny + (wx * vy - wy * vx) * nz;
  const height = wx * nx + wy * ny + wz * nz;
  if (nn == 0 || g < 0 || c < 0 || g + c > nn || height * height >= least * nn) return least;
  memory.copy(to, p, 24);
  memory.copy(to + 24, p, 24);
  return (height * height) / nn;
}
