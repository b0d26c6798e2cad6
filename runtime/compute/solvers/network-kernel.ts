import {
  checkNetwork,
  type NetworkDraws,
  type NetworkProblem,
  type NetworkRequest,
  type NetworkRuns,
} from "./network-monte-carlo.ts";
import { networkSimd } from "./network-simd.ts";
import { zoneSteps } from "./network-steps.ts";
import type { SolverControl } from "./solver-control.ts";
import { threadsFor } from "./solver-team.ts";

/** `NETWORK_MONTE_CARLO` in the compute child. */
export function run(request: NetworkRequest, control: SolverControl): Promise<NetworkRuns> {
  return networkMonteCarlo(request.problem, request.draws, control, request.threads);
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
  const steps = zoneSteps(problem.zoneS, problem.stepS).reduce((sum, count) => sum + count, 0);
  const updates = draws.runs * problem.timeConstantS.length * steps;
  return networkSimd(problem, draws, threadsFor(threads, updates), control);
}
