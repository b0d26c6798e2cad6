import { airBiasIndex, type OvenBelief, zoneFactorIndex } from "../model/oven/belief.ts";
import type { MetalTrack } from "../model/oven/metal-track.ts";
import type { OvenConfig } from "../model/oven/oven-config.ts";
import { timeConstantS } from "../model/oven/ride.ts";
import { BurnerBalance, LONG_WINDOWS, type ZoneWindow } from "./burner-balance.ts";
import { BurnerGas } from "./burner-gas.ts";
import type { OvenReadings } from "./oven-readings.ts";

/** Length of a window, s of plant time: long against the sensor's noise, short against a fault. */
const WINDOW_S = 30;
/** Neighbouring windows share slow disturbances: one is worth this much less than an independent one. */
const DEPENDENCE = 4;
/** Lags at which the heat into the bodies shows in the burner, s. */
const LAGS_S = [60, 240];
/**
 * Standardised burner deviation, smoothed over about two windows, beyond which the zone's thermocouple is doubted:
 * at least this, and clear of everything that normal operation has shown.
 */
const DOUBT_LEAST = 2.5;
const DOUBT_ABOVE_NORMAL = 1.3;
const DOUBT_SMOOTHING = 0.5;
const TRANSFER_SMOOTHING = 0.05;
/** Windows after a doubt in which no further one arises, so that the belief can settle. */
const DOUBT_PAUSE = 4;
/** Windows without which a zone's balance is not learnt. */
const LEAST_WINDOWS = 40;
/**
 * A new setpoint moves burner, air and walls in a way the balance does not know: so many percent per kelvin, fading
 * with this time constant; a neighbour's step is felt by this share.
 */
const TRANSIENT_PER_K = 2.2;
const TRANSIENT_S = 90;
const TRANSIENT_NEIGHBOUR = 0.1;
/** Output that a zone's burner may be off by for good, % per kelvin its air or a neighbour's is from where it was learnt. */
const AWAY_PER_K = 0.15;
/**
 * How well it is known how strongly a burner answers to a wrong thermocouple or to less heat transfer, share of its
 * deviation from normal: by losses and conductance, which the gas meter has shown.
 */
const GAIN_DOUBT = 0.2;
/** A deviation of so many such doubts is no matter of how strongly the burner answers. */
const GAIN_ERRORS = 1.5;
/** While a deviation grows, air and walls take heat as well: its growth in one window counts so many times as noise. */
const GROWTH_NOISE = 3;
/** Distance from its stops within which a burner is not read, %. */
const LEAST_OUTPUT = 4;
const STEEL_J_PER_KG_K = 470;

/** What a zone's burner says about the belief. */
export interface JudgedBurner {
  readonly zone: number;
  /** d output / d parameter of the belief, %. */
  readonly row: Float64Array;
  /** Output measured minus expected, %. */
  readonly unexplained: number;
  readonly variance: number;
  /** Standard deviation of what the burner may be off by for good, %: no number of windows betters it. */
  readonly lasting: number;
  /** How this window shows that error: 1, or as strongly as it shows the heat transfer where that is in doubt. */
  readonly lastingBy: number;
  /** True where heat transfer is in doubt, here or before: the burner is then told by its mean over many windows. */
  readonly patient: boolean;
  /** Where the deviation is so large that the zone's thermocouple is to be doubted: the error that would explain it, K. */
  readonly doubtK: number | undefined;
}

export interface BurnerWindow extends ZoneWindow {
  /** d body heat / d parameter, now and at each lag. */
  readonly heatBy: readonly Float64Array[];
}

/** What a zone's last windows left behind. */
interface ZonePast {
  readonly heatW: Float64Array;
  readonly heatBy: readonly Float64Array[];
  slopeKPerS: number;
  known: boolean;
}

/** Heat balance of all zones: what the bodies take by the model against what the burners give. */
export class ZoneBurners {
  readonly #zones: number;
  readonly #nodes: number;
  /** Heat capacity behind each node, J/K: the body in equal shares, the skid with the slowest node. */
  readonly #capacity: Float64Array;
  #balances: BurnerBalance[];
  readonly #setpointC: Float64Array;
  /** Kelvins of setpoint change that the zone has not digested. */
  readonly #transientK: Float64Array;
  #gas: BurnerGas;
  #gasSum = 0;
  #exhaustSum = 0;
  readonly #fanKW: Float64Array;
  #lastGasNm3PerH = Number.NaN;
  readonly #deviation: Float64Array;
  /** Output of each zone against what it would be with the parameters of normal operation, smoothed, %. */
  readonly #fromNormal: Float64Array;
  /** Where it stood when the zone's thermocouple was last doubted, %. */
  readonly #doubtedFrom: Float64Array;
  /** d output / d ln heat transfer, smoothed over about ten minutes, %. */
  readonly #transferBy: Float64Array;
  readonly #pause: Float64Array;
  readonly #doubtAt: Float64Array;
  #past: ZonePast[];
  #elapsedS = 0;
  #output: Float64Array;
  #above: Float64Array;
  #firstAirC: Float64Array;
  #lastAirC: Float64Array;
  #heat: Float64Array;
  #heatBy: Float64Array[];

  constructor(config: OvenConfig) {
    this.#zones = config.zones.length;
    this.#nodes = config.nodes.length;
    const taus = config.nodes.map(timeConstantS);
    const slowest = taus.indexOf(Math.max(...taus));
    this.#capacity = Float64Array.from(taus, (_, n) => {
      const kg = config.energy.bodyKg / this.#nodes + (n === slowest ? config.energy.skidKg : 0);
      return kg * STEEL_J_PER_KG_K;
    });
    this.#balances = config.zones.map(() => new BurnerBalance());
    this.#gas = new BurnerGas(this.#zones, config.energy.burnerEfficiency);
    this.#setpointC = new Float64Array(this.#zones).fill(Number.NaN);
    this.#transientK = new Float64Array(this.#zones);
    this.#deviation = new Float64Array(this.#zones);
    this.#fromNormal = new Float64Array(this.#zones);
    this.#doubtedFrom = new Float64Array(this.#zones);
    this.#transferBy = new Float64Array(this.#zones);
    this.#pause = new Float64Array(this.#zones);
    this.#doubtAt = new Float64Array(this.#zones).fill(DOUBT_LEAST);
    this.#past = this.#noPast();
    this.#fanKW = new Float64Array(this.#zones);
    this.#output = new Float64Array(this.#zones);
    this.#above = new Float64Array(this.#zones);
    this.#firstAirC = new Float64Array(this.#zones).fill(Number.NaN);
    this.#lastAirC = new Float64Array(this.#zones).fill(Number.NaN);
    this.#heat = new Float64Array(this.#zones);
    this.#heatBy = config.zones.map(() => new Float64Array(this.#nodes + 2 * this.#zones));
  }

  /** Forgets everything learnt. */
  reset(): void {
    this.#balances = this.#balances.map(() => new BurnerBalance());
    this.#gas = new BurnerGas(this.#zones, this.#gas.efficiency);
    this.#deviation.fill(0);
    this.#fromNormal.fill(0);
    this.#doubtedFrom.fill(0);
    this.#transferBy.fill(0);
    this.#pause.fill(0);
    this.clear();
  }

  #noPast(): ZonePast[] {
    return Array.from({ length: this.#zones }, () => ({
      heatW: new Float64Array(LAGS_S.length),
      heatBy: LAGS_S.map(() => new Float64Array(this.#nodes + 2 * this.#zones)),
      slopeKPerS: 0,
      known: false,
    }));
  }

  /** Throws the open window and the past away, after a gap. */
  clear(): void {
    this.#past = this.#noPast();
    this.#open();
  }

  #open(): void {
    this.#elapsedS = 0;
    this.#gasSum = 0;
    this.#exhaustSum = 0;
    for (const column of [this.#output, this.#above, this.#heat, this.#fanKW]) column.fill(0);
    for (const row of this.#heatBy) row.fill(0);
    this.#firstAirC.fill(Number.NaN);
    this.#lastAirC.fill(Number.NaN);
  }

  /**
   * Heat that one body takes during a step, at the step's beginning. Its derivatives are those of a change that has
   * just come: the metal does not know of it yet and will follow by the model.
   */
  addBody(zone: number, metal: MetalTrack, airC: number, rates: ArrayLike<number>, durationS: number): void {
    const row = this.#heatBy[zone]!;
    const factor = zoneFactorIndex(this.#nodes, zone);
    const bias = airBiasIndex(this.#nodes, this.#zones, zone);
    for (let n = 0; n < this.#nodes; n++) {
      const conductanceJ = durationS * this.#capacity[n]! * rates[n]!;
      const heatJ = conductanceJ * (airC - metal.temperatureC[n]!);
      this.#heat[zone] = this.#heat[zone]! + heatJ;
      row[n] = row[n]! + heatJ;
      row[factor] = row[factor]! + heatJ;
      row[bias] = row[bias]! + conductanceJ;
    }
  }

  /** Reads the heat of the last minutes again under other parameters, so that it is not explained twice. */
  reinterpret(shift: ArrayLike<number>): void {
    for (const past of this.#past) {
      for (let l = 0; l < LAGS_S.length; l++) {
        const row = past.heatBy[l]!;
        let change = 0;
        for (let i = 0; i < row.length; i++) change += row[i]! * shift[i]!;
        past.heatW[l] = past.heatW[l]! + change;
      }
    }
  }

  addTime(readings: OvenReadings, durationS: number): void {
    for (let z = 0; z < this.#zones; z++) {
      const airC = readings.airTemperature[z]!.value;
      const setpointC = readings.setpoint[z]!.value;
      const changeK = Math.abs(setpointC - this.#setpointC[z]!);
      const left = this.#transientK[z]! * Math.exp(-durationS / TRANSIENT_S);
      this.#transientK[z] = left + (Number.isFinite(changeK) ? changeK : 0);
      this.#setpointC[z] = setpointC;
      this.#output[z] = this.#output[z]! + readings.burnerOutput[z]!.value * durationS;
      this.#fanKW[z] = this.#fanKW[z]! + readings.fanPower[z]!.value * durationS;
      this.#above[z] = this.#above[z]! + (airC - readings.hall.value) * durationS;
      if (Number.isNaN(this.#firstAirC[z]!)) this.#firstAirC[z] = airC;
      this.#lastAirC[z] = airC;
    }
    this.#gasSum += readings.gasFlow.value * durationS;
    this.#exhaustSum += readings.exhaustFlow.value * durationS;
    this.#elapsedS += durationS;
  }

  get windowFull(): boolean {
    return this.#elapsedS >= WINDOW_S - 1e-6;
  }

  /** The means of the open window, which is then begun anew. A zone without burner or air readings has NaN. */
  takeWindow(belief: OvenBelief): BurnerWindow[] {
    const s = this.#elapsedS;
    this.#lastGasNm3PerH = this.#gasSum / s;
    const windows = this.#past.map((past, z): BurnerWindow => {
      const heatW = this.#heat[z]! / s;
      const heatBy = this.#heatBy[z]!.map((value) => value / s);
      const slope = (this.#lastAirC[z]! - this.#firstAirC[z]!) / s;
      const slopeBefore = past.slopeKPerS;
      for (const [l, lagS] of LAGS_S.entries()) {
        const share = past.known ? 1 - Math.exp(-s / lagS) : 1;
        past.heatW[l] = past.heatW[l]! + share * (heatW - past.heatW[l]!);
        const row = past.heatBy[l]!;
        for (let i = 0; i < row.length; i++) row[i] = row[i]! + share * (heatBy[i]! - row[i]!);
      }
      past.slopeKPerS = slope;
      past.known = true;
      return {
        output: this.#output[z]! / s,
        bodyHeatW: [heatW, ...past.heatW],
        airSlopeKPerS: [slope, slopeBefore],
        measuredAboveHallK: this.#above[z]! / s,
        aboveHallK: this.#above[z]! / s + belief.mean[airBiasIndex(this.#nodes, this.#zones, z)]!,
        exhaustLn: Math.log(this.#exhaustSum / s),
        fanW: (1000 * this.#fanKW[z]!) / s,
        heatBy: [heatBy, ...past.heatBy.map((row) => Float64Array.from(row))],
      };
    });
    this.#open();
    return windows;
  }

  learn(windows: readonly BurnerWindow[]): void {
    this.#gas.learn(
      windows.map((window) => window.output),
      this.#lastGasNm3PerH,
    );
    for (const [z, window] of windows.entries()) if (usable(window)) this.#balances[z]!.learn(window);
  }

  settle(): void {
    const perW = this.#gas.outputPerW();
    for (const [z, balance] of this.#balances.entries()) {
      if (balance.count < LEAST_WINDOWS) continue;
      let smooth = 0;
      let largest = 0;
      for (const deviation of balance.settle(perW[z]!)) {
        smooth += DOUBT_SMOOTHING * (deviation - smooth);
        largest = Math.max(largest, Math.abs(smooth));
      }
      this.#doubtAt[z] = Math.max(DOUBT_LEAST, DOUBT_ABOVE_NORMAL * largest);
    }
  }

  /**
   * Of each zone's burner once that is learnt: standard deviation of its mean output over 20 minutes about the balance,
   * %, and output per lasting watt, %/W.
   */
  get figures(): readonly { readonly meanDeviation: number; readonly perW: number }[] {
    return this.#balances.map((balance) => ({
      meanDeviation: balance.lasting,
      perW: balance.outputPerW.reduce((sum, perW) => sum + perW, 0),
    }));
  }

  /** Output a zone may be off by because of new setpoints, %. */
  #transient(zone: number): number {
    const beside = (this.#transientK[zone - 1] ?? 0) + (this.#transientK[zone + 1] ?? 0);
    return TRANSIENT_PER_K * (this.#transientK[zone]! + TRANSIENT_NEIGHBOUR * beside);
  }

  /**
   * @param normal the parameters of normal operation, in the order of the belief
   * @param transferDoubtLn how far a zone's ln heat transfer is in doubt by its fan flow, 0 where it is not
   */
  judge(
    windows: readonly BurnerWindow[],
    belief: OvenBelief,
    normal: Float64Array,
    transferDoubtLn: (zone: number) => number,
  ): JudgedBurner[] {
    const judged: JudgedBurner[] = [];
    // The mixing of air between zones was learnt at one profile only.
    const awayK = (zone: number): number => {
      const balance = this.#balances[zone];
      const window = windows[zone];
      if (balance === undefined || window === undefined || !balance.settled) return 0;
      return window.measuredAboveHallK - balance.normalMeasuredK;
    };
    let upstreamDoubted = false;
    for (const [zone, window] of windows.entries()) {
      const balance = this.#balances[zone]!;
      // Bodies out of a zone whose heat transfer is in doubt bring an unknown heat along: what the burners after it
      // make up for is no matter of their thermocouples.
      const mayDoubtAir = !upstreamDoubted;
      const doubtLn = transferDoubtLn(zone);
      upstreamDoubted ||= doubtLn > 0;
      if (!balance.settled || !usable(window)) continue;
      const row = new Float64Array(belief.mean.length);
      for (const [l, perW] of balance.outputPerW.entries()) {
        for (const [i, by] of window.heatBy[l]!.entries()) row[i] = row[i]! + perW * by;
      }
      const bias = airBiasIndex(this.#nodes, this.#zones, zone);
      row[bias] = row[bias]! + balance.outputPerK;
      const unexplained = window.output - balance.expected(window);
      const storage = balance.outputPerSlope * window.airSlopeKPerS[0]!;
      const away = AWAY_PER_K * Math.hypot(awayK(zone), awayK(zone - 1), awayK(zone + 1));
      const variance = balance.noise ** 2 + storage ** 2 + this.#transient(zone) ** 2;
      const explained = row.reduce((sum, by, i) => sum + by * (belief.mean[i]! - normal[i]!), 0);
      const fromNormal = unexplained + explained;
      const grown = DOUBT_SMOOTHING * (fromNormal - this.#fromNormal[zone]!);
      this.#fromNormal[zone] = this.#fromNormal[zone]! + grown;
      const growth = GROWTH_NOISE * Math.max(0, Math.abs(grown) - balance.noise);
      const changed = Math.max(0, Math.abs(this.#fromNormal[zone]!) - 2 * Math.sqrt(variance));
      const transferBy = row[zoneFactorIndex(this.#nodes, zone)]!;
      const usualBy = this.#transferBy[zone]! || transferBy;
      this.#transferBy[zone] = usualBy + TRANSFER_SMOOTHING * (transferBy - usualBy);
      // Of what it shows, or of what it would show if the doubt were true.
      const answer = Math.max(changed, Math.abs(usualBy) * doubtLn);
      const byGain = GAIN_DOUBT * (upstreamDoubted ? answer : changed);
      const standard = unexplained / Math.hypot(Math.sqrt(variance), away);
      this.#deviation[zone] = this.#deviation[zone]! + DOUBT_SMOOTHING * (standard - this.#deviation[zone]!);
      this.#pause[zone] = Math.max(0, this.#pause[zone]! - 1);
      const odd = mayDoubtAir && Math.abs(this.#deviation[zone]!) > this.#doubtAt[zone]!;
      // What the burner has shown since the last doubt: without a change there is nothing new to ask.
      const sinceDoubt = Math.abs(this.#fromNormal[zone]! - this.#doubtedFrom[zone]!);
      const changedAgain = sinceDoubt > this.#doubtAt[zone]! * Math.sqrt(variance);
      const doubt =
        odd && changedAgain && Math.abs(unexplained) > GAIN_ERRORS * byGain && this.#pause[zone] === 0;
      if (doubt) {
        this.#pause[zone] = DOUBT_PAUSE;
        this.#doubtedFrom[zone] = this.#fromNormal[zone]!;
      }
      // Bodies coming and going make a window stray far more than the mean of many.
      const patient = upstreamDoubted;
      const lasting = Math.hypot(patient ? balance.lasting : balance.noise, away, byGain);
      const doubtK = doubt ? Math.abs(unexplained) / Math.max(1e-6, row[bias]!) : undefined;
      judged.push({
        zone,
        row,
        unexplained,
        variance: patient
          ? Math.min(DEPENDENCE * balance.noise ** 2, LONG_WINDOWS * balance.lasting ** 2) +
            (variance - balance.noise ** 2 + growth ** 2) * DEPENDENCE
          : (variance + growth ** 2) * DEPENDENCE,
        lasting,
        // An error of the answer to heat transfer grows and shrinks with the bodies, as the answer does itself.
        lastingBy: doubtLn > 0 && usualBy !== 0 ? transferBy / usualBy : 1,
        patient,
        doubtK,
      });
    }
    return judged;
  }
}

/** A burner near its stop tells nothing: the controller cannot show what it would want. */
function usable(window: ZoneWindow): boolean {
  return (
    Number.isFinite(window.output) &&
    Number.isFinite(window.aboveHallK) &&
    window.output > LEAST_OUTPUT &&
    window.output < 100 - LEAST_OUTPUT
  );
}
