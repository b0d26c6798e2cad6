import { FaultBook } from "../faults/fault-book.ts";
import { RandomStream } from "../physics/random-stream.ts";
import { beginShift, fullCrew, isHere, passSecond } from "./crew.ts";
import {
  BUFFER_PLACES,
  MEAN_REWORK_S,
  POWER_KW,
  REWORK_PLACES,
  STATIONS,
  TAKT_S,
  TIGHTENING,
} from "./line-design.ts";
import {
  type ActiveLineFault,
  activateLineFault,
  DRAG_CURRENT,
  DRAG_S,
  DRIFT_ANGLE,
  type LineFault,
  type LineFaultRequest,
  SLOW_WORK,
} from "./line-faults.ts";
import { bodyMoved, bodyTightened, firstReadings, type LineReadings } from "./line-instruments.ts";
import type { AssemblyState, LineMemory } from "./line-memory.ts";
import { nextOrder, type Order } from "./order-book.ts";
import { ABORTED, CLEARING, EXECUTE, STOPPED } from "./packml.ts";
import { PLANNED_S_PER_SHIFT, type ShiftNow, shiftAt } from "./shift-clock.ts";
import { type Body, emptyStation, type StationState, sendTechnicians, stop, work } from "./station.ts";

const STATE_VERSION = 2;
/** Apart from the streams of the paint shop and of the body station. */
const STREAM = 40;
const INSTRUMENT_STREAM = 41;
/** The line starts in steady production: so long it has run before the shift that is on began. */
const WARM_UP_S = 3600;
/** Bodies let in too late are made up for, so many at most. */
const MOST_RELEASES_DUE = 4;
/** Plant seconds between two values of a cyclic tag of the line. */
export const ASSEMBLY_TICK_S = 30;
/** Bodies over which the takt is measured. */
const TAKT_BODIES = 10;
const GATE = STATIONS.length - 1;

/**
 * The virtual assembly line: twelve stations in a row with buffers between, a crew, one technician, orders, a gate at
 * the end with a rework bay, and a shift calendar. Scanned once a second of plant time; seeded, and pure but for that.
 */
export class AssemblyLine {
  readonly seed: number;
  /** Faults to come and in force; not saved. */
  readonly faults = new FaultBook<LineFaultRequest, ActiveLineFault>(activateLineFault);
  readonly #random: RandomStream;
  /** Apart from what the line does, so that measuring changes nothing. */
  readonly #instruments: RandomStream;
  #memory: LineMemory;
  #shift: ShiftNow;

  /** @param startTimeUs plant time at which the caller takes over */
  constructor(seed: number, startTimeUs: number) {
    this.seed = seed;
    this.#random = new RandomStream(seed, STREAM);
    this.#instruments = new RandomStream(seed, INSTRUMENT_STREAM);
    const timeS = Math.floor(startTimeUs / 1e6);
    const beganS = shiftAt(timeS).startS - WARM_UP_S;
    this.#shift = shiftAt(beganS);
    this.#memory = {
      timeS: beganS,
      shiftNumber: this.#shift.number,
      stations: STATIONS.map(emptyStation),
      buffers: BUFFER_PLACES.map(() => []),
      crew: fullCrew(),
      order: nextOrder(1, this.#random),
      ordersMade: 1,
      lastBody: 0,
      releasesDue: 0,
      rework: [],
      good: 0,
      shiftGood: 0,
      ranS: 0,
      leftAtS: [],
      energyKwh: STATIONS.map(() => 0),
      energyAtTickKwh: STATIONS.map(() => 0),
      powerKw: STATIONS.map(() => 0),
      readings: firstReadings(),
      arrivesS: BUFFER_PLACES.map(() => 0),
    };
    this.stepTo(timeS * 1e6);
  }

  /** Plant time, µs since 1970: whole seconds. */
  get timeUs(): number {
    return this.#memory.timeS * 1e6;
  }

  get shift(): ShiftNow {
    return this.#shift;
  }

  get stations(): readonly Readonly<StationState>[] {
    return this.#memory.stations;
  }

  /** Bodies in each buffer; the first lies behind the first station. */
  get fills(): readonly number[] {
    return this.#memory.buffers.map(({ length }) => length);
  }

  get operatorsPresent(): number {
    return this.#memory.crew.filter(isHere).length;
  }

  get operatorsPlanned(): number {
    return this.#memory.crew.length;
  }

  /** The order that is let in now. */
  get order(): Readonly<Order> {
    return this.#memory.order;
  }

  get reworking(): number {
    return this.#memory.rework.length;
  }

  /** Good bodies that left the line. */
  get good(): number {
    return this.#memory.good;
  }

  get shiftGood(): number {
    return this.#memory.shiftGood;
  }

  get shiftPlan(): number {
    return Math.floor(PLANNED_S_PER_SHIFT / TAKT_S);
  }

  /** What the plan asks for by now. */
  get planNow(): number {
    return Math.floor(this.#shift.workedS / TAKT_S);
  }

  /** Mean planned time between the last bodies that left, s; NaN before the second. */
  get taktS(): number {
    const { leftAtS } = this.#memory;
    return leftAtS.length < 2 ? Number.NaN : (leftAtS.at(-1)! - leftAtS[0]!) / (leftAtS.length - 1);
  }

  /** Energy of all stations since the line was built, kWh. */
  get energyKwh(): number {
    return this.#memory.energyKwh.reduce((sum, kwh) => sum + kwh, 0);
  }

  /** Mean power of each station over the last whole tick, kW. */
  get powerKw(): readonly number[] {
    return this.#memory.powerKw;
  }

  /** What conveyors and tightening tools measured of the last bodies. */
  get readings(): Readonly<LineReadings> {
    return this.#memory.readings;
  }

  /** Bodies on the line, in its buffers and in the bay. */
  get bodies(): number {
    const { stations, buffers, rework } = this.#memory;
    const inBuffers = buffers.reduce((sum, { length }) => sum + length, 0);
    return stations.filter(({ body }) => body !== null).length + inBuffers + rework.length;
  }

  /** Bodies let in since the line was built. */
  get released(): number {
    return this.#memory.lastBody;
  }

  /** Runs whole seconds up to a plant time; `after` is called after each. */
  stepTo(timeUs: number, after?: (timeUs: number) => void): void {
    while ((this.#memory.timeS + 1) * 1e6 <= timeUs) {
      this.#second();
      after?.(this.timeUs);
    }
  }

  /**
   * Breaks a station: it goes on once a technician has mended it for so long.
   * @throws RangeError for a station that is none, or a time outside 1 s to 8 h
   */
  fail(name: string, seconds: number): void {
    const index = indexOf(name);
    if (!(Number.isInteger(seconds) && seconds >= 1 && seconds <= 28_800))
      throw new RangeError(`seconds: expected 1 to 28800 whole seconds, got ${seconds}`);
    const station = this.#memory.stations[index]!;
    station.downLeftS = seconds;
    if (station.state !== STOPPED) station.state = ABORTED;
    const person = this.#memory.crew.find(({ at }) => at === index);
    if (person !== undefined) person.at = -1;
  }

  /**
   * Makes a station's work take longer from the next body on, as a worn tool does.
   * @param factor times as long; 1 is as built
   * @throws RangeError for a station that is none, or a factor outside 0.5 to 3
   */
  slow(name: string, factor: number): void {
    const index = indexOf(name);
    if (!(factor >= 0.5 && factor <= 3)) throw new RangeError(`factor: expected 0.5 to 3, got ${factor}`);
    this.#memory.stations[index]!.slowness = factor;
  }

  save(): AssemblyState {
    return {
      version: STATE_VERSION,
      seed: this.seed,
      random: savedStream(this.#random),
      instruments: savedStream(this.#instruments),
      memory: structuredClone(this.#memory),
    };
  }

  /**
   * A line that goes on where it was saved, at a plant time that may be later: the line stood still in between.
   * @throws RangeError for a state of another version
   */
  static restore(state: AssemblyState, timeUs: number): AssemblyLine {
    if (state.version !== STATE_VERSION)
      throw new RangeError(`assembly line: expected version ${STATE_VERSION}, got ${state.version}`);
    if (state.memory?.stations?.length !== STATIONS.length)
      throw new RangeError("assembly line: its state is cut");
    const line = new AssemblyLine(state.seed, timeUs);
    line.#random.restore(state.random.map((x) => x ?? Number.NaN));
    line.#instruments.restore(state.instruments.map((x) => x ?? Number.NaN));
    line.#memory = { ...structuredClone(state.memory), timeS: Math.floor(timeUs / 1e6) };
    line.#shift = shiftAt(line.#memory.timeS);
    return line;
  }

  #second(): void {
    const memory = this.#memory;
    memory.timeS++;
    for (const request of this.faults.due(this.timeUs)) this.faults.start(request, this.timeUs);
    this.#shift = shiftAt(memory.timeS);
    if (memory.shiftNumber !== this.#shift.number) {
      memory.shiftNumber = this.#shift.number;
      memory.shiftGood = 0;
      beginShift(memory.crew, this.#random);
    }
    if (this.#shift.planned) this.#plannedSecond();
    else for (const station of memory.stations) stop(station);
    this.#measurePower();
  }

  #plannedSecond(): void {
    const memory = this.#memory;
    memory.ranS++;
    memory.releasesDue = Math.min(MOST_RELEASES_DUE, memory.releasesDue + 1 / TAKT_S);
    passSecond(memory.crew);
    for (const one of memory.rework) one.leftS--;
    // From the last to the first, so that a place that becomes free is taken in the same second.
    for (let i = GATE; i >= 0; i--) {
      const madeBefore = memory.stations[i]!.made;
      work(memory.stations[i]!, i, {
        crew: memory.crew,
        random: this.#random,
        take: () => (i === 0 ? this.#release() : i === GATE ? this.#toGate() : this.#fromBuffer(i - 1)),
        pass: (body) => (i === GATE ? this.#leave(body) : this.#toBuffer(i, body)),
        slowed: 1 + SLOW_WORK * this.#level("slow-station", i),
      });
      if (memory.stations[i]!.made !== madeBefore) this.#tightened(i);
    }
    sendTechnicians(memory.stations);
  }

  #measurePower(): void {
    const { timeS, stations, energyKwh, energyAtTickKwh, powerKw } = this.#memory;
    for (const [i, { state }] of stations.entries()) {
      energyKwh[i]! += powerOf(state) / 3600;
      if (timeS % ASSEMBLY_TICK_S !== 0) continue;
      powerKw[i] = ((energyKwh[i]! - energyAtTickKwh[i]!) * 3600) / ASSEMBLY_TICK_S;
      energyAtTickKwh[i] = energyKwh[i]!;
    }
  }

  #release(): Body | undefined {
    const memory = this.#memory;
    if (memory.releasesDue < 1) return undefined;
    memory.releasesDue--;
    if (memory.order.left === 0) memory.order = nextOrder(++memory.ordersMade, this.#random);
    memory.order.left--;
    return { id: ++memory.lastBody, order: memory.order.id, variant: memory.order.variant };
  }

  /** What comes back from rework is tested before the next body. */
  #toGate(): Body | undefined {
    const { rework } = this.#memory;
    const ready = rework.findIndex(({ leftS }) => leftS <= 0);
    return ready < 0 ? this.#fromBuffer(GATE - 1) : rework.splice(ready, 1)[0]!.body;
  }

  #toBuffer(station: number, body: Body): boolean {
    const buffer = this.#memory.buffers[station]!;
    if (buffer.length === BUFFER_PLACES[station]) return false;
    buffer.push(body);
    const { readings, arrivesS, ranS } = this.#memory;
    const level = this.#level("dragging-conveyor", station);
    arrivesS[station] = ranS + DRAG_S * level;
    bodyMoved(readings, station, DRAG_CURRENT * level, this.#instruments);
    return true;
  }

  /** The first body of a buffer; a lone one only once the conveyor has brought it to the other end. */
  #fromBuffer(conveyor: number): Body | undefined {
    const { buffers, arrivesS, ranS } = this.#memory;
    if (buffers[conveyor]!.length === 1 && ranS < arrivesS[conveyor]!) return undefined;
    return buffers[conveyor]!.shift();
  }

  #tightened(station: number): void {
    const tool = TIGHTENING.findIndex(({ name }) => name === STATIONS[station]!.name);
    if (tool < 0) return;
    const drift = DRIFT_ANGLE * this.#level("drifting-tool", station);
    bodyTightened(this.#memory.readings, tool, drift, this.#instruments);
  }

  #level(kind: LineFault, station: number): number {
    return this.faults.level(this.timeUs, ({ fault, at }) => fault === kind && at === station);
  }

  #leave(body: Body): boolean {
    const memory = this.#memory;
    const gate = memory.stations[GATE]!;
    if (gate.toRework) {
      // A body that is done makes room for the one that comes: else a full bay and the gate waited for each other.
      if (memory.rework.filter(({ leftS }) => leftS > 0).length === REWORK_PLACES) return false;
      const leftS = Math.ceil(-MEAN_REWORK_S * Math.log(this.#random.uniform()));
      memory.rework.push({ body, leftS });
      return true;
    }
    memory.good++;
    memory.shiftGood++;
    memory.leftAtS = [...memory.leftAtS, memory.ranS].slice(-TAKT_BODIES - 1);
    return true;
  }
}

const savedStream = (stream: RandomStream): (number | null)[] =>
  stream.save().map((x) => (Number.isNaN(x) ? null : x));

/** kW. */
function powerOf(state: number): number {
  if (state === EXECUTE) return POWER_KW.execute;
  if (state === STOPPED) return POWER_KW.stopped;
  return state === ABORTED || state === CLEARING ? POWER_KW.down : POWER_KW.waiting;
}

function indexOf(name: string): number {
  const index = STATIONS.findIndex((station) => station.name === name);
  if (index < 0) throw new RangeError(`station: expected st01 to st12, got ${name}`);
  return index;
}
