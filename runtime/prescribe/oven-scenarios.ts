import type { KernelControl } from "../compute/kernel.ts";
import { Random } from "../core/random.ts";
import { choleskyFactor } from "../model/oven/belief.ts";
import { energyPerBody } from "../model/oven/energy.ts";
import { exposureMin, temperatureAfter } from "../model/oven/exposure.ts";
import type { OvenSituation } from "../predict/oven-situation.ts";
import { DOUBT_PER_K } from "./oven-outlook.ts";

/** How the oven is run in one scenario, once its air has settled. */
export interface OvenPlan {
  /** Setpoints, °C. A zone that is off stands at hall temperature. */
  readonly setpointC: readonly number[];
  readonly speedMPerMin: number;
  /** A standstill that meets the body at an even place of its ride, minutes. */
  readonly stopMin: number;
}

/** Outcome of each run of one plan. Arrays have one entry per run, `exitC` and `e170Min` runs x nodes. */
export interface PlanRuns {
  readonly e170Min: Float64Array;
  readonly e170Least: Float64Array;
  readonly e170Most: Float64Array;
  readonly peakC: Float64Array;
  /** As the pyrometers would read it, °C. */
  readonly exitC: Float64Array;
  readonly gasKWh: Float64Array;
}

export interface ScenarioInput {
  readonly situation: OvenSituation;
  readonly plans: readonly OvenPlan[];
  readonly runs: number;
  readonly seed: number;
}

const BREATH_RUNS = 250;

/**
 * Monte Carlo of one body to come under each plan: parameters from the belief, sheets from body to body, the place of
 * a stop, the meter's ratio. Every plan meets the same draws, so that differences are of the plans alone. Within a
 * zone the closed form holds, so a run is exact but for the quadrature of E170.
 */
export async function runScenarios(
  input: ScenarioInput,
  control: Pick<KernelControl, "breathe">,
): Promise<PlanRuns[]> {
  const { situation, plans, runs, seed } = input;
  const nodes = situation.nodeNames.length;
  const zones = situation.zoneNames.length;
  const size = nodes + 2 * zones;
  const random = new Random(seed);
  const factor = choleskyFactor(situation.covariance, size);
  const results = plans.map(
    (): PlanRuns => ({
      e170Min: new Float64Array(runs * nodes),
      e170Least: new Float64Array(runs),
      e170Most: new Float64Array(runs),
      peakC: new Float64Array(runs),
      exitC: new Float64Array(runs * nodes),
      gasKWh: new Float64Array(runs),
    }),
  );
  const normals = new Float64Array(size);
  const theta = new Float64Array(size);
  const own = new Float64Array(nodes);
  const noise = new Float64Array(nodes);
  const doubt = new Float64Array(zones);
  for (let run = 0; run < runs; run++) {
    if (run % BREATH_RUNS === 0) await control.breathe();
    for (let i = 0; i < size; i++) normals[i] = random.normal();
    for (let i = 0; i < size; i++) {
      let value = situation.mean[i]!;
      for (let k = 0; k <= i; k++) value += factor[i * size + k]! * normals[k]!;
      theta[i] = value;
    }
    for (let n = 0; n < nodes; n++) own[n] = situation.bodyLn * random.normal();
    for (let n = 0; n < nodes; n++) noise[n] = situation.exitDeviationK[n]! * random.normal();
    for (let z = 0; z < zones; z++) doubt[z] = DOUBT_PER_K * random.normal();
    const stopAt = random.uniform();
    const ratio = situation.gasRatio + situation.gasRatioDeviation * random.normal();
    for (const [p, plan] of plans.entries()) {
      oneRun(situation, plan, { theta, own, noise, doubt, stopAt, ratio }, results[p]!, run);
    }
  }
  return results;
}

interface Draw {
  readonly theta: Float64Array;
  readonly own: Float64Array;
  readonly noise: Float64Array;
  readonly doubt: Float64Array;
  readonly stopAt: number;
  readonly ratio: number;
}

function oneRun(situation: OvenSituation, plan: OvenPlan, draw: Draw, out: PlanRuns, run: number): void {
  const { theta, own, noise, doubt, stopAt, ratio } = draw;
  const nodes = situation.nodeNames.length;
  const zones = situation.zoneNames.length;
  const lengthM = situation.zoneLengthM.reduce((sum, m) => sum + m, 0);
  const speed = plan.speedMPerMin / 60;
  let least = Number.POSITIVE_INFINITY;
  let most = 0;
  let peakC = Number.NEGATIVE_INFINITY;
  let riseSum = 0;
  let slowestRise = 0;
  let slowest = 0;
  for (let n = 0; n < nodes; n++) {
    let t = situation.bodyStartC;
    let e170 = 0;
    let startM = 0;
    for (let z = 0; z < zones; z++) {
      const zoneM = situation.zoneLengthM[z]!;
      const stopped = stopAt * lengthM >= startM && stopAt * lengthM < startM + zoneM;
      const durationS = zoneM / speed + (stopped ? plan.stopMin * 60 : 0);
      startM += zoneM;
      const setC = plan.setpointC[z]!;
      const airC = setC + theta[nodes + zones + z]! + doubt[z]! * (setC - situation.learntAirC[z]!);
      const ln = theta[n]! + theta[nodes + z]! + own[n]!;
      const exponent = (durationS * situation.zoneFactor[z]! * Math.exp(ln)) / situation.timeConstantS[n]!;
      e170 += exposureMin(t, airC, durationS, exponent, situation.energyK);
      t = temperatureAfter(t, airC, exponent);
      if (t > peakC) peakC = t;
    }
    out.e170Min[run * nodes + n] = e170;
    out.exitC[run * nodes + n] = t + situation.exitOffsetK[n]! + noise[n]!;
    least = Math.min(least, e170);
    most = Math.max(most, e170);
    const rise = t - situation.bodyStartC;
    riseSum += rise;
    if (situation.timeConstantS[n]! >= slowest) {
      slowest = situation.timeConstantS[n]!;
      slowestRise = rise;
    }
  }
  out.e170Least[run] = least;
  out.e170Most[run] = most;
  out.peakC[run] = peakC;
  const meanAirC = plan.setpointC.reduce((sum, c, z) => sum + c * situation.zoneLengthM[z]!, 0) / lengthM;
  const aboveHallK = meanAirC - situation.energy.hallC;
  const bodiesPerHour = (situation.energy.bodiesPerHour * plan.speedMPerMin) / situation.speedMPerMin;
  const balance = energyPerBody(
    { ...situation.energy, bodiesPerHour },
    { bodyRiseK: riseSum / nodes, skidRiseK: slowestRise, exhaustRiseK: aboveHallK, wallRiseK: aboveHallK },
  );
  out.gasKWh[run] = balance.gasKWh * ratio;
}
