import type { Random } from "../../../core/random.ts";
import type { Duration } from "../duration.ts";
import { blockSampler } from "../serial/block-sampler.ts";

/** Times that are drawn at once, first and most: a short run does not draw what it will not use. */
const FIRST = 8;
const MOST = 256;

/** A stream of times of one law, drawn some ahead: those that `sampler` would give one by one. */
export class DrawnAhead {
  readonly #fill: (out: Float64Array) => void;
  #drawnS = new Float64Array(0);
  #next = 0;

  /** @param random a stream that serves this use alone */
  constructor(duration: Duration, random: Random) {
    this.#fill = blockSampler(duration, random);
  }

  /** @returns s */
  next(): number {
    if (this.#next === this.#drawnS.length) this.#draw();
    return this.#drawnS[this.#next++]!;
  }

  #draw(): void {
    const { length } = this.#drawnS;
    if (length < MOST) this.#drawnS = new Float64Array(Math.max(FIRST, 2 * length));
    this.#fill(this.#drawnS);
    this.#next = 0;
  }
}
