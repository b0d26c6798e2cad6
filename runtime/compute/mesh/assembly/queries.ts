import { addPair, begin, nearestOfA, nearestOfB, nearestPair, search } from "./best-first";
import { rootBound } from "./box-bound";
import { contactOfA, contactOfB, touches } from "./contact";
import { TRIANGLE, TRIANGLES } from "./layout";
import { MESH_A, MESH_B, PAIR, setPair, takeOver } from "./pair";
import { overlap, setWorldBox, WORLD_BOX, worldBound } from "./world-box";
import { contactPoints, nearestPoints } from "./triangle-distance";

/*
 * Bodies come as two lists: u32 addresses of meshes, and their poses one after another, f64 row-major 3x4 (96 bytes each).
 */

const ONE = memory.data(72, 16);
const POINTS = memory.data(48, 16);
const SINGLE = memory.data(464, 16);
const POSE: usize = 96;

/** Pairs of the latest query. */
let pairs: usize = 0;
let roomForPairs: i32 = 0;

function makePairs(count: i32): void {
  if (count <= roomForPairs) return;
  if (pairs != 0) heap.free(pairs);
  roomForPairs = count;
  pairs = heap.alloc(<usize>count * PAIR);
}

/** World boxes of the first bodies, and behind them of the second. */
let boxes: usize = 0;
let roomForBoxes: i32 = 0;

function makeBoxes(countA: i32, meshesA: usize, posesA: usize, countB: i32, meshesB: usize, posesB: usize): void {
  if (countA + countB > roomForBoxes) {
    if (boxes != 0) heap.free(boxes);
    roomForBoxes = countA + countB;
    boxes = heap.alloc(<usize>roomForBoxes * WORLD_BOX);
  }
  let box = boxes;
  for (let i = 0; i < countA; i++, box += WORLD_BOX) setWorldBox(box, meshAt(meshesA, i), posesA + POSE * <usize>i);
  for (let j = 0; j < countB; j++, box += WORLD_BOX) setWorldBox(box, meshAt(meshesB, j), posesB + POSE * <usize>j);
}

// @ts-ignore: a decorator
@inline
function boxAtIndex(i: i32): usize { return boxes + WORLD_BOX * <usize>i; }

// @ts-ignore: a decorator
@inline
function meshAt(list: usize, i: i32): usize { return <usize>load<u32>(list + 4 * <usize>i); }

/** A byte for each of countA x countB pairs at `verdicts`, 1 in contact; returns how many are. */
export function collide(
  countA: i32, meshesA: usize, posesA: usize, countB: i32, meshesB: usize, posesB: usize, verdicts: usize,
): i32 {
  makeBoxes(countA, meshesA, posesA, countB, meshesB, posesB);
  let contacts = 0;
  for (let i = 0; i < countA; i++) {
    for (let j = 0; j < countB; j++) {
      if (!overlap(boxAtIndex(i), boxAtIndex(countA + j))) {
        store<u8>(verdicts++, 0);
        continue;
      }
      setPair(SINGLE, meshAt(meshesA, i), posesA + POSE * <usize>i, meshAt(meshesB, j), posesB + POSE * <usize>j);
      const hit = touches(SINGLE);
      store<u8>(verdicts++, <u8>hit);
      contacts += <i32>hit;
    }
  }
  return contacts;
}

/**
 * The squared distance of the nearest two of all pairs, 0 in contact, -1 where nothing is nearer than the root of `bound`.
 * At `result` i32 the two indices and, at 8, six f64: the points in the world, on A and on B.
 */
export function nearest(
  countA: i32, meshesA: usize, posesA: usize, countB: i32, meshesB: usize, posesB: usize, bound: f64, result: usize,
): f64 {
  makePairs(countA * countB);
  makeBoxes(countA, meshesA, posesA, countB, meshesB, posesB);
  begin(bound);
  let index = 0;
  for (let i = 0; i < countA; i++) {
    for (let j = 0; j < countB; j++, index++) {
      const apart = worldBound(boxAtIndex(i), boxAtIndex(countA + j));
      if (apart > 0 && apart >= bound) continue;
      const pair = pairs + PAIR * <usize>index;
      const poseB = posesB + POSE * <usize>j;
      setPair(pair, meshAt(meshesA, i), posesA + POSE * <usize>i, meshAt(meshesB, j), poseB);
      const least = rootBound(pair);
      if (least <= 0 && touches(pair)) {
        store<i32>(result, i);
        store<i32>(result, j, 4);
        tellPoints(pair, contactOfA(), contactOfB(), true, poseB, result + 8);
        return 0;
      }
      addPair(index, least);
    }
  }
  const found = search(pairs);
  const winner = nearestPair();
  if (winner < 0) return -1;
  const j = winner % countB;
  store<i32>(result, winner / countB);
  store<i32>(result, j, 4);
  const pair = pairs + PAIR * <usize>winner;
  tellPoints(pair, nearestOfA(), nearestOfB(), found == 0, posesB + POSE * <usize>j, result + 8);
  return found;
}

/** The squared distance of each pair, row by row, f64 at `out`; at `points`, if not 0, six f64 of each as in `nearest`. */
export function distances(
  countA: i32, meshesA: usize, posesA: usize, countB: i32, meshesB: usize, posesB: usize, farthest: f64, out: usize,
  points: usize,
): void {
  for (let i = 0; i < countA; i++) {
    for (let j = 0; j < countB; j++) {
      const poseB = posesB + POSE * <usize>j;
      setPair(SINGLE, meshAt(meshesA, i), posesA + POSE * <usize>i, meshAt(meshesB, j), poseB);
      const least = rootBound(SINGLE);
      let found: f64 = 0;
      const inContact = least <= 0 && touches(SINGLE);
      if (!inContact) {
        begin(farthest);
        addPair(0, least);
        found = search(SINGLE);
      }
      store<f64>(out, found);
      out += 8;
      if (points == 0) continue;
      if (inContact) tellPoints(SINGLE, contactOfA(), contactOfB(), true, poseB, points);
      else tellPoints(SINGLE, nearestOfA(), nearestOfB(), found == 0, poseB, points);
      points += 48;
    }
  }
}

/** Points on two triangles of a pair, from the frame of B to the world. */
function tellPoints(pair: usize, a: i32, b: i32, inContact: bool, poseB: usize, to: usize): void {
  const meshA = <usize>load<u32>(pair, MESH_A), meshB = <usize>load<u32>(pair, MESH_B);
  const other = meshB + load<u32>(meshB, TRIANGLES) + <usize>b * TRIANGLE;
  takeOver(pair, meshA + load<u32>(meshA, TRIANGLES) + <usize>a * TRIANGLE, ONE);
  if (inContact) contactPoints(ONE, other, POINTS);
  else nearestPoints(ONE, other, POINTS);
  for (let k: usize = 0; k < 48; k += 24) {
    const x = load<f64>(POINTS + k), y = load<f64>(POINTS + k, 8), z = load<f64>(POINTS + k, 16);
    for (let row: usize = 0; row < 3; row++) {
      const m = poseB + 32 * row;
      store<f64>(to + k + 8 * row, load<f64>(m) * x + load<f64>(m, 8) * y + load<f64>(m, 16) * z + load<f64>(m, 24));
    }
  }
}
