import type { NetworkDraws, NetworkProblem, NetworkRuns } from "../network-monte-carlo.ts";
import { zoneSteps } from "../network-steps.ts";
import { type SolverStep, solverStep } from "./solver-step.ts";

/** Temperatures count from 170 °C, near which single precision is finest. */
const REFERENCE_C = 170;
/** What a ride carries from step to step, layer by layer. */
const LAYERS = { above: 0, cureMin: 1, peak: 2, steps: 3 };
/** Columns of `zone`, one row for each. */
const ZONE = { factor: 0, above: 1, stepS: 2, lastStep: 3 };

/**
 * One step of every ride by the exponential mid-point rule: s[layer][run][node]. `node` holds the couplings into each
 * node and behind them its rate against the air, 1/s; `draw` of each run the zones' ln multipliers and the air's biases.
 */
const networkSource = (
  nodes: number,
  zones: number,
): string => `function networkStep(s, lnNode, draw, zone, node, energyK) {
  const own = this.thread.x;
  const run = this.thread.y;
  const layer = this.thread.z;
  const done = s[${LAYERS.steps}][run][own];
  let at = 0;
  for (let k = 0; k < ${zones}; k++) {
    if (done >= zone[k][${ZONE.lastStep}]) at = Math.min(k + 1, ${zones - 1});
  }
  const stepS = zone[at][${ZONE.stepS}];
  const air = zone[at][${ZONE.above}] + draw[1][run][at];
  const lnZone = draw[0][run][at];
  let coupling = 0;
  for (let j = 0; j < ${nodes}; j++) coupling += node[own][j];
  let middle = 0;
  let ownHalf = 1;
  let pull = 0;
  let total = 0;
  for (let j = 0; j < ${nodes}; j++) {
    if (coupling > 0 || j === own) {
      const rate = zone[at][${ZONE.factor}] * Math.exp(lnNode[run][j] + lnZone) * node[j][${nodes}];
      let jPull = rate * air;
      let jTotal = rate;
      for (let i = 0; i < ${nodes}; i++) {
        jPull += node[j][i] * s[${LAYERS.above}][run][i];
        jTotal += node[j][i];
      }
      const t = s[${LAYERS.above}][run][j];
      const half = Math.exp(-0.5 * stepS * jTotal);
      let jMiddle = t;
      if (jTotal > 0) jMiddle = jPull / jTotal + (t - jPull / jTotal) * half;
      pull += node[own][j] * jMiddle;
      total += node[own][j];
      if (j === own) {
        middle = jMiddle;
        ownHalf = half;
        pull += rate * air;
        total += rate;
      }
    }
  }
  let end = s[${LAYERS.above}][run][own];
  if (total > 0) end = pull / total + (end - pull / total) * ownHalf * ownHalf;
  let result = end;
  if (layer === ${LAYERS.cureMin}) result = s[${LAYERS.cureMin}][run][own] + (stepS / 60) * Math.exp((energyK / 443.15) * (middle / (middle + 443.15)));
  if (layer === ${LAYERS.peak}) result = Math.max(s[${LAYERS.peak}][run][own], end);
  if (layer === ${LAYERS.steps}) result = done + 1;
  return result;
}`;

/** A step of all rides: nodes x runs x 4. */
export function networkStep(problem: NetworkProblem, draws: NetworkDraws): SolverStep {
  const nodes = problem.timeConstantS.length;
  const zones = problem.zoneS.length;
  const { runs } = draws;
  const steps = zoneSteps(problem.zoneS, problem.stepS);
  const start = new Float32Array(4 * nodes * runs);
  start.fill(problem.startC - REFERENCE_C, 0, nodes * runs);
  start.fill(problem.startC - REFERENCE_C, LAYERS.peak * nodes * runs, (LAYERS.peak + 1) * nodes * runs);
  const draw = new Float32Array(2 * zones * runs);
  draw.set(draws.lnZone);
  draw.set(draws.airBiasK, zones * runs);
  let lastStep = 0;
  const zone = Array.from(steps, (count, z) => {
    lastStep += count;
    const stepS = count === 0 ? 0 : problem.zoneS[z]! / count;
    return [problem.zoneFactor[z]!, problem.airC[z]! - REFERENCE_C, stepS, lastStep];
  });
  const node = Array.from(problem.timeConstantS, (tauS, i) => {
    // What a node gives itself is nothing.
    const into = Array.from({ length: nodes }, (_, j) =>
      i === j ? 0 : (problem.conductancePerS?.[i * nodes + j] ?? 0),
    );
    return [...into, 1 / tauS];
  });
  const shape = [nodes, runs, 4];
  return solverStep(
    "network Monte Carlo",
    networkSource(nodes, zones),
    [
      { name: "s", shape, values: start, isState: true },
      { name: "lnNode", shape: [nodes, runs], values: draws.lnNode },
      { name: "draw", shape: [zones, runs, 2], values: draw },
      { name: "zone", shape: [4, zones], values: Float32Array.from(zone.flat()) },
      { name: "node", shape: [nodes + 1, nodes], values: Float32Array.from(node.flat()) },
      { name: "energyK", shape: [], values: problem.energyK },
    ],
    shape,
    // A body that stays nowhere is still asked for its temperature: a step of no time.
    Math.max(1, lastStep),
    Math.max(nodes, zones),
  );
}

/** Runs x nodes of what the rides carried at their end. */
export function networkRuns(state: Float32Array): NetworkRuns {
  const size = state.length / 4;
  const layer = (at: number): Float32Array => state.subarray(at * size, (at + 1) * size);
  return {
    e170Min: layer(LAYERS.cureMin).slice(),
    peakC: layer(LAYERS.peak).map((above) => above + REFERENCE_C),
    exitC: layer(LAYERS.above).map((above) => above + REFERENCE_C),
  };
}
