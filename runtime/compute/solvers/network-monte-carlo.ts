import { siblingModule } from "../../core/sibling-module.ts";
import type { Kernel } from "../kernel.ts";
import type { SolverPlace, SolverRun } from "./solver-backend.ts";
import { checkCount, checkEach, checkLength, checkWithin } from "./solver-fault.ts";

/**
 * A body of lumped nodes that rides through zones of air:
 * dT_i/dt = m_i (airC + bias - T_i) + sum over j of G_ij (T_j - T_i), with m_i = zoneFactor exp(lnNode + lnZone) / tau_i.
 */
export interface NetworkProblem {
  /** Time constant of each node against the air, s, > 0. */
  readonly timeConstantS: Float64Array;
  /** Coupling G/(m c) into node i from node j at [i x nodes + j], 1/s; absent: the nodes do not touch. */
  readonly conductancePerS?: Float64Array;
  /** Temperature of every node at the entry, °C. */
  readonly startC: number;
  /** Stay in each zone, s. */
  readonly zoneS: Float64Array;
  /** Heat transfer of each zone against that of the time constants, 1 where alike. */
  readonly zoneFactor: Float64Array;
  /** Air of each zone, °C. */
  readonly airC: Float64Array;
  /** Ea/R of the cure, K. */
  readonly energyK: number;
  /** Longest time step, s; every zone is cut into equal steps no longer than this. */
  readonly stepS: number;
}

/** What differs from run to run. */
export interface NetworkDraws {
  readonly runs: number;
  /** ln multiplier of each node's heat transfer, runs x nodes. */
  readonly lnNode: Float32Array;
  /** ln multiplier of each zone's heat transfer, runs x zones. */
  readonly lnZone: Float32Array;
  /** Air of each zone above `airC`, K, runs x zones. */
  readonly airBiasK: Float32Array;
}

/** Each runs x nodes. */
export interface NetworkRuns {
  /** Equivalent minutes at 170 °C. */
  readonly e170Min: Float32Array;
  /** Hottest temperature of the ride, the entry included. */
  readonly peakC: Float32Array;
  /** Temperature at the end of the last zone. */
  readonly exitC: Float32Array;
}

export interface NetworkRequest {
  readonly problem: NetworkProblem;
  readonly draws: NetworkDraws;
  /** Threads to use; the result does not depend on it. Default by the size of the work, at most 2. */
  readonly threads?: number;
  /** Put here by `solve`. */
  readonly place?: SolverPlace;
}

/** Monte Carlo of a lumped network in the compute child. */
export const NETWORK_MONTE_CARLO: Kernel<NetworkRequest, NetworkRuns & SolverRun> = {
  name: "network Monte Carlo",
  module: siblingModule(import.meta.url, "./network-kernel").href,
};

const WHERE = "network";
const MOST_LN = 10;
const COLDEST_C = -273;
const HOTTEST_C = 3000;

/** @throws RungError `solver-input` naming the value at fault */
export function checkNetwork(problem: NetworkProblem, draws: NetworkDraws): void {
  const nodes = problem.timeConstantS.length;
  const zones = problem.zoneS.length;
  const temperature = `give temperatures between ${COLDEST_C} and ${HOTTEST_C} °C`;
  const logarithm = `give natural logarithms between -${MOST_LN} and ${MOST_LN}`;
  checkCount(WHERE, "number of nodes", nodes, 1);
  checkCount(WHERE, "number of zones", zones, 1);
  checkCount(WHERE, "runs", draws.runs, 1);
  checkEach(WHERE, "timeConstantS", problem.timeConstantS, 1e-3, 1e9, "give seconds > 0");
  checkLength(WHERE, "zoneFactor", problem.zoneFactor, zones);
  checkLength(WHERE, "airC", problem.airC, zones);
  checkEach(WHERE, "zoneS", problem.zoneS, 0, 1e9, "give seconds >= 0");
  checkEach(WHERE, "zoneFactor", problem.zoneFactor, 0, 1e3, "give a factor >= 0, 1 where zones are alike");
  checkEach(WHERE, "airC", problem.airC, COLDEST_C, HOTTEST_C, temperature);
  checkWithin(WHERE, "startC", problem.startC, COLDEST_C, HOTTEST_C, temperature);
  checkWithin(WHERE, "energyK", problem.energyK, 0, 4e4, "give Ea/R in kelvin, 7962 for a cathodic e-coat");
  checkWithin(WHERE, "stepS", problem.stepS, 1e-3, 1e9, "give seconds > 0");
  if (problem.conductancePerS !== undefined) {
    checkLength(WHERE, "conductancePerS", problem.conductancePerS, nodes * nodes);
    checkEach(WHERE, "conductancePerS", problem.conductancePerS, 0, 1e3, "give G/(m c) in 1/s, >= 0");
  }
  checkLength(WHERE, "lnNode", draws.lnNode, draws.runs * nodes);
  checkLength(WHERE, "lnZone", draws.lnZone, draws.runs * zones);
  checkLength(WHERE, "airBiasK", draws.airBiasK, draws.runs * zones);
  checkEach(WHERE, "lnNode", draws.lnNode, -MOST_LN, MOST_LN, logarithm);
  checkEach(WHERE, "lnZone", draws.lnZone, -MOST_LN, MOST_LN, logarithm);
  const coldestK = COLDEST_C - Math.min(...problem.airC);
  const hottestK = HOTTEST_C - Math.max(...problem.airC);
  checkEach(WHERE, "airBiasK", draws.airBiasK, coldestK, hottestK, temperature);
}
