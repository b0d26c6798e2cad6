import { isGood } from "../../../runtime/core/quality.ts";
import type { LastSample } from "../../../runtime/describe/snapshot.ts";

/** One point a pixel is enough; a wall display shows some 600. */
const MOST_POINTS = 600;

/** The last minutes of one property, thinned as they come, for drawing only. Times in seconds since 1970. */
export class Series {
  readonly #spanS: number;
  #timesS: number[] = [];
  #values: (number | null)[] = [];

  /** @param minutes shown, on the plant's clock */
  constructor(minutes: number) {
    this.#spanS = minutes * 60;
  }

  get timesS(): readonly number[] {
    return this.#timesS;
  }

  get values(): readonly (number | null)[] {
    return this.#values;
  }

  /** Adds the newest sample unless it is drawn already. A bad one breaks the line. */
  take(last: LastSample): void {
    this.add(
      last.sourceTimeUs / 1e6,
      isGood(last.quality) && Number.isFinite(last.value) ? last.value : null,
    );
  }

  /** Puts history before the first live sample; an empty bucket breaks the line. */
  prepend(past: {
    readonly fromUs: Float64Array;
    readonly mean: Float64Array;
    readonly count: Uint32Array;
  }): void {
    const first = this.#timesS[0] ?? Number.POSITIVE_INFINITY;
    const timesS: number[] = [];
    const values: (number | null)[] = [];
    for (let i = 0; i < past.fromUs.length; i++) {
      const timeS = past.fromUs[i]! / 1e6;
      if (timeS >= first) break;
      // Nothing before the first stored sample: no line there, rather than a broken one.
      if (past.count[i] === 0 && values.length === 0) continue;
      timesS.push(timeS);
      values.push(Number.isFinite(past.mean[i]!) ? past.mean[i]! : null);
    }
    this.#timesS = [...timesS, ...this.#timesS];
    this.#values = [...values, ...this.#values];
  }

  /** Adds a point; one closer to its neighbour than a pixel, or older, is left out. */
  add(timeS: number, value: number | null): void {
    const newest = this.#timesS.at(-1) ?? Number.NEGATIVE_INFINITY;
    if (timeS - newest < this.#spanS / MOST_POINTS) return;
    this.#timesS.push(timeS);
    this.#values.push(value);
    const first = this.#timesS.findIndex((other) => other >= timeS - this.#spanS);
    this.#timesS = this.#timesS.slice(first);
    this.#values = this.#values.slice(first);
  }
}
