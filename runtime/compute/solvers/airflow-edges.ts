import { DIRECTION_X, DIRECTION_Y, DIRECTIONS, OPPOSITE, REST_EXCESS, WEIGHT } from "./airflow-lattice.ts";
import { type AirflowProblem, FLUID, INLET, OUTLET } from "./lattice-boltzmann.ts";

/** Bytes from one plane of populations to the next, as in assembly/airflow-collision.ts. */
export const PLANE_BYTES = 16 * 2 ** 20 + 320;

/** Cells that the fast lane takes at once. */
const LANES = 4;
/** u32 or f32 words of a group of edge cells, as in assembly/airflow-edges.ts. */
const OUTLETS = 4;
const LINKS = 8;
const LINK_WORDS = 12;
const ADDITION = 4;
const SIGN = 8;
const GROUP_WORDS = LINKS + DIRECTIONS * LINK_WORDS;
/** Turns the sign of an f32. */
const SIGN_BIT = 0x8000_0000;

/** Which cells the fast lane takes as they lie, and where the populations of all others come from. */
export interface AirflowEdges {
  /** Pairs: byte offset into a plane, bytes. */
  readonly spans: Uint32Array;
  /** First span of each row, and the end: height + 1. */
  readonly spanRows: Int32Array;
  /** Words of all groups of four edge cells; the additions among them hold the bits of f32. */
  readonly groups: Uint32Array;
  readonly groupRows: Int32Array;
}

/**
 * Half-way bounce-back along links: a population that would come from a wall is the one that went there, plus what the
 * wall's motion gives it; one from an inlet likewise, with the air's velocity; one from an outlet comes back negative
 * (anti-bounce-back), and the fast lane adds the equilibrium there.
 */
export function airflowEdges(problem: AirflowProblem): AirflowEdges {
  const { width, height, cell } = problem;
  const spans: number[] = [];
  const spanRows = new Int32Array(height + 1);
  const edges: number[] = [];
  const groupRows = new Int32Array(height + 1);
  for (let y = 0; y < height; y++) {
    const isClear = clearColumns(problem, y);
    for (let x = 0; x < width; ) {
      const first = x;
      // Inner cells are fluid among fluid, away from the grid's edge.
      while (x > 0 && x < width - 1 && isClear[x - 1]! + isClear[x]! + isClear[x + 1]! === 3) x++;
      if (x - first >= LANES) spans.push(4 * (y * width + first), 4 * (x - first));
      else for (let short = first; short < x; short++) edges.push(y * width + short);
      if (x < width && cell[y * width + x] === FLUID) edges.push(y * width + x);
      if (x < width) x++;
    }
    // A group that is not full does its last cell again.
    while (edges.length % LANES !== 0) edges.push(edges.at(-1)!);
    spanRows[y + 1] = spans.length / 2;
    groupRows[y + 1] = edges.length / LANES;
  }
  return { spans: Uint32Array.from(spans), spanRows, groups: groupsOf(problem, edges), groupRows };
}

function groupsOf(problem: AirflowProblem, edges: readonly number[]): Uint32Array {
  const groups = new Uint32Array((edges.length / LANES) * GROUP_WORDS);
  const floats = new Float32Array(groups.buffer);
  for (const [i, at] of edges.entries()) {
    const group = Math.floor(i / LANES) * GROUP_WORDS;
    const lane = i % LANES;
    groups[group + lane] = 4 * at;
    for (let q = 0; q < DIRECTIONS; q++) {
      const { plane, source, addition, fromOutlet } = linkOf(problem, at, q);
      const word = group + LINKS + q * LINK_WORDS + lane;
      groups[word] = plane * PLANE_BYTES + 4 * source;
      floats[word + ADDITION] = addition;
      if (!fromOutlet) continue;
      groups[word + SIGN] = SIGN_BIT;
      groups[group + OUTLETS] = 1;
    }
  }
  return groups;
}

/** 1 where a cell of the row, the one below and the one above are fluid. */
function clearColumns({ width, height, cell }: AirflowProblem, y: number): Uint8Array {
  const isClear = new Uint8Array(width);
  if (y === 0 || y === height - 1) return isClear;
  for (let x = 0; x < width; x++) {
    const at = y * width + x;
    if (cell[at] === FLUID && cell[at - width] === FLUID && cell[at + width] === FLUID) isClear[x] = 1;
  }
  return isClear;
}

interface Link {
  readonly plane: number;
  /** Cell that the population is taken from. */
  readonly source: number;
  readonly addition: number;
  readonly fromOutlet: boolean;
}

function linkOf(problem: AirflowProblem, at: number, q: number): Link {
  const { width, height, cell, inletU } = problem;
  const fromY = Math.floor(at / width) - DIRECTION_Y[q]!;
  let fromX = (at % width) - DIRECTION_X[q]!;
  if (problem.periodic) fromX = (fromX + width) % width;
  const back = (addition: number, fromOutlet = false): Link => ({
    plane: OPPOSITE[q]!,
    source: at,
    addition,
    fromOutlet,
  });
  const moved = (u: readonly [number, number]): Link =>
    back(6 * WEIGHT[q]! * (DIRECTION_X[q]! * u[0] + DIRECTION_Y[q]! * u[1]));
  if (fromY >= height) return moved([problem.lidU ?? 0, 0]);
  if (fromX < 0 || fromX >= width || fromY < 0) return back(0);
  const from = fromY * width + fromX;
  if (cell[from] === FLUID) return { plane: q, source: from, addition: 0, fromOutlet: false };
  if (cell[from] === INLET) return moved(inletU);
  if (cell[from] === OUTLET) return back(2 * WEIGHT[q]! * REST_EXCESS, true);
  return back(0);
}
