/**
 * Rung's own functions for kernels, in the subset of JavaScript that gpu.js compiles alike for all its backends: no
 * whole-number types, no `++`, nothing that depends on a driver. They are written for 32-bit floats; the polynomials
 * are those of the Cephes library (Moshier 1984-2000, single precision). Beyond the largest float they stay at it,
 * since a GPU has no infinity; outside their domain they are not a number.
 *
 * Why: on webgpu Math.pow(-8, 3) is 512, Math.tanh(100) not a number and Math.expm1(5e-8) 0; drivers may be off by
 * 2^-11 in sin; webasm calls out to JavaScript for each value of exp, log and pow.
 */
const SOURCES = [
  `function rungScale(x, n) {
  let y = x;
  let m = n;
  if (m > 0) {
    if (m >= 64) { y = y * 18446744073709551616; m = m - 64; }
    if (m >= 64) { y = y * 18446744073709551616; m = m - 64; }
    if (m >= 32) { y = y * 4294967296; m = m - 32; }
    if (m >= 16) { y = y * 65536; m = m - 16; }
    if (m >= 8) { y = y * 256; m = m - 8; }
    if (m >= 4) { y = y * 16; m = m - 4; }
    if (m >= 2) { y = y * 4; m = m - 2; }
    if (m >= 1) { y = y * 2; }
  } else {
    if (m <= -64) { y = y * 5.421010862427522e-20; m = m + 64; }
    if (m <= -64) { y = y * 5.421010862427522e-20; m = m + 64; }
    if (m <= -32) { y = y * 2.3283064365386963e-10; m = m + 32; }
    if (m <= -16) { y = y * 0.0000152587890625; m = m + 16; }
    if (m <= -8) { y = y * 0.00390625; m = m + 8; }
    if (m <= -4) { y = y * 0.0625; m = m + 4; }
    if (m <= -2) { y = y * 0.25; m = m + 2; }
    if (m <= -1) { y = y * 0.5; }
  }
  return y;
}`,
  `function rungExpPart(r) {
  return (((((0.00019875691500 * r + 0.0013981999507) * r + 0.0083334519073) * r + 0.041665795894) * r
    + 0.16666665459) * r + 0.50000001201) * r * r + r;
}`,
  `function rungExp(x) {
  if (x > 88.72283) { return 3.4028234663852886e38; }
  if (x < -87.33654) { return 0; }
  const n = Math.floor(x * 1.4426950408889634 + 0.5);
  const r = (x - n * 0.693359375) + n * 0.000212194440054690583;
  return rungScale(rungExpPart(r) + 1, n);
}`,
  `function rungExpm1(x) {
  if (Math.abs(x) < 0.34657359) { return rungExpPart(x); }
  return rungExp(x) - 1;
}`,
  `function rungExponent(x) {
  let m = x;
  let e = 0;
  if (m >= 1) {
    if (m >= 18446744073709551616) { m = m * 5.421010862427522e-20; e = e + 64; }
    if (m >= 4294967296) { m = m * 2.3283064365386963e-10; e = e + 32; }
    if (m >= 65536) { m = m * 0.0000152587890625; e = e + 16; }
    if (m >= 256) { m = m * 0.00390625; e = e + 8; }
    if (m >= 16) { m = m * 0.0625; e = e + 4; }
    if (m >= 4) { m = m * 0.25; e = e + 2; }
    if (m >= 2) { m = m * 0.5; e = e + 1; }
  } else {
    if (m < 1.0842021724855044e-19) { m = m * 18446744073709551616; e = e - 64; }
    if (m < 4.656612873077393e-10) { m = m * 4294967296; e = e - 32; }
    if (m < 0.000030517578125) { m = m * 65536; e = e - 16; }
    if (m < 0.0078125) { m = m * 256; e = e - 8; }
    if (m < 0.125) { m = m * 16; e = e - 4; }
    if (m < 0.5) { m = m * 4; e = e - 2; }
    if (m < 1) { m = m * 2; e = e - 1; }
  }
  if (m > 1.4142135) { e = e + 1; }
  return e;
}`,
  `function rungLogPart(f) {
  return ((((((((0.070376836292 * f - 0.11514610310) * f + 0.11676998740) * f - 0.12420140846) * f
    + 0.14249322787) * f - 0.16668057665) * f + 0.20000714765) * f - 0.24999993993) * f + 0.33333331174) * f * f * f
    - 0.5 * f * f;
}`,
  `function rungLog(x) {
  if (x < 0) { return (x - x) / (x - x); }
  if (x < 1.1754943508222875e-38) { return -3.4028234663852886e38; }
  const e = rungExponent(x);
  const f = rungScale(x, -e) - 1;
  return ((rungLogPart(f) - e * 0.000212194440054690583) + f) + e * 0.693359375;
}`,
  `function rungLog1p(x) {
  if (x > -0.29 && x < 0.41) { return rungLogPart(x) + x; }
  return rungLog(1 + x);
}`,
  `function rungLog2(x) {
  if (x < 0) { return (x - x) / (x - x); }
  if (x < 1.1754943508222875e-38) { return -3.4028234663852886e38; }
  const e = rungExponent(x);
  const f = rungScale(x, -e) - 1;
  return (rungLogPart(f) + f) * 1.4426950408889634 + e;
}`,
  `function rungLog10(x) {
  if (x < 0) { return (x - x) / (x - x); }
  if (x < 1.1754943508222875e-38) { return -3.4028234663852886e38; }
  const e = rungExponent(x);
  const f = rungScale(x, -e) - 1;
  return ((rungLogPart(f) + f) * 0.4342944819032518 + e * 0.0000046050389811952) + e * 0.301025390625;
}`,
  `function rungPowWhole(x, n) {
  let result = 1;
  let base = x;
  let left = n;
  for (let i = 0; i < 6; i += 1) {
    const half = Math.floor(left * 0.5);
    if (left - 2 * half > 0.5) { result = result * base; }
    if (half > 0.5) { base = base * base; }
    left = half;
  }
  return result;
}`,
  `function rungPow(x, y) {
  if (Math.abs(y) < 1e-30) { return 1; }
  if (Math.abs(x) < 1.1754943508222875e-38) {
    if (y > 0) { return 0; }
    return 3.4028234663852886e38;
  }
  const fraction = y - Math.floor(y);
  if (fraction < 1e-30) {
    if (Math.abs(y) < 32.5) {
      const whole = rungPowWhole(x, Math.abs(y));
      if (y > 0 && Math.abs(whole) < 1e38) { return whole; }
      if (y < 0 && Math.abs(whole) > 1e-37) { return 1 / whole; }
    }
    const size = rungExp(y * rungLog(Math.abs(x)));
    if (x < 0 && y - 2 * Math.floor(y * 0.5) > 0.5) { return -size; }
    return size;
  }
  if (x < 0) { return (x - x) / (x - x); }
  return rungExp(y * rungLog(x));
}`,
  `function rungCbrt(x) {
  const a = Math.abs(x);
  if (a < 1.1754943508222875e-38) { return 0; }
  let y = rungExp(rungLog(a) * 0.3333333333333333);
  y = y - (y - a / (y * y)) * 0.3333333333333333;
  if (x < 0) { return -y; }
  return y;
}`,
  `function rungHypot(x, y) {
  const a = Math.max(Math.abs(x), Math.abs(y));
  if (a < 1.1754943508222875e-38) { return 0; }
  const q = Math.min(Math.abs(x), Math.abs(y)) / a;
  return a * Math.sqrt(1 + q * q);
}`,
  `function rungSine(x, quarter) {
  const j = Math.floor(x * 0.6366197723675814 + 0.5);
  const rest = ((x - j * 1.5703125) - j * 0.0004837512969970703) - j * 7.549789948768648e-8;
  const r = Math.max(-0.79, Math.min(0.79, rest));
  const z = r * r;
  const q = (j + quarter) - 4 * Math.floor((j + quarter) * 0.25);
  const sine = ((-0.00019515295891 * z + 0.0083321608736) * z - 0.16666654611) * z * r + r;
  const cosine = ((0.00002443315711809948 * z - 0.001388731625493765) * z + 0.04166664568298827) * z * z - 0.5 * z + 1;
  if (q < 0.5) { return sine; }
  if (q < 1.5) { return cosine; }
  if (q < 2.5) { return -sine; }
  return -cosine;
}`,
  "function rungSin(x) { return rungSine(x, 0); }",
  "function rungCos(x) { return rungSine(x, 1); }",
  "function rungTan(x) { return rungSine(x, 0) / rungSine(x, 1); }",
  `function rungAtan(x) {
  let a = Math.abs(x);
  let y = 0;
  if (a > 2.414213562373095) { y = 1.5707963267948966; a = -1 / a; }
  else if (a > 0.4142135623730950) { y = 0.7853981633974483; a = (a - 1) / (a + 1); }
  const z = a * a;
  y = y + ((((0.0805374449538 * z - 0.138776856032) * z + 0.199777106478) * z - 0.333329491539) * z * a + a);
  if (x < 0) { return -y; }
  return y;
}`,
  `function rungAtan2(y, x) {
  const a = Math.abs(x);
  const b = Math.abs(y);
  if (a < 1.1754943508222875e-38 && b < 1.1754943508222875e-38) { return 0; }
  if (b > a) {
    if (y > 0) { return 1.5707963267948966 - rungAtan(x / y); }
    return -1.5707963267948966 - rungAtan(x / y);
  }
  if (x > 0) { return rungAtan(y / x); }
  if (y >= 0) { return rungAtan(y / x) + 3.141592653589793; }
  return rungAtan(y / x) - 3.141592653589793;
}`,
  `function rungAsinPart(s, z) {
  return ((((0.042163199048 * z + 0.024181311049) * z + 0.045470025998) * z + 0.074953002686) * z
    + 0.16666752422) * z * s + s;
}`,
  `function rungAsin(x) {
  const a = Math.abs(x);
  if (a > 1) { return (x - x) / (x - x); }
  let y = 0;
  if (a > 0.5) {
    const z = 0.5 * (1 - a);
    y = 1.5707963267948966 - 2 * rungAsinPart(Math.sqrt(z), z);
  } else {
    y = rungAsinPart(a, a * a);
  }
  if (x < 0) { return -y; }
  return y;
}`,
  `function rungAcos(x) {
  if (Math.abs(x) > 1) { return (x - x) / (x - x); }
  if (x > 0.5) { return 2 * rungAsinPart(Math.sqrt(0.5 * (1 - x)), 0.5 * (1 - x)); }
  if (x < -0.5) { return 3.141592653589793 - 2 * rungAsinPart(Math.sqrt(0.5 * (1 + x)), 0.5 * (1 + x)); }
  return 1.5707963267948966 - rungAsinPart(x, x * x);
}`,
  `function rungSinh(x) {
  const a = Math.min(Math.abs(x), 89.41);
  if (a < 1) {
    const z = x * x;
    return ((0.000203721912945 * z + 0.00833028376239) * z + 0.166667160211) * z * x + x;
  }
  const e = rungExp(0.5 * a);
  const y = 0.5 * e * e - 0.5 / (e * e);
  if (x < 0) { return -y; }
  return y;
}`,
  `function rungCosh(x) {
  const e = rungExp(0.5 * Math.min(Math.abs(x), 89.41));
  return 0.5 * e * e + 0.5 / (e * e);
}`,
  `function rungTanh(x) {
  const a = Math.abs(x);
  if (a < 0.625) {
    const z = x * x;
    return ((((-0.00570498872745 * z + 0.0206390887954) * z - 0.0537397155531) * z + 0.133314422036) * z
      - 0.333332819422) * z * x + x;
  }
  let y = 1;
  if (a < 9) { y = 1 - 2 / (rungExp(2 * a) + 1); }
  if (x < 0) { return -y; }
  return y;
}`,
  `function rungAsinh(x) {
  const a = Math.abs(x);
  let y = 0;
  if (a > 1000000000) { y = rungLog(a) + 0.6931471805599453; }
  else { y = rungLog1p(a + a * a / (1 + Math.sqrt(a * a + 1))); }
  if (x < 0) { return -y; }
  return y;
}`,
  `function rungAcosh(x) {
  if (x < 1) { return (x - x) / (x - x); }
  if (x > 1000000000) { return rungLog(x) + 0.6931471805599453; }
  const t = x - 1;
  return rungLog1p(t + Math.sqrt(2 * t + t * t));
}`,
  `function rungAtanh(x) {
  const a = Math.abs(x);
  if (a > 1) { return (x - x) / (x - x); }
  let y = 3.4028234663852886e38;
  if (a < 1) { y = 0.5 * rungLog1p(2 * a / (1 - a)); }
  if (x < 0) { return -y; }
  return y;
}`,
  `function rungRound(x) {
  const whole = Math.floor(x);
  if (x - whole >= 0.5) { return whole + 1; }
  return whole;
}`,
  `function rungSign(x) {
  if (x > 0) { return 1; }
  if (x < 0) { return -1; }
  return 0;
}`,
  `function rungRemainder(a, b) {
  const s = Math.abs(b);
  const m = Math.abs(a);
  let r = m - s * Math.floor(m / s);
  if (r < 0) { r = r + s; }
  if (r >= s) { r = r - s; }
  if (r < 0 || r >= s) { r = 0; }
  if (a < 0) { return -r; }
  return r;
}`,
  `function rungFloorDivide(a, b) {
  let q = Math.floor(a / b);
  const r = a - q * b;
  if (b > 0) {
    if (r < 0) { q = q - 1; }
    if (r >= b) { q = q + 1; }
  } else {
    if (r > 0) { q = q - 1; }
    if (r <= b) { q = q + 1; }
  }
  return q;
}`,
];

/** One function of the prelude as gpu.js takes it. */
export interface PreludeFunction {
  readonly name: string;
  readonly source: string;
  readonly parameters: readonly string[];
}

const PRELUDE: ReadonlyMap<string, PreludeFunction> = new Map(
  SOURCES.map((source) => {
    const [, name, parameters] = /^function (\w+)\(([^)]*)\)/.exec(source)!;
    return [name!, { name: name!, source, parameters: parameters!.split(", ") }];
  }),
);

/** The name in the prelude of what the source calls `Math.<name>`. */
export const preludeName = (name: string): string => `rung${name[0]!.toUpperCase()}${name.slice(1)}`;

/** The prelude's functions that are needed for those named, each after what it calls. */
export function preludeOf(names: Iterable<string>): PreludeFunction[] {
  const taken = new Map<string, PreludeFunction>();
  const take = (name: string): void => {
    const of = PRELUDE.get(name);
    if (of === undefined) throw new Error(`the prelude has no ${name}`);
    if (taken.has(name)) return;
    for (const [, called] of of.source.matchAll(/(rung\w+)\(/g)) if (called !== name) take(called!);
    taken.set(name, of);
  };
  for (const name of names) take(name);
  return [...taken.values()];
}
