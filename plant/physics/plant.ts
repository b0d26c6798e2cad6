import { TAGS, tagIndex } from "../tags.ts";
import { Bodies } from "./bodies.ts";
import { Booth } from "./booth.ts";
import { Drift, dayNight } from "./drift.ts";
import { type ActiveFault, activate, applyFaults, type FaultRequest, type ZoneFault } from "./faults.ts";
import {
  EXHAUST_NM3_PER_H,
  FAN_FLOW_M3_PER_H,
  GAS_HEAT_J_PER_NM3,
  OVEN_LENGTH_M,
  OvenAir,
  ZONES,
} from "./oven-air.ts";
import { LUMPS, PANELS, PARTS, type Panel } from "./panels.ts";
import { RandomStream } from "./random-stream.ts";

/** Plant seconds between two values of a cyclic tag. */
export const TICK_S = 5;
export const CONVEYOR_M_PER_MIN = 2.4;
const CONVEYOR_M_PER_S = CONVEYOR_M_PER_MIN / 60;
const INTERVAL_S = 90;
const INTERVAL_JITTER_S = 3;
const MISSING_BODY_SHARE = 0.04;
const PYROMETER_NOISE_K = 1.5;
const LOGGER_NOISE_K = 0.5;
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
  /** Last value per tag, in the order of TAGS; NaN before the first. */
  readonly values = new Float64Array(TAGS.length).fill(Number.NaN);
  /** When each tag got its last value, µs; NaN before the first. */
  readonly sampledUs = new Float64Array(TAGS.length).fill(Number.NaN);
  /** 1 where the last tick gave the tag a value. */
  readonly fresh = new Uint8Array(TAGS.length);
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
  readonly local = new Uint8Array(ZONES);
  hallC = 24;
  state = EXECUTE;

  #timeUs: number;
  #nextEntryUs: number;
  #nextId = 1;
  #gasTotalNm3 = 0;
  #loggedId = 0;
  #loggerDue = false;
  #pending: { atUs: number; request: FaultRequest }[] = [];
  #active: ActiveFault[] = [];
  readonly #zoneFaults: ZoneFault[];
  readonly #bodyStream: RandomStream;
  readonly #processStream: RandomStream;
  readonly #sensorStream: RandomStream;
  readonly #pyrometerStream: RandomStream;
  readonly #hallDrift: Drift;
  readonly #exhaustDrift: Drift;
  readonly #fouling: Drift[];
  readonly #flutter: Drift[];
  readonly #pyrometerC = new Float64Array(PANELS.length);
  #lastExitId = 0;
  #lastEntryId = 0;

  constructor(options: PlantOptions) {
    const { seed, startTimeUs } = options;
    const warmUpS = options.warmUpS ?? 5400;
    this.seed = seed;
    this.#timeUs = startTimeUs - warmUpS * 1e6;
    this.#nextEntryUs = this.#timeUs + 1e6;
    this.#bodyStream = new RandomStream(seed, 1);
    this.#processStream = new RandomStream(seed, 2);
    this.#sensorStream = new RandomStream(seed, 3);
    this.#pyrometerStream = new RandomStream(seed, 4);
    const setUp = new RandomStream(seed, 5);
    this.booth = new Booth(setUp);
    this.#hallDrift = new Drift(0.6, 3600, 1, setUp);
    this.#exhaustDrift = new Drift(0.015, 1200, 1, setUp);
    this.#fouling = Array.from({ length: ZONES }, () => new Drift(0.006, 6 * 3600, 1, setUp));
    this.#flutter = Array.from({ length: ZONES }, () => new Drift(0.003, 20, 1, setUp));
    this.#zoneFaults = Array.from({ length: ZONES }, () => ({ flow: 1, film: 1, offsetK: 0, stuck: false }));
    for (let z = 0; z < ZONES; z++) this.air.mountBiasK[z] = 0.3 * setUp.normal();
    this.step(warmUpS);
    this.finished.length = 0;
    this.openEnergyAccount();
  }

  /** Plant time, µs since 1970. */
  get timeUs(): number {
    return this.#timeUs;
  }

  get faults(): readonly ActiveFault[] {
    return this.#active;
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
    const active = activate(request, this.#timeUs);
    this.#active.push(active);
    this.onFault?.(active);
  }

  /** Plants a fault when the plant's clock reaches `atUs`. */
  schedule(request: FaultRequest, atUs: number): void {
    activate(request, atUs);
    this.#pending.push({ atUs, request });
  }

  /** Takes all faults away, also those still to come. */
  clearFaults(): void {
    this.#active = [];
    this.#pending = [];
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
    if (this.#pending.length > 0) this.#startPending(now);
    applyFaults(this.#active, now, this.#zoneFaults);
    this.hallC = 24 + 2.5 * dayNight(now) + this.#hallDrift.step(process);
    air.exhaustNm3PerH = EXHAUST_NM3_PER_H * (1 + this.#exhaustDrift.step(process));
    let held = false;
    for (let z = 0; z < ZONES; z++) {
      air.cleanliness[z] = 1 + this.#fouling[z]!.step(process);
      const fault = this.#zoneFaults[z]!;
      if (fault.flow < HELD_BELOW_FLOW) held = true;
      fault.flow *= 1 + this.#flutter[z]!.step(process);
    }
    this.state = held ? HELD : EXECUTE;
    air.ventilate(this.#zoneFaults);
    air.control(this.#zoneFaults, process);
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
    if (now % (TICK_S * 1e6) === 0) this.#tick(now);
  }

  #startPending(now: number): void {
    const due = this.#pending.filter((p) => p.atUs <= now);
    if (due.length === 0) return;
    this.#pending = this.#pending.filter((p) => p.atUs > now);
    for (const { request } of due) this.fault(request);
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
      this.#pyrometerC[n] =
        bodies.metalC[place * LUMPS + n * PARTS]! + PYROMETER_NOISE_K * this.#pyrometerStream.normal();
    }
    this.energy.bodiesOutJ += this.#heatOf(place);
    this.#lastExitId = bodies.id[place]!;
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

  /** Samples every tag. The number of draws never depends on what was set, so that two runs stay comparable. */
  #tick(now: number): void {
    const { air, values } = this;
    const random = this.#sensorStream;
    this.fresh.fill(0);
    for (let z = 0; z < ZONES; z++) {
      const at = ZONE_TAGS[z]!;
      this.#put(at.air, round(air.readingC[z]!, 100));
      this.#put(at.burner, round(Math.max(0, 100 * air.demand[z]!), 100));
      this.#put(at.flow, round(FAN_FLOW_M3_PER_H[z]! * air.flow[z]! * (1 + 0.004 * random.normal()), 1));
      this.#put(at.power, round((air.fanW[z]! / 1000) * (1 + 0.005 * random.normal()), 1000));
      this.#put(at.setpoint, air.setpointC[z]!);
      this.#put(at.local, this.local[z]!);
    }
    this.#put(SPEED, round(CONVEYOR_M_PER_MIN + 0.003 * random.normal(), 10_000));
    this.#put(BODIES, this.bodies.count);
    this.#put(EXHAUST_FLOW, round(air.exhaustNm3PerH * (1 + 0.005 * random.normal()), 1));
    this.#put(EXHAUST_TEMP, round(air.exhaustC + 0.3 * random.normal(), 100));
    this.#put(GAS_FLOW, round((air.power.gasW * 3600) / GAS_HEAT_J_PER_NM3 + 0.2 * random.normal(), 100));
    this.#put(GAS_TOTAL, round(this.#gasTotalNm3, 1000));
    this.#put(HALL, round(this.hallC + 0.1 * random.normal(), 100));
    this.#put(STATE, this.state);
    if (this.#lastEntryId !== 0) this.#put(ENTRY, this.#lastEntryId);
    if (this.#lastExitId !== 0 && values[EXIT_BODY] !== this.#lastExitId) {
      this.#put(EXIT_BODY, this.#lastExitId);
      for (let n = 0; n < PANELS.length; n++) {
        this.#give(EXIT[n]!, round(this.#pyrometerC[n]!, 100));
      }
    }
    const place = this.#loggedId === 0 ? -1 : this.bodies.id.indexOf(this.#loggedId);
    for (let n = 0; n < PANELS.length; n++) {
      const noiseK = LOGGER_NOISE_K * random.normal();
      if (place < 0) continue;
      const metalC = this.bodies.metalC[place * LUMPS + n * PARTS + PARTS - 1]!;
      this.#give(LOGGER[n]!, round(metalC + noiseK, 100));
    }
    const { booth } = this;
    this.#put(BOOTH_AIR, round(booth.airC + 0.05 * random.normal(), 100));
    this.#put(BOOTH_HUMIDITY, round(booth.humidity + 0.25 * random.normal(), 100));
    this.#put(BOOTH_SETPOINT, booth.setpointC);
    this.#put(BOOTH_FLOW, round(booth.flowM3PerH * (1 + 0.003 * random.normal()), 1));
    this.#put(BOOTH_FAN, round(booth.fanKw * (1 + 0.004 * random.normal()), 100));
    this.#put(BOOTH_STATE, EXECUTE);
    this.onTick?.(now);
  }

  #put(index: number, value: number): void {
    if (TAGS[index]!.cyclic || this.values[index] !== value) this.#give(index, value);
  }

  #give(index: number, value: number): void {
    this.values[index] = value;
    this.sampledUs[index] = this.#timeUs;
    this.fresh[index] = 1;
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
        lastExitId: this.#lastExitId,
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
    plant.#lastExitId = n.lastExitId!;
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
      ["pyrometerC", this.#pyrometerC],
    ];
  }

  #streams(): [string, RandomStream][] {
    return [
      ["bodyStream", this.#bodyStream],
      ["processStream", this.#processStream],
      ["sensorStream", this.#sensorStream],
      ["pyrometerStream", this.#pyrometerStream],
    ];
  }

  #drifts(): Drift[] {
    return [this.#hallDrift, this.#exhaustDrift, ...this.#fouling, ...this.#flutter];
  }
}

const ZONE_TAGS = Array.from({ length: ZONES }, (_, z) => ({
  air: tagIndex(`oven1/zone${z + 1}/airTemperature`),
  setpoint: tagIndex(`oven1/zone${z + 1}/airTemperatureSetpoint`),
  burner: tagIndex(`oven1/zone${z + 1}/burnerOutput`),
  flow: tagIndex(`oven1/zone${z + 1}/fanFlow`),
  power: tagIndex(`oven1/zone${z + 1}/fanPower`),
  local: tagIndex(`oven1/zone${z + 1}/localMode`),
}));
const SPEED = tagIndex("oven1/conveyor/speed");
const BODIES = tagIndex("oven1/conveyor/bodies");
const EXHAUST_FLOW = tagIndex("oven1/exhaust/flow");
const EXHAUST_TEMP = tagIndex("oven1/exhaust/temperature");
const GAS_FLOW = tagIndex("oven1/gas/flow");
const GAS_TOTAL = tagIndex("oven1/gas/total");
const HALL = tagIndex("oven1/hall/temperature");
const STATE = tagIndex("oven1/machine/state");
const ENTRY = tagIndex("oven1/entry/body");
const EXIT_BODY = tagIndex("oven1/exit/body");
const EXIT = PANELS.map((panel) => tagIndex(`oven1/exit/${panel}`));
const LOGGER = PANELS.map((panel) => tagIndex(`oven1/logger/${panel}`));
const BOOTH_AIR = tagIndex("booth1/air/temperature");
const BOOTH_HUMIDITY = tagIndex("booth1/air/humidity");
const BOOTH_SETPOINT = tagIndex("booth1/air/temperatureSetpoint");
const BOOTH_FLOW = tagIndex("booth1/supply/flow");
const BOOTH_FAN = tagIndex("booth1/supply/fanPower");
const BOOTH_STATE = tagIndex("booth1/machine/state");

function round(value: number, perUnit: number): number {
  return Math.round(value * perUnit) / perUnit;
}
