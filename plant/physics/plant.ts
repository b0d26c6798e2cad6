import { TAGS } from "../tags.ts";
import { Bodies } from "./bodies.ts";
import { Booth } from "./booth.ts";
import { Drift, dayNight } from "./drift.ts";
import { FaultSet } from "./fault-set.ts";
import type { ActiveFault, FaultRequest } from "./faults.ts";
import { Instruments } from "./instruments.ts";
import { EXHAUST_NM3_PER_H, GAS_HEAT_J_PER_NM3, OVEN_LENGTH_M, OvenAir, ZONES } from "./oven-air.ts";
import { LUMPS, PANELS, type Panel } from "./panels.ts";
import { RandomStream } from "./random-stream.ts";

/** Plant seconds between two values of a cyclic tag. */
export const TICK_S = 5;
export const CONVEYOR_M_PER_MIN = 2.4;
const CONVEYOR_M_PER_S = CONVEYOR_M_PER_MIN / 60;
const INTERVAL_S = 90;
const INTERVAL_JITTER_S = 3;
const MISSING_BODY_SHARE = 0.04;
/** PackML states (ISA-TR88.00.02). */
const EXECUTE = 6;
const HELD = 11;
/** Fan flow below which the oven is held: no body enters, those inside ride out. */
const HELD_BELOW_FLOW = 0.5;
const KEEP_FINISHED = 4000;
const STATE_VERSION = 2;

/** A body that has left the oven, as it truly was. */
export interface FinishedBody {
  readonly id: number;
  readonly entryUs: number;
  readonly exitUs: number;
  /** Equivalent minutes at 170 °C, of the coldest part of each panel. */
  readonly e170: Readonly<Record<Panel, number>>;
  /** Hottest metal, °C. */
  readonly peak: Readonly<Record<Panel, number>>;
  /** Its share of gas and fan energy, kWh. */
  readonly energyKwh: number;
  /** Setpoints of the zones when it left, °C. */
  readonly setpointsAtExit: readonly number[];
}

/** Joules since the account was opened. */
export interface EnergyAccount {
  gasJ: number;
  burnerHeatJ: number;
  fanJ: number;
  exhaustJ: number;
  wallJ: number;
  lockJ: number;
  bodiesInJ: number;
  bodiesOutJ: number;
}

/** Everything needed to go on where a plant was left; plain data. */
export interface PlantState {
  readonly version: number;
  readonly seed: number;
  readonly timeUs: number;
  /** null stands for a tag without a value yet. */
  readonly arrays: Readonly<Record<string, readonly (number | null)[]>>;
  readonly numbers: Readonly<Record<string, number>>;
}

export interface PlantOptions {
  readonly seed: number;
  /** Plant time at which the caller takes over; the plant has run `warmUpS` before it. */
  readonly startTimeUs: number;
  /** Plant seconds of production before the start, so that it starts in steady state. */
  readonly warmUpS?: number;
}

/** The virtual paint shop: the cure oven and the booth's air unit, in steps of one second. Pure and seeded. */
export class Plant {
  readonly seed: number;
  readonly air = new OvenAir();
  readonly bodies = new Bodies();
  readonly booth: Booth;
  readonly instruments: Instruments;
  /** Finished bodies, oldest first. */
  readonly finished: FinishedBody[] = [];
  /** Called after each tick of 5 s with its plant time. */
  onTick: ((timeUs: number) => void) | undefined;
  /** Called when a fault of any kind comes into force. */
  onFault: ((fault: ActiveFault) => void) | undefined;
  readonly energy: EnergyAccount = {
    gasJ: 0,
    burnerHeatJ: 0,
    fanJ: 0,
    exhaustJ: 0,
    wallJ: 0,
    lockJ: 0,
    bodiesInJ: 0,
    bodiesOutJ: 0,
  };
  readonly conveyorMPerMin = CONVEYOR_M_PER_MIN;
  /** 1 where the key of a zone is on local. */
  readonly local = new Uint8Array(ZONES);
  hallC = 24;
  state = EXECUTE;

  #timeUs: number;
  #nextEntryUs: number;
  #nextId = 1;
  #gasTotalNm3 = 0;
  #loggedId = 0;
  #loggerDue = false;
  readonly #faults = new FaultSet();
  readonly #bodyStream: RandomStream;
  readonly #processStream: RandomStream;
  readonly #hallDrift: Drift;
  readonly #exhaustDrift: Drift;
  readonly #fouling: Drift[];
  readonly #flutter: Drift[];
  #lastEntryId = 0;

  constructor(options: PlantOptions) {
    const { seed, startTimeUs } = options;
    const warmUpS = options.warmUpS ?? 5400;
    this.seed = seed;
    this.#timeUs = startTimeUs - warmUpS * 1e6;
    this.#nextEntryUs = this.#timeUs + 1e6;
    this.#bodyStream = new RandomStream(seed, 1);
    this.#processStream = new RandomStream(seed, 2);
    this.instruments = new Instruments(seed);
    const setUp = new RandomStream(seed, 5);
    this.booth = new Booth(setUp);
    this.#hallDrift = new Drift(0.6, 3600, 1, setUp);
    this.#exhaustDrift = new Drift(0.015, 1200, 1, setUp);
    this.#fouling = Array.from({ length: ZONES }, () => new Drift(0.006, 6 * 3600, 1, setUp));
    this.#flutter = Array.from({ length: ZONES }, () => new Drift(0.003, 20, 1, setUp));
    for (let z = 0; z < ZONES; z++) this.air.mountBiasK[z] = 0.3 * setUp.normal();
    this.step(warmUpS);
    this.finished.length = 0;
    this.openEnergyAccount();
  }

  /** Last value per tag, in the order of TAGS; NaN before the first. */
  get values(): Float64Array {
    return this.instruments.values;
  }

  /** When each tag got its last value, µs; NaN before the first. */
  get sampledUs(): Float64Array {
    return this.instruments.sampledUs;
  }

  /** 1 where the last tick gave the tag a value. */
  get fresh(): Uint8Array {
    return this.instruments.fresh;
  }

  get gasTotalNm3(): number {
    return this.#gasTotalNm3;
  }

  /** The body that carries the logger, 0 for none. */
  get loggedId(): number {
    return this.#loggedId;
  }

  get lastEntryId(): number {
    return this.#lastEntryId;
  }

  /** Plant time, µs since 1970. */
  get timeUs(): number {
    return this.#timeUs;
  }

  get faults(): readonly ActiveFault[] {
    return this.#faults.active;
  }

  /** Runs whole plant seconds. */
  step(seconds: number): void {
    for (let i = 0; i < seconds; i++) this.#second();
  }

  /** Puts a setpoint in force, clamped to what the PLC allows. @param zone 1 to 6 */
  setSetpoint(zone: number, valueC: number): void {
    if (!Number.isFinite(valueC))
      throw new RangeError(`zone ${zone}: expected a setpoint in °C, got ${valueC}`);
    if (!(Number.isInteger(zone) && zone >= 1 && zone <= ZONES)) {
      throw new RangeError(`zone: expected 1 to 6, got ${zone}`);
    }
    this.air.setpointC[zone - 1] = Math.min(200, Math.max(110, valueC));
  }

  setpoint(zone: number): number {
    return this.air.setpointC[zone - 1]!;
  }

  /** Plants a fault now. @throws RangeError for a request that makes no sense */
  fault(request: FaultRequest): void {
    const started = this.#faults.start(request, this.#timeUs);
    this.onFault?.(started);
  }

  /** Plants a fault when the plant's clock reaches `atUs`. */
  schedule(request: FaultRequest, atUs: number): void {
    this.#faults.schedule(request, atUs);
  }

  /** Takes all faults away, also those still to come. */
  clearFaults(): void {
    this.#faults.clear();
  }

  /**
   * Makes one panel of every body take heat otherwise than it was built to, as a new coating, jig or sheet would.
   * @param filmShare of its film coefficient as built; 1 is as built. Not kept over a restart
   * @throws RangeError for a panel that is none, or a share outside 0.2 to 5
   */
  skew(panel: string, filmShare: number): void {
    const index = (PANELS as readonly string[]).indexOf(panel);
    if (index < 0) throw new RangeError(`panel: expected one of ${PANELS.join(", ")}, got ${panel}`);
    if (!(filmShare >= 0.2 && filmShare <= 5))
      throw new RangeError(`film: expected 0.2 to 5 times what was built, got ${filmShare}`);
    this.bodies.panelFilm[index] = filmShare;
  }

  /** Sends the profile logger through the oven on the next body. */
  startLogger(): void {
    this.#loggerDue = true;
  }

  /** The last value of every tag that has one, by path. */
  tags(): Record<string, number> {
    const out: Record<string, number> = {};
    for (const [i, tag] of TAGS.entries())
      if (!Number.isNaN(this.values[i]!)) out[tag.path] = this.values[i]!;
    return out;
  }

  /** Heat in air, burner boxes and bodies above 0 °C, J. */
  storedJ(): number {
    return this.air.storedJ() + this.bodies.storedJ();
  }

  openEnergyAccount(): void {
    for (const key of Object.keys(this.energy) as (keyof EnergyAccount)[]) this.energy[key] = 0;
  }

  #second(): void {
    this.#timeUs += 1e6;
    const now = this.#timeUs;
    const { air, bodies, energy } = this;
    const process = this.#processStream;
    for (const request of this.#faults.due(now)) this.fault(request);
    this.#faults.apply(now);
    const zoneFaults = this.#faults.zones;
    this.hallC = 24 + 2.5 * dayNight(now) + this.#hallDrift.step(process);
    air.exhaustNm3PerH = EXHAUST_NM3_PER_H * (1 + this.#exhaustDrift.step(process));
    let held = false;
    for (let z = 0; z < ZONES; z++) {
      air.cleanliness[z] = 1 + this.#fouling[z]!.step(process);
      const fault = zoneFaults[z]!;
      if (fault.flow < HELD_BELOW_FLOW) held = true;
      fault.flow *= 1 + this.#flutter[z]!.step(process);
    }
    this.state = held ? HELD : EXECUTE;
    air.ventilate(zoneFaults);
    air.control(zoneFaults, process);
    this.#enterIfDue(now, held);
    bodies.step(CONVEYOR_M_PER_S, air);
    air.step(this.hallC, bodies.atEntry, bodies.atExit);
    const p = air.power;
    energy.gasJ += p.gasW;
    energy.burnerHeatJ += p.burnerHeatW;
    energy.fanJ += p.fanW;
    energy.exhaustJ += p.exhaustW;
    energy.wallJ += p.wallW;
    energy.lockJ += p.lockW;
    this.#gasTotalNm3 += p.gasW / GAS_HEAT_J_PER_NM3;
    if (bodies.count > 0) {
      const share = (p.gasW + p.fanW) / bodies.count;
      for (let b = 0; b < bodies.id.length; b++) {
        if (bodies.id[b] === 0) continue;
        bodies.energyJ[b] = bodies.energyJ[b]! + share;
      }
    }
    for (let b = 0; b < bodies.id.length; b++) {
      if (bodies.id[b] !== 0 && bodies.positionM[b]! >= OVEN_LENGTH_M - 1e-9) this.#exit(b, now);
    }
    this.booth.step(now, process);
    if (now % (TICK_S * 1e6) === 0) {
      this.instruments.tick(this);
      this.onTick?.(now);
    }
  }

  #enterIfDue(now: number, held: boolean): void {
    if (now < this.#nextEntryUs) return;
    const random = this.#bodyStream;
    const missing = random.uniform() < MISSING_BODY_SHARE;
    const jitterS = Math.round((2 * random.uniform() - 1) * INTERVAL_JITTER_S);
    const metalC = this.hallC + 1 + 0.8 * random.normal();
    this.#nextEntryUs += (INTERVAL_S + jitterS) * 1e6;
    if (missing || held) return;
    const id = this.#nextId++;
    const place = this.bodies.enter(id, now, metalC, random);
    this.energy.bodiesInJ += this.#heatOf(place);
    this.#lastEntryId = id;
    if (this.#loggerDue && this.#loggedId === 0) {
      this.#loggerDue = false;
      this.#loggedId = id;
    }
  }

  #heatOf(place: number): number {
    let sum = 0;
    for (let i = place * LUMPS; i < (place + 1) * LUMPS; i++) {
      sum += this.bodies.capacity[i]! * this.bodies.metalC[i]!;
    }
    return sum;
  }

  #exit(place: number, now: number): void {
    const { bodies } = this;
    const e170: Partial<Record<Panel, number>> = {};
    const peak: Partial<Record<Panel, number>> = {};
    for (const [n, panel] of PANELS.entries()) {
      e170[panel] = bodies.e170Of(place, n);
      peak[panel] = bodies.peakC[place * PANELS.length + n]!;
    }
    this.energy.bodiesOutJ += this.#heatOf(place);
    this.instruments.scanExit(bodies, place);
    this.finished.push({
      id: bodies.id[place]!,
      entryUs: bodies.entryUs[place]!,
      exitUs: now,
      e170: e170 as Record<Panel, number>,
      peak: peak as Record<Panel, number>,
      energyKwh: bodies.energyJ[place]! / 3.6e6,
      setpointsAtExit: [...this.air.setpointC],
    });
    if (this.finished.length > KEEP_FINISHED) this.finished.shift();
    if (this.#loggedId === bodies.id[place]) this.#loggedId = 0;
    bodies.leave(place);
  }

  /** Everything needed to go on from here. Faults and remote setpoints are not kept: a PLC starts on its safe ones. */
  save(): PlantState {
    const { air, bodies } = this;
    const arrays: Record<string, readonly (number | null)[]> = {};
    for (const [name, array] of this.#arrays(air, bodies))
      arrays[name] = Array.from(array, (x) => (Number.isNaN(x) ? null : x));
    for (const [name, stream] of this.#streams()) arrays[name] = stream.save();
    arrays.booth = this.booth.save();
    arrays.drifts = this.#drifts().map((d) => d.value);
    return {
      version: STATE_VERSION,
      seed: this.seed,
      timeUs: this.#timeUs,
      arrays,
      numbers: {
        nextEntryUs: this.#nextEntryUs,
        nextId: this.#nextId,
        gasTotalNm3: this.#gasTotalNm3,
        count: bodies.count,
        lastExitId: this.instruments.lastExitId,
        lastEntryId: this.#lastEntryId,
        loggedId: this.#loggedId,
      },
    };
  }

  /**
   * A plant that goes on where `state` was saved; at `timeUs` where the clock has moved on since.
   * @throws RangeError for a state of another version
   */
  static restore(state: PlantState, timeUs: number = state.timeUs): Plant {
    if (state.version !== STATE_VERSION) {
      throw new RangeError(`plant state: expected version ${STATE_VERSION}, got ${state.version}`);
    }
    const plant = new Plant({ seed: state.seed, startTimeUs: timeUs, warmUpS: 0 });
    const shiftUs = timeUs - state.timeUs;
    const saved = (name: string): number[] => {
      const array = state.arrays[name];
      if (array === undefined) throw new RangeError(`plant state: ${name} is missing`);
      return array.map((x) => x ?? Number.NaN);
    };
    for (const [name, array] of plant.#arrays(plant.air, plant.bodies)) {
      const values = saved(name);
      if (values.length !== array.length) throw new RangeError(`plant state: ${name} is cut`);
      array.set(values);
    }
    for (const [name, stream] of plant.#streams()) stream.restore(saved(name));
    plant.booth.restore(saved("booth"));
    const drifts = saved("drifts");
    for (const [i, drift] of plant.#drifts().entries()) drift.value = drifts[i]!;
    const n = state.numbers;
    plant.#nextEntryUs = n.nextEntryUs! + shiftUs;
    plant.#nextId = n.nextId!;
    plant.#gasTotalNm3 = n.gasTotalNm3!;
    plant.instruments.lastExitId = n.lastExitId!;
    plant.#lastEntryId = n.lastEntryId!;
    plant.#loggedId = n.loggedId!;
    plant.bodies.count = n.count!;
    for (let b = 0; b < plant.bodies.id.length; b++) plant.bodies.entryUs[b]! += shiftUs;
    return plant;
  }

  #arrays(air: OvenAir, bodies: Bodies): [string, Float64Array | Int32Array][] {
    return [
      ["cellC", air.cellC],
      ["boxC", air.boxC],
      ["thermocoupleC", air.thermocoupleC],
      ["readingC", air.readingC],
      ["setpointC", air.setpointC],
      ["integral", air.integral],
      ["demand", air.demand],
      ["flame", air.flame],
      ["flow", air.flow],
      ["mountBiasK", air.mountBiasK],
      ["id", bodies.id],
      ["positionM", bodies.positionM],
      ["entryUs", bodies.entryUs],
      ["energyJ", bodies.energyJ],
      ["metalC", bodies.metalC],
      ["capacity", bodies.capacity],
      ["e170", bodies.e170],
      ["peakC", bodies.peakC],
      ["values", this.values],
      ["sampledUs", this.sampledUs],
      ["pyrometerC", this.instruments.pyrometerC],
    ];
  }

  #streams(): [string, RandomStream][] {
    return [
      ["bodyStream", this.#bodyStream],
      ["processStream", this.#processStream],
      ["sensorStream", this.instruments.sensorStream],
      ["pyrometerStream", this.instruments.pyrometerStream],
    ];
  }

  #drifts(): Drift[] {
    return [this.#hallDrift, this.#exhaustDrift, ...this.#fouling, ...this.#flutter];
  }
}
