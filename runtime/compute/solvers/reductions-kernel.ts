import type { KernelArray, KernelControl } from "../kernel.ts";
import {
  between,
  binScale,
  checkReduction,
  type Histogram,
  quantilePlace,
  type Reduced,
  type Reduction,
  type ReductionAnswer,
  type ReductionRequest,
} from "./reductions.ts";
import { sharedArrays } from "./shared-arrays.ts";
import type { SolverRun } from "./solver-backend.ts";
import { BARRIER } from "./solver-barrier.ts";
import type { SolverControl } from "./solver-control.ts";
import { SolverTeam, threadsFor } from "./solver-team.ts";

/** `REDUCTION` in the compute child. */
export async function run(
  request: ReductionRequest,
  control: KernelControl,
): Promise<ReductionAnswer & SolverRun> {
  const { values, reduction, threads, place } = request;
  checkReduction(reduction);
  // An array that travels to a GPU for one pass costs more than the pass.
  if (place === undefined || place.backend === "auto" || place.backend === "wasm") {
    const reduced = await reduce(values, reduction, control, threads);
    return { reduced, backend: "wasm", status: `wasm x${threadsFor(threads, values.length)}` };
  }
  const { reduceByGpujs } = await import("./gpujs/reduction-run.ts");
  return reduceByGpujs(values, reduction, place, control);
}

/** Values of a block of assembly/reductions.ts, and f64 that it leaves: sum, least, greatest. */
const BLOCK = 4096;
const SUMMARY = 3;
/** Values in the fast lane's memory at once. */
const WINDOW = 64 * BLOCK;
const DIGIT_BITS = 16;
const DIGITS = 1 << DIGIT_BITS;

/**
 * One figure, or a few, of a large array. As numpy has it, one value that is not a number makes minimum, maximum, mean,
 * sum and quantiles NaN; so does an empty array, whose sum is 0. A histogram counts values that are not finite apart.
 * A sum is taken in f64, in blocks of 4096 and then pairwise, so that it does not depend on the number of threads and
 * its error grows with the logarithm of the length only.
 * @throws RungError `compute-reduction`; whatever `control.breathe` throws
 */
export async function reduce<R extends Reduction>(
  values: KernelArray,
  reduction: R,
  control: SolverControl,
  threads?: number,
): Promise<Reduced<R>> {
  checkReduction(reduction);
  if (values.length === 0) return ofNothing(reduction) as Reduced<R>;
  const lane = await ReductionLane.over(values, threadsFor(threads, values.length), control);
  try {
    return (await answer(lane, reduction)) as Reduced<R>;
  } finally {
    lane.close();
  }
}

function ofNothing(reduction: Reduction): Reduced {
  if ("quantiles" in reduction) return new Float64Array(reduction.quantiles.length).fill(Number.NaN);
  if ("histogram" in reduction) {
    return { low: Number.NaN, high: Number.NaN, counts: new Float64Array(reduction.histogram), leftOut: 0 };
  }
  return reduction.of === "sum" ? 0 : Number.NaN;
}

async function answer(lane: ReductionLane, reduction: Reduction): Promise<Reduced> {
  const { sum, low, high } = await lane.summary();
  if ("quantiles" in reduction) {
    const { quantiles } = reduction;
    return Number.isNaN(low)
      ? new Float64Array(quantiles.length).fill(Number.NaN)
      : lane.quantiles(quantiles);
  }
  if ("histogram" in reduction) return lane.histogram(low, high, reduction.histogram);
  return { sum, mean: sum / lane.count, min: low, max: high }[reduction.of];
}

/** An array that passes window by window through the fast lane's memory. */
class ReductionLane {
  readonly count: number;
  readonly #values: KernelArray;
  readonly #control: SolverControl;
  readonly #team: SolverTeam;
  readonly #window: Float32Array | Float64Array;
  readonly #summaries: Float64Array;
  readonly #counts: Uint32Array;
  /** Which of the two compiled variants. */
  readonly #kind: "F32" | "F64";

  private constructor(
    values: KernelArray,
    control: SolverControl,
    team: SolverTeam,
    arrays: { window: Float32Array | Float64Array; summaries: Float64Array; counts: Uint32Array },
  ) {
    this.count = values.length;
    this.#values = values;
    this.#control = control;
    this.#team = team;
    this.#window = arrays.window;
    this.#summaries = arrays.summaries;
    this.#counts = arrays.counts;
    this.#kind = values instanceof Float32Array ? "F32" : "F64";
  }

  static async over(values: KernelArray, threads: number, control: SolverControl): Promise<ReductionLane> {
    const kind = values instanceof Float32Array ? "f32" : "f64";
    const { memory, arrays } = sharedArrays({
      barrier: BARRIER,
      window: [kind, Math.min(WINDOW, values.length)],
      summaries: ["f64", SUMMARY * Math.ceil(WINDOW / BLOCK)],
      counts: ["u32", DIGITS],
    });
    const team = await SolverTeam.form(memory, threads, arrays.barrier);
    return new ReductionLane(values, control, team, arrays);
  }

  close(): void {
    this.#team.disband();
  }

  /** `low` and `high` are NaN where one value is. */
  async summary(): Promise<{ sum: number; low: number; high: number }> {
    const sums: number[] = [];
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    await this.#eachWindow(asTheyAre, async (count) => {
      const at = this.#summaries.byteOffset;
      await this.#team.call(`summary${this.#kind}`, this.#window.byteOffset, count, at);
      for (let block = 0; block < Math.ceil(count / BLOCK); block++) {
        sums.push(this.#summaries[SUMMARY * block]!);
        low = Math.min(low, this.#summaries[SUMMARY * block + 1]!);
        high = Math.max(high, this.#summaries[SUMMARY * block + 2]!);
      }
    });
    return { sum: pairwiseSum(sums, 0, sums.length), low, high };
  }

  async histogram(least: number, greatest: number, bins: number): Promise<Histogram> {
    const allFinite = Number.isFinite(least) && Number.isFinite(greatest);
    const { low, high } = allFinite ? { low: least, high: greatest } : await this.#finiteRange();
    const { scale, perUnit } = binScale(low, high, bins);
    this.#counts.fill(0);
    let counted = 0;
    if (low <= high) {
      await this.#eachWindow(allFinite && scale === 1 ? asTheyAre : finiteScaled(scale), (count) => {
        counted += count;
        this.#team.alone(
          `bins${this.#kind}`,
          ...[this.#window.byteOffset, count, low * scale, perUnit, bins - 1, this.#counts.byteOffset],
        );
      });
    }
    return {
      low,
      high,
      counts: Float64Array.from(this.#counts.subarray(0, bins)),
      leftOut: this.count - counted,
    };
  }

  /** Least and greatest of the values that are finite; NaN where none is. */
  async #finiteRange(): Promise<{ low: number; high: number }> {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    await this.#eachWindow(finiteScaled(1), (count) => {
      for (const value of this.#window.subarray(0, count)) {
        if (value < low) low = value;
        if (value > high) high = value;
      }
    });
    return low <= high ? { low, high } : { low: Number.NaN, high: Number.NaN };
  }

  async quantiles(parts: readonly number[]): Promise<Float64Array> {
    const found = new Map<number, number>();
    const ranked = async (rank: number): Promise<number> => {
      const value = found.get(rank) ?? (await this.#ranked(rank));
      found.set(rank, value);
      return value;
    };
    const quantiles: number[] = [];
    for (const p of parts) {
      const { below, above, part } = quantilePlace(p, this.count);
      quantiles.push(between(await ranked(below), await ranked(above), part));
    }
    return Float64Array.from(quantiles);
  }

  /**
   * The value of a rank, from 0, found digit by digit from the front of its 64-bit key: the keys of assembly/reductions.ts
   * sort as the numbers do.
   */
  async #ranked(rank: number): Promise<number> {
    let prefix = 0n;
    let left = rank;
    for (let shift = 64 - DIGIT_BITS; shift >= 0; shift -= DIGIT_BITS) {
      this.#counts.fill(0);
      await this.#eachWindow(asTheyAre, (count) => {
        this.#team.alone(
          `digits${this.#kind}`,
          ...[this.#window.byteOffset, count, prefix, BigInt(shift), this.#counts.byteOffset],
        );
      });
      let digit = 0;
      while (left >= this.#counts[digit]!) left -= this.#counts[digit++]!;
      prefix = (prefix << BigInt(DIGIT_BITS)) | BigInt(digit);
    }
    return numberOfKey(prefix);
  }

  /** A breath between windows, each less than a few milliseconds of work: kernels wait for what is asked of kept arrays. */
  async #eachWindow(fill: Fill, work: (count: number) => void | Promise<void>): Promise<void> {
    for (let first = 0; first < this.count; first += this.#window.length) {
      if (first > 0) await this.#control.breathe();
      await work(fill(this.#values.subarray(first, first + this.#window.length), this.#window));
    }
  }
}

/** Copies values into the fast lane's memory. @returns how many */
type Fill = (values: KernelArray, into: Float32Array | Float64Array) => number;

const asTheyAre: Fill = (values, into) => {
  into.set(values);
  return values.length;
};

/** Those that are finite, times a power of two. */
const finiteScaled =
  (scale: number): Fill =>
  (values, into) => {
    let count = 0;
    for (const value of values) if (Number.isFinite(value)) into[count++] = value * scale;
    return count;
  };

function pairwiseSum(values: readonly number[], from: number, to: number): number {
  if (to - from <= 1) return values[from] ?? 0;
  const middle = (from + to) >> 1;
  return pairwiseSum(values, from, middle) + pairwiseSum(values, middle, to);
}

function numberOfKey(key: bigint): number {
  const SIGN = 1n << 63n;
  const bits = (key & SIGN) !== 0n ? key ^ SIGN : BigInt.asUintN(64, ~key);
  // Adding 0 makes one zero of both.
  return new Float64Array(BigUint64Array.of(bits).buffer)[0]! + 0;
}
