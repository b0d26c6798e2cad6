import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { airBiasIndex, beliefSize, zoneFactorIndex } from "./belief.ts";
import { heatPerAreaJPerM2K, STEFAN_BOLTZMANN, timeConstantS, ZERO_CELSIUS_K } from "./metal-path.ts";
import type { OvenConfig } from "./oven-config.ts";

/**
 * Longest step before it is cut, s. Air, couplings and radiation take turns (Strang 1968); with it what that costs is
 * below 0.02 K on the ovens of the tests.
 */
const LONGEST_STEP_S = 5;

/**
 * The metal of the oven's default body, measured air in, with exact first derivatives by every parameter of a belief:
 * as `MetalTrack`, and with the couplings and emitters of the configuration, through which a node depends on the
 * parameters of others too.
 */
export class NetworkTrack {
  readonly temperatureC: Float64Array;
  /**
   * d temperature / d parameter: one row per node over the whole parameter vector of belief.ts, and then over the
   * temperature of each node at the start.
   */
  readonly by: readonly Float64Array[];
  readonly #config: OvenConfig;
  readonly #taus: readonly number[];
  readonly #exchange: Exchange | undefined;

  constructor(config: OvenConfig, startC: ArrayLike<number>) {
    const nodes = config.nodes.length;
    const size = beliefSize(nodes, config.zones.length);
    this.#config = config;
    this.temperatureC = Float64Array.from(startC);
    this.by = Array.from({ length: nodes }, (_, n) =>
      new Float64Array(size + nodes).fill(1, size + n, size + n + 1),
    );
    this.#taus = config.nodes.map(timeConstantS);
    this.#exchange = config.couplings.length > 0 ? new Exchange(config) : undefined;
  }

  /**
   * A stay in one zone at one air temperature.
   * @param measuredAirC thermocouple of the zone
   * @param flowFactor heat transfer against its normal
   * @param mean the parameters, in the order of belief.ts
   */
  step(
    zone: number,
    measuredAirC: number,
    durationS: number,
    flowFactor: number,
    mean: ArrayLike<number>,
  ): void {
    const alone = this.#exchange === undefined && this.#config.zones[zone]!.radiant === undefined;
    const parts = alone ? 1 : Math.max(1, Math.ceil(durationS / LONGEST_STEP_S));
    const partS = durationS / parts;
    for (let i = 0; i < parts; i++) {
      this.#exchange?.step(partS / 2, this.temperatureC, this.by);
      this.#radiate(zone, partS / 2);
      this.#blow(zone, measuredAirC, partS, flowFactor, mean);
      this.#radiate(zone, partS / 2);
      this.#exchange?.step(partS / 2, this.temperatureC, this.by);
    }
  }

  #blow(
    zone: number,
    measuredAirC: number,
    durationS: number,
    flowFactor: number,
    mean: ArrayLike<number>,
  ): void {
    const { nodes, zones } = this.#config;
    const zoneLn = zoneFactorIndex(nodes.length, zone);
    const bias = airBiasIndex(nodes.length, zones.length, zone);
    const airC = measuredAirC + mean[bias]!;
    for (let n = 0; n < nodes.length; n++) {
      const factor = zones[zone]!.heatTransferFactor * flowFactor * Math.exp(mean[n]! + mean[zoneLn]!);
      const exponent = (durationS * factor) / this.#taus[n]!;
      const decay = Math.exp(-exponent);
      const before = this.temperatureC[n]!;
      const row = this.by[n]!;
      for (let p = 0; p < row.length; p++) row[p] = row[p]! * decay;
      const byLnRate = (airC - before) * exponent * decay;
      row[n] = row[n]! + byLnRate;
      row[zoneLn] = row[zoneLn]! + byLnRate;
      row[bias] = row[bias]! + 1 - decay;
      this.temperatureC[n] = airC + (before - airC) * decay;
    }
  }

  #radiate(zone: number, durationS: number): void {
    const { radiant } = this.#config.zones[zone]!;
    if (radiant === undefined) return;
    const emitterK4 = (radiant.emitterC + ZERO_CELSIUS_K) ** 4;
    for (const [n, node] of this.#config.nodes.entries()) {
      const seen = radiant.viewFactors[node.name] ?? radiant.viewFactor;
      const grey = (node.emissivity * seen * STEFAN_BOLTZMANN) / heatPerAreaJPerM2K(node);
      if (grey === 0) continue;
      const metalK = this.temperatureC[n]! + ZERO_CELSIUS_K;
      const rate = 4 * grey * metalK ** 3;
      const pace = grey * (emitterK4 - metalK ** 4);
      this.temperatureC[n] = this.temperatureC[n]! - (pace * Math.expm1(-rate * durationS)) / rate;
      const decay = Math.exp(-rate * durationS);
      const row = this.by[n]!;
      for (let p = 0; p < row.length; p++) row[p] = row[p]! * decay;
    }
  }
}

/** Heat that nodes exchange with each other for a time, exactly: e^(-C^-1 L t), L the couplings' Laplacian. */
class Exchange {
  readonly #root: Float64Array;
  readonly #rates: readonly number[];
  readonly #modes: Matrix;
  readonly #known = new Map<number, Matrix>();

  constructor({ nodes, couplings }: OvenConfig) {
    const root = Float64Array.from(nodes, (node) => Math.sqrt(heatPerAreaJPerM2K(node) * (node.areaM2 ?? 1)));
    const scaled = Matrix.zeros(nodes.length, nodes.length);
    const add = (a: number, b: number, w: number): void => {
      scaled.set(a, b, scaled.get(a, b) + w / (root[a]! * root[b]!));
    };
    for (const { between, conductanceWPerK } of couplings) {
      const [a, b] = between.map((name) => nodes.findIndex((node) => node.name === name)) as [number, number];
      add(a, a, conductanceWPerK);
      add(b, b, conductanceWPerK);
      add(a, b, -conductanceWPerK);
      add(b, a, -conductanceWPerK);
    }
    const solved = new EigenvalueDecomposition(scaled, { assumeSymmetric: true });
    this.#root = root;
    this.#rates = solved.realEigenvalues;
    this.#modes = solved.eigenvectorMatrix;
  }

  step(durationS: number, temperatureC: Float64Array, by: readonly Float64Array[]): void {
    const matrix = this.#after(durationS);
    const mix = (values: ArrayLike<number>): number[] =>
      Array.from(values, (_, a) => {
        let sum = 0;
        for (let b = 0; b < values.length; b++) sum += matrix.get(a, b) * values[b]!;
        return sum;
      });
    temperatureC.set(mix(temperatureC));
    for (let p = 0; p < by[0]!.length; p++) {
      for (const [n, value] of mix(by.map((row) => row[p]!)).entries()) by[n]![p] = value;
    }
  }

  #after(durationS: number): Matrix {
    const found = this.#known.get(durationS);
    if (found !== undefined) return found;
    const count = this.#root.length;
    const matrix = Matrix.zeros(count, count);
    for (let a = 0; a < count; a++) {
      for (let b = 0; b < count; b++) {
        let sum = 0;
        for (let m = 0; m < count; m++) {
          const shrunk = Math.exp(-this.#rates[m]! * durationS);
          sum += this.#modes.get(a, m) * shrunk * this.#modes.get(b, m);
        }
        matrix.set(a, b, (sum * this.#root[b]!) / this.#root[a]!);
      }
    }
    this.#known.set(durationS, matrix);
    return matrix;
  }
}
