import {
  checkReduction,
  type Histogram,
  notFinite,
  quantilePlace,
  type Reduced,
  type ReducibleArray,
  type Reduction,
  type ReductionRequest,
} from "./reductions.ts";
import { sharedArrays } from "./shared-arrays.ts";
import { inSlices, type SolverControl } from "./solver-control.ts";
import { SolverTeam, threadsFor } from "./solver-team.ts";

/** `REDUCTION` in the compute child. */
export function run(
  request: ReductionRequest,
  control: SolverControl,
): Promise<number | number[] | Histogram> {
  return reduce(request.values, request.reduction, control, request.threads);
}

/** Values of a block of assembly/reductions.ts, and f64 that it leaves: sum, least, greatest. */
const BLOCK = 4096;
const SUMMARY = 3;
/** Values in the fast lane's memory at once. */
const WINDOW = 64 * BLOCK;
const DIGIT_BITS = 16;
const DIGITS = 1 << DIGIT_BITS;

/**
 * One figure, or a few, of a large array. A sum is taken in f64, in blocks of 4096 and then pairwise, so that it does
 * not depend on the number of threads and its error grows with the logarithm of the length only.
 * @throws RungError `solver-input`; `reduction-not-finite`; whatever `control.breathe` throws
 */
export async function reduce<R extends Reduction>(
  values: ReducibleArray,
  reduction: R,
  control: SolverControl,
  threads?: number,
): Promise<Reduced<R>> {
  checkReduction(values, reduction);
  const lane = await ReductionLane.over(values, threadsFor(threads, values.length), control);
  try {
    return (await answer(lane, reduction)) as Reduced<R>;
  } finally {
    lane.close();
  }
}

async function answer(lane: ReductionLane, reduction: Reduction): Promise<number | number[] | Histogram> {
  if ("quantiles" in reduction) {
    // Values that are not finite have no rank; the summary refuses them.
    await lane.summary();
    return lane.quantiles(reduction.quantiles);
  }
  const { sum, low, high } = await lane.summary();
  if ("histogram" in reduction) return lane.histogram(low, high, reduction.histogram);
  return { sum, mean: sum / lane.count, min: low, max: high }[reduction.of];
}

/** An array that passes window by window through the fast lane's memory. */
class ReductionLane {
  readonly count: number;
  readonly #values: ReducibleArray;
  readonly #control: SolverControl;
  readonly #team: SolverTeam;
  readonly #window: Float32Array | Float64Array;
  readonly #summaries: Float64Array;
  readonly #counts: Uint32Array;
  /** Which of the two compiled variants. */
  readonly #kind: "F32" | "F64";

  private constructor(
    values: ReducibleArray,
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

  static async over(values: ReducibleArray, threads: number, control: SolverControl): Promise<ReductionLane> {
    const kind = values instanceof Float32Array ? "f32" : "f64";
    const { memory, arrays } = sharedArrays({
      barrier: ["i32", 2],
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

  async summary(): Promise<{ sum: number; low: number; high: number }> {
    const sums: number[] = [];
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    await this.#eachWindow(async (count) => {
      const at = this.#summaries.byteOffset;
      await this.#team.call(`summary${this.#kind}`, this.#window.byteOffset, count, at);
      for (let block = 0; block < Math.ceil(count / BLOCK); block++) {
        sums.push(this.#summaries[SUMMARY * block]!);
        low = Math.min(low, this.#summaries[SUMMARY * block + 1]!);
        high = Math.max(high, this.#summaries[SUMMARY * block + 2]!);
      }
    });
    const sum = pairwiseSum(sums, 0, sums.length);
    if (!Number.isFinite(low) || !Number.isFinite(high) || Number.isNaN(sum)) throw notFinite(this.#values);
    return { sum, low, high };
  }

  async histogram(low: number, high: number, bins: number): Promise<Histogram> {
    const perUnit = high > low ? bins / (high - low) : 0;
    this.#counts.fill(0);
    await this.#eachWindow((count) => {
      this.#team.alone(
        `bins${this.#kind}`,
        ...[this.#window.byteOffset, count, low, perUnit, bins - 1, this.#counts.byteOffset],
      );
    });
    return { low, high, counts: Uint32Array.from(this.#counts.subarray(0, bins)) };
  }

  async quantiles(parts: readonly number[]): Promise<number[]> {
    const found = new Map<number, number>();
    const ranked = async (rank: number): Promise<number> => {
      const value = found.get(rank) ?? (await this.#ranked(rank));
      found.set(rank, value);
      return value;
    };
    const quantiles: number[] = [];
    for (const p of parts) {
      const { below, above, part } = quantilePlace(p, this.count);
      const low = await ranked(below);
      quantiles.push(low + part * ((await ranked(above)) - low));
    }
    return quantiles;
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
      await this.#eachWindow((count) => {
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

  async #eachWindow(work: (count: number) => void | Promise<void>): Promise<void> {
    const windows = Math.ceil(this.count / this.#window.length);
    await inSlices(windows, 1, { breathe: () => this.#control.breathe() }, async (from, to) => {
      for (let i = from; i < to; i++) {
        const first = i * this.#window.length;
        const part = this.#values.subarray(first, first + this.#window.length);
        this.#window.set(part);
        await work(part.length);
      }
    });
  }
}

function pairwiseSum(values: readonly number[], from: number, to: number): number {
  if (to - from <= 1) return values[from] ?? 0;
  const middle = (from + to) >> 1;
  return pairwiseSum(values, from, middle) + pairwiseSum(values, middle, to);
}

function numberOfKey(key: bigint): number {
  const SIGN = 1n << 63n;
  const bits = (key & SIGN) !== 0n ? key ^ SIGN : BigInt.asUintN(64, ~key);
  return new Float64Array(BigUint64Array.of(bits).buffer)[0]!;
}
