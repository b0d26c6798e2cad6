import { TAGS, tagIndex } from "../tags.ts";
import type { Bodies } from "./bodies.ts";
import type { Booth } from "./booth.ts";
import { FAN_FLOW_M3_PER_H, GAS_HEAT_J_PER_NM3, type OvenAir, ZONES } from "./oven-air.ts";
import { LUMPS, PANELS, PARTS } from "./panels.ts";
import { RandomStream } from "./random-stream.ts";

const PYROMETER_NOISE_K = 1.5;
const LOGGER_NOISE_K = 0.5;
/** The booth never leaves PackML's Execute (ISA-TR88.00.02). */
const BOOTH_EXECUTE = 6;

/** What the instruments look at; everything true, nothing measured. */
export interface Observed {
  readonly timeUs: number;
  readonly air: OvenAir;
  readonly bodies: Bodies;
  readonly booth: Booth;
  readonly local: Uint8Array;
  readonly hallC: number;
  /** PackML state of the oven. */
  readonly state: number;
  readonly conveyorMPerMin: number;
  readonly gasTotalNm3: number;
  /** Body that carries the logger, 0 for none. */
  readonly loggedId: number;
  readonly lastEntryId: number;
}

/** Everything the plant measures, with the noise of each instrument. */
export class Instruments {
  /** Last value per tag, in the order of TAGS; NaN before the first. */
  readonly values = new Float64Array(TAGS.length).fill(Number.NaN);
  /** When each tag got its last value, µs; NaN before the first. */
  readonly sampledUs = new Float64Array(TAGS.length).fill(Number.NaN);
  /** 1 where the last tick gave the tag a value. */
  readonly fresh = new Uint8Array(TAGS.length);
  /** What the pyrometer saw of the last body that left. */
  readonly pyrometerC = new Float64Array(PANELS.length);
  readonly sensorStream: RandomStream;
  readonly pyrometerStream: RandomStream;
  lastExitId = 0;
  #timeUs = 0;

  constructor(seed: number) {
    this.sensorStream = new RandomStream(seed, 3);
    this.pyrometerStream = new RandomStream(seed, 4);
  }

  /** The scanner at the exit takes one value per panel of the body that leaves. */
  scanExit(bodies: Bodies, place: number): void {
    for (let n = 0; n < PANELS.length; n++) {
      const skinC = bodies.metalC[place * LUMPS + n * PARTS]!;
      this.pyrometerC[n] = skinC + PYROMETER_NOISE_K * this.pyrometerStream.normal();
    }
    this.lastExitId = bodies.id[place]!;
  }

  /** Samples every tag. The number of draws never depends on what was set, so that two runs stay comparable. */
  tick(plant: Observed): void {
    const { air, bodies, booth } = plant;
    const { values } = this;
    const random = this.sensorStream;
    this.#timeUs = plant.timeUs;
    this.fresh.fill(0);
    for (let z = 0; z < ZONES; z++) {
      const at = ZONE_TAGS[z]!;
      this.#put(at.air, round(air.readingC[z]!, 100));
      this.#put(at.burner, round(Math.max(0, 100 * air.demand[z]!), 100));
      this.#put(at.flow, round(FAN_FLOW_M3_PER_H[z]! * air.flow[z]! * (1 + 0.004 * random.normal()), 1));
      this.#put(at.power, round((air.fanW[z]! / 1000) * (1 + 0.005 * random.normal()), 1000));
      this.#put(at.setpoint, air.setpointC[z]!);
      this.#put(at.local, plant.local[z]!);
    }
    this.#put(SPEED, round(plant.conveyorMPerMin + 0.003 * random.normal(), 10_000));
    this.#put(BODIES, bodies.count);
    this.#put(EXHAUST_FLOW, round(air.exhaustNm3PerH * (1 + 0.005 * random.normal()), 1));
    this.#put(EXHAUST_TEMP, round(air.exhaustC + 0.3 * random.normal(), 100));
    this.#put(GAS_FLOW, round((air.power.gasW * 3600) / GAS_HEAT_J_PER_NM3 + 0.2 * random.normal(), 100));
    this.#put(GAS_TOTAL, round(plant.gasTotalNm3, 1000));
    this.#put(HALL, round(plant.hallC + 0.1 * random.normal(), 100));
    this.#put(STATE, plant.state);
    if (plant.lastEntryId !== 0) this.#put(ENTRY, plant.lastEntryId);
    if (this.lastExitId !== 0 && values[EXIT_BODY] !== this.lastExitId) {
      this.#put(EXIT_BODY, this.lastExitId);
      for (let n = 0; n < PANELS.length; n++) {
        this.#give(EXIT[n]!, round(this.pyrometerC[n]!, 100));
      }
    }
    const place = plant.loggedId === 0 ? -1 : bodies.id.indexOf(plant.loggedId);
    for (let n = 0; n < PANELS.length; n++) {
      const noiseK = LOGGER_NOISE_K * random.normal();
      if (place < 0) continue;
      const metalC = bodies.metalC[place * LUMPS + n * PARTS + PARTS - 1]!;
      this.#give(LOGGER[n]!, round(metalC + noiseK, 100));
    }
    this.#put(BOOTH_AIR, round(booth.airC + 0.05 * random.normal(), 100));
    this.#put(BOOTH_HUMIDITY, round(booth.humidity + 0.25 * random.normal(), 100));
    this.#put(BOOTH_SETPOINT, booth.setpointC);
    this.#put(BOOTH_FLOW, round(booth.flowM3PerH * (1 + 0.003 * random.normal()), 1));
    this.#put(BOOTH_FAN, round(booth.fanKw * (1 + 0.004 * random.normal()), 100));
    // Told in steps as coarse as the instruments' errors: no draw, so that the noise of the others stays as it was.
    this.#put(BOOTH_HEATER, round(booth.heaterKw, 1));
    this.#put(OUTSIDE, round(booth.outsideC, 10));
    this.#put(BOOTH_STATE, BOOTH_EXECUTE);
  }

  #put(index: number, value: number): void {
    if (TAGS[index]!.cyclic || this.values[index] !== value) this.#give(index, value);
  }

  #give(index: number, value: number): void {
    this.values[index] = value;
    this.sampledUs[index] = this.#timeUs;
    this.fresh[index] = 1;
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
const BOOTH_HEATER = tagIndex("booth1/heater/power");
const OUTSIDE = tagIndex("booth1/outside/temperature");
const BOOTH_STATE = tagIndex("booth1/machine/state");

function round(value: number, perUnit: number): number {
  return Math.round(value * perUnit) / perUnit;
}
