import { shareStart } from "./barrier";

/* Distances of the nodes of a lattice to triangles in a tree of boxes (triangle-tree.ts). */

/** Bytes of two boxes, of a node's links, of a triangle's corners and of the sphere around it. */
const PAIR: usize = 96;
const LINKS: usize = 8;
const CORNERS: usize = 72;
const SPHERE: usize = 32;

// @ts-ignore: a decorator
@inline
function outside(x: v128, pair: usize): v128 {
  const below = f64x2.sub(v128.load(pair), x);
  return f64x2.pmax(f64x2.pmax(f64x2.sub(x, v128.load(pair, 48)), below), f64x2.splat(0));
}

/** Squared distances to two boxes. */
// @ts-ignore: a decorator
@inline
function toBoxes(x: f64, y: f64, z: f64, pair: usize): v128 {
  const dx = outside(f64x2.splat(x), pair);
  const dy = outside(f64x2.splat(y), pair + 16);
  const dz = outside(f64x2.splat(z), pair + 32);
  return f64x2.add(f64x2.add(f64x2.mul(dx, dx), f64x2.mul(dy, dy)), f64x2.mul(dz, dz));
}

/** Whether no place of a sphere is nearer than that. */
// @ts-ignore: a decorator
@inline
function isBeyond(x: f64, y: f64, z: f64, sphere: usize, distance: f64): bool {
  const dx = x - load<f64>(sphere);
  const dy = y - load<f64>(sphere, 8);
  const dz = z - load<f64>(sphere, 16);
  const reach = distance + load<f64>(sphere, 24);
  return dx * dx + dy * dy + dz * dz >= reach * reach;
}

/** Squared distance of w to the segment from 0 to u. */
// @ts-ignore: a decorator
@inline
function toSegment(ux: f64, uy: f64, uz: f64, wx: f64, wy: f64, wz: f64): f64 {
  const length = ux * ux + uy * uy + uz * uz;
  const part = length > 0 ? min(1, max(0, (ux * wx + uy * wy + uz * wz) / length)) : 0;
  const dx = wx - part * ux;
  const dy = wy - part * uy;
  const dz = wz - part * uz;
  return dx * dx + dy * dy + dz * dz;
}

/** As `squaredToTriangle` of distance-field-plain.ts. */
function toTriangle(x: f64, y: f64, z: f64, at: usize): f64 {
  const ax = load<f64>(at);
  const ay = load<f64>(at, 8);
  const az = load<f64>(at, 16);
  const ux = load<f64>(at, 24) - ax;
  const uy = load<f64>(at, 32) - ay;
  const uz = load<f64>(at, 40) - az;
  const vx = load<f64>(at, 48) - ax;
  const vy = load<f64>(at, 56) - ay;
  const vz = load<f64>(at, 64) - az;
  const wx = x - ax;
  const wy = y - ay;
  const wz = z - az;
  const nx = uy * vz - uz * vy;
  const ny = uz * vx - ux * vz;
  const nz = ux * vy - uy * vx;
  const squared = nx * nx + ny * ny + nz * nz;
  if (squared > 1e-20 * (ux * ux + uy * uy + uz * uz) * (vx * vx + vy * vy + vz * vz)) {
    const alongV = (uy * wz - uz * wy) * nx + (uz * wx - ux * wz) * ny + (ux * wy - uy * wx) * nz;
    const alongU = (wy * vz - wz * vy) * nx + (wz * vx - wx * vz) * ny + (wx * vy - wy * vx) * nz;
    const height = wx * nx + wy * ny + wz * nz;
    if (alongV >= 0 && alongU >= 0 && alongV + alongU <= squared) return (height * height) / squared;
  }
  const edges = min(toSegment(ux, uy, uz, wx, wy, wz), toSegment(vx, vy, vz, wx, wy, wz));
  return min(edges, toSegment(vx - ux, vy - uy, vz - uz, wx - ux, wy - uy, wz - uz));
}

/** The triangle that was nearest to the node before. */
let nearest: i32 = 0;

/** Squared distance to the nearest triangle; the one that was nearest before is asked first. */
function toNearest(x: f64, y: f64, z: f64, pairs: usize, links: usize, corners: usize, spheres: usize, stack: usize): f64 {
  let least = toTriangle(x, y, z, corners + <usize>nearest * CORNERS);
  let distance = sqrt(least);
  // What waits: nodes, and how far their boxes are.
  let waiting = stack;
  store<i32>(waiting, 0);
  store<f64>(waiting, 0, 8);
  waiting += 16;
  while (waiting > stack) {
    waiting -= 16;
    if (load<f64>(waiting, 8) >= least) continue;
    const node = <usize>load<i32>(waiting);
    const first = load<i32>(links + node * LINKS);
    const count = load<i32>(links + node * LINKS, 4);
    if (count > 0) {
      for (let t = first; t < first + count; t++) {
        if (isBeyond(x, y, z, spheres + <usize>t * SPHERE, distance)) continue;
        const squared = toTriangle(x, y, z, corners + <usize>t * CORNERS);
        if (squared >= least) continue;
        least = squared;
        distance = sqrt(least);
        nearest = t;
      }
      continue;
    }
    const both = toBoxes(x, y, z, pairs + <usize>(first >> 1) * PAIR);
    const left = f64x2.extract_lane(both, 0);
    const right = f64x2.extract_lane(both, 1);
    const leftFirst = left <= right;
    const far = leftFirst ? right : left;
    const near = leftFirst ? left : right;
    if (far < least) {
      store<i32>(waiting, leftFirst ? first + 1 : first);
      store<f64>(waiting, far, 8);
      waiting += 16;
    }
    if (near < least) {
      store<i32>(waiting, leftFirst ? first : first + 1);
      store<f64>(waiting, near, 8);
      waiting += 16;
    }
  }
  return least;
}

/**
 * Rows of nodes along x, from `firstRow` up to and without `endRow`; row j + ny k stands at (j, k).
 * @param distance f32 of all nodes
 * @param stacks 1024 bytes for each thread: a tree of that depth has 2^62 leaves
 */
export function distanceField(
  pairs: usize, links: usize, corners: usize, spheres: usize,
  originX: f64, originY: f64, originZ: f64, cell: f64, nx: i32, ny: i32, firstRow: i32, endRow: i32, distance: usize, stacks: usize, thread: i32, threads: i32, barrier: usize,
): void {
  const rows = endRow - firstRow;
  const stack = stacks + (<usize>thread << 10);
  const end = firstRow + shareStart(rows, thread + 1, threads);
  for (let row = firstRow + shareStart(rows, thread, threads); row < end; row++) {
    const y = originY + cell * (row % ny);
    const z = originZ + cell * (row / ny);
    // Anew in each row, so that the bits do not depend on which thread had the row before.
    nearest = 0;
    const at = distance + ((<usize>row * <usize>nx) << 2);
    for (let i = 0; i < nx; i++) {
      const squared = toNearest(originX + cell * i, y, z, pairs, links, corners, spheres, stack);
      store<f32>(at + (<usize>i << 2), <f32>sqrt(squared));
    }
  }
}
