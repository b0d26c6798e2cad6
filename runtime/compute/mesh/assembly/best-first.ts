import { boundsBelowA, boundsBelowB, goesDownA, nodeAt, verticesBelowA, verticesBelowB } from "./box-bound";
import { boxAt, CHILD, COUNT, FIRST, LEAF, LEAVES, NODES, TRIANGLE, TRIANGLES } from "./layout";
import { MESH_A, MESH_B, PAIR, SLACK, takeOver, takeOverFour } from "./pair";
import * as queue from "./queue";
import { triangleBounds } from "./triangle-bound";
import { triangleDistance } from "./triangle-distance";

const FOUR = memory.data(144, 16);
const ONE = memory.data(72, 16);
const LANES = memory.data(16, 16);

/** Over what is left of f32 against f64. */
const ROUNDED_UP: f32 = 1.000001;

let bestPair: i32 = -1;
let bestA: i32 = -1;
let bestB: i32 = -1;
/** Squared: of the nearest triangles so far, and a bound known from vertices, which may be lower before they are found. */
let best: f64 = 0;
let beyond: f64 = 0;
/** `beyond`, not less, in f32. */
let beyondF: f32 = 0;

/** The pair, and its triangles, that the last search ended with; -1 where nothing was nearer than the bound. */
export function nearestPair(): i32 { return bestPair; }
export function nearestOfA(): i32 { return bestA; }
export function nearestOfB(): i32 { return bestB; }

/** Begins a search of what is nearer than the root of `bound`. */
export function begin(bound: f64): void {
  queue.clear();
  best = bound;
  beyond = bound;
  beyondF = <f32>bound * ROUNDED_UP;
  bestPair = -1;
}

/** Adds a pair with the squared bound of its whole meshes. */
export function addPair(index: i32, bound: f32): void {
  if (bound >= beyondF) return;
  queue.makeRoom(1);
  queue.push(bound, 0, 0, index << 1);
}

/**
 * The squared distance of the nearest two triangles of all pairs added: boxes and triangles wait in one queue by their
 * lower bounds, so that none is looked at whose bound is beyond what is found (Hjaltason, Samet 1999).
 * @param pairs where the pairs lie, one after another
 */
export function search(pairs: usize): f64 {
  while (!queue.isEmpty()) {
    const entry = queue.first();
    if (load<f32>(entry) >= beyondF) break;
    const whatA = load<i32>(entry, 4), whatB = load<i32>(entry, 8), kind = load<i32>(entry, 12);
    queue.removeFirst();
    const pair = pairs + PAIR * <usize>(kind >> 1);
    const a = <usize>load<u32>(pair, MESH_A), b = <usize>load<u32>(pair, MESH_B);
    if (kind & 1) {
      takeOver(pair, a + load<u32>(a, TRIANGLES) + <usize>whatA * TRIANGLE, ONE);
      const d = triangleDistance(ONE, b + load<u32>(b, TRIANGLES) + <usize>whatB * TRIANGLE, min(best, beyond));
      if (d < best) {
        best = d;
        bestPair = kind >> 1;
        bestA = whatA;
        bestB = whatB;
        if (d == 0) return 0;
        goNoFurtherThan(d);
      }
      continue;
    }
    const nodesA = a + load<u32>(a, NODES), nodesB = b + load<u32>(b, NODES);
    const boxA = boxAt(nodesA, whatA), boxB = boxAt(nodesB, whatB);
    const childA = load<i32>(boxA, CHILD), childB = load<i32>(boxB, CHILD);
    if (childA < 0 && childB < 0) {
      const leafA = a + load<u32>(a, LEAVES) + <usize>~childA * LEAF;
      queueTriangles(pair, leafA, b + load<u32>(b, LEAVES) + <usize>~childB * LEAF, kind | 1);
      continue;
    }
    let bounds: v128, vertices: v128;
    const downA = goesDownA(boxA, boxB);
    if (downA) {
      const node = nodeAt(nodesA, childA);
      bounds = boundsBelowA(pair, node, boxB);
      vertices = verticesBelowA(pair, node, boxB);
    } else {
      const node = nodeAt(nodesB, childB);
      bounds = boundsBelowB(pair, boxA, node);
      vertices = verticesBelowB(pair, boxA, node);
    }
    if (i32x4.bitmask(f32x4.lt(vertices, f32x4.splat(beyondF)))) goNoFurtherThan(fromVertices(pair, vertices));
    let left = ~i32x4.bitmask(f32x4.ge(bounds, f32x4.splat(beyondF))) & 15;
    if (left == 0) continue;
    v128.store(LANES, bounds);
    queue.makeRoom(4);
    while (left) {
      const k = ctz(left);
      left &= left - 1;
      queue.push(
        load<f32>(LANES + (<usize>k << 2)),
        downA ? (childA << 2) + k : whatA, downA ? whatB : (childB << 2) + k, kind,
      );
    }
  }
  return best;
}

// @ts-ignore: a decorator
@inline
function goNoFurtherThan(d: f64): void {
  if (d >= beyond) return;
  beyond = d;
  beyondF = <f32>d * ROUNDED_UP;
}

/** The least of four squared distances, with the slack put on: the search may then leave out what is farther. */
function fromVertices(pair: usize, four: v128): f64 {
  const two = f32x4.min(four, i8x16.shuffle(four, four, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  const least = min(f32x4.extract_lane(two, 0), f32x4.extract_lane(two, 1));
  const far = Math.sqrt(<f64>least) + <f64>load<f32>(pair, SLACK);
  return far * far;
}

function queueTriangles(pair: usize, leafA: usize, leafB: usize, kind: i32): void {
  const firstA = load<i32>(leafA, FIRST), countA = load<i32>(leafA, COUNT);
  const firstB = load<i32>(leafB, FIRST), countB = load<i32>(leafB, COUNT);
  const most = f32x4.splat(beyondF);
  takeOverFour(pair, leafA, FOUR);
  queue.makeRoom(16);
  for (let i = 0; i < countA; i++) {
    const bounds = triangleBounds(pair, FOUR + 4 * <usize>i, leafB, most);
    let left = ~i32x4.bitmask(f32x4.ge(bounds, most)) & ((1 << countB) - 1);
    if (left == 0) continue;
    v128.store(LANES, bounds);
    while (left) {
      const k = ctz(left);
      left &= left - 1;
      queue.push(load<f32>(LANES + (<usize>k << 2)), firstA + i, firstB + k, kind);
    }
  }
}
