/*
 * Exponential draws by inversion, -mean log(1 - u), with a logarithm by a table (after Tang, Table-driven implementation of the
 * logarithm function in IEEE floating-point arithmetic, ACM Transactions on Mathematical Software 16, 4, 1990): x = m / 2^e with
 * 1 <= m < 2, c the nearest 128th to m, and log(m) = log(c) + log(1 + r) with r = (m - c) / c. No division and no call for each
 * number, so a block of draws takes half the time. Within 1e-15 of `Math.log`, relatively. The WebAssembly of
 * runtime/compute/serial-line/assembly/exponential.ts does the same, to the bit.
 */

const STEPS = 128;
/** Above sqrt(2) the table has log(c / 2), so that nothing cancels near x = 1. */
const HALVED_FROM = 53;
/** Below it the first bits of x are too few; one draw in 130,000. */
const LEAST = 1024;

const steps = Array.from({ length: STEPS + 1 }, (_, j) => j);
/** c, 1 / c, logarithm, and what that takes off e. */
const C = Float64Array.from(steps, (j) => 1 + j / STEPS);
const INVERSE = C.map((c) => 1 / c);
const LOG = C.map((c, j) => Math.log(j < HALVED_FROM ? c : c / 2));
const HALVED = Float64Array.from(steps, (j) => (j < HALVED_FROM ? 0 : 1));
const POWER = Float64Array.from({ length: 32 }, (_, e) => 2 ** e);

/**
 * @param u uniform in [0, 1)
 * @returns exponential with a mean
 */
export function exponential(u: number, mean: number): number {
  const x = 1 - u;
  const first = (x * 134217728) | 0;
  if (first < LEAST) return -mean * Math.log(x);
  const e = Math.clz32(first) - 4;
  const j = (((first << e) + 0x80000) >> 20) - STEPS;
  const r = (x * POWER[e]! - C[j]!) * INVERSE[j]!;
  const rr = r * r;
  const p = 0.5 - r * (1 / 3) + rr * (0.25 - r * 0.2 + rr * (1 / 6 - r * (1 / 7)));
  return -mean * (LOG[j]! - (e - HALVED[j]!) * Math.LN2 + (r - rr * p));
}

/** Numbers that `toExponential` has under way at once. */
const MOST = 256;
const rest = new Float64Array(MOST);
const base = new Float64Array(MOST);

/** Turns numbers that are uniform in [0, 1) into exponential ones with a mean, as `exponential`, each in its place. */
export function toExponential(out: Float64Array, mean: number): void {
  for (let from = 0; from < out.length; from += MOST) {
    const part = out.length <= MOST ? out : out.subarray(from, from + MOST);
    // Two short loops: of each the processor has more numbers under way than of a long one.
    if (!split(part)) splitLeast(part);
    join(part, mean);
  }
}

/** @returns false where some are below the table */
function split(out: Float64Array): boolean {
  // Local variables: a constant of the module would be looked up each time.
  const [c, inverse, log, halved, power, bases, rests] = [C, INVERSE, LOG, HALVED, POWER, base, rest];
  const ln2 = Math.LN2;
  const { length } = out;
  let least = 0x7fffffff;
  for (let i = 0; i < length; i++) {
    const x = 1 - out[i]!;
    const first = (x * 134217728) | 0;
    if (first < least) least = first;
    const e = Math.clz32(first | 1) - 4;
    const j = (((first << e) + 0x80000) >> 20) - STEPS;
    bases[i] = log[j]! - (e - halved[j]!) * ln2;
    rests[i] = (x * power[e]! - c[j]!) * inverse[j]!;
  }
  return least >= LEAST;
}

function splitLeast(out: Float64Array): void {
  for (let i = 0; i < out.length; i++) {
    const x = 1 - out[i]!;
    if (((x * 134217728) | 0) >= LEAST) continue;
    base[i] = Math.log(x);
    rest[i] = 0;
  }
}

function join(out: Float64Array, mean: number): void {
  const [bases, rests] = [base, rest];
  const { length } = out;
  for (let i = 0; i < length; i++) {
    const r = rests[i]!;
    const rr = r * r;
    const p = 0.5 - r * (1 / 3) + rr * (0.25 - r * 0.2 + rr * (1 / 6 - r * (1 / 7)));
    out[i] = -mean * (bases[i]! + (r - rr * p));
  }
}
