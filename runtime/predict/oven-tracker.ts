import { setImmediate as afterOthers } from "node:timers/promises";
import { RungError } from "../core/errors.ts";
import type { Frame } from "../core/frame.ts";
import type { TimeUs } from "../core/time.ts";
import { airBiasIndex, type OvenBelief, priorBelief, zoneFactorIndex } from "../model/oven/belief.ts";
import { type Calibration, calibrate } from "../model/oven/calibrate.ts";
import { arrheniusK } from "../model/oven/cure.ts";
import { MetalTrack } from "../model/oven/metal-track.ts";
import type { OvenConfig } from "../model/oven/oven-config.ts";
import { timeConstantS } from "../model/oven/ride.ts";
import { deviationOf, updateBelief, widen } from "./belief-filter.ts";
import { ExitResiduals } from "./exit-residuals.ts";
import { GasBalance } from "./gas-balance.ts";
import { LoggerRide } from "./logger-ride.ts";
import { ovenAddresses } from "./oven-addresses.ts";
import { type BodyInside, OvenPassage } from "./oven-passage.ts";
import { OvenReadings } from "./oven-readings.ts";
import type { OvenSituation } from "./oven-situation.ts";
import { ZoneBurners } from "./zone-burners.ts";

/** How the tracker learns and doubts. Times are plant time. */
export interface TrackerOptions {
  /** Bodies whose exit teaches what is normal before the tracker judges. */
  readonly learnBodies: number;
  /** Bodies over which the tracking figures are taken. */
  readonly figureBodies: number;
  /** Longest integration step, s: a tenth of the thinnest panel's time constant. */
  readonly stepS: number;
  /** Silence beyond which the bodies inside are no longer known, s. */
  readonly longestGapS: number;
  /** Heat transfer over fan flow: h ~ V^0.78 (turbulent impingement, Martin 1977; notes give 0.7 to 0.8). */
  readonly flowExponent: number;
  /** Time constant of the fan flow's smoothing, s. */
  readonly flowSmoothingS: number;
  /** Deviation of ln flow from normal beyond which the zone's heat transfer is doubted: nozzles foul unevenly. */
  readonly flowDoubtLn: number;
  /** Doubt of ln heat transfer per deviation of ln flow. */
  readonly doubtPerFlowLn: number;
  /** Time for which a zone whose fan flow has changed is only observed, s. */
  readonly observeS: number;
  /** Doubt of a zone's air when its burner does not fit, K. */
  readonly airDoubtK: number;
  /** Furthest a zone's ln heat transfer may move from normal while its fan flow is normal; furthest its air bias, K. */
  readonly factorMostLn: number;
  readonly airBiasMostK: number;
  /** How far the burners' answer to a parameter may be off, share. */
  readonly burnerGainDoubt: number;
  /** Most that a burner's systematic error may leave a zone's air in doubt, K. */
  readonly systematicMostK: number;
  /** Standard deviation of ln heat transfer over heat capacity from body to body: sheets are rolled to about 2 %. */
  readonly bodyLn: number;
  /** Random walk of the parameters per square root of an hour: ln of a zone's heat transfer, air bias in K. */
  readonly zoneLnWalk: number;
  readonly airBiasWalkK: number;
}

export const TRACKER_DEFAULTS: TrackerOptions = {
  learnBodies: 100,
  figureBodies: 20,
  stepS: 5,
  longestGapS: 300,
  flowExponent: 0.78,
  flowSmoothingS: 30,
  flowDoubtLn: 0.04,
  doubtPerFlowLn: 1,
  observeS: 300,
  airDoubtK: 6,
  factorMostLn: 0.2,
  airBiasMostK: 40,
  burnerGainDoubt: 0.35,
  systematicMostK: 3,
  bodyLn: 0.02,
  zoneLnWalk: 0.02,
  airBiasWalkK: 0.6,
};

/** A body that has left: predicted and measured exit temperature per node, °C, and its cure by the model. */
export interface TrackedExit {
  readonly id: number;
  readonly timeUs: TimeUs;
  readonly predictedC: readonly number[];
  readonly measuredC: readonly number[];
  readonly e170Min: readonly number[];
  readonly peakC: readonly number[];
  readonly nis: number;
}

/** 99.9 % point of chi² with five degrees of freedom: an exit beyond it is odd. */
const ODD_NIS = 20.5;

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

  readonly #taus: readonly number[];
  readonly #energyK: number;
  readonly #rates: Float64Array;
  readonly #burners: ZoneBurners;
  readonly #logger: LoggerRide;
  readonly #gas: GasBalance;
  readonly #exitListeners = new Set<(exit: TrackedExit) => void>();
  #belief: OvenBelief;
  #calibration: Calibration | undefined;
  #startAboveHallK = 0;
  #timeUs: TimeUs = Number.NaN;
  #pending: PendingExit | undefined;
  /** Exits in a row that the belief did not expect. */
  #odd = 0;
  #late = 0;
  /** Learning. */
  #learned = false;
  #flowSums: Float64Array;
  #flowCounts: Float64Array;
  #flowNormal: Float64Array | undefined;
  #airSums: Float64Array;
  #airTimeS = 0;
  #flowSmooth: Float64Array;
  #flowDoubted: Float64Array;
  /** When a zone's flow last moved further away from normal. */
  readonly #flowChangedUs: Float64Array;
  #exitRows: Float64Array[] = [];
  /** The parameters when learning ended. */
  #normalMean: Float64Array;
  #exitOffset: Float64Array;
  #exitVariance: Float64Array;

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
    this.#taus = config.nodes.map(timeConstantS);
    this.#energyK = arrheniusK(config.cure.activationEnergyKJPerMol);
    this.#rates = new Float64Array(nodes);
    this.#burners = new ZoneBurners(config);
    this.#logger = new LoggerRide(nodes);
    this.#gas = new GasBalance(config.energy);
    this.#belief = copyBelief(belief);
    this.#flowSums = new Float64Array(zones);
    this.#flowCounts = new Float64Array(zones);
    this.#airSums = new Float64Array(zones);
    this.#flowSmooth = new Float64Array(zones).fill(Number.NaN);
    this.#flowDoubted = new Float64Array(zones);
    this.#flowChangedUs = new Float64Array(zones).fill(Number.NEGATIVE_INFINITY);
    this.#normalMean = Float64Array.from(belief.mean);
    this.#exitOffset = new Float64Array(nodes);
    this.#exitVariance = new Float64Array(nodes).fill(9);
  }

  /** Told of each body that has left and was tracked from its entry. @returns a function that ends it */
  onExit(listener: (exit: TrackedExit) => void): () => void {
    this.#exitListeners.add(listener);
    return () => this.#exitListeners.delete(listener);
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
    return { n: Math.min(this.#exitRows.length, this.options.learnBodies), of: this.options.learnBodies };
  }

  /** Of each node with all multipliers 1, s. */
  get timeConstantsS(): readonly number[] {
    return this.#taus;
  }

  get calibration(): Calibration | undefined {
    return this.#calibration;
  }

  /** A copy of what is believed now, fan flow apart. */
  get belief(): OvenBelief {
    return copyBelief(this.#belief);
  }

  /** Heat transfer of each zone by its fan flow against normal. */
  get flowFactors(): readonly number[] {
    return this.config.zones.map((_, z) => this.#flowFactor(z));
  }

  /** Pyrometer minus model at the exit in normal operation, K, and the variance of one body about it, K². */
  get exitOffsetK(): readonly number[] {
    return Array.from(this.#exitOffset);
  }
  get exitVarianceK2(): readonly number[] {
    return Array.from(this.#exitVariance);
  }

  /** Samples that came after newer ones of the same property. */
  get lateSamples(): number {
    return this.#late;
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
    this.#logger.done = true;
    return true;
  }

  /** Takes a frame from state in. */
  accept(frame: Frame): void {
    this.#late += this.readings.accept(
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
    this.#followFlow(timeUs);
    if (readings.entryBody.timeUs === timeUs) {
      const metal = new MetalTrack(this.config.nodes.length, this.config.zones.length, this.#startC());
      // The event lies somewhere within the cycle before its sample.
      const positionM = (this.#speedMPerS() * this.options.stepS) / 2;
      this.passage.enter({ id: readings.entryBody.value, entryUs: timeUs, positionM, metal });
    }
    if (readings.exitBody.timeUs === timeUs && this.#pending === undefined) {
      const body = this.passage.leave(readings.exitBody.value);
      if (body !== undefined) this.#pending = { body, timeUs };
    }
    this.#followLogger(timeUs);
  }

  #step(durationS: number): void {
    const { readings, passage } = this;
    const zones = this.config.zones.length;
    const nodes = this.config.nodes.length;
    const mean = this.#belief.mean;
    const hours = durationS / 3600;
    for (let z = 0; z < zones; z++) {
      widen(this.#belief, zoneFactorIndex(nodes, z), this.options.zoneLnWalk ** 2 * hours);
      widen(this.#belief, airBiasIndex(nodes, zones, z), this.options.airBiasWalkK ** 2 * hours);
    }
    const unknownAir = readings.airTemperature.some((air) => !Number.isFinite(air.value));
    if (unknownAir) return;
    if (!this.#learned) {
      for (let z = 0; z < zones; z++) {
        this.#airSums[z] = this.#airSums[z]! + readings.airTemperature[z]!.value * durationS;
      }
      this.#airTimeS += durationS;
    }
    for (const body of passage.bodies) {
      const z = passage.zoneAt(body.positionM);
      this.#setRates(z);
      const airC = readings.airTemperature[z]!.value + mean[airBiasIndex(nodes, zones, z)]!;
      this.#burners.addBody(z, body.metal, airC, this.#rates, durationS);
      body.metal.step(z, airC, durationS, this.#rates, this.#energyK);
    }
    passage.advance(this.#speedMPerS() * durationS);
    this.#burners.addTime(readings, durationS);
    const meanAirC = readings.airTemperature.reduce((sum, air) => sum + air.value, 0) / zones;
    this.#gas.addTime(readings.gasFlow.value, meanAirC, readings.hall.value, durationS);
    if (this.#burners.windowFull) this.#closeWindow();
  }

  #setRates(z: number): void {
    const nodes = this.config.nodes.length;
    const mean = this.#belief.mean;
    const zoneLn = mean[zoneFactorIndex(nodes, z)]!;
    const factor = this.config.zones[z]!.heatTransferFactor * this.#flowFactor(z);
    for (let n = 0; n < nodes; n++) this.#rates[n] = (factor * Math.exp(mean[n]! + zoneLn)) / this.#taus[n]!;
  }

  #speedMPerS(): number {
    const speed = this.readings.speed.value;
    return (Number.isFinite(speed) ? speed : this.config.conveyor.speedMPerMin) / 60;
  }

  #flowFactor(z: number): number {
    const normal = this.#flowNormal?.[z];
    const flow = this.#flowSmooth[z]!;
    if (normal === undefined || !(normal > 0) || !(flow > 0)) return 1;
    return (flow / normal) ** this.options.flowExponent;
  }

  #followFlow(timeUs: TimeUs): void {
    const nodes = this.config.nodes.length;
    for (let z = 0; z < this.config.zones.length; z++) {
      const reading = this.readings.fanFlow[z]!;
      if (reading.timeUs !== timeUs || !(reading.value > 0)) continue;
      if (!this.#learned) {
        this.#flowSums[z] = this.#flowSums[z]! + reading.value;
        this.#flowCounts[z] = this.#flowCounts[z]! + 1;
        continue;
      }
      const before = this.#flowSmooth[z]!;
      const share = Number.isNaN(before)
        ? 1
        : 1 - Math.exp(-this.options.stepS / this.options.flowSmoothingS);
      this.#flowSmooth[z] = Number.isNaN(before) ? reading.value : before + share * (reading.value - before);
      // A nozzle that lets less air through may have lost more heat transfer than the flow tells: jets die unevenly.
      const away = Math.abs(Math.log(this.#flowSmooth[z]! / this.#flowNormal![z]!));
      const doubted = this.#flowDoubted[z]!;
      if (away > this.options.flowDoubtLn && away > doubted + 0.01) {
        const variance = this.options.doubtPerFlowLn ** 2 * (away * away - doubted * doubted);
        widen(this.#belief, zoneFactorIndex(nodes, z), variance);
        this.#flowDoubted[z] = away;
        this.#flowChangedUs[z] = timeUs;
      }
    }
  }

  #closeWindow(): void {
    const windows = this.#burners.takeWindow(this.#belief);
    if (!this.#learned) {
      // Bodies that were inside at the start are not known, so the first ride teaches nothing about burners.
      if (this.#exitRows.length > 0) this.#burners.learn(windows);
      return;
    }
    const rows: Float64Array[] = [];
    const innovation: number[] = [];
    const variance: number[] = [];
    const floors: { readonly index: number; readonly leastK: number }[] = [];
    const nodes = this.config.nodes.length;
    const zones = this.config.zones.length;
    for (const judged of this.#burners.judge(windows, this.#belief)) {
      // The pyrometers see the last zone's air at the next exit; its burner need not be guessed from.
      if (judged.doubt && judged.zone < zones - 1) {
        widen(this.#belief, airBiasIndex(nodes, zones, judged.zone), this.options.airDoubtK ** 2);
      }
      rows.push(judged.row);
      innovation.push(judged.innovation);
      variance.push(judged.variance);
      floors.push({ index: airBiasIndex(nodes, zones, judged.zone), leastK: judged.systematicK });
    }
    if (rows.length === 0) return;
    // The burners tell of now: the past of the bodies inside is left as it was.
    const update = updateBelief(this.#belief, rows, innovation, variance);
    this.#burners.reinterpret(update.shift);
    for (const { index, leastK } of floors) {
      const now = this.#belief.covariance[index * this.#belief.mean.length + index]!;
      const least = Math.min(leastK, this.options.systematicMostK) ** 2;
      if (now < least) widen(this.#belief, index, least - now);
    }
    this.#keepDoubt();
  }

  /**
   * How strongly a burner answers is known to a third, and no number of windows betters that: what the burners
   * have moved a parameter by stays so uncertain, for the pyrometers to settle.
   */
  #keepDoubt(): void {
    this.#keepPossible();
    const nodes = this.config.nodes.length;
    const { mean, covariance } = this.#belief;
    const size = mean.length;
    for (let i = nodes; i < size; i++) {
      const moved = mean[i]! - this.#normalMean[i]!;
      const least = (this.options.burnerGainDoubt * moved) ** 2;
      const now = covariance[i * size + i]!;
      if (now < least) widen(this.#belief, i, least - now);
    }
  }

  /** Holds what burners and pyrometers say of zones to what can be: three deviations of what the fan flow allows. */
  #keepPossible(): void {
    const nodes = this.config.nodes.length;
    const zones = this.config.zones.length;
    const mean = this.#belief.mean;
    const hold = (i: number, mostAway: number): void => {
      const normal = this.#normalMean[i]!;
      mean[i] = Math.min(normal + mostAway, Math.max(normal - mostAway, mean[i]!));
    };
    for (let z = 0; z < zones; z++) {
      const doubtLn = this.options.doubtPerFlowLn * this.#flowDoubted[z]!;
      hold(zoneFactorIndex(nodes, z), 3 * doubtLn + this.options.factorMostLn);
      hold(airBiasIndex(nodes, zones, z), this.options.airBiasMostK);
    }
  }

  #exitNow(nowUs: TimeUs): void {
    const pending = this.#pending;
    if (pending === undefined || pending.timeUs >= nowUs) return;
    this.#pending = undefined;
    const measuredC = this.readings.exitNode.map((reading) => reading.value);
    if (measuredC.some((value) => !Number.isFinite(value))) return;
    const { metal, id } = pending.body;
    this.#addExitHeat(metal);
    const predictedC = Array.from(metal.temperatureC, (t, n) => t + this.#exitOffset[n]!);
    const innovation = Float64Array.from(measuredC, (value, n) => value - predictedC[n]!);
    if (!this.#learned) {
      this.#exitRows.push(innovation);
      if (this.#exitRows.length >= this.options.learnBodies) this.#settle();
      return;
    }
    const rows = measuredC.map((_, n) => metal.temperatureRow(n));
    const update = updateBelief(this.#belief, rows, innovation, this.#exitVariance);
    for (const body of this.passage.bodies) body.metal.reinterpret(update.shift);
    this.#odd = update.nis > ODD_NIS ? this.#odd + 1 : 0;
    if (this.#odd === 2) {
      const zones = this.config.zones.length;
      widen(
        this.#belief,
        airBiasIndex(this.config.nodes.length, zones, zones - 1),
        this.options.systematicMostK ** 2,
      );
      this.#odd = 0;
    }
    this.residuals.add(innovation, update.nis);
    const exit: TrackedExit = {
      id,
      timeUs: pending.timeUs,
      predictedC,
      measuredC,
      e170Min: Array.from(metal.e170Min),
      peakC: Array.from(metal.peakC),
      nis: update.nis,
    };
    for (const listener of this.#exitListeners) listener(exit);
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
    const count = this.#exitRows.length;
    for (let n = 0; n < this.config.nodes.length; n++) {
      const column = this.#exitRows.map((row) => row[n]!);
      const mean = column.reduce((sum, r) => sum + r, 0) / count;
      this.#exitOffset[n] = mean;
      this.#exitVariance[n] = column.reduce((sum, r) => sum + (r - mean) ** 2, 0) / (count - 1);
    }
    this.#flowNormal = this.#flowSums.map((sum, z) => sum / this.#flowCounts[z]!);
    this.#burners.settle();
    this.#normalMean = Float64Array.from(this.#belief.mean);
    this.#learned = true;
  }

  #followLogger(timeUs: TimeUs): void {
    if (this.#logger.done) return;
    const ended = this.#logger.follow(timeUs, this.readings, this.passage, this.flowFactors);
    if (ended === undefined) return;
    this.#calibration = calibrate(this.config, ended, this.#belief);
    this.#belief = copyBelief(this.#calibration.belief);
    this.#startAboveHallK = this.#logger.startAboveHallK;
  }

  /** Starts over with the calibrated belief, to learn what is normal with it. */
  #restart(): void {
    this.passage.clear();
    this.#burners.reset();
    this.#timeUs = Number.NaN;
    this.#pending = undefined;
    this.#learned = false;
    this.#exitRows = [];
    this.#exitOffset.fill(0);
    this.#flowSums.fill(0);
    this.#flowCounts.fill(0);
    this.#airSums.fill(0);
    this.#airTimeS = 0;
    this.#flowSmooth.fill(Number.NaN);
    this.#flowDoubted.fill(0);
    this.#flowChangedUs.fill(Number.NEGATIVE_INFINITY);
    this.readings.forget();
    this.residuals.clear();
    if (this.#calibration !== undefined) this.#belief = copyBelief(this.#calibration.belief);
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
    return {
      twin: this.twin,
      timeUs: this.#timeUs,
      zoneNames: config.zones.map((zone) => zone.name),
      nodeNames: config.nodes.map((node) => node.name),
      zoneLengthM: config.zones.map((zone) => zone.lengthM),
      speedMPerMin: this.#speedMPerS() * 60,
      timeConstantS: [...this.#taus],
      energyK: this.#energyK,
      mean: Float64Array.from(this.#belief.mean),
      covariance: Float64Array.from(this.#belief.covariance),
      zoneFactor: config.zones.map((zone, z) => zone.heatTransferFactor * this.#flowFactor(z)),
      airC: readings.airTemperature.map((reading) => reading.value),
      setpointC: readings.setpoint.map((reading) => reading.value),
      observed: Array.from(this.#flowChangedUs, (us) => this.#timeUs - us < this.options.observeS * 1e6),
      learntAirC: Array.from(this.#airSums, (sum) => sum / this.#airTimeS),
      bodyStartC: this.#startC(),
      exitOffsetK: Array.from(this.#exitOffset),
      exitDeviationK: Array.from(this.#exitVariance, Math.sqrt),
      bodyLn: this.options.bodyLn,
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

  /** Smoothed standardised deviation of each zone's burner from its heat balance. */
  get burnerDeviations(): readonly number[] {
    return this.#burners.deviations;
  }
  /** Standard deviation of each burner about its balance, %. */
  get burnerDoubtAt(): readonly number[] {
    return this.#burners.doubtAt;
  }
  get burnerNoise(): readonly number[] {
    return this.#burners.noise;
  }

  /** One standard deviation of each zone's ln heat transfer and air bias, K. */
  get zoneDeviations(): readonly { readonly factorLn: number; readonly airBiasK: number }[] {
    const nodes = this.config.nodes.length;
    const zones = this.config.zones.length;
    return this.config.zones.map((_, z) => ({
      factorLn: deviationOf(this.#belief, zoneFactorIndex(nodes, z)),
      airBiasK: deviationOf(this.#belief, airBiasIndex(nodes, zones, z)),
    }));
  }
}

const finiteOr = (value: number, otherwise: number): number => (Number.isFinite(value) ? value : otherwise);

function copyBelief(belief: OvenBelief): OvenBelief {
  return {
    nodes: belief.nodes,
    zones: belief.zones,
    mean: Float64Array.from(belief.mean),
    covariance: Float64Array.from(belief.covariance),
  };
}
