import { cureRate } from "./cure.ts";

/** Parameters one node's temperature depends on: its own multiplier, then zone multipliers, then zone biases. */
export const sensitivityWidth = (zones: number): number => 1 + 2 * zones;

/**
 * The metal of one body on its way: temperature, E170 and peak of each node, and how each of them would have been
 * different under other parameters (exact first derivatives of the exponential step).
 */
export class MetalTrack {
  readonly nodes: number;
  readonly zones: number;
  /** °C. */
  readonly temperatureC: Float64Array;
  /** Equivalent minutes at 170 °C so far. */
  readonly e170Min: Float64Array;
  readonly peakC: Float64Array;
  /** d temperature / d parameter, nodes x width, in the order of `sensitivityWidth`. */
  readonly temperatureBy: Float64Array;
  /** d E170 / d parameter. */
  readonly e170By: Float64Array;

  constructor(nodes: number, zones: number, startC: number | ArrayLike<number>) {
    this.nodes = nodes;
    this.zones = zones;
    this.temperatureC = new Float64Array(nodes);
    if (typeof startC === "number") this.temperatureC.fill(startC);
    else this.temperatureC.set(startC);
    this.peakC = Float64Array.from(this.temperatureC);
    this.e170Min = new Float64Array(nodes);
    this.temperatureBy = new Float64Array(nodes * sensitivityWidth(zones));
    this.e170By = new Float64Array(nodes * sensitivityWidth(zones));
  }

  /**
   * A stay in one zone at one air temperature. The step is exact in temperature; E170 takes the mid-point, so keep
   * steps below a tenth of the shortest time constant.
   * @param airC true air: thermocouple plus bias
   * @param rates per node, 1/s: 1 / tau with all multipliers
   * @param energyK Ea/R, K
   */
  step(zone: number, airC: number, durationS: number, rates: ArrayLike<number>, energyK: number): void {
    const width = sensitivityWidth(this.zones);
    for (let n = 0; n < this.nodes; n++) {
      const exponent = durationS * rates[n]!;
      const half = Math.exp(-0.5 * exponent);
      const decay = half * half;
      const before = this.temperatureC[n]!;
      const mid = airC + (before - airC) * half;
      const after = airC + (before - airC) * decay;
      const gain = (cureRate(mid, energyK) * durationS) / 60;
      const midK = mid + 273.15;
      const gainByK = (gain * energyK) / (midK * midK);
      const byLnRate = (airC - before) * exponent * decay;
      const midByLnRate = (airC - before) * 0.5 * exponent * half;
      const base = n * width;
      for (let p = 0; p < width; p++) {
        const i = base + p;
        let mine = this.temperatureBy[i]!;
        let midBy = mine * half;
        mine *= decay;
        if (p === 0 || p === 1 + zone) {
          mine += byLnRate;
          midBy += midByLnRate;
        } else if (p === 1 + this.zones + zone) {
          mine += 1 - decay;
          midBy += 1 - half;
        }
        this.temperatureBy[i] = mine;
        this.e170By[i] = this.e170By[i]! + gainByK * midBy;
      }
      this.temperatureC[n] = after;
      this.e170Min[n] = this.e170Min[n]! + gain;
      if (after > this.peakC[n]!) this.peakC[n] = after;
    }
  }

  /**
   * Reads the past again under other parameters, to first order: as if the change had held since the entry.
   * @param shift change of the whole parameter vector (belief.ts)
   */
  reinterpret(shift: ArrayLike<number>): void {
    const width = sensitivityWidth(this.zones);
    for (let n = 0; n < this.nodes; n++) {
      const base = n * width;
      let temperature = this.temperatureBy[base]! * shift[n]!;
      let e170 = this.e170By[base]! * shift[n]!;
      for (let p = 1; p < width; p++) {
        temperature += this.temperatureBy[base + p]! * shift[this.nodes + p - 1]!;
        e170 += this.e170By[base + p]! * shift[this.nodes + p - 1]!;
      }
      this.temperatureC[n] = this.temperatureC[n]! + temperature;
      this.e170Min[n] = Math.max(0, this.e170Min[n]! + e170);
      this.peakC[n] = Math.max(this.peakC[n]!, this.temperatureC[n]!);
    }
  }

  /**
   * A zone's heat transfer, or the bias of its air, is another from now on: what it was until now no longer tells
   * anything of it, nor it of the past.
   */
  changedSinceNow(zone: number, what: "heatTransfer" | "airBias"): void {
    const width = sensitivityWidth(this.zones);
    const p = 1 + zone + (what === "heatTransfer" ? 0 : this.zones);
    for (let n = 0; n < this.nodes; n++) {
      this.temperatureBy[n * width + p] = 0;
      this.e170By[n * width + p] = 0;
    }
  }

  /** The row of d temperature / d parameter of one node over the whole parameter vector. */
  temperatureRow(node: number): Float64Array {
    return this.#row(this.temperatureBy, node);
  }

  /** The row of d E170 / d parameter of one node over the whole parameter vector. */
  e170Row(node: number): Float64Array {
    return this.#row(this.e170By, node);
  }

  #row(by: Float64Array, node: number): Float64Array {
    const width = sensitivityWidth(this.zones);
    const row = new Float64Array(this.nodes + 2 * this.zones);
    row[node] = by[node * width]!;
    row.set(by.subarray(node * width + 1, (node + 1) * width), this.nodes);
    return row;
  }
}
