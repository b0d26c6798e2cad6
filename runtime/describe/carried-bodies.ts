import type { Frame } from "../core/frame.ts";
import type { TimeUs } from "../core/time.ts";
import { converter, isUnit, sameDimension } from "../core/unit.ts";

/** Addresses of what a conveyor tells of the bodies on it. */
export interface ConveyorSigns {
  /** Number of the body that came last, told when it comes. */
  readonly entry: string;
  /** Number of the body that left last; empty where that is not told. */
  readonly exit: string;
  readonly speed: string;
}

/** A body that overran the end by such a part of the way without a report is lost. */
const OVERRUN = 0.1;

/**
 * Where bodies are on a conveyor that tells what enters, what leaves and how fast it goes: placed at the entry, moved
 * by the measured speed, taken out by the exit's report. Of those that entered before it listened it knows nothing.
 * It follows a `TwinState`.
 */
export class CarriedBodies {
  readonly #signs: ConveyorSigns;
  readonly #lengthM: number;
  /** What the conveyor had moved when a body entered, m, by its number. */
  readonly #entered = new Map<number, number>();
  #movedM = 0;
  #speedMPerS = 0;
  #speedUs: TimeUs | undefined;
  /** Why nothing can be placed; empty where it can. */
  problem = "";

  constructor(signs: ConveyorSigns, lengthM: number) {
    this.#signs = signs;
    this.#lengthM = lengthM;
  }

  /** Rows in the order of their times, as frames of one source bring them. */
  accepted(frame: Frame): void {
    if (frame.historical) return;
    const { entry, exit, speed } = this.#signs;
    for (let row = 0; row < frame.length; row++) {
      const address = frame.addressAt(row);
      const value = frame.valueAt(row);
      if (!Number.isFinite(value)) continue;
      if (address === speed) {
        this.#turn(value, frame.dictionary.properties[frame.indexAt(row)]?.unit, frame.sourceTimeUsAt(row));
      } else if (value === 0) continue;
      else if (address === entry && !this.#entered.has(value))
        this.#entered.set(value, this.#movedAt(frame.sourceTimeUsAt(row)));
      else if (address === exit) this.#leave(value);
    }
  }

  /** A replay starts over. */
  rewound(): void {
    this.#entered.clear();
    this.#speedUs = undefined;
  }

  /**
   * How far along the way each body is, m, those in front first. Beyond the newest speed nothing is foretold for longer
   * than `aheadUs`.
   */
  along(nowUs: TimeUs, aheadUs: number): { readonly body: number; readonly alongM: number }[] {
    const moved = this.#movedAt(Math.min(nowUs, (this.#speedUs ?? nowUs) + aheadUs));
    const bodies: { body: number; alongM: number }[] = [];
    for (const [body, enteredM] of this.#entered) {
      const alongM = Math.max(0, moved - enteredM);
      if (alongM > (1 + OVERRUN) * this.#lengthM) this.#entered.delete(body);
      else bodies.push({ body, alongM: Math.min(alongM, this.#lengthM) });
    }
    return bodies;
  }

  #turn(speed: number, unit: string | undefined, timeUs: TimeUs): void {
    if (unit === undefined || !isUnit(unit) || !sameDimension(unit, "m/s")) {
      this.problem = `${this.#signs.speed} is in ${unit ?? "no unit"}, which is no speed`;
      return;
    }
    if (this.#speedUs !== undefined && timeUs < this.#speedUs) return;
    this.problem = "";
    this.#movedM = this.#movedAt(timeUs);
    this.#speedMPerS = converter(unit, "m/s")(speed);
    this.#speedUs = timeUs;
  }

  #movedAt(timeUs: TimeUs): number {
    if (this.#speedUs === undefined) return this.#movedM;
    return this.#movedM + (this.#speedMPerS * (timeUs - this.#speedUs)) / 1e6;
  }

  /** Those before it have left too, whatever was reported of them. */
  #leave(left: number): void {
    if (!this.#entered.has(left)) return;
    for (const body of this.#entered.keys()) {
      this.#entered.delete(body);
      if (body === left) return;
    }
  }
}
