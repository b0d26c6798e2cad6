import type { MetalTrack } from "../model/oven/metal-track.ts";

/** One body on its way through the oven. */
export interface BodyInside {
  readonly id: number;
  readonly entryUs: number;
  positionM: number;
  readonly metal: MetalTrack;
  /** Time it has spent in each zone, s. */
  readonly zoneS: Float64Array;
  /** Its share of the gas burnt since its entry, all bodies inside sharing alike, Nm³; NaN without a meter. */
  gasNm3: number;
}

/**
 * The bodies in the oven and where they are: placed at the entry, moved with the measured speed, taken out by the
 * exit's report.
 */
export class OvenPassage {
  readonly #lengthM: number;
  readonly #borderM: readonly number[];
  #inside: BodyInside[] = [];
  /** Bodies whose exit was never reported. */
  lost = 0;

  /** @param zoneLengthsM in the order of travel */
  constructor(zoneLengthsM: readonly number[]) {
    let end = 0;
    this.#borderM = zoneLengthsM.map((length) => {
      end += length;
      return end;
    });
    this.#lengthM = end;
  }

  get bodies(): readonly BodyInside[] {
    return this.#inside;
  }

  get lengthM(): number {
    return this.#lengthM;
  }

  enter(body: BodyInside): void {
    if (this.#inside.some((other) => other.id === body.id)) return;
    this.#inside.push(body);
  }

  /** Takes a body out; undefined where its entry was never seen. */
  leave(id: number): BodyInside | undefined {
    const body = this.#inside.find((other) => other.id === id);
    if (body !== undefined) this.#inside = this.#inside.filter((other) => other !== body);
    return body;
  }

  /**
   * Moves all bodies. One that overran the exit by a tenth of the oven without a report is lost.
   * @returns how many were lost
   */
  advance(distanceM: number): number {
    for (const body of this.#inside) body.positionM += distanceM;
    const overrunM = this.#lengthM * 1.1;
    const kept = this.#inside.filter((body) => body.positionM < overrunM);
    const lost = this.#inside.length - kept.length;
    this.lost += lost;
    this.#inside = kept;
    return lost;
  }

  /** Forgets all bodies, after a gap over which nothing is known. */
  clear(): void {
    this.lost += this.#inside.length;
    this.#inside = [];
  }

  zoneAt(positionM: number): number {
    for (let z = 0; z < this.#borderM.length; z++) if (positionM < this.#borderM[z]!) return z;
    return this.#borderM.length - 1;
  }
}
