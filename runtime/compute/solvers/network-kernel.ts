import type { KernelControl } from "../kernel.ts";
import { networkRuns, networkStep } from "./gpujs/network.ts";
import {
  checkNetwork,
  type NetworkDraws,
  type NetworkProblem,
  type NetworkRequest,
  type NetworkRuns,
} from "./network-monte-carlo.ts";
import { networkSimd } from "./network-simd.ts";
import { zoneSteps } from "./network-steps.ts";
import { runSolver } from "./run-solver.ts";
import type { SolverRun } from "./solver-backend.ts";
import type { SolverControl } from "./solver-control.ts";
import type { SolverLanes } from "./solver-lanes.ts";
import { threadsFor } from "./solver-team.ts";

/** `NETWORK_MONTE_CARLO` in the compute child. */
export function run(request: NetworkRequest, control: KernelControl): Promise<NetworkRuns & SolverRun> {
  return runSolver(LANES, request, control);
}

const LANES: SolverLanes<NetworkRequest, NetworkRuns> = {
  threads: ({ problem, draws, threads }) => threadsOf(problem, draws, threads),
  fast: ({ problem, draws, threads }, control) => networkMonteCarlo(problem, draws, control, threads),
  step: ({ problem, draws }) => {
    checkNetwork(problem, draws);
    return networkStep(problem, draws);
  },
  read: (_, after) => networkRuns(after),
  part: (request, wanted) => {
    const { problem, draws } = request;
    const runs = Math.max(1, Math.floor(draws.runs * wanted));
    const [nodes, zones] = [problem.timeConstantS.length, problem.zoneS.length];
    const part: NetworkDraws = {
      runs,
      lnNode: draws.lnNode.subarray(0, runs * nodes),
      lnZone: draws.lnZone.subarray(0, runs * zones),
      airBiasK: draws.airBiasK.subarray(0, runs * zones),
    };
    // As many threads as the whole has.
    const threads = threadsOf(problem, draws, request.threads);
    return { problem: { ...request, draws: part, threads }, share: runs / draws.runs };
  },
};

function threadsOf(problem: NetworkProblem, draws: NetworkDraws, threads?: number): number {
  const steps = zoneSteps(problem.zoneS, problem.stepS).reduce((sum, count) => sum + count, 0);
  return threadsFor(threads, draws.runs * problem.timeConstantS.length * steps);
}

/**
 * Rides the network once for each draw. Without coupling a step is exact in temperature; E170 takes the temperature
 * at the middle of a step, so keep steps below a tenth of the shortest time constant (docs/solvers.md).
 * @throws RungError `solver-input` naming the value at fault; whatever `control.breathe` throws
 */
export async function networkMonteCarlo(
  problem: NetworkProblem,
  draws: NetworkDraws,
  control: SolverControl,
  threads?: number,
): Promise<NetworkRuns> {
  checkNetwork(problem, draws);
  return networkSimd(problem, draws, threadsOf(problem, draws, threads), control);
}
