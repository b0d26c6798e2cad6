import { AdaptiveInterval, errorWindow } from "../predict/forecast/adaptive-interval.ts";

/** A naive forecast of one exit with its 90 % interval. */
export interface NaiveForecast {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** In the order of `BASELINE_NAMES` of forecast/skill.ts: last value, rolling mean, same as a season before. */
export type NaiveForecasts = readonly [NaiveForecast, NaiveForecast, NaiveForecast];

const ROLLING = 10;
/** Errors from which a naive interval is fair. */
const LEAST_ERRORS = 30;
/** Exits that are kept, and the longest season that is looked for among them, bodies. */
const KEEP = 400;
const LONGEST_SEASON = 120;
/** Exits after which the season is looked for again. */
const SEEK_EVERY = 20;

/**
 * What anybody would foretell of the body that leaves so many bodies from now, knowing the exits alone. The season, in
 * bodies, is that of the mix of bodies and shifts: whichever has told the kept exits best, so that the model is held
 * to the best of them.
 */
export class NaiveExits {
  readonly #errors = [errorWindow(), errorWindow(), errorWindow()];
  readonly #intervals = [new AdaptiveInterval(0.9), new AdaptiveInterval(0.9), new AdaptiveInterval(0.9)];
  #exits: number[] = [];
  #season = 1;
  #sought = 0;

  get bodies(): number {
    return this.#exits.length;
  }

  /** Bodies after which the exits repeat themselves best. */
  get season(): number {
    return this.#season;
  }

  /** True once there is something to foretell from. */
  get isReady(): boolean {
    return this.#exits.length >= ROLLING;
  }

  /** True once its errors tell its intervals: before, it would look worse than it is. */
  get hasSpread(): boolean {
    return this.#errors.every(({ count }) => count >= LEAST_ERRORS);
  }

  /** @param ahead bodies until the one that is foretold: 1 is the next to leave */
  foretell(ahead: number): NaiveForecasts {
    if (this.#sought >= SEEK_EVERY) this.#seek(ahead);
    const exits = this.#exits;
    const back = this.#season * Math.ceil(ahead / this.#season);
    const last = exits.at(-1)!;
    const recent = exits.slice(-ROLLING);
    const values = [
      last,
      recent.reduce((sum, value) => sum + value, 0) / recent.length,
      exits.at(ahead - 1 - back) ?? last,
    ];
    return values.map((value, b) => {
      const errors = this.#errors[b]!;
      if (errors.count === 0) return { value, low: value, high: value };
      const [low, high] = this.#intervals[b]!.around(errors);
      return { value, low: value + low, high: value + high };
    }) as unknown as NaiveForecasts;
  }

  /** A body left. @param foretold what was said of it, if anything was */
  add(exitC: number, foretold: NaiveForecasts | undefined): void {
    for (const [b, { value, low, high }] of (foretold ?? []).entries()) {
      this.#intervals[b]!.observe(exitC >= low && exitC <= high);
      this.#errors[b]!.add(exitC - value);
    }
    this.#exits.push(exitC);
    this.#sought++;
    if (this.#exits.length > KEEP) this.#exits.shift();
  }

  #seek(ahead: number): void {
    this.#sought = 0;
    const exits = this.#exits;
    let least = Number.POSITIVE_INFINITY;
    for (let season = 1; season <= Math.min(LONGEST_SEASON, exits.length / 3); season++) {
      const back = season * Math.ceil(ahead / season);
      // A full oven may be longer than what is kept: such a season has told nothing yet.
      if (back >= exits.length) continue;
      let sum = 0;
      for (let i = back; i < exits.length; i++) sum += Math.abs(exits[i]! - exits[i - back]!);
      const error = sum / (exits.length - back);
      if (error >= least) continue;
      least = error;
      this.#season = season;
    }
  }
}
