import { energyPerBody, type OvenEnergy } from "../model/oven/energy.ts";
import { exposureMin, temperatureAfter } from "../model/oven/exposure.ts";
import type { OvenSituation } from "../predict/oven-situation.ts";
import type { RunControl } from "./run-control.ts";
import { type ScenarioDraw, ScenarioDraws } from "./scenario-draws.ts";

/** Another body than the one the oven is followed with. */
export interface PlanBody {
  /** With all multipliers 1, s, one per node of the situation. */
  readonly timeConstantS: readonly number[];
  readonly startC: number;
  readonly bodyKg: number;
  readonly skidKg: number;
}

/** How the oven is run in one scenario, once its air has settled. */
export interface OvenPlan {
  /** Setpoints, °C. A zone that is off stands at hall temperature. */
  readonly setpointC: readonly number[];
  readonly speedMPerMin: number;
  /** A standstill that meets the body at an even place of its ride, minutes. */
  readonly stopMin: number;
  /** Left out: the body of the situation. */
  readonly body?: PlanBody;
}

/**
 * Outcome of each run of one plan. Arrays have one entry per run, `exitC` and `e170Min` runs x nodes; single precision
 * holds a millionth of each, and a million runs in 56 MB.
 */
export interface PlanRuns {
  readonly e170Min: Float32Array;
  readonly e170Least: Float32Array;
  readonly e170Most: Float32Array;
  readonly peakC: Float32Array;
  /** As the pyrometers would read it, °C. */
  readonly exitC: Float32Array;
  readonly gasKWh: Float32Array;
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
export async function runScenarios(input: ScenarioInput, control: RunControl): Promise<PlanRuns[]> {
  const { situation, plans, runs, seed } = input;
  const nodes = situation.nodeNames.length;
  const draws = new ScenarioDraws(situation, seed);
  const results = plans.map(() => emptyRuns(runs, nodes));
  for (let run = 0; run < runs; run++) {
    if (run % BREATH_RUNS === 0) {
      control.progress?.(run, runs);
      await control.breathe();
    }
    const draw = draws.next();
    for (const [p, plan] of plans.entries()) oneRun(situation, plan, draw, results[p]!, run);
  }
  return results;
}

export function emptyRuns(runs: number, nodes: number): PlanRuns {
  return {
    e170Min: new Float32Array(runs * nodes),
    e170Least: new Float32Array(runs),
    e170Most: new Float32Array(runs),
    peakC: new Float32Array(runs),
    exitC: new Float32Array(runs * nodes),
    gasKWh: new Float32Array(runs),
  };
}

function oneRun(
  situation: OvenSituation,
  plan: OvenPlan,
  draw: ScenarioDraw,
  out: PlanRuns,
  run: number,
): void {
  const { theta, own, noise, doubt, stopAt, ratio } = draw;
  const nodes = situation.nodeNames.length;
  const zones = situation.zoneNames.length;
  const lengthM = situation.zoneLengthM.reduce((sum, m) => sum + m, 0);
  const speed = plan.speedMPerMin / 60;
  const startC = plan.body?.startC ?? situation.bodyStartC;
  const tausS = plan.body?.timeConstantS ?? situation.timeConstantS;
  let least = Number.POSITIVE_INFINITY;
  let most = 0;
  let peakC = Number.NEGATIVE_INFINITY;
  let riseSum = 0;
  let slowestRise = 0;
  let slowest = 0;
  for (let n = 0; n < nodes; n++) {
    let t = startC;
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
      const exponent = (durationS * situation.zoneFactor[z]! * Math.exp(ln)) / tausS[n]!;
      e170 += exposureMin(t, airC, durationS, exponent, situation.energyK);
      t = temperatureAfter(t, airC, exponent);
      if (t > peakC) peakC = t;
    }
    out.e170Min[run * nodes + n] = e170;
    out.exitC[run * nodes + n] = t + situation.exitOffsetK[n]! + noise[n]!;
    least = Math.min(least, e170);
    most = Math.max(most, e170);
    const rise = t - startC;
    riseSum += rise;
    if (tausS[n]! >= slowest) {
      slowest = tausS[n]!;
      slowestRise = rise;
    }
  }
  out.e170Least[run] = least;
  out.e170Most[run] = most;
  out.peakC[run] = peakC;
  out.gasKWh[run] = planGasKWh(situation, plan, riseSum / nodes, slowestRise) * ratio;
}

/** Gas for one body by the balance, kWh. @param riseK mean rise of its nodes. @param slowestRiseK that of the skid */
export function planGasKWh(
  situation: OvenSituation,
  plan: OvenPlan,
  riseK: number,
  slowestRiseK: number,
): number {
  const aboveHallK = airAboveHallK(situation, plan);
  return energyPerBody(planEnergy(situation, plan), {
    bodyRiseK: riseK,
    skidRiseK: slowestRiseK,
    exhaustRiseK: aboveHallK,
    wallRiseK: aboveHallK,
  }).gasKWh;
}

/** Mean air of the zones above the hall, K. */
export function airAboveHallK({ zoneLengthM, energy }: OvenSituation, { setpointC }: OvenPlan): number {
  const lengthM = zoneLengthM.reduce((sum, m) => sum + m, 0);
  return setpointC.reduce((sum, c, z) => sum + c * zoneLengthM[z]!, 0) / lengthM - energy.hallC;
}

/** What the balance of a plan's bodies needs: their mass, and as many an hour as the conveyor brings. */
export function planEnergy({ energy, speedMPerMin }: OvenSituation, plan: OvenPlan): OvenEnergy {
  const { bodyKg, skidKg } = plan.body ?? energy;
  return {
    ...energy,
    bodyKg,
    skidKg,
    bodiesPerHour: (energy.bodiesPerHour * plan.speedMPerMin) / speedMPerMin,
  };
}
