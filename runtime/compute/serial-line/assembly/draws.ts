import { exponential } from "./exponential";
import { Law, Stream } from "./record";

// The host's own, so that this lane and JavaScript's give the same bits.
// @ts-ignore: a decorator
@external("math", "log")
declare function log(x: f64): f64;
// @ts-ignore: a decorator
@external("math", "exp")
declare function exp(x: f64): f64;
// @ts-ignore: a decorator
@external("math", "pow")
declare function pow(x: f64, y: f64): f64;

/** As `Random.uint32` of runtime/core/random.ts: xoshiro128** (Blackman, Vigna 2018). */
// @ts-ignore: a decorator
@inline
function word(stream: Stream): u32 {
  const b = stream.b;
  const result = rotl<u32>(b * 5, 7) * 9;
  const t = b << 9;
  let c = stream.c ^ stream.a;
  let d = stream.d ^ b;
  stream.b = b ^ c;
  stream.a = stream.a ^ d;
  c ^= t;
  stream.c = c;
  stream.d = rotl<u32>(d, 11);
  return result;
}

// @ts-ignore: a decorator
@inline
function uniform(stream: Stream): f64 {
  const high = <f64>(word(stream) >>> 5);
  return (high * 67108864 + <f64>(word(stream) >>> 6)) / 9007199254740992;
}

function normal(stream: Stream): f64 {
  const spare = stream.spare;
  if (spare == spare) {
    stream.spare = NaN;
    return spare;
  }
  let u: f64 = 0;
  let v: f64 = 0;
  let s: f64 = 0;
  do {
    u = 2 * uniform(stream) - 1;
    v = 2 * uniform(stream) - 1;
    s = u * u + v * v;
  } while (!(s > 0 && s < 1));
  const f = Math.sqrt((-2 * log(s)) / s);
  stream.spare = v * f;
  return u * f;
}

function triangular(low: f64, mode: f64, high: f64, u: f64): f64 {
  const below = high > low ? (mode - low) / (high - low) : 0;
  return u < below
    ? low + Math.sqrt(u * (high - low) * (mode - low))
    : high - Math.sqrt((1 - u) * (high - low) * (high - mode));
}

/** What falls below 0 is drawn again. */
function normalTime(mean: f64, sd: f64, stream: Stream): f64 {
  let drawn: f64 = 0;
  do {
    drawn = mean + sd * normal(stream);
  } while (!(drawn >= 0));
  return drawn;
}

/** Marsaglia and Tsang, ACM Transactions on Mathematical Software 26, 3 (2000), 363-372. */
function standardGamma(shape: f64, stream: Stream): f64 {
  // Two statements: the draws in the order in which JavaScript has them.
  if (shape < 1) {
    const more = standardGamma(shape + 1, stream);
    return more * pow(1 - uniform(stream), 1 / shape);
  }
  const d = shape - 1.0 / 3.0;
  const c = 1 / Math.sqrt(9 * d);
  while (true) {
    const x = normal(stream);
    const v = pow(1 + c * x, 3);
    if (v > 0 && log(1 - uniform(stream)) < x * x * 0.5 + d - d * v + d * log(v)) return d * v;
  }
  return 0;
}

function erlang(stages: f64, stageS: f64, stream: Stream): f64 {
  let sum: f64 = 0;
  for (let stage: f64 = 0; stage < stages; stage++) sum -= log(1 - uniform(stream));
  return stageS * sum;
}

/** Seconds, by the kinds of runtime/model/line/serial/packed-line.ts. */
export function draw(law: Law, stream: Stream): f64 {
  switch (<i32>law.kind) {
    case 0: return law.a;
    case 1: return exponential(uniform(stream), law.a);
    case 2: return law.a + law.b * uniform(stream);
    case 3: return triangular(law.a, law.b, law.c, uniform(stream));
    case 4: return normalTime(law.a, law.b, stream);
    case 5: return exp(law.a + law.b * normal(stream));
    case 6: return law.a * pow(-log(1 - uniform(stream)), law.b);
    case 7: return law.a * standardGamma(law.b, stream);
    case 8: return erlang(law.a, law.b, stream);
    default: return law.a * max<f64>(1, Math.ceil(log(1 - uniform(stream)) / law.b));
  }
}
