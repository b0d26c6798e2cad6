import type { RandomStream } from "../physics/random-stream.ts";
import { letGo, type Person, takePerson } from "./crew.ts";
import {
  MEAN_BETWEEN_FAILURES_S,
  MEAN_REPAIR_S,
  PACE_WEIGHT,
  REDO_SHARE,
  REDO_WORK,
  REJECTED_SHARE,
  STATIONS,
  TECHNICIANS,
  VARIANTS,
  WORK_SCATTER,
} from "./line-design.ts";
import { ABORTED, CLEARING, EXECUTE, HELD, STOPPED, SUSPENDED } from "./packml.ts";

export interface Body {
  readonly id: number;
  readonly order: string;
  readonly variant: string;
}

/** What a station is in, plain data. Times in whole seconds of the station's scan. */
export interface StationState {
  state: number;
  body: Body | null;
  /** Work left on the body; 0 once it is done and waits for a place behind the station. */
  workLeftS: number;
  /** Time worked on the body so far, work done again included. */
  workedS: number;
  /** Of the last body; 0 before the first. */
  lastCycleS: number;
  /** Work per body relative to what was planned, as a moving mean; 1 is as planned. */
  pace: number;
  /** How much longer than it should the work takes: a worn tool. */
  slowness: number;
  blocked: boolean;
  starved: boolean;
  /** Repair time left; 0 while it is whole. */
  downLeftS: number;
  /** Bodies worked on, found good, found wrong by the station's own check or by the gate's test. */
  made: number;
  good: number;
  rejected: number;
  /** The gate found the body wrong. */
  toRework: boolean;
}

export const emptyStation = (): StationState => ({
  state: SUSPENDED,
  body: null,
  workLeftS: 0,
  workedS: 0,
  lastCycleS: 0,
  pace: 1,
  slowness: 1,
  blocked: false,
  starved: true,
  downLeftS: 0,
  made: 0,
  good: 0,
  rejected: 0,
  toRework: false,
});

/** What lies round a station. */
export interface Surroundings {
  readonly crew: readonly Person[];
  readonly random: RandomStream;
  /** The next body, or undefined where none waits. */
  take(): Body | undefined;
  /** Hands a finished body on. @returns false where there is no place for it */
  pass(body: Body): boolean;
  /** How much longer a fault makes the work take. */
  readonly slowed: number;
}

/** The last station tests; what it rejects leaves for rework. Elsewhere a part of the work is done again on the spot. */
const GATE = STATIONS.length - 1;

/** One second of planned operating time. @param index of the station in the line */
export function work(station: StationState, index: number, around: Surroundings): void {
  station.blocked = false;
  station.starved = false;
  if (station.downLeftS > 0) {
    if (station.state === CLEARING && --station.downLeftS > 0) return;
    if (station.downLeftS > 0) {
      station.state = ABORTED;
      return;
    }
  }
  if (station.body !== null && station.workLeftS === 0 && !handOn(station, around)) return;
  if (station.body === null && !begin(station, index, around)) return;
  const { crew, random } = around;
  if (!crew.some(({ at }) => at === index) && takePerson(crew, index) === undefined) {
    station.state = HELD;
    return;
  }
  station.state = EXECUTE;
  station.workedS++;
  station.workLeftS = Math.max(0, station.workLeftS - 1);
  if (station.workLeftS === 0) finish(station, index, around);
  else if (random.uniform() < 1 / MEAN_BETWEEN_FAILURES_S) {
    station.downLeftS = Math.ceil(-MEAN_REPAIR_S * Math.log(random.uniform()));
    station.state = ABORTED;
    letGo(crew, index, random);
  }
}

/** Outside the planned time everything stands still. */
export function stop(station: StationState): void {
  station.state = STOPPED;
  station.blocked = false;
  station.starved = false;
}

/** The technicians go to the first stations that wait for one. */
export function sendTechnicians(stations: readonly StationState[]): void {
  let free = TECHNICIANS - stations.filter(({ state }) => state === CLEARING).length;
  for (const station of stations) {
    if (free <= 0 || station.state !== ABORTED) continue;
    station.state = CLEARING;
    free--;
  }
}

function begin(station: StationState, index: number, { take, random, slowed }: Surroundings): boolean {
  const body = take();
  if (body === undefined) {
    station.state = SUSPENDED;
    station.starved = true;
    return false;
  }
  station.body = body;
  station.workedS = 0;
  const sigma = Math.sqrt(Math.log(1 + WORK_SCATTER ** 2));
  const scatter = Math.exp(sigma * random.normal() - sigma ** 2 / 2);
  station.workLeftS = Math.round(plannedWorkS(index, body) * scatter * station.slowness * slowed);
  return true;
}

const plannedWorkS = (index: number, { variant }: Body): number =>
  STATIONS[index]!.workS * VARIANTS.find(({ name }) => name === variant)!.factor;

function finish(station: StationState, index: number, { crew, random }: Surroundings): void {
  station.made++;
  const isWrong = random.uniform() < (index === GATE ? REJECTED_SHARE : REDO_SHARE);
  if (isWrong) station.rejected++;
  else station.good++;
  if (isWrong && index !== GATE) {
    station.workLeftS = Math.round(REDO_WORK * STATIONS[index]!.workS);
    return;
  }
  station.toRework = isWrong;
  station.lastCycleS = station.workedS;
  station.pace += PACE_WEIGHT * (station.workedS / plannedWorkS(index, station.body!) - station.pace);
  letGo(crew, index, random);
}

function handOn(station: StationState, { pass }: Surroundings): boolean {
  if (pass(station.body!)) {
    station.body = null;
    return true;
  }
  station.state = SUSPENDED;
  station.blocked = true;
  return false;
}
