import { Random } from "../../core/random.ts";
import { cellsOf } from "../kernel-language/kernel-spec.ts";
import { type CellReference, cellReference } from "../kernel-language/reference.ts";
import type { KernelJob } from "./kernel-job.ts";
import type { Values } from "./step-runner.ts";

/** Separates the draw of cells from the draws of inputs. */
const CELLS_STREAM = 0x63656c6c;

/** Work between two breaths, ms. */
const BREATH_MS = 20;
/** How long cells are tried out before their time is taken, ms. */
const WARM_MS = 3;

/** Computes cells a second time, in double precision and apart from gpu.js. */
export class CrossCheck {
  readonly #reference: CellReference;
  readonly #shape: readonly number[];
  /** Flat places of the cells, the same for one seed and shape. */
  readonly #cells: Int32Array;

  constructor(job: KernelJob) {
    this.#reference = cellReference(job.reference);
    this.#shape = job.output.shape;
    const all = cellsOf(this.#shape);
    const random = new Random(job.seed, CELLS_STREAM);
    const wanted = Math.min(job.crossCheckCells, all);
    this.#cells =
      wanted === all ? Int32Array.from({ length: all }, (_, at) => at) : drawn(random, wanted, all);
  }

  get cells(): number {
    return this.#cells.length;
  }

  /**
   * @param before inputs of the step that gave `after`
   * @param breathe awaited where cells take long
   */
  async expected(before: Values, breathe: () => Promise<void>): Promise<Float64Array> {
    const expected = new Float64Array(this.cells);
    let breathedMs = performance.now();
    for (let index = 0; index < expected.length; index++) {
      expected[index] = this.#cell(before, index);
      if (performance.now() - breathedMs < BREATH_MS) continue;
      await breathe();
      breathedMs = performance.now();
    }
    return expected;
  }

  /** Time for one cell in plain JavaScript, ms, once the processor knows the way. */
  cellMs(values: Values): number {
    let best = Number.POSITIVE_INFINITY;
    const untilMs = performance.now() + WARM_MS;
    do {
      const startedMs = performance.now();
      let rounds = 0;
      while (rounds < this.cells && performance.now() - startedMs < WARM_MS) this.#cell(values, rounds++);
      best = Math.min(best, (performance.now() - startedMs) / rounds);
    } while (performance.now() < untilMs);
    return best;
  }

  #cell(values: Values, index: number): number {
    const [nx = 1, ny = 1] = this.#shape;
    const at = this.#cells[index]!;
    return this.#reference(values, at % nx, Math.floor(at / nx) % ny, Math.floor(at / (nx * ny)));
  }

  /** Place of a cell that is not finite by double precision rounded to a float; undefined where all are. */
  notFinite(expected: Float64Array): number | undefined {
    const index = expected.findIndex((value) => !isFloat(value));
    return index < 0 ? undefined : this.#cells[index];
  }

  /**
   * Differences of the cells over the range of the output; Infinity where only the backend has no number. Where there
   * is none to be had, a GPU may give any, which is not told as a difference.
   */
  differences(after: Float32Array, expected: Float64Array): Float64Array {
    const range = rangeOf(after);
    return Float64Array.from(this.#cells, (at, index) => {
      if (!isFloat(expected[index]!)) return 0;
      const difference = Math.abs(after[at]! - expected[index]!) / range;
      return Number.isFinite(difference) ? difference : Number.POSITIVE_INFINITY;
    });
  }
}

const isFloat = (value: number): boolean => Number.isFinite(Math.fround(value));

/** Highest less lowest value; of a field that is the same everywhere its size, of one that is 0 everywhere 1. */
function rangeOf(values: Float32Array): number {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const size = Math.max(Math.abs(low), Math.abs(high));
  // The rounding of a field that varies less than its own last bits is no difference.
  return Math.max(high - low, size * 1e-3) || 1;
}

function drawn(random: Random, wanted: number, all: number): Int32Array {
  const cells = new Set<number>();
  while (cells.size < wanted) cells.add(random.integer(all));
  return Int32Array.from(cells).sort();
}
