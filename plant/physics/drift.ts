import type { RandomStream } from "./random-stream.ts";

/** A slow wander around zero: an Ornstein-Uhlenbeck process, stepped exactly. */
export class Drift {
  value: number;
  readonly #decay: number;
  readonly #kick: number;

  /** @param deviation stationary standard deviation, in the unit of the drifting thing */
  constructor(deviation: number, timeConstantS: number, stepS: number, random: RandomStream) {
    this.#decay = Math.exp(-stepS / timeConstantS);
    this.#kick = deviation * Math.sqrt(1 - this.#decay * this.#decay);
    this.value = deviation * random.normal();
  }

  step(random: RandomStream): number {
    this.value = this.value * this.#decay + this.#kick * random.normal();
    return this.value;
  }
}

/** Day and night: -1 at 03:00, +1 at 15:00 UTC. */
export function dayNight(timeUs: number): number {
  const dayShare = (timeUs / 86_400e6) % 1;
  return -Math.cos(2 * Math.PI * (dayShare - 3 / 24));
}
