/**
 * Where a stream begins: four words. SplitMix32 fills them, so that neighbouring seeds give unrelated streams.
 * @param seed any 32-bit number; `stream` separates streams of one seed
 */
export function seededWords(seed: number, stream: number): Uint32Array<ArrayBuffer> {
  let s = (seed ^ Math.imul(stream + 1, 0x9e3779b9)) >>> 0;
  return Uint32Array.from({ length: 4 }, () => {
    s = (s + 0x9e3779b9) >>> 0;
    let z = s;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  });
}

/** A seeded stream of random numbers: the same seed gives the same stream everywhere. */
export class Random {
  readonly #state: Uint32Array<ArrayBuffer>;
  #spare: number | undefined;

  /** @param seed any 32-bit number; `stream` separates streams of one seed */
  constructor(seed: number, stream = 0) {
    this.#state = seededWords(seed, stream);
  }

  /** Next 32 bits: xoshiro128** (Blackman, Vigna 2018). */
  uint32(): number {
    const s = this.#state;
    const x = Math.imul(s[1]!, 5);
    const result = Math.imul((x << 7) | (x >>> 25), 9) >>> 0;
    const t = s[1]! << 9;
    s[2]! ^= s[0]!;
    s[3]! ^= s[1]!;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= t;
    s[3] = (s[3]! << 11) | (s[3]! >>> 21);
    return result;
  }

  /** Uniform in [0, 1) with 53 bits. */
  uniform(): number {
    return ((this.uint32() >>> 5) * 67108864 + (this.uint32() >>> 6)) / 9007199254740992;
  }

  /** Fills `out` with what as many calls of `uniform` would give, the state held in local variables: half the time. */
  fillUniform(out: Float64Array): void {
    const state = this.#state;
    let a = state[0]! | 0;
    let b = state[1]! | 0;
    let c = state[2]! | 0;
    let d = state[3]! | 0;
    for (let i = 0; i < out.length; i++) {
      let x = Math.imul(b, 5);
      const high = Math.imul((x << 7) | (x >>> 25), 9) >>> 5;
      let t = b << 9;
      c ^= a;
      d ^= b;
      b ^= c;
      a ^= d;
      c ^= t;
      d = (d << 11) | (d >>> 21);
      x = Math.imul(b, 5);
      const low = Math.imul((x << 7) | (x >>> 25), 9) >>> 6;
      t = b << 9;
      c ^= a;
      d ^= b;
      b ^= c;
      a ^= d;
      c ^= t;
      d = (d << 11) | (d >>> 21);
      // 2^-53: a division by a power of two, and so the same number.
      out[i] = (high * 67108864 + low) * 1.1102230246251565e-16;
    }
    state[0] = a;
    state[1] = b;
    state[2] = c;
    state[3] = d;
  }

  /** Standard normal (Marsaglia polar method). */
  normal(): number {
    if (this.#spare !== undefined) {
      const spare = this.#spare;
      this.#spare = undefined;
      return spare;
    }
    for (;;) {
      const u = 2 * this.uniform() - 1;
      const v = 2 * this.uniform() - 1;
      const s = u * u + v * v;
      if (s > 0 && s < 1) {
        const f = Math.sqrt((-2 * Math.log(s)) / s);
        this.#spare = v * f;
        return u * f;
      }
    }
  }

  /** Integer in [0, below). */
  integer(below: number): number {
    return Math.floor(this.uniform() * below);
  }
}
