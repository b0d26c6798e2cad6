import type { NetworkDraws, NetworkProblem, NetworkRuns } from "./network-monte-carlo.ts";
import { zoneSteps } from "./network-steps.ts";
import { inSlices, type SolverControl } from "./solver-control.ts";

const ZERO_CELSIUS_K = 273.15;
/** 170 °C, at which a minute counts as one. */
const REFERENCE_K = 443.15;

/** The network's plain lane: one run after another in double precision, the reference of the others. */
export async function networkPlain(
  problem: NetworkProblem,
  draws: NetworkDraws,
  control: SolverControl,
): Promise<NetworkRuns> {
  const size = draws.runs * problem.timeConstantS.length;
  const runs: NetworkRuns = {
    e170Min: new Float32Array(size),
    peakC: new Float32Array(size),
    exitC: new Float32Array(size),
  };
  const steps = zoneSteps(problem.zoneS, problem.stepS);
  await inSlices(draws.runs, 1, control, (from, to) => {
    for (let run = from; run < to; run++) rideOnce(problem, steps, draws, run, runs);
  });
  return runs;
}

/**
 * One ride by the exponential mid-point rule: half a step against the neighbours as they are, then the whole step
 * against the neighbours at its middle. Each part is the exact solution against fixed surroundings, so that a step
 * is exact without coupling, and stable whatever its length.
 */
function rideOnce(
  problem: NetworkProblem,
  steps: Int32Array,
  draws: NetworkDraws,
  run: number,
  out: NetworkRuns,
): void {
  const nodes = problem.timeConstantS.length;
  const zones = problem.zoneS.length;
  const coupling = problem.conductancePerS;
  const t = new Float64Array(nodes).fill(problem.startC);
  const middle = new Float64Array(nodes);
  const air = new Float64Array(nodes);
  const total = new Float64Array(nodes);
  const half = new Float64Array(nodes);
  const e170 = new Float64Array(nodes);
  const peak = new Float64Array(nodes).fill(problem.startC);
  for (let z = 0; z < zones; z++) {
    const airC = problem.airC[z]! + draws.airBiasK[run * zones + z]!;
    const stepS = steps[z] === 0 ? 0 : problem.zoneS[z]! / steps[z]!;
    for (let i = 0; i < nodes; i++) {
      const ln = draws.lnNode[run * nodes + i]! + draws.lnZone[run * zones + z]!;
      air[i] = (problem.zoneFactor[z]! * Math.exp(ln)) / problem.timeConstantS[i]!;
      total[i] = air[i]! + neighbours(coupling, nodes, i);
      half[i] = Math.exp(-0.5 * stepS * total[i]!);
    }
    for (let step = 0; step < steps[z]!; step++) {
      for (let i = 0; i < nodes; i++) {
        const goal = towards(coupling, air[i]! * airC, total[i]!, t, i);
        middle[i] = goal + (t[i]! - goal) * half[i]!;
      }
      for (let i = 0; i < nodes; i++) {
        const goal = towards(coupling, air[i]! * airC, total[i]!, middle, i);
        t[i] = goal + (t[i]! - goal) * half[i]! * half[i]!;
        e170[i]! += (stepS / 60) * cureRate(middle[i]!, problem.energyK);
        if (t[i]! > peak[i]!) peak[i] = t[i]!;
      }
    }
  }
  out.e170Min.set(e170, run * nodes);
  out.peakC.set(peak, run * nodes);
  out.exitC.set(t, run * nodes);
}

/** Sum of the couplings into a node, 1/s. */
function neighbours(coupling: Float64Array | undefined, nodes: number, node: number): number {
  let sum = 0;
  if (coupling !== undefined)
    for (let j = 0; j < nodes; j++) if (j !== node) sum += coupling[node * nodes + j]!;
  return sum;
}

/** The temperature a node would settle at if its air and its neighbours stayed as they are, °C. */
function towards(
  coupling: Float64Array | undefined,
  fromAir: number,
  total: number,
  temperatureC: Float64Array,
  node: number,
): number {
  if (total === 0) return temperatureC[node]!;
  let sum = fromAir;
  const nodes = temperatureC.length;
  if (coupling !== undefined)
    for (let j = 0; j < nodes; j++) if (j !== node) sum += coupling[node * nodes + j]! * temperatureC[j]!;
  return sum / total;
}

/** Equivalent minutes at 170 °C per minute (Arrhenius). */
function cureRate(temperatureC: number, energyK: number): number {
  return Math.exp(-energyK * (1 / (temperatureC + ZERO_CELSIUS_K) - 1 / REFERENCE_K));
}
