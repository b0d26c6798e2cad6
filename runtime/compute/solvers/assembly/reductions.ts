import { shareStart } from "./barrier";

/** Values of a block, whose sum is taken on its own: the same blocks whatever the number of threads. */
const BLOCK: i32 = 4096;

/** Two neighbouring values as f64. */
// @ts-ignore: a decorator
@inline
function two<T>(at: usize): v128 {
  if (sizeof<T>() == 4) return f64x2.promote_low_f32x4(v128.load64_zero(at));
  return v128.load(at);
}

// @ts-ignore: a decorator
@inline
function summary<T>(at: usize, count: i32, out: usize, thread: i32, threads: i32): void {
  const blocks = (count + BLOCK - 1) / BLOCK;
  const end = shareStart(blocks, thread + 1, threads);
  for (let block = shareStart(blocks, thread, threads); block < end; block++) {
    let p = at + <usize>(block * BLOCK) * sizeof<T>();
    const last = at + <usize>min(count, (block + 1) * BLOCK) * sizeof<T>();
    let low = f64x2.splat(<f64>load<T>(p));
    let high = low;
    let even = f64x2.splat(0);
    let odd = f64x2.splat(0);
    for (; p + 4 * sizeof<T>() <= last; p += 4 * sizeof<T>()) {
      const a = two<T>(p);
      const b = two<T>(p + 2 * sizeof<T>());
      low = f64x2.min(low, f64x2.min(a, b));
      high = f64x2.max(high, f64x2.max(a, b));
      even = f64x2.add(even, a);
      odd = f64x2.add(odd, b);
    }
    const pair = f64x2.add(even, odd);
    let sum = f64x2.extract_lane(pair, 0) + f64x2.extract_lane(pair, 1);
    let least = min(f64x2.extract_lane(low, 0), f64x2.extract_lane(low, 1));
    let greatest = max(f64x2.extract_lane(high, 0), f64x2.extract_lane(high, 1));
    for (; p < last; p += sizeof<T>()) {
      const value = <f64>load<T>(p);
      sum += value;
      least = min(least, value);
      greatest = max(greatest, value);
    }
    const to = out + <usize>block * 24;
    store<f64>(to, sum);
    store<f64>(to, least, 8);
    store<f64>(to, greatest, 16);
  }
}

/**
 * Sum, least and greatest of each block of 4096 values, three f64 each at `out`. One value that is not a number makes
 * all three of its block so.
 */
export function summaryF32(at: usize, count: i32, out: usize, thread: i32, threads: i32, barrier: usize): void {
  summary<f32>(at, count, out, thread, threads);
}

export function summaryF64(at: usize, count: i32, out: usize, thread: i32, threads: i32, barrier: usize): void {
  summary<f64>(at, count, out, thread, threads);
}

// @ts-ignore: a decorator
@inline
function bins<T>(at: usize, count: i32, low: f64, perUnit: f64, most: i32, out: usize): void {
  for (let i: usize = 0; i < <usize>count; i++) {
    const bin = min(most, <i32>((<f64>load<T>(at + i * sizeof<T>()) - low) * perUnit));
    const slot = out + (<usize>bin << 2);
    store<u32>(slot, load<u32>(slot) + 1);
  }
}

/** Adds each value to its bin of u32 counters; `most` is the last bin, which the greatest value belongs to. */
export function binsF32(at: usize, count: i32, low: f64, perUnit: f64, most: i32, out: usize): void {
  bins<f32>(at, count, low, perUnit, most, out);
}

export function binsF64(at: usize, count: i32, low: f64, perUnit: f64, most: i32, out: usize): void {
  bins<f64>(at, count, low, perUnit, most, out);
}

// @ts-ignore: a decorator
@inline
function digits<T>(at: usize, count: i32, prefix: u64, shift: u64, out: usize): void {
  for (let i: usize = 0; i < <usize>count; i++) {
    const bits = reinterpret<i64>(<f64>load<T>(at + i * sizeof<T>()));
    // Keys that sort as the numbers do: negative ones with all bits turned, the others with the sign turned.
    const key = <u64>(bits ^ ((bits >> 63) | i64.MIN_VALUE));
    // A shift by 64 is one by 0, so the leading digits are compared in two shifts.
    if ((key >> shift) >> 16 != prefix) continue;
    const slot = out + (<usize>((key >> shift) & 0xffff) << 2);
    store<u32>(slot, load<u32>(slot) + 1);
  }
}

/** Counts the 16-bit digit at `shift` of the keys whose higher digits are `prefix`, in 65536 u32 counters. */
export function digitsF32(at: usize, count: i32, prefix: u64, shift: u64, out: usize): void {
  digits<f32>(at, count, prefix, shift, out);
}

export function digitsF64(at: usize, count: i32, prefix: u64, shift: u64, out: usize): void {
  digits<f64>(at, count, prefix, shift, out);
}
