import { boxTree, LEAF_PIECES, type TreeBox } from "./box-tree.ts";
import { splitTriangles } from "./split-triangles.ts";
import type { TriangleMesh } from "./triangle-mesh.ts";

/*
 * One mesh as the module reads it (assembly/layout.ts says the same in bytes; the two must agree). Offsets count from the
 * block's beginning, so that a block may be built in one thread and used in others.
 */
const HEADER_BYTES = 80;
const NODE_BYTES = 160;
const LEAF_BYTES = 224;
const TRIANGLE_BYTES = 72;
/** Words of a node and of a leaf. */
const HALF = 12;
const CHILD = 24;
const VERTEX = 28;
const NORMAL = 36;
const OFFSET = 48;
const FIRST = 52;
const COUNT = 53;
/** Where the missing child of a node lies: beyond all bounds, its square still a number in f32. */
const NOWHERE_M = 1e18;

/** A mesh with its trees, ready for any engine: plain bytes, which another thread may take over. */
export type PackedMesh = ArrayBuffer;

/** Builds the trees of a mesh that `assertMesh` has let through. */
export function packMesh(mesh: TriangleMesh): PackedMesh {
  const pieces = splitTriangles(mesh);
  const tree = boxTree(pieces);
  const nodes: TreeBox[][] = [];
  const leaves: TreeBox[] = [];
  /** Child words of each node, in step with `nodes`. */
  const links: number[][] = [];
  const place = (box: TreeBox): number => {
    if (box.children.length === 0) return ~(leaves.push(box) - 1);
    return placeNode(box.children);
  };
  const placeNode = (children: readonly TreeBox[]): number => {
    const index = nodes.push([...children]) - 1;
    links.push([]);
    links[index] = children.map(place);
    return index;
  };
  placeNode([tree.root]);

  const count = pieces.length / 9;
  const leavesAt = HEADER_BYTES + nodes.length * NODE_BYTES;
  const trianglesAt = leavesAt + leaves.length * LEAF_BYTES;
  const block = new ArrayBuffer(trianglesAt + count * TRIANGLE_BYTES);
  new Uint32Array(block, 0, 4).set([HEADER_BYTES, leavesAt, trianglesAt, count]);
  const triangles = new Float64Array(block, trianglesAt);
  tree.order.forEach((piece, i) => {
    triangles.set(pieces.subarray(9 * piece, 9 * piece + 9), 9 * i);
  });
  const middle = [0, 1, 2].map((k) => (tree.root.bounds[k]! + tree.root.bounds[k + 3]!) / 2);
  const half = middle.map((x, k) => Math.max(tree.root.bounds[k + 3]! - x, x - tree.root.bounds[k]!));
  new Float64Array(block, 16, 7).set([radiusM(pieces), ...middle, ...half]);
  nodes.forEach((children, i) => {
    writeNode(block, HEADER_BYTES + i * NODE_BYTES, children, links[i]!, triangles);
  });
  leaves.forEach((leaf, i) => {
    writeLeaf(block, leavesAt + i * LEAF_BYTES, leaf, triangles);
  });
  return block;
}

function radiusM(pieces: Float64Array): number {
  let most = 0;
  for (let i = 0; i < pieces.length; i += 3)
    most = Math.max(most, pieces[i]! ** 2 + pieces[i + 1]! ** 2 + pieces[i + 2]! ** 2);
  return Math.sqrt(most);
}

function writeNode(
  block: ArrayBuffer,
  at: number,
  children: readonly TreeBox[],
  links: readonly number[],
  triangles: Float64Array,
): void {
  const floats = new Float32Array(block, at, NODE_BYTES / 4);
  const words = new Int32Array(block, at, NODE_BYTES / 4);
  for (let lane = 0; lane < 4; lane++) {
    const box = children[lane];
    const vertex = box && vertexNearMiddle(box, triangles);
    for (let k = 0; k < 3; k++) {
      floats[4 * k + lane] = box === undefined ? NOWHERE_M : (box.bounds[k]! + box.bounds[k + 3]!) / 2;
      floats[VERTEX + 4 * k + lane] = vertex === undefined ? NOWHERE_M : triangles[vertex + k]!;
      if (box === undefined) continue;
      const centre = floats[4 * k + lane]!;
      floats[HALF + 4 * k + lane] = notLess(Math.max(box.bounds[k + 3]! - centre, centre - box.bounds[k]!));
    }
    words[CHILD + lane] = links[lane] ?? 0;
  }
}

/** A number as f32, rounded up; 2^-22 is four times what rounding down can take. */
function notLess(x: number): number {
  const rounded = Math.fround(x);
  return rounded >= x ? rounded : Math.fround(x * (1 + 2 ** -22) + 1e-40);
}

/** A vertex of some of a box's triangles, the one nearest to its middle: an index into their coordinates. */
function vertexNearMiddle({ from, to, bounds }: TreeBox, triangles: Float64Array): number {
  const step = Math.max(1, Math.floor((to - from) / 64));
  let nearest = 9 * from;
  let least = Infinity;
  for (let piece = from; piece < to; piece += step) {
    for (let v = 9 * piece; v < 9 * piece + 9; v += 3) {
      let d = 0;
      for (let k = 0; k < 3; k++) d += (triangles[v + k]! - (bounds[k]! + bounds[k + 3]!) / 2) ** 2;
      if (d < least) {
        least = d;
        nearest = v;
      }
    }
  }
  return nearest;
}

function writeLeaf(block: ArrayBuffer, at: number, { from, to }: TreeBox, triangles: Float64Array): void {
  const floats = new Float32Array(block, at, LEAF_BYTES / 4);
  const words = new Int32Array(block, at, LEAF_BYTES / 4);
  for (let lane = 0; lane < LEAF_PIECES; lane++) {
    // Lanes without a triangle repeat the last; the module leaves them out by the count.
    const t = triangles.subarray(9 * Math.min(from + lane, to - 1));
    for (let i = 0; i < 9; i++) floats[4 * i + lane] = t[i]!;
    const normal = unitNormal(t);
    for (let k = 0; k < 3; k++) floats[NORMAL + 4 * k + lane] = normal[k]!;
    floats[OFFSET + lane] = normal[0]! * t[0]! + normal[1]! * t[1]! + normal[2]! * t[2]!;
  }
  words[FIRST] = from;
  words[COUNT] = to - from;
}

/** Below this sine between its edges a triangle's normal, rounded to f32, is none: zeros, which bound nothing. */
const SLIVER = 1e-6;

function unitNormal(t: Float64Array): readonly [number, number, number] {
  const [ux, uy, uz] = [t[3]! - t[0]!, t[4]! - t[1]!, t[5]! - t[2]!];
  const [vx, vy, vz] = [t[6]! - t[0]!, t[7]! - t[1]!, t[8]! - t[2]!];
  const [x, y, z] = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
  const length = Math.hypot(x, y, z);
  if (!(length > SLIVER * Math.hypot(ux, uy, uz) * Math.hypot(vx, vy, vz))) return [0, 0, 0];
  return [x / length, y / length, z / length];
}
