import { CHILD, HALF, NODE, NODES, VERTEX } from "./layout";
import { ABS, along, dot, MESH_A, MESH_B, SLACK, T } from "./pair";

/** What two intervals with centres d apart and half lengths e and p leave between them, or 0. */
// @ts-ignore: a decorator
@inline
function gap(d: v128, e: v128, p: v128): v128 {
  return f32x4.max(f32x4.sub(f32x4.sub(f32x4.abs(d), e), p), f32x4.splat(0));
}

/**
 * Lower bounds of the squared distance of four pairs of boxes: the largest of what the three axes of B leave, what those of
 * A leave (the face axes of Gottschalk, Lin, Manocha 1996; the edge axes cost more than they save) and what the line
 * between the centres leaves, which is the best for boxes that are small and far apart. One of the two boxes must have
 * been grown by the slack.
 */
// @ts-ignore: a decorator
@inline
function bounds(
  pair: usize,
  ax: v128, ay: v128, az: v128, px: v128, py: v128, pz: v128,
  bx: v128, by: v128, bz: v128, qx: v128, qy: v128, qz: v128,
): v128 {
  const dx = f32x4.sub(f32x4.add(along(pair, 0, 16, 32, ax, ay, az), v128.load(pair, T)), bx);
  const dy = f32x4.sub(f32x4.add(along(pair, 48, 64, 80, ax, ay, az), v128.load(pair, T + 16)), by);
  const dz = f32x4.sub(f32x4.add(along(pair, 96, 112, 128, ax, ay, az), v128.load(pair, T + 32)), bz);
  const g0 = gap(dx, along(pair, ABS, ABS + 16, ABS + 32, px, py, pz), qx);
  const g1 = gap(dy, along(pair, ABS + 48, ABS + 64, ABS + 80, px, py, pz), qy);
  const g2 = gap(dz, along(pair, ABS + 96, ABS + 112, ABS + 128, px, py, pz), qz);
  const ox = along(pair, 0, 48, 96, dx, dy, dz);
  const oy = along(pair, 16, 64, 112, dx, dy, dz);
  const oz = along(pair, 32, 80, 128, dx, dy, dz);
  const h0 = gap(ox, along(pair, ABS, ABS + 48, ABS + 96, qx, qy, qz), px);
  const h1 = gap(oy, along(pair, ABS + 16, ABS + 64, ABS + 112, qx, qy, qz), py);
  const h2 = gap(oz, along(pair, ABS + 32, ABS + 80, ABS + 128, qx, qy, qz), pz);
  const faces = f32x4.max(dot(g0, g0, g1, g1, g2, g2), dot(h0, h0, h1, h1, h2, h2));
  // Along d both boxes reach (half extents times |d|) / length of d.
  const dd = dot(dx, dx, dy, dy, dz, dz);
  const reachA = dot(f32x4.abs(ox), px, f32x4.abs(oy), py, f32x4.abs(oz), pz);
  const reachB = dot(f32x4.abs(dx), qx, f32x4.abs(dy), qy, f32x4.abs(dz), qz);
  const left = f32x4.max(f32x4.sub(f32x4.sub(dd, reachA), reachB), f32x4.splat(0));
  return f32x4.max(faces, f32x4.mul(f32x4.div(left, f32x4.max(dd, f32x4.splat(1e-30))), left));
}

/** How far apart two intervals are, below 0 where they overlap. */
// @ts-ignore: a decorator
@inline
function between(d: v128, e: v128, p: v128): v128 { return f32x4.sub(f32x4.sub(f32x4.abs(d), e), p); }

/** A bit for each of four pairs of boxes that one of the six face axes shows to be apart; one box must have been grown. */
// @ts-ignore: a decorator
@inline
function separated(
  pair: usize,
  ax: v128, ay: v128, az: v128, px: v128, py: v128, pz: v128,
  bx: v128, by: v128, bz: v128, qx: v128, qy: v128, qz: v128,
): i32 {
  const dx = f32x4.sub(f32x4.add(along(pair, 0, 16, 32, ax, ay, az), v128.load(pair, T)), bx);
  const dy = f32x4.sub(f32x4.add(along(pair, 48, 64, 80, ax, ay, az), v128.load(pair, T + 16)), by);
  const dz = f32x4.sub(f32x4.add(along(pair, 96, 112, 128, ax, ay, az), v128.load(pair, T + 32)), bz);
  const g0 = between(dx, along(pair, ABS, ABS + 16, ABS + 32, px, py, pz), qx);
  const g1 = between(dy, along(pair, ABS + 48, ABS + 64, ABS + 80, px, py, pz), qy);
  const g2 = between(dz, along(pair, ABS + 96, ABS + 112, ABS + 128, px, py, pz), qz);
  const none = f32x4.splat(0);
  const ofB = i32x4.bitmask(f32x4.gt(f32x4.max(f32x4.max(g0, g1), g2), none));
  if (ofB == 15) return ofB;
  const h0 = between(along(pair, 0, 48, 96, dx, dy, dz), along(pair, ABS, ABS + 48, ABS + 96, qx, qy, qz), px);
  const h1 = between(along(pair, 16, 64, 112, dx, dy, dz), along(pair, ABS + 16, ABS + 64, ABS + 112, qx, qy, qz), py);
  const h2 = between(along(pair, 32, 80, 128, dx, dy, dz), along(pair, ABS + 32, ABS + 80, ABS + 128, qx, qy, qz), pz);
  return ofB | i32x4.bitmask(f32x4.gt(f32x4.max(f32x4.max(h0, h1), h2), none));
}

/** As `boundsBelowA`, only which are apart. */
export function separatedBelowA(pair: usize, a: usize, b: usize): i32 {
  return separated(
    pair,
    v128.load(a), v128.load(a, 16), v128.load(a, 32), v128.load(a, HALF), v128.load(a, HALF + 16), v128.load(a, HALF + 32),
    one(b, 0), one(b, 16), one(b, 32), grown(pair, b, HALF), grown(pair, b, HALF + 16), grown(pair, b, HALF + 32),
  );
}

/** As `boundsBelowB`, only which are apart. */
export function separatedBelowB(pair: usize, a: usize, b: usize): i32 {
  return separated(
    pair,
    one(a, 0), one(a, 16), one(a, 32), grown(pair, a, HALF), grown(pair, a, HALF + 16), grown(pair, a, HALF + 32),
    v128.load(b), v128.load(b, 16), v128.load(b, 32), v128.load(b, HALF), v128.load(b, HALF + 16), v128.load(b, HALF + 32),
  );
}

// @ts-ignore: a decorator
@inline
function one(box: usize, offset: usize): v128 { return v128.load32_splat(box + offset); }

// @ts-ignore: a decorator
@inline
function grown(pair: usize, box: usize, offset: usize): v128 {
  return f32x4.add(v128.load32_splat(box + offset), v128.load(pair, SLACK));
}

/** Of the four children of the node of A at `a` with the box of B at `b`. */
// @ts-ignore: a decorator
@inline
export function boundsBelowA(pair: usize, a: usize, b: usize): v128 {
  return bounds(
    pair,
    v128.load(a), v128.load(a, 16), v128.load(a, 32), v128.load(a, HALF), v128.load(a, HALF + 16), v128.load(a, HALF + 32),
    one(b, 0), one(b, 16), one(b, 32), grown(pair, b, HALF), grown(pair, b, HALF + 16), grown(pair, b, HALF + 32),
  );
}

/** Of the box of A at `a` with the four children of the node of B at `b`. */
// @ts-ignore: a decorator
@inline
export function boundsBelowB(pair: usize, a: usize, b: usize): v128 {
  return bounds(
    pair,
    one(a, 0), one(a, 16), one(a, 32), grown(pair, a, HALF), grown(pair, a, HALF + 16), grown(pair, a, HALF + 32),
    v128.load(b), v128.load(b, 16), v128.load(b, 32), v128.load(b, HALF), v128.load(b, HALF + 16), v128.load(b, HALF + 32),
  );
}

/** Of the two whole meshes. */
export function rootBound(pair: usize): f32 {
  const a = <usize>load<u32>(pair, MESH_A);
  const b = <usize>load<u32>(pair, MESH_B);
  return f32x4.extract_lane(boundsBelowA(pair, a + load<u32>(a, NODES), b + load<u32>(b, NODES)), 0);
}

// @ts-ignore: a decorator
@inline
function vertexDistances(
  pair: usize, ax: v128, ay: v128, az: v128, bx: v128, by: v128, bz: v128,
): v128 {
  const dx = f32x4.sub(f32x4.add(along(pair, 0, 16, 32, ax, ay, az), v128.load(pair, T)), bx);
  const dy = f32x4.sub(f32x4.add(along(pair, 48, 64, 80, ax, ay, az), v128.load(pair, T + 16)), by);
  const dz = f32x4.sub(f32x4.add(along(pair, 96, 112, 128, ax, ay, az), v128.load(pair, T + 32)), bz);
  return dot(dx, dx, dy, dy, dz, dz);
}

/** Squared distances of a vertex inside each of four children of A and one inside the box of B: more than the meshes'. */
// @ts-ignore: a decorator
@inline
export function verticesBelowA(pair: usize, a: usize, b: usize): v128 {
  return vertexDistances(
    pair,
    v128.load(a, VERTEX), v128.load(a, VERTEX + 16), v128.load(a, VERTEX + 32),
    one(b, VERTEX), one(b, VERTEX + 16), one(b, VERTEX + 32),
  );
}

// @ts-ignore: a decorator
@inline
export function verticesBelowB(pair: usize, a: usize, b: usize): v128 {
  return vertexDistances(
    pair,
    one(a, VERTEX), one(a, VERTEX + 16), one(a, VERTEX + 32),
    v128.load(b, VERTEX), v128.load(b, VERTEX + 16), v128.load(b, VERTEX + 32),
  );
}

/** The first node of the children of a box. */
// @ts-ignore: a decorator
@inline
export function nodeAt(nodes: usize, child: i32): usize { return nodes + <usize>child * NODE; }

/** Whether to go down in A: where B has nothing below, or where A's box is the larger. */
// @ts-ignore: a decorator
@inline
export function goesDownA(a: usize, b: usize): bool {
  if (load<i32>(b, CHILD) < 0) return true;
  if (load<i32>(a, CHILD) < 0) return false;
  return (
    load<f32>(a, HALF) + load<f32>(a, HALF + 16) + load<f32>(a, HALF + 32) >
    load<f32>(b, HALF) + load<f32>(b, HALF + 16) + load<f32>(b, HALF + 32)
  );
}

