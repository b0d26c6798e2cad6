import { goesDownA, nodeAt, separatedBelowA, separatedBelowB } from "./box-bound";
import { boxAt, CHILD, COUNT, FIRST, LEAF, LEAVES, NODES, TRIANGLE, TRIANGLES } from "./layout";
import { MESH_A, MESH_B, takeOver, takeOverFour } from "./pair";
import { triangleBounds } from "./triangle-bound";
import { inContact } from "./triangle-contact";
import { countExactTest } from "./work";

/** Two trees of at most 64 levels each, three more boxes a level (tree.ts keeps them as low). */
const STACK = memory.data(8 * 512, 16);
const FOUR = memory.data(144, 16);
const ONE = memory.data(72, 16);

/** A bound below this is none: what is left of a difference of equal numbers. */
const NOTHING: f32 = 1e-30;

let contactA: i32 = -1;
let contactB: i32 = -1;

/** The triangles of the contact found last. */
export function contactOfA(): i32 { return contactA; }
export function contactOfB(): i32 { return contactB; }

/** Whether any triangle of the pair's A touches one of B: depth first, since any contact will do. */
export function touches(pair: usize): bool {
  const a = <usize>load<u32>(pair, MESH_A), b = <usize>load<u32>(pair, MESH_B);
  const nodesA = a + load<u32>(a, NODES), nodesB = b + load<u32>(b, NODES);
  const leavesA = a + load<u32>(a, LEAVES), leavesB = b + load<u32>(b, LEAVES);
  const none = f32x4.splat(NOTHING);
  let top = STACK;
  store<u64>(top, 0);
  top += 8;
  while (top > STACK) {
    top -= 8;
    const slotA = load<i32>(top), slotB = load<i32>(top, 4);
    const boxA = boxAt(nodesA, slotA), boxB = boxAt(nodesB, slotB);
    const childA = load<i32>(boxA, CHILD), childB = load<i32>(boxB, CHILD);
    if (childA < 0 && childB < 0) {
      if (leavesTouch(pair, leavesA + <usize>~childA * LEAF, leavesB + <usize>~childB * LEAF, none)) return true;
      continue;
    }
    const downA = goesDownA(boxA, boxB);
    const apart = downA
      ? separatedBelowA(pair, nodeAt(nodesA, childA), boxB)
      : separatedBelowB(pair, boxA, nodeAt(nodesB, childB));
    let left = ~apart & 15;
    while (left) {
      const k = ctz(left);
      left &= left - 1;
      store<i32>(top, downA ? (childA << 2) + k : slotA);
      store<i32>(top, downA ? slotB : (childB << 2) + k, 4);
      top += 8;
    }
  }
  return false;
}

function leavesTouch(pair: usize, leafA: usize, leafB: usize, none: v128): bool {
  const a = <usize>load<u32>(pair, MESH_A), b = <usize>load<u32>(pair, MESH_B);
  const firstA = load<i32>(leafA, FIRST), countA = load<i32>(leafA, COUNT);
  const firstB = load<i32>(leafB, FIRST), countB = load<i32>(leafB, COUNT);
  takeOverFour(pair, leafA, FOUR);
  for (let i = 0; i < countA; i++) {
    const bounds = triangleBounds(pair, FOUR + 4 * <usize>i, leafB, none);
    let left = ~i32x4.bitmask(f32x4.ge(bounds, none)) & ((1 << countB) - 1);
    if (left == 0) continue;
    takeOver(pair, a + load<u32>(a, TRIANGLES) + <usize>(firstA + i) * TRIANGLE, ONE);
    while (left) {
      const k = ctz(left);
      left &= left - 1;
      countExactTest();
      if (inContact(ONE, b + load<u32>(b, TRIANGLES) + <usize>(firstB + k) * TRIANGLE)) {
        contactA = firstA + i;
        contactB = firstB + k;
        return true;
      }
    }
  }
  return false;
}
