/**
 * A seeded stream of random numbers whose state can be saved: sfc32 (Doty-Humphrey, PractRand), normals by
 * Box-Muller, so that every draw consumes the same amount of the stream whatever it returns.
 */
export class RandomStream {
  readonly #state: Uint32Array<ArrayBuffer>;
  #spare = Number.NaN;

  /** @param seed any 32-bit number; `stream` separates streams of one seed */
  constructor(seed: number, stream: number) {
    this.#state = Uint32Array.from([seed, Math.imul(stream + 1, 0x9e3779b9), 0x85ebca6b, 1]);
    for (let i = 0; i < 20; i++) this.#next();
  }

  #next(): number {
    const s = this.#state;
    const sum = (s[0]! + s[1]! + s[3]!) >>> 0;
    s[3] = s[3]! + 1;
    s[0] = s[1]! ^ (s[1]! >>> 9);
    s[1] = s[2]! + (s[2]! << 3);
    s[2] = ((s[2]! << 21) | (s[2]! >>> 11)) + sum;
    return sum;
  }

  /** Uniform in (0, 1). */
  uniform(): number {
    return (this.#next() + 0.5) / 4294967296;
  }

  /** Standard normal. */
  normal(): number {
    if (!Number.isNaN(this.#spare)) {
      const spare = this.#spare;
      this.#spare = Number.NaN;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log(this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.#spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  save(): number[] {
    return [...this.#state, this.#spare];
  }

  restore(saved: readonly number[]): void {
    for (let i = 0; i < 4; i++) this.#state[i] = saved[i]!;
    this.#spare = saved[4]!;
  }
}
