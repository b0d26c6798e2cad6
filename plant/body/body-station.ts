import { RandomStream } from "../physics/random-stream.ts";
import { STATION_PROGRAMS } from "./station-programs.ts";
import { WeldingRobot } from "./welding-robot.ts";

/** From the last robot's return to the next start: the body leaves, the next one comes. */
const TRANSFER_S = 6;
/** Apart from the streams of the paint shop. */
const FIRST_STREAM = 20;

/** Station 120 of the body shop: four robots weld a body, wait for each other, and the next body comes. */
export class BodyStation {
  readonly robots: readonly WeldingRobot[];
  /** Bodies done since the start. */
  bodies = 0;
  #nextStartS: number;
  #isWelding = false;

  constructor(seed: number, startS: number) {
    this.robots = STATION_PROGRAMS.map(
      (program, i) => new WeldingRobot(program, new RandomStream(seed, FIRST_STREAM + i)),
    );
    this.#nextStartS = startS;
  }

  /** @throws RangeError for a robot that is none */
  robot(name: string): WeldingRobot {
    const found = this.robots.find((robot) => robot.name === name);
    if (found === undefined) throw new RangeError(`robot: expected R1 to R4, got ${name}`);
    return found;
  }

  /** Takes the station to a time; times only grow. */
  moveTo(nowS: number): void {
    if (!this.#isWelding && nowS >= this.#nextStartS) {
      this.#isWelding = true;
      for (const robot of this.robots) robot.start(this.#nextStartS);
    }
    for (const robot of this.robots) robot.moveTo(nowS);
    if (!this.#isWelding || this.robots.some(({ isWelding }) => isWelding)) return;
    this.#isWelding = false;
    this.bodies++;
    this.#nextStartS = Math.max(...this.robots.map(({ endS }) => endS)) + TRANSFER_S;
  }
}
