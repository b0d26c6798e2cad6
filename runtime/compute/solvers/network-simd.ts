import type { NetworkDraws, NetworkProblem, NetworkRuns } from "./network-monte-carlo.ts";
import { zoneSteps } from "./network-steps.ts";
import { sharedArrays } from "./shared-arrays.ts";
import { BARRIER } from "./solver-barrier.ts";
import { inSlices, type SolverControl } from "./solver-control.ts";
import { SolverTeam } from "./solver-team.ts";

const REFERENCE_C = 170;
const REFERENCE_K = 443.15;
/** Runs side by side in a vector. */
const LANES = 4;
/** Runs in memory at once: their draws and outcomes stay in the cache. */
const BATCH = 8192;

/** The network's fast lane, f32; within 2e-5 of the plain lane in E170, 2e-3 K in temperature. */
export async function networkSimd(
  problem: NetworkProblem,
  draws: NetworkDraws,
  threads: number,
  control: SolverControl,
): Promise<NetworkRuns> {
  const nodes = problem.timeConstantS.length;
  const zones = problem.zoneS.length;
  const batch = Math.min(BATCH, Math.ceil(draws.runs / LANES) * LANES);
  const { memory, arrays } = sharedArrays({
    barrier: BARRIER,
    rate: ["f32", nodes],
    factor: ["f32", zones],
    air: ["f32", zones],
    stepS: ["f32", zones],
    steps: ["i32", zones],
    coupling: ["f32", nodes * nodes],
    lnNode: ["f32", batch * nodes],
    lnZone: ["f32", batch * zones],
    bias: ["f32", batch * zones],
    e170: ["f32", batch * nodes],
    peak: ["f32", batch * nodes],
    exit: ["f32", batch * nodes],
    scratch: ["f32", threads * (8 * zones + 32 * nodes)],
  });
  fillProblem(problem, arrays);
  const runs: NetworkRuns = {
    e170Min: new Float32Array(draws.runs * nodes),
    peakC: new Float32Array(draws.runs * nodes),
    exitC: new Float32Array(draws.runs * nodes),
  };
  const isCoupled = arrays.coupling.some((conductance) => conductance > 0);
  const at = (name: keyof typeof arrays): number => arrays[name].byteOffset;
  const team = await SolverTeam.form(memory, threads, arrays.barrier);
  try {
    await inSlices(draws.runs, LANES * threads, control, async (from, to) => {
      for (let first = from; first < to; first += batch) {
        const count = Math.min(batch, to - first);
        const copy = (target: Float32Array, source: Float32Array, width: number): void =>
          target.set(source.subarray(first * width, (first + count) * width));
        copy(arrays.lnNode, draws.lnNode, nodes);
        copy(arrays.lnZone, draws.lnZone, zones);
        copy(arrays.bias, draws.airBiasK, zones);
        await team.call(
          isCoupled ? "networkCoupled" : "networkFree",
          ...[nodes, zones, at("rate"), at("factor"), at("air"), at("stepS"), at("steps")],
          ...(isCoupled ? [at("coupling")] : []),
          ...[
            problem.startC - REFERENCE_C,
            (Math.LOG2E * problem.energyK) / REFERENCE_K,
            Math.ceil(count / LANES) * LANES,
          ],
          ...[at("lnNode"), at("lnZone"), at("bias"), at("e170"), at("peak"), at("exit"), at("scratch")],
        );
        const take = (target: Float32Array, outcome: Float32Array): void =>
          target.set(outcome.subarray(0, count * nodes), first * nodes);
        take(runs.e170Min, arrays.e170);
        take(runs.peakC, arrays.peak);
        take(runs.exitC, arrays.exit);
      }
    });
  } finally {
    team.disband();
  }
  return runs;
}

function fillProblem(
  problem: NetworkProblem,
  into: Record<"rate" | "factor" | "air" | "stepS" | "coupling", Float32Array> & { steps: Int32Array },
): void {
  const nodes = problem.timeConstantS.length;
  into.rate.set(problem.timeConstantS.map((tauS) => 1 / tauS));
  into.factor.set(problem.zoneFactor);
  into.air.set(problem.airC.map((airC) => airC - REFERENCE_C));
  into.steps.set(zoneSteps(problem.zoneS, problem.stepS));
  into.stepS.set(problem.zoneS.map((stayS, z) => (into.steps[z] === 0 ? 0 : stayS / into.steps[z]!)));
  if (problem.conductancePerS !== undefined) into.coupling.set(problem.conductancePerS);
  // What a node gives itself is nothing.
  for (let i = 0; i < nodes; i++) into.coupling[i * nodes + i] = 0;
}
