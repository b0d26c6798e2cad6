import type { NetworkDraws, NetworkProblem } from "../../../runtime/compute/solvers/network-monte-carlo.ts";
import type { Random } from "../../../runtime/core/random.ts";

/** rho c delta / (2 h) of steel sheets of 0.7, 0.8, 2.5, 4 and 5 mm at 20 W/(m² K), the last at 15. */
export const steelTimeConstantS = [
  [0.7e-3, 20],
  [0.8e-3, 20],
  [2.5e-3, 20],
  [4e-3, 20],
  [5e-3, 15],
].map(([thicknessM, h]) => (7850 * 470 * thicknessM!) / (2 * h!));

/** Ea/R of an e-coat that cures alike in 12 min at 165 °C and 8 min at 175 °C. */
const ENERGY_K = Math.log(12 / 8) / (1 / 438.15 - 1 / 448.15);

/** Six zones of 300 s, cut into 600 steps in all. */
export const NETWORK_OVEN: NetworkProblem = {
  timeConstantS: Float64Array.from(steelTimeConstantS),
  startC: 25,
  zoneS: new Float64Array(6).fill(300),
  zoneFactor: new Float64Array(6).fill(1),
  airC: Float64Array.of(120, 165, 190, 185, 180, 175),
  energyK: ENERGY_K,
  stepS: 3,
};

/** Spread of 10 % of each node, 5 % of each zone, 2 K of each zone's air. */
export function randomDraws(runs: number, problem: NetworkProblem, random: Random): NetworkDraws {
  const nodes = problem.timeConstantS.length;
  const zones = problem.zoneS.length;
  const normals = (count: number, deviation: number): Float32Array =>
    Float32Array.from({ length: count }, () => deviation * random.normal());
  return {
    runs,
    lnNode: normals(runs * nodes, 0.1),
    lnZone: normals(runs * zones, 0.05),
    airBiasK: normals(runs * zones, 2),
  };
}
