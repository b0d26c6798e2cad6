import type { RandomStream } from "../physics/random-stream.ts";

/** Secondary current and the resistance between the electrodes, as a mean over the welds of a body. */
const CURRENT_A = 9200;
const RESISTANCE_MICROOHM = 118;
const CURRENT_SCATTER = 0.003;
const RESISTANCE_SCATTER = 0.01;
/** Guns are never alike. */
const SPREAD = 0.03;
/** Electrodes wear and are dressed every so many bodies: resistance falls by so much in between. */
const BODIES_PER_DRESSING = 25;
const WEAR_PER_DRESSING = 0.03;

/** The weld gun of a robot, by what its timer measures. */
export class WeldGun {
  currentA = Number.NaN;
  resistanceMicroohm = Number.NaN;
  readonly #random: RandomStream;
  readonly #ownCurrentA: number;
  readonly #ownResistance: number;
  #sinceDressing: number;

  constructor(random: RandomStream) {
    this.#random = random;
    this.#ownCurrentA = CURRENT_A * (1 + (SPREAD * random.normal()) / 2);
    this.#ownResistance = RESISTANCE_MICROOHM * (1 + SPREAD * random.normal());
    this.#sinceDressing = Math.floor(BODIES_PER_DRESSING * random.uniform());
  }

  /** A body is welded. @param currentLoss, resistanceLoss shares that a fault takes away */
  welded(currentLoss: number, resistanceLoss: number): void {
    const random = this.#random;
    const wear = (WEAR_PER_DRESSING * this.#sinceDressing) / BODIES_PER_DRESSING;
    this.#sinceDressing = (this.#sinceDressing + 1) % BODIES_PER_DRESSING;
    this.currentA = this.#ownCurrentA * (1 - currentLoss) * (1 + CURRENT_SCATTER * random.normal());
    this.resistanceMicroohm =
      this.#ownResistance * (1 - wear) * (1 - resistanceLoss) * (1 + RESISTANCE_SCATTER * random.normal());
  }
}
