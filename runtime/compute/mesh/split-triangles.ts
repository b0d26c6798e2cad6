import type { TriangleMesh } from "./triangle-mesh.ts";

/** Pieces no longer than this make boxes that fit: a long oblique triangle has a box that is mostly empty. */
const PIECE_M = 0.06;
/** Of a body's diagonal, so that a hall's floor does not become a million pieces. */
const PIECE_OF_DIAGONAL = 1 / 128;
/** A triangle this much thinner than a piece along an axis fills its box, and may be this much longer. */
const FLAT = { thickness: 0.1, length: 4 } as const;
/** Pieces that a triangle may become on average, and how many a small mesh may become. */
const MOST = { each: 4, more: 50_000 } as const;

/**
 * The same surface in triangles whose boxes fit them: halved at their longest edges until they are short. Where that would
 * make too many, with pieces that are longer.
 * @returns nine coordinates of each piece, m
 */
export function splitTriangles(mesh: TriangleMesh): Float64Array {
  const most = MOST.each * (mesh.triangles.length / 3) + MOST.more;
  for (let pieceM = Math.max(PIECE_M, diagonalM(mesh) * PIECE_OF_DIAGONAL); ; pieceM *= 1.5) {
    const pieces = split(mesh, pieceM, most);
    if (pieces !== undefined) return pieces;
  }
}

function split(
  { positions, triangles }: TriangleMesh,
  pieceM: number,
  most: number,
): Float64Array | undefined {
  const pieces: number[] = [];
  const waiting: number[] = [];
  for (let i = 0; i < triangles.length; i += 3) {
    for (let k = 0; k < 3; k++) {
      const p = 3 * triangles[i + k]!;
      waiting.push(positions[p]!, positions[p + 1]!, positions[p + 2]!);
    }
    while (waiting.length > 0) {
      const t = waiting.splice(-9);
      const edge = edgeToHalve(t, pieceM);
      if (edge === undefined) pieces.push(...t);
      else waiting.push(...halves(t, edge));
    }
    if (pieces.length > 9 * most) return undefined;
  }
  return Float64Array.from(pieces);
}

/** The longest edge (0: from the first vertex) of a triangle that is to be halved. */
function edgeToHalve(t: readonly number[], pieceM: number): number | undefined {
  const lengths = [0, 3, 6].map((from) => {
    const to = (from + 3) % 9;
    return Math.hypot(t[to]! - t[from]!, t[to + 1]! - t[from + 1]!, t[to + 2]! - t[from + 2]!);
  });
  const longest = Math.max(...lengths);
  if (longest <= pieceM) return undefined;
  const thinnest = Math.min(...[0, 1, 2].map((k) => extent(t[k]!, t[k + 3]!, t[k + 6]!)));
  if (thinnest < FLAT.thickness * pieceM && longest <= FLAT.length * pieceM) return undefined;
  return lengths.indexOf(longest);
}

const extent = (a: number, b: number, c: number): number => Math.max(a, b, c) - Math.min(a, b, c);

function halves(t: readonly number[], edge: number): number[] {
  const vertex = (k: number) => t.slice(3 * (k % 3), 3 * (k % 3) + 3);
  const [from, to, third] = [vertex(edge), vertex(edge + 1), vertex(edge + 2)];
  const middle = from.map((x, k) => (x + to[k]!) / 2);
  return [...from, ...middle, ...third, ...middle, ...to, ...third];
}

function diagonalM({ positions, triangles }: TriangleMesh): number {
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (const vertex of triangles) {
    for (let k = 0; k < 3; k++) {
      const x = positions[3 * vertex + k]!;
      if (x < low[k]!) low[k] = x;
      if (x > high[k]!) high[k] = x;
    }
  }
  return Math.hypot(...low.map((x, k) => high[k]! - x));
}
