import { FaultBook } from "../faults/fault-book.ts";
import { Drift, dayNight } from "../physics/drift.ts";
import { RandomStream } from "../physics/random-stream.ts";
import {
  type ActiveStationFault,
  activateStationFault,
  CABLE_CURRENT_LOSS,
  ELECTRODE_RESISTANCE_LOSS,
  GEARBOX_LOAD,
  type StationFault,
  type StationFaultRequest,
} from "./station-faults.ts";
import { bodyEnergyKwh } from "./station-power.ts";
import { STATION_PROGRAMS } from "./station-programs.ts";
import { WeldingRobot } from "./welding-robot.ts";

/** From the last robot's return to the next start: the body leaves, the next one comes. */
const TRANSFER_S = 6;
/** Apart from the streams of the paint shop. */
const FIRST_STREAM = 20;
const HALL_STREAM = FIRST_STREAM + 10;
/** Of the body shop: its mean, the day's swing, and what it wanders by. */
const HALL_C = 23;
const HALL_SWING_K = 2;
const HALL_WANDER_K = 0.4;
const HALL_WANDER_S = 3600;
const USUAL_CYCLE_S = 58;

/**
 * Station 120 of the body shop: four robots weld a body, wait for each other, and the next body comes. When a body is
 * done, drives and guns tell what it took them.
 */
export class BodyStation {
  readonly robots: readonly WeldingRobot[];
  readonly faults = new FaultBook<StationFaultRequest, ActiveStationFault>(activateStationFault);
  /** Bodies done since the start. */
  bodies = 0;
  /** Electric energy since the start, kWh. */
  energyKwh = 0;
  /** Mean power over the last body, from the one before it; NaN before the first. */
  powerKw = Number.NaN;
  readonly #hall: RandomStream;
  readonly #hallWander: Drift;
  #nextStartS: number;
  #isWelding = false;

  /** @param startS seconds since 1970 */
  constructor(seed: number, startS: number) {
    this.robots = STATION_PROGRAMS.map(
      (program, i) =>
        new WeldingRobot(
          program,
          new RandomStream(seed, FIRST_STREAM + i),
          new RandomStream(seed, HALL_STREAM + 1 + i),
        ),
    );
    this.#hall = new RandomStream(seed, HALL_STREAM);
    this.#hallWander = new Drift(HALL_WANDER_K, HALL_WANDER_S, USUAL_CYCLE_S, this.#hall);
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
    for (const request of this.faults.due(nowS * 1e6)) this.faults.start(request, nowS * 1e6);
    if (!this.#isWelding && nowS >= this.#nextStartS) {
      this.#isWelding = true;
      for (const robot of this.robots) robot.start(this.#nextStartS);
    }
    for (const robot of this.robots) robot.moveTo(nowS);
    if (!this.#isWelding || this.robots.some(({ isWelding }) => isWelding)) return;
    this.#isWelding = false;
    this.bodies++;
    const endS = Math.max(...this.robots.map((robot) => robot.endS));
    const seconds = endS + TRANSFER_S - this.#nextStartS;
    this.#nextStartS = endS + TRANSFER_S;
    this.#measure(endS);
    const kwh = bodyEnergyKwh(this.robots, seconds);
    this.energyKwh += kwh;
    this.powerKw = (3600 * kwh) / seconds;
  }

  #measure(endS: number): void {
    const hallC = HALL_C + HALL_SWING_K * dayNight(endS * 1e6) + this.#hallWander.step(this.#hall);
    for (const { name, drives, gun } of this.robots) {
      const level = (kind: StationFault, axis?: number): number =>
        this.faults.level(
          endS * 1e6,
          (one) => one.fault === kind && one.robot === name && (axis === undefined || one.axis === axis),
        );
      drives.ended(endS, hallC, (axis) => GEARBOX_LOAD * level("worn-gearbox", axis));
      gun.welded(
        CABLE_CURRENT_LOSS * level("worn-cable"),
        ELECTRODE_RESISTANCE_LOSS * level("worn-electrode"),
      );
    }
  }
}
