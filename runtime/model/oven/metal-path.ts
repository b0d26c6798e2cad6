import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { RungError } from "../../core/errors.ts";
import type { BodyType, OvenNode } from "./body-type.ts";
import { zoneTimesS } from "./conveyor.ts";
import type { OvenConfig } from "./oven-config.ts";
import type { OvenZone } from "./oven-zone.ts";

/** W/(m² K⁴) (CODATA 2018). */
export const STEFAN_BOLTZMANN = 5.670374419e-8;
export const ZERO_CELSIUS_K = 273.15;

/** Heat capacity of a node per area, J/(m² K). */
export const heatPerAreaJPerM2K = (node: OvenNode): number =>
  node.densityKgPerM3 * node.specificHeatJPerKgK * node.thicknessMm * 1e-3;

/** tau = rho c delta / (sides h), s: how fast a node follows the air. */
export function timeConstantS(node: OvenNode): number {
  return heatPerAreaJPerM2K(node) / (node.sides * node.heatTransferWPerM2K);
}

/**
 * A time in which the nodes of a body follow one linear law, so that their temperatures are known at every moment:
 * the exponential of the law's matrix, by its eigenvalues.
 */
export interface MetalSpan {
  /** Index of the zone. */
  readonly zone: number;
  /** From the body's entry. */
  readonly fromS: number;
  readonly durationS: number;
  /** Time constants of the law, one per node. */
  readonly timeConstantsS: readonly number[];
  /** °C of each node, seconds after the span's beginning. */
  at(seconds: number): Float64Array;
}

/**
 * A body's way through the oven. With air and couplings alone a zone is one span and exact. Where a zone has emitters,
 * the law is linearised anew before any node has warmed by more than `MOST_WARMING_K` (exponential Rosenbrock-Euler,
 * Hochbruck and Ostermann, Acta Numerica 2010, section 2.3): second order, within 0.02 K.
 */
export function metalPath(config: OvenConfig, body: BodyType): MetalSpan[] {
  const times = zoneTimesS(config);
  const spans: MetalSpan[] = [];
  let temperatures: Float64Array = new Float64Array(body.nodes.length).fill(body.startC);
  let fromS = 0;
  for (const [z, zone] of config.zones.entries()) {
    let leftS = times[z]!;
    while (leftS > 0) {
      const law = heatingLaw(body, zone, temperatures);
      const shortestS = times[z]! / MOST_SPANS;
      const durationS =
        zone.radiant === undefined ? leftS : Math.min(leftS, Math.max(shortestS, linearForS(law)));
      const span = spanOf(law, temperatures, { zone: z, fromS, durationS });
      spans.push(span);
      temperatures = span.at(durationS);
      fromS += durationS;
      leftS = durationS === leftS ? 0 : leftS - durationS;
    }
  }
  return spans;
}

/** Heat flows of a zone at given temperatures: C dT/dt = flow - K (T - T0), K symmetric. */
interface HeatingLaw {
  /** C, J/K per node. */
  readonly capacity: Float64Array;
  /** W per node at T0. */
  readonly flowW: Float64Array;
  /** K, W/K. */
  readonly conductance: Matrix;
}

function heatingLaw(body: BodyType, zone: OvenZone, temperatures: Float64Array): HeatingLaw {
  const count = body.nodes.length;
  const capacity = new Float64Array(count);
  const flowW = new Float64Array(count);
  const conductance = Matrix.zeros(count, count);
  for (const [n, node] of body.nodes.entries()) {
    const areaM2 = node.areaM2 ?? 1;
    const celsius = temperatures[n]!;
    capacity[n] = heatPerAreaJPerM2K(node) * areaM2;
    const air = node.sides * node.heatTransferWPerM2K * zone.heatTransferFactor * areaM2;
    flowW[n] = air * (zone.airTemperatureC - celsius);
    conductance.set(n, n, air);
    if (zone.radiant === undefined) continue;
    const seen = zone.radiant.viewFactors[node.name] ?? zone.radiant.viewFactor;
    // Only the outer side faces the emitters.
    const grey = node.emissivity * seen * STEFAN_BOLTZMANN * areaM2;
    const metalK = celsius + ZERO_CELSIUS_K;
    flowW[n] = flowW[n]! + grey * ((zone.radiant.emitterC + ZERO_CELSIUS_K) ** 4 - metalK ** 4);
    conductance.set(n, n, air + 4 * grey * metalK ** 3);
  }
  for (const { between, conductanceWPerK: w } of body.couplings) {
    const [a, b] = between.map((name) => body.nodes.findIndex((node) => node.name === name)) as [
      number,
      number,
    ];
    const heatW = w * (temperatures[b]! - temperatures[a]!);
    flowW[a] = flowW[a]! + heatW;
    flowW[b] = flowW[b]! - heatW;
    conductance.set(a, a, conductance.get(a, a) + w);
    conductance.set(b, b, conductance.get(b, b) + w);
    conductance.set(a, b, conductance.get(a, b) - w);
    conductance.set(b, a, conductance.get(b, a) - w);
  }
  return { capacity, flowW, conductance };
}

/** Warming of the fastest node after which radiation is linearised anew. */
const MOST_WARMING_K = 4;
/** Spans of one zone at most, whatever figures are typed: 4 K each would be more than any metal stands. */
const MOST_SPANS = 2000;

function linearForS(law: HeatingLaw): number {
  let fastestKPerS = 0;
  for (const [n, flowW] of law.flowW.entries()) {
    fastestKPerS = Math.max(fastestKPerS, Math.abs(flowW) / law.capacity[n]!);
  }
  return fastestKPerS === 0 ? Number.POSITIVE_INFINITY : MOST_WARMING_K / fastestKPerS;
}

/**
 * T(s) = T0 + V diag((1 - e^(-r s)) / r) V^-1 (dT/dt at T0), with C^-1/2 K C^-1/2 = Q diag(r) Q' and V = C^-1/2 Q.
 */
function spanOf(
  law: HeatingLaw,
  startC: Float64Array,
  place: { readonly zone: number; readonly fromS: number; readonly durationS: number },
): MetalSpan {
  const count = startC.length;
  const root = law.capacity.map(Math.sqrt);
  const scaled = Matrix.zeros(count, count);
  for (let a = 0; a < count; a++) {
    for (let b = 0; b < count; b++) scaled.set(a, b, law.conductance.get(a, b) / (root[a]! * root[b]!));
  }
  checkRates(scaled);
  const { realEigenvalues: rates, eigenvectorMatrix: modes } = new EigenvalueDecomposition(scaled, {
    assumeSymmetric: true,
  });
  /** What each mode warms by per second at the start, scaled. */
  const pace = rates.map((_, m) => {
    let sum = 0;
    for (let n = 0; n < count; n++) sum += (modes.get(n, m) * law.flowW[n]!) / root[n]!;
    return sum;
  });
  return {
    ...place,
    timeConstantsS: rates.map((rate) => 1 / rate),
    at(seconds) {
      const gone = rates.map((rate, m) => (-Math.expm1(-rate * seconds) / rate) * pace[m]!);
      return startC.map((celsius, n) => {
        let risen = 0;
        for (let m = 0; m < count; m++) risen += modes.get(n, m) * gone[m]!;
        return celsius + risen / root[n]!;
      });
    },
  };
}

/** Between the fastest and the slowest node; beyond it the eigenvalues are lost in rounding. */
const WIDEST_RATIO = 1e12;

function checkRates(scaled: Matrix): void {
  const rates = scaled.diagonal();
  const fastest = Math.max(...rates);
  const slowest = Math.min(...rates);
  if (fastest <= WIDEST_RATIO * slowest) return;
  throw new RungError({
    code: "oven-figures",
    where: "oven",
    what: `its panels follow their surroundings within ${(1 / fastest).toExponential(1)} s and ${(1 / slowest).toExponential(1)} s: that is too far apart to reckon with`,
    advice: "correct thickness, heat transfer, area or conductance",
  });
}
