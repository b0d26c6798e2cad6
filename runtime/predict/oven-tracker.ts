import { setImmediate as afterOthers } from "node:timers/promises";
import { RungError } from "../core/errors.ts";
import type { Frame } from "../core/frame.ts";
import type { TimeUs } from "../core/time.ts";
import {
  airBiasIndex,
  nodeIndex,
  type OvenBelief,
  priorBelief,
  zoneFactorIndex,
} from "../model/oven/belief.ts";
import { type Calibration, calibrate } from "../model/oven/calibrate.ts";
import { arrheniusK } from "../model/oven/cure.ts";
import { GAS_KWH_PER_NM3 } from "../model/oven/energy.ts";
import { MetalTrack } from "../model/oven/metal-track.ts";
import { modelVersion } from "../model/oven/model-version.ts";
import type { OvenConfig } from "../model/oven/oven-config.ts";
import { timeConstantS } from "../model/oven/ride.ts";
import { widen } from "./belief-filter.ts";
import { ExitNormal } from "./exit-normal.ts";
import { ExitResiduals } from "./exit-residuals.ts";
import { FanFlow } from "./fan-flow.ts";
import { GasBalance, type GasFit } from "./gas-balance.ts";
import { Innovations } from "./innovations.ts";
import { type EndedRide, LoggerRide } from "./logger-ride.ts";
import { ovenAddresses } from "./oven-addresses.ts";
import { type BodyInside, OvenPassage } from "./oven-passage.ts";
import { OvenReadings } from "./oven-readings.ts";
import type { OvenSituation } from "./oven-situation.ts";
import { checkRide, type RideCheck } from "./ride-check.ts";
import { TRACKER_DEFAULTS, type TrackerOptions } from "./tracker-options.ts";
import { tellsCure } from "./tracking-limits.ts";
import { ZoneBelief } from "./zone-belief.ts";
import { ZoneBurners } from "./zone-burners.ts";
import type { ZoneChange } from "./zone-watch.ts";

/** A body that has left: predicted and measured exit temperature per node, °C, and its cure by the model. */
export interface TrackedExit {
  readonly id: number;
  readonly entryUs: TimeUs;
  readonly timeUs: TimeUs;
  /** Time it spent in each zone, s. */
  readonly zoneS: readonly number[];
  /** Its share of the gas burnt while it was inside, kWh; NaN without a meter. */
  readonly gasKWh: number;
  readonly predictedC: readonly number[];
  readonly measuredC: readonly number[];
  readonly e170Min: readonly number[];
  /** Standard deviation of ln E170 per node, by what was believed, from body to body and by what the model leaves out. */
  readonly e170LnDeviation: readonly number[];
  readonly peakC: readonly number[];
  readonly nis: number;
}

/** What became of a ride of the logger. */
export interface RideOutcome {
  /** The model as it was held against the ride; undefined where the profile tells too little. */
  readonly check: RideCheck | undefined;
  readonly recalibrated: boolean;
  /** Why the profile could not be used. */
  readonly problem?: string;
}

/** Tracked bodies that may leave unjudged in a row, and bodies it never saw enter: more than fit into an oven. */
const UNJUDGED_MOST = 3;
const UNKNOWN_MOST = 40;

export type TrackerPhase = "waiting" | "learning" | "tracking";

interface PendingExit {
  readonly body: BodyInside;
  readonly timeUs: TimeUs;
}

/**
 * Follows every body through the oven with the measured air, and keeps a Gaussian belief of what the plant does not
 * tell: heat transfer per zone and the bias of each air thermocouple. The fan flow acts at once, the burners' output
 * within a minute, the pyrometers at the exit confirm (extended Kalman filter; the derivatives are the model's own).
 */
export class OvenTracker {
  readonly config: OvenConfig;
  readonly twin: string;
  readonly options: TrackerOptions;
  readonly readings: OvenReadings;
  readonly passage: OvenPassage;
  readonly residuals: ExitResiduals;
  readonly innovations: Innovations;

  readonly #taus: readonly number[];
  readonly #energyK: number;
  readonly #rates: Float64Array;
  readonly #burners: ZoneBurners;
  readonly #logger: LoggerRide;
  #gas: GasBalance;
  readonly #exitListeners = new Set<(exit: TrackedExit) => void>();
  readonly #rideListeners = new Set<(outcome: RideOutcome) => void>();
  readonly #belief: ZoneBelief;
  readonly #flow: FanFlow;
  readonly #exitNormal: ExitNormal;
  readonly #airSums: Float64Array;
  #airTimeS = 0;
  #calibration: Calibration | undefined;
  /** Entry of the body whose ride the calibration is from. */
  #calibratedUs: TimeUs = Number.NaN;
  #ride: RideCheck | undefined;
  /** Bodies that entered before are told by parameters that no longer hold: nothing is learnt from them. */
  #learnFromUs: TimeUs = Number.NEGATIVE_INFINITY;
  #startAboveHallK = 0;
  #modelVersion: string | undefined;
  #lastExit: TrackedExit | undefined;
  #timeUs: TimeUs = Number.NaN;
  #pending: PendingExit | undefined;
  /** Bodies that have left since one was judged: tracked ones without pyrometer, and ones it never saw enter. */
  #unjudged = 0;
  #unknown = 0;
  #learned = false;

  /**
   * @param twin address of the oven
   * @param belief what is known before any data; the handbook's by default
   */
  constructor(
    config: OvenConfig,
    twin: string,
    options: Partial<TrackerOptions> = {},
    belief: OvenBelief = priorBelief(config),
  ) {
    const nodes = config.nodes.length;
    const zones = config.zones.length;
    this.config = config;
    this.twin = twin;
    this.options = { ...TRACKER_DEFAULTS, ...options };
    const zoneNames = config.zones.map((zone) => zone.name);
    this.readings = new OvenReadings(
      ovenAddresses(
        twin,
        zoneNames,
        config.nodes.map((node) => node.name),
      ),
    );
    this.passage = new OvenPassage(config.zones.map((zone) => zone.lengthM));
    this.residuals = new ExitResiduals(nodes, this.options.figureBodies);
    this.innovations = new Innovations(nodes, this.options.learnBodies);
    this.#taus = config.nodes.map(timeConstantS);
    this.#energyK = arrheniusK(config.cure.activationEnergyKJPerMol);
    this.#rates = new Float64Array(nodes);
    this.#burners = new ZoneBurners(config);
    this.#logger = new LoggerRide(nodes);
    this.#gas = new GasBalance(config.energy);
    this.#belief = new ZoneBelief(belief, this.options);
    this.#flow = new FanFlow(zones, this.options);
    this.#exitNormal = new ExitNormal(nodes, this.options.learnBodies);
    this.#airSums = new Float64Array(zones);
  }

  /** Told of each body that has left and was tracked from its entry. @returns a function that ends it */
  onExit(listener: (exit: TrackedExit) => void): () => void {
    this.#exitListeners.add(listener);
    return () => this.#exitListeners.delete(listener);
  }

  /** Told of each ride of the logger that has ended since. @returns a function that ends it */
  onRide(listener: (outcome: RideOutcome) => void): () => void {
    this.#rideListeners.add(listener);
    return () => this.#rideListeners.delete(listener);
  }

  get phase(): TrackerPhase {
    if (Number.isNaN(this.#timeUs)) return "waiting";
    return this.#learned ? "tracking" : "learning";
  }

  /** Plant time of the newest moment taken in; NaN before the first. */
  get timeUs(): TimeUs {
    return this.#timeUs;
  }

  /** Bodies that have taught, of those asked for. */
  get learning(): { readonly n: number; readonly of: number } {
    const { bodies, needed } = this.#exitNormal;
    return { n: Math.min(bodies, needed), of: needed };
  }

  /** Of each node with all multipliers 1, s. */
  get timeConstantsS(): readonly number[] {
    return this.#taus;
  }

  get calibration(): Calibration | undefined {
    return this.#calibration;
  }

  /** The body that was judged last; undefined before the first. */
  get lastExit(): TrackedExit | undefined {
    return this.#lastExit;
  }

  /** Of the configuration with its calibration: the same figures have the same version. */
  get modelVersion(): string {
    this.#modelVersion ??= modelVersion(this.config, this.#calibration?.belief.mean);
    return this.#modelVersion;
  }

  /** The last ride of the logger against the model; undefined before one. */
  get ride(): RideCheck | undefined {
    return this.#ride;
  }

  /** Gas by the meter against the balance over the last shift; undefined before the first half hour. */
  get gasFit(): GasFit | undefined {
    return this.#gas.fit;
  }

  /** A copy of what is believed now, fan flow apart. */
  get belief(): OvenBelief {
    return this.#belief.copy();
  }

  /** Heat transfer of each zone by its fan flow against normal. */
  get flowFactors(): readonly number[] {
    return this.config.zones.map((_, z) => this.#flow.factor(z));
  }

  /** Pyrometer minus model at the exit in normal operation, K, and the variance of one body about it, K². */
  get exitOffsetK(): readonly number[] {
    return Array.from(this.#exitNormal.offsetK);
  }
  get exitVarianceK2(): readonly number[] {
    return Array.from(this.#exitNormal.varianceK2);
  }

  /** Source time of what it knows of all zones' air: good values only. */
  get knownUs(): TimeUs {
    return this.readings.airKnown.timeUs;
  }

  /** True where some zone's air has been unknown for longer than can be bridged. */
  get isBlind(): boolean {
    return this.#timeUs - this.knownUs > this.options.longestGapS * 1e6;
  }

  /**
   * Why its figures no longer tell of now, in one sentence: bodies leave and none is judged. Undefined while they do.
   */
  get lostSight(): string | undefined {
    if (this.#unjudged >= UNJUDGED_MOST)
      return `the last ${this.#unjudged} bodies left without an exit temperature`;
    if (this.#unknown >= UNKNOWN_MOST) return `the last ${this.#unknown} bodies left without an entry`;
    return undefined;
  }

  /**
   * Learns from stored frames of normal operation: first the logger's ride in them, if there is one, then with its
   * parameters what the pyrometers, burners and fans normally show.
   */
  prime(frames: readonly Frame[]): void {
    for (const frame of frames) this.accept(frame);
    if (this.#beginAgain()) for (const frame of frames) this.accept(frame);
  }

  /** As `prime`, but gives way to other work between frames. Frames that come meanwhile must wait. */
  async primeGently(frames: readonly Frame[]): Promise<void> {
    for (const frame of frames) {
      this.accept(frame);
      await afterOthers();
    }
    if (!this.#beginAgain()) return;
    for (const frame of frames) {
      this.accept(frame);
      await afterOthers();
    }
  }

  /** After a logger's ride the rest is learnt anew, with its parameters. */
  #beginAgain(): boolean {
    if (this.#calibration === undefined) return false;
    this.#restart();
    return true;
  }

  /** Takes a frame from state in. */
  accept(frame: Frame): void {
    this.readings.accept(
      frame,
      (timeUs) => this.#until(timeUs),
      (timeUs) => this.#at(timeUs),
    );
  }

  /** Brings bodies and parameters up to a moment, with the values that stood until then. */
  #until(timeUs: TimeUs): void {
    if (Number.isNaN(this.#timeUs)) this.#timeUs = timeUs;
    const gapS = (timeUs - this.#timeUs) / 1e6;
    if (gapS <= 0) return;
    this.#exitNow(timeUs);
    if (gapS > this.options.longestGapS) {
      this.passage.clear();
      this.#burners.clear();
      this.#gas.clear();
      this.#logger.clear();
    } else {
      const steps = Math.ceil(gapS / this.options.stepS);
      for (let i = 0; i < steps; i++) this.#step(gapS / steps);
    }
    this.#timeUs = timeUs;
  }

  /** What happened at a moment, once its values stand. */
  #at(timeUs: TimeUs): void {
    const { readings } = this;
    this.#flow.follow(readings.fanFlow, timeUs, (z, variance, expectedLn) => {
      this.#belief.doubtFactor(z, variance);
      this.#belief.shiftFactor(z, expectedLn);
      for (const body of this.passage.bodies) body.metal.changedSinceNow(z, "heatTransfer");
    });
    if (readings.entryBody.timeUs === timeUs) {
      const metal = new MetalTrack(this.config.nodes.length, this.config.zones.length, this.#startC());
      // The event lies somewhere within the cycle before its sample.
      const positionM = (this.#speedMPerS() * this.options.stepS) / 2;
      const zoneS = new Float64Array(this.config.zones.length);
      this.passage.enter({
        id: readings.entryBody.value,
        entryUs: timeUs,
        positionM,
        metal,
        zoneS,
        gasNm3: 0,
      });
    }
    if (readings.exitBody.timeUs === timeUs && this.#pending === undefined) {
      const body = this.passage.leave(readings.exitBody.value);
      if (body !== undefined) this.#pending = { body, timeUs };
      else {
        this.#unknown++;
        this.#gas.addUnknownExit();
      }
    }
    this.#followLogger(timeUs);
  }

  #step(durationS: number): void {
    const { readings, passage } = this;
    const zones = this.config.zones.length;
    this.#belief.walk(durationS);
    const oldestUs = this.#timeUs - this.options.longestGapS * 1e6;
    if (readings.airTemperature.some((air) => !(air.timeUs >= oldestUs))) {
      // Without the air of a zone nothing is known of the metal that passes through it.
      passage.clear();
      this.#burners.clear();
      return;
    }
    if (!this.#learned) {
      for (let z = 0; z < zones; z++) {
        this.#airSums[z] = this.#airSums[z]! + readings.airTemperature[z]!.value * durationS;
      }
      this.#airTimeS += durationS;
    }
    // The conveyor counts bodies that were inside before the first was seen to enter.
    const inside = Math.max(passage.bodies.length, finiteOr(readings.bodies.value, 0));
    const { gasFlow } = readings;
    const gasNm3PerH = gasFlow.timeUs >= oldestUs ? gasFlow.value : Number.NaN;
    const gasShareNm3 = (gasNm3PerH * durationS) / 3600 / Math.max(1, inside);
    for (const body of passage.bodies) {
      const z = passage.zoneAt(body.positionM);
      this.#setRates(z);
      const airC = readings.airTemperature[z]!.value + this.#belief.bias(z);
      this.#burners.addBody(z, body.metal, airC, this.#rates, durationS);
      body.metal.step(z, airC, durationS, this.#rates, this.#energyK);
      body.zoneS[z] = body.zoneS[z]! + durationS;
      body.gasNm3 += gasShareNm3;
    }
    this.#unjudged += passage.advance(this.#speedMPerS() * durationS);
    this.#burners.addTime(readings, durationS);
    const meanAirC = readings.airTemperature.reduce((sum, air) => sum + air.value, 0) / zones;
    this.#gas.addTime(gasNm3PerH, meanAirC, readings.hall.value, durationS);
    if (this.#burners.windowFull) this.#closeWindow();
  }

  #setRates(z: number): void {
    const factor = this.config.zones[z]!.heatTransferFactor * this.#flow.factor(z);
    for (let n = 0; n < this.#rates.length; n++) {
      this.#rates[n] = (factor * this.#belief.multiplier(n, z)) / this.#taus[n]!;
    }
  }

  #speedMPerS(): number {
    const speed = this.readings.speed.value;
    return (Number.isFinite(speed) ? speed : this.config.conveyor.speedMPerMin) / 60;
  }

  #closeWindow(): void {
    const windows = this.#burners.takeWindow(this.#belief.current);
    if (!this.#learned) {
      // Bodies that were inside at the start are not known, so the first ride teaches nothing about burners.
      if (this.#exitNormal.bodies > 0) this.#burners.learn(windows);
      return;
    }
    const judged = this.#burners.judge(windows, this.#belief.current, this.#belief.normal, (zone) =>
      this.#flow.doubtLn(zone),
    );
    // The burners tell of now: the past of the bodies inside is left as it was.
    for (const { zone } of this.#belief.doubtAir(judged)) {
      for (const body of this.passage.bodies) body.metal.changedSinceNow(zone, "airBias");
    }
    const shift = this.#belief.byBurners(judged, (zone) => this.#flow.awayLn(zone));
    if (shift !== undefined) this.#burners.reinterpret(shift);
  }

  #exitNow(nowUs: TimeUs): void {
    const pending = this.#pending;
    if (pending === undefined || pending.timeUs >= nowUs) return;
    this.#pending = undefined;
    const { exitNode } = this.readings;
    const measuredC = exitNode.map((reading) => reading.value);
    // A value that is the last body's to the hundredth is not sent again; two such at once are missing values.
    const fresh = exitNode.filter((reading) => reading.timeUs >= pending.timeUs).length;
    if (fresh < exitNode.length - 1 || measuredC.some((value) => !Number.isFinite(value))) {
      this.#unjudged++;
      this.#gas.addUnknownExit();
      return;
    }
    this.#unjudged = 0;
    this.#unknown = 0;
    const { metal, id } = pending.body;
    this.#addExitHeat(metal);
    const predictedC = Array.from(metal.temperatureC, (t, n) => t + this.#exitNormal.offsetK[n]!);
    const innovation = Float64Array.from(measuredC, (value, n) => value - predictedC[n]!);
    if (!this.#learned) {
      const known = pending.body.entryUs >= this.#learnFromUs;
      if (known && this.#exitNormal.learn(innovation)) this.#settle();
      return;
    }
    const rows = measuredC.map((_, n) => metal.temperatureRow(n));
    const e170LnDeviation = this.#cureDeviations(metal);
    const update = this.#belief.byExit(rows, innovation, this.#exitNormal.varianceK2);
    for (const body of this.passage.bodies) body.metal.reinterpret(update.shift);
    this.residuals.add(innovation);
    this.innovations.add(innovation, update.nis);
    const exit: TrackedExit = {
      id,
      entryUs: pending.body.entryUs,
      timeUs: pending.timeUs,
      zoneS: Array.from(pending.body.zoneS),
      gasKWh: pending.body.gasNm3 * GAS_KWH_PER_NM3,
      predictedC,
      measuredC,
      e170Min: Array.from(metal.e170Min),
      e170LnDeviation,
      peakC: Array.from(metal.peakC),
      nis: update.nis,
    };
    this.#lastExit = exit;
    for (const listener of this.#exitListeners) listener(exit);
  }

  /** To first order, from the derivatives of E170. */
  #cureDeviations(metal: MetalTrack): number[] {
    const { mean, covariance } = this.#ofMeanBody();
    const size = mean.length;
    return Array.from(metal.e170Min, (e170, n) => {
      const row = metal.e170Row(n);
      let variance = (row[n]! * this.options.bodyLn) ** 2;
      for (let i = 0; i < size; i++) {
        for (let j = 0; j < size; j++) variance += row[i]! * covariance[i * size + j]! * row[j]!;
      }
      return Math.hypot(Math.sqrt(Math.max(0, variance)) / Math.max(1e-3, e170), this.options.cureLn);
    });
  }

  /**
   * What is believed of the mean body. A ride tells one body's multipliers, and that one differs from the mean body as
   * any other does. The filter goes without that doubt: it follows changes, which the same error precedes and follows.
   */
  #ofMeanBody(): OvenBelief {
    const belief = this.#belief.copy();
    if (this.#calibration === undefined) return belief;
    for (let n = 0; n < belief.nodes; n++) widen(belief, nodeIndex(n), this.options.bodyLn ** 2);
    return belief;
  }

  #addExitHeat(metal: MetalTrack): void {
    const startC = this.#startC();
    const rises = Array.from(metal.temperatureC, (t) => t - startC);
    const slowest = this.#taus.indexOf(Math.max(...this.#taus));
    this.#gas.addExit(rises.reduce((sum, rise) => sum + rise, 0) / rises.length, rises[slowest]!);
  }

  #startC(): number {
    const hallC = this.readings.hall.value;
    return Number.isFinite(hallC) ? hallC + this.#startAboveHallK : this.config.bodyStartC;
  }

  /** Ends the learning: what the pyrometers, fans and burners showed is normal from now on. */
  #settle(): void {
    this.#flow.settle();
    this.#burners.settle();
    this.#belief.settle();
    this.#gas.settle();
    this.#learned = true;
  }

  #followLogger(timeUs: TimeUs): void {
    const ended = this.#logger.follow(timeUs, this.readings, this.passage, this.flowFactors);
    if (ended === undefined) return;
    const outcome = this.#judgeRide(ended);
    this.#ride = outcome.check ?? this.#ride;
    for (const listener of this.#rideListeners) listener(outcome);
  }

  /** The first ride calibrates; a later one checks the model, and calibrates it anew where it was told wrong. */
  #judgeRide(ended: EndedRide): RideOutcome {
    const isOwn = ended.entryUs === this.#calibratedUs;
    try {
      if (this.#calibration !== undefined) {
        const check = this.#check(ended, !isOwn);
        if (isOwn || tellsCure(check)) return { check, recalibrated: false };
      }
      this.#calibrateBy(ended);
    } catch (fault) {
      if (!(fault instanceof RungError)) throw fault;
      return { check: undefined, recalibrated: false, problem: fault.message };
    }
    return { check: this.#check(ended, false), recalibrated: true };
  }

  #check({ record, endUs }: EndedRide, ahead: boolean): RideCheck {
    return checkRide(this.config, record, this.#belief.copy(), this.options.bodyLn, endUs, ahead);
  }

  #calibrateBy({ record, entryUs, startAboveHallK }: EndedRide): void {
    const isLearning = this.#calibration === undefined && !this.#learned;
    // What was believed before a ride that contradicts it is no prior for what it shows.
    const prior = isLearning ? this.#belief.copy() : priorBelief(this.config);
    this.#calibration = calibrate(this.config, record, prior);
    this.#calibratedUs = entryUs;
    this.#modelVersion = undefined;
    this.#belief.replace(this.#calibration.belief);
    this.#startAboveHallK = startAboveHallK;
    if (isLearning) return;
    this.#learnAnew(this.options.relearnBodies);
    this.#learnFromUs = this.#timeUs;
  }

  /** What is normal is learnt again, from so many bodies; the fan flow's normal stays. */
  #learnAnew(bodies: number): void {
    this.#burners.reset();
    this.#gas = new GasBalance(this.config.energy);
    this.#learned = false;
    this.#exitNormal.reset(bodies);
    this.#airSums.fill(0);
    this.#airTimeS = 0;
    this.residuals.clear();
    this.innovations.reset(bodies);
    this.#lastExit = undefined;
  }

  /** Starts over with the calibrated belief, to learn what is normal with it. */
  #restart(): void {
    this.passage.clear();
    this.passage.lost = 0;
    this.#timeUs = Number.NaN;
    this.#pending = undefined;
    this.#unjudged = 0;
    this.#unknown = 0;
    this.#learnAnew(this.options.learnBodies);
    this.#learnFromUs = Number.NEGATIVE_INFINITY;
    this.#flow.reset();
    this.#logger.clear();
    this.readings.forget();
    if (this.#calibration !== undefined) this.#belief.replace(this.#calibration.belief);
  }

  /**
   * The oven at this moment as plain data, for a sibling.
   * @throws RungError `not-tracking` while learning or without readings
   */
  situation(): OvenSituation {
    const { config, readings } = this;
    const missing = [...readings.airTemperature, ...readings.setpoint].some((r) => !Number.isFinite(r.value));
    if (!this.#learned || missing) {
      throw new RungError({
        code: "not-tracking",
        where: this.twin,
        what: missing
          ? "no air temperature or setpoint of some zone yet"
          : `still learning what is normal, ${this.learning.n} of ${this.learning.of} bodies`,
        advice: "wait, or prime the estimate from history",
      });
    }
    const { mean, covariance } = this.#ofMeanBody();
    if (this.isBlind) {
      const air = readings.airKnown;
      throw new RungError({
        code: "not-tracking",
        where: this.twin,
        what: `no good air temperature of ${config.zones[air.zone]!.name} for ${Math.round((this.#timeUs - air.timeUs) / 1e6)} s`,
        advice: "look at its thermocouple",
      });
    }
    return {
      twin: this.twin,
      timeUs: this.#timeUs,
      modelVersion: this.modelVersion,
      zoneNames: config.zones.map((zone) => zone.name),
      nodeNames: config.nodes.map((node) => node.name),
      zoneLengthM: config.zones.map((zone) => zone.lengthM),
      speedMPerMin: this.#speedMPerS() * 60,
      timeConstantS: [...this.#taus],
      energyK: this.#energyK,
      mean,
      covariance,
      zoneFactor: config.zones.map((zone, z) => zone.heatTransferFactor * this.#flow.factor(z)),
      airC: readings.airTemperature.map((reading) => reading.value),
      setpointC: readings.setpoint.map((reading) => reading.value),
      observed: config.zones.map((_, z) => this.#flow.observed(z, this.#timeUs)),
      learntAirC: Array.from(this.#airSums, (sum) => sum / this.#airTimeS),
      bodyStartC: this.#startC(),
      exitOffsetK: this.exitOffsetK.slice(),
      exitDeviationK: this.exitVarianceK2.map(Math.sqrt),
      bodyLn: this.options.bodyLn,
      cureLn: this.options.cureLn,
      energy: {
        ...config.energy,
        exhaustNm3PerH: finiteOr(readings.exhaustFlow.value, config.energy.exhaustNm3PerH),
        hallC: finiteOr(readings.hall.value, config.energy.hallC),
      },
      gasRatio: this.#gas.ratio,
      gasRatioDeviation: this.#gas.deviation,
      bodies: this.passage.bodies.map(({ id, positionM, metal }) => ({
        id,
        positionM,
        temperatureC: Float64Array.from(metal.temperatureC),
        e170Min: Float64Array.from(metal.e170Min),
        peakC: Float64Array.from(metal.peakC),
        temperatureBy: Float64Array.from(metal.temperatureBy),
        e170By: Float64Array.from(metal.e170By),
      })),
    };
  }

  /** Each zone against what it was in normal operation. */
  get zoneChanges(): readonly ZoneChange[] {
    const { nodes, mean } = this.#belief.current;
    const { normal } = this.#belief;
    return this.config.zones.map(({ name }, z) => {
      const { factorLn, airBiasK } = this.#belief.deviations(z);
      const factor = zoneFactorIndex(nodes, z);
      const bias = airBiasIndex(nodes, this.config.zones.length, z);
      return {
        zone: name,
        flowLn: Math.log(this.#flow.factor(z)),
        flowDeviationLn: this.options.flowExponent * this.#flow.deviationLn(z),
        furtherLn: mean[factor]! - normal[factor]!,
        furtherDeviationLn: factorLn,
        airK: mean[bias]! - normal[bias]!,
        airDeviationK: airBiasK,
      };
    });
  }

  /** What the burners showed while learning: see `ZoneBurners.figures`. */
  get burnerFigures(): ZoneBurners["figures"] {
    return this.#burners.figures;
  }

  /** One standard deviation of what each zone's ln heat transfer and air bias, K, have changed by since normal. */
  get zoneDeviations(): readonly { readonly factorLn: number; readonly airBiasK: number }[] {
    return this.config.zones.map((_, z) => this.#belief.deviations(z));
  }
}

const finiteOr = (value: number, otherwise: number): number => (Number.isFinite(value) ? value : otherwise);
