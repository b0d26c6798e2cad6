import type { Plant } from "../physics/plant.ts";
import type { OvenPlc } from "../plc/oven-plc.ts";
import { MOST_SPEED } from "./options.ts";

/** Between two turns of the loop; a tick of 5 plant seconds takes 83 ms at the demo's speed of 60. */
const TURN_MS = 40;
/** A late loop makes up for this much at most; beyond it the plant simply loses time. */
const MOST_BACKLOG_MS = 2000;
/** Plant seconds of one turn, so that no turn holds the process for long. */
const MOST_SECONDS_PER_TURN = 120;

/** Lets plant time pass in step with wall time, times the speed. */
export class PlantLoop {
  readonly plant: Plant;
  readonly plc: OvenPlc;
  /** Called after each turn. */
  onTurn: (() => void) | undefined;
  #speed: number;
  #paused = false;
  #timer: NodeJS.Timeout | undefined;
  #lastMs = 0;
  /** Plant seconds that are due and not run yet. */
  #dueS = 0;

  constructor(plant: Plant, plc: OvenPlc, speed: number) {
    this.plant = plant;
    this.plc = plc;
    this.#speed = speed;
  }

  get speed(): number {
    return this.#speed;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** @throws RangeError outside 0.1 to 600 */
  setSpeed(speed: number): void {
    if (!(speed >= 0.1 && speed <= MOST_SPEED)) {
      throw new RangeError(`speed: expected 0.1 to ${MOST_SPEED}, got ${speed}`);
    }
    this.#speed = speed;
  }

  pause(paused: boolean): void {
    this.#paused = paused;
  }

  /**
   * Lets seconds pass at once while it is paused, so that a test goes on as fast as what it watches keeps up.
   * @throws RangeError while it is not paused, or unless 1 to 120 whole seconds
   */
  step(seconds: number): void {
    if (!this.#paused) throw new RangeError("step: the plant is not paused");
    if (!(Number.isInteger(seconds) && seconds >= 1 && seconds <= MOST_SECONDS_PER_TURN)) {
      throw new RangeError(`step: expected 1 to ${MOST_SECONDS_PER_TURN} whole seconds, got ${seconds}`);
    }
    this.#pass(seconds);
  }

  start(): void {
    this.#lastMs = performance.now();
    this.#timer = setInterval(() => this.#turn(), TURN_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #turn(): void {
    const nowMs = performance.now();
    if (!this.#paused) this.#dueS += ((nowMs - this.#lastMs) / 1000) * this.#speed;
    this.#lastMs = nowMs;
    this.#dueS = Math.min(this.#dueS, (MOST_BACKLOG_MS / 1000) * this.#speed);
    const seconds = Math.min(Math.floor(this.#dueS), MOST_SECONDS_PER_TURN);
    this.#dueS -= seconds;
    this.#pass(seconds);
  }

  #pass(seconds: number): void {
    this.plc.scan();
    for (let i = 0; i < seconds; i++) {
      this.plant.step(1);
      this.plc.scan();
    }
    this.onTurn?.();
  }
}
