import { DIRECTION_X, DIRECTION_Y, DIRECTIONS, OPPOSITE, REST_EXCESS, WEIGHT } from "./airflow-lattice.ts";
import { type AirflowProblem, FLUID, INLET, OUTLET } from "./lattice-boltzmann.ts";

/** u32 or f32 words of one record of assembly/airflow.ts. */
const RECORD_WORDS = 20;
const SOURCES = 2;
const ADDITIONS = 11;
/** Cells of a vector: a shorter span of inner cells goes by records as well. */
const LANES = 4;

/** Which cells the fast lane takes four at a time, and where the populations of all others come from. */
export interface AirflowEdges {
  /** Pairs: byte offset into a plane, bytes. */
  readonly spans: Uint32Array;
  /** First span of each row, and the end: height + 1. */
  readonly spanRows: Int32Array;
  /** Words of all records; the additions among them hold the bits of f32. */
  readonly records: Uint32Array;
  readonly recordRows: Int32Array;
}

/**
 * Half-way bounce-back along links: a population that would come from a wall is the one that went there, plus what the
 * wall's motion gives it; one from an inlet likewise, with the air's velocity; one from an outlet comes back negative
 * (anti-bounce-back), and the fast lane adds the equilibrium there.
 * @param planeCells cells from one plane of populations to the next
 */
export function airflowEdges(problem: AirflowProblem, planeCells: number): AirflowEdges {
  const { width, height, cell } = problem;
  const spans: number[] = [];
  const spanRows = new Int32Array(height + 1);
  const edges: number[] = [];
  const recordRows = new Int32Array(height + 1);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; ) {
      const first = x;
      while (x < width && isInner(problem, x, y)) x++;
      if (x - first >= LANES) spans.push(4 * (y * width + first), 4 * (x - first));
      else for (let short = first; short < x; short++) edges.push(y * width + short);
      if (x < width && cell[y * width + x] === FLUID) edges.push(y * width + x);
      if (x < width) x++;
    }
    spanRows[y + 1] = spans.length / 2;
    recordRows[y + 1] = edges.length;
  }
  const records = new Uint32Array(edges.length * RECORD_WORDS);
  const additions = new Float32Array(records.buffer);
  for (const [i, at] of edges.entries()) {
    records[i * RECORD_WORDS] = 4 * at;
    for (let q = 0; q < DIRECTIONS; q++) {
      const link = linkOf(problem, at, q, planeCells);
      if (link.fromOutlet) records[i * RECORD_WORDS + 1]! |= 1 << q;
      records[i * RECORD_WORDS + SOURCES + q] = 4 * link.source;
      additions[i * RECORD_WORDS + ADDITIONS + q] = link.addition;
    }
  }
  return { spans: Uint32Array.from(spans), spanRows, records, recordRows };
}

/** Whether a cell is fluid among fluid, away from the grid's edge. */
function isInner({ width, height, cell }: AirflowProblem, x: number, y: number): boolean {
  if (x < 1 || y < 1 || x >= width - 1 || y >= height - 1) return false;
  for (let q = 0; q < DIRECTIONS; q++)
    if (cell[(y + DIRECTION_Y[q]!) * width + x + DIRECTION_X[q]!] !== FLUID) return false;
  return true;
}

interface Link {
  /** Word in the lattice: plane x planeCells + cell. */
  readonly source: number;
  readonly addition: number;
  readonly fromOutlet: boolean;
}

function linkOf(problem: AirflowProblem, at: number, q: number, planeCells: number): Link {
  const { width, height, cell, inletU } = problem;
  const fromY = Math.floor(at / width) - DIRECTION_Y[q]!;
  let fromX = (at % width) - DIRECTION_X[q]!;
  if (problem.periodic) fromX = (fromX + width) % width;
  const back = (u: readonly [number, number], fromOutlet = false): Link => ({
    source: OPPOSITE[q]! * planeCells + at,
    addition: 6 * WEIGHT[q]! * (DIRECTION_X[q]! * u[0] + DIRECTION_Y[q]! * u[1]),
    fromOutlet,
  });
  if (fromY >= height) return back([problem.lidU ?? 0, 0]);
  if (fromX < 0 || fromX >= width || fromY < 0) return back([0, 0]);
  const from = fromY * width + fromX;
  if (cell[from] === FLUID) return { source: q * planeCells + from, addition: 0, fromOutlet: false };
  if (cell[from] === INLET) return back(inletU);
  if (cell[from] === OUTLET) return { ...back([0, 0], true), addition: 2 * WEIGHT[q]! * REST_EXCESS };
  return back([0, 0]);
}
