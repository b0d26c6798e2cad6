import { networkMonteCarlo } from "../compute/solvers/network-kernel.ts";
import type { NetworkDraws, NetworkProblem } from "../compute/solvers/network-monte-carlo.ts";
import type { OvenSituation } from "../predict/oven-situation.ts";
import type { OvenPlan } from "./oven-plan.ts";
import { emptyRuns, type PlanRuns, planGasKWh } from "./oven-scenarios.ts";
import type { RunControl } from "./run-control.ts";
import { ScenarioDraws } from "./scenario-draws.ts";

/** Runs whose draws are held at once. */
const BATCH = 8192;
/** Steps per time constant of the fastest node: E170 is then within 1e-4 of the closed form's. */
const STEPS_PER_TIME_CONSTANT = 8;

/**
 * The runs of `runScenarios` for a plan without a stop, by the fast lane: the same draws, E170 within 1e-4 of its own
 * size and temperatures within 0.001 K of it. A stop lengthens another zone in each run, which the fast lane does not
 * know.
 * @throws RungError those of the solver
 */
export async function steadyRuns(
  situation: OvenSituation,
  plan: Omit<OvenPlan, "stopMin">,
  runs: number,
  seed: number,
  control: RunControl,
): Promise<PlanRuns> {
  const steady: OvenPlan = { ...plan, stopMin: 0 };
  const nodes = situation.nodeNames.length;
  const zones = situation.zoneNames.length;
  const problem = problemOf(situation, steady);
  const draws = new ScenarioDraws(situation, seed);
  const out = emptyRuns(runs, nodes);
  const slowest = problem.timeConstantS.lastIndexOf(Math.max(...problem.timeConstantS));
  const quiet = { breathe: () => control.breathe() };
  for (let first = 0; first < runs; first += BATCH) {
    control.progress?.(first, runs);
    await control.breathe();
    const count = Math.min(BATCH, runs - first);
    const batch: NetworkDraws = {
      runs: count,
      lnNode: new Float32Array(count * nodes),
      lnZone: new Float32Array(count * zones),
      airBiasK: new Float32Array(count * zones),
    };
    const noiseK = new Float32Array(count * nodes);
    const cureFactor = new Float64Array(count * nodes);
    const ratios = new Float32Array(count);
    for (let run = 0; run < count; run++) {
      const { theta, own, cure, noise, doubt, ratio } = draws.next();
      for (let n = 0; n < nodes; n++) {
        batch.lnNode[run * nodes + n] = theta[n]! + own[n]!;
        noiseK[run * nodes + n] = noise[n]!;
        cureFactor[run * nodes + n] = Math.exp(cure[n]!);
      }
      for (let z = 0; z < zones; z++) {
        const fromLearntK = steady.setpointC[z]! - situation.learntAirC[z]!;
        batch.lnZone[run * zones + z] = theta[nodes + z]!;
        batch.airBiasK[run * zones + z] = theta[nodes + zones + z]! + doubt[z]! * fromLearntK;
      }
      ratios[run] = ratio;
    }
    const ridden = await networkMonteCarlo(problem, batch, quiet);
    for (let run = 0; run < count; run++) {
      const at = run * nodes;
      let [least, most, peakC, riseK] = [Number.POSITIVE_INFINITY, 0, Number.NEGATIVE_INFINITY, 0];
      for (let n = 0; n < nodes; n++) {
        const e170Min = ridden.e170Min[at + n]! * cureFactor[at + n]!;
        out.e170Min[first * nodes + at + n] = e170Min;
        least = Math.min(least, e170Min);
        most = Math.max(most, e170Min);
        peakC = Math.max(peakC, ridden.peakC[at + n]!);
        riseK += (ridden.exitC[at + n]! - problem.startC) / nodes;
        out.exitC[(first + run) * nodes + n] =
          ridden.exitC[at + n]! + situation.exitOffsetK[n]! + noiseK[at + n]!;
      }
      out.e170Least[first + run] = least;
      out.e170Most[first + run] = most;
      out.peakC[first + run] = peakC;
      const slowestRiseK = ridden.exitC[at + slowest]! - problem.startC;
      out.gasKWh[first + run] = planGasKWh(situation, steady, riseK, slowestRiseK) * ratios[run]!;
    }
  }
  return out;
}

function problemOf(situation: OvenSituation, plan: OvenPlan): NetworkProblem {
  const timeConstantS = Float64Array.from(plan.body?.timeConstantS ?? situation.timeConstantS);
  const fastestS = Math.min(...timeConstantS) / Math.max(...situation.zoneFactor);
  return {
    timeConstantS,
    startC: plan.body?.startC ?? situation.bodyStartC,
    zoneS: Float64Array.from(situation.zoneLengthM, (m) => (m / plan.speedMPerMin) * 60),
    zoneFactor: Float64Array.from(situation.zoneFactor),
    airC: Float64Array.from(plan.setpointC),
    energyK: situation.energyK,
    stepS: fastestS / STEPS_PER_TIME_CONSTANT,
  };
}
