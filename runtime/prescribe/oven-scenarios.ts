import { energyPerBody, type OvenEnergy } from "../model/oven/energy.ts";
import { exposureMin, temperatureAfter } from "../model/oven/exposure.ts";
import type { OvenConfig } from "../model/oven/oven-config.ts";
import type { OvenSituation } from "../predict/oven-situation.ts";
import { modelRide } from "./model-ride.ts";
import type { OvenPlan } from "./oven-plan.ts";
import type { RunControl } from "./run-control.ts";
import { type ScenarioDraw, ScenarioDraws } from "./scenario-draws.ts";

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
  /** What says what is cured where E170 does not: the least degree of cure of each run, and the one asked for. */
  readonly degree?: { readonly least: Float32Array; readonly criterion: number };
}

export interface ScenarioInput {
  readonly situation: OvenSituation;
  readonly plans: readonly OvenPlan[];
  readonly runs: number;
  readonly seed: number;
}

const BREATH_RUNS = 250;
const PROGRESS_RIDES = 10;

/**
 * Monte Carlo of one body to come under each plan: parameters from the belief, sheets from body to body, the place of
 * a stop, the meter's ratio. Every plan meets the same draws, so that differences are of the plans alone. Within a
 * zone the closed form holds, so a run is exact but for the quadrature of E170. Where the situation has a model, each
 * run is a ride of it instead: slower, and all that the model knows is in it.
 */
export async function runScenarios(input: ScenarioInput, control: RunControl): Promise<PlanRuns[]> {
  const { situation, plans, runs, seed } = input;
  const nodes = situation.nodeNames.length;
  const draws = new ScenarioDraws(situation, seed);
  const { model } = situation;
  const results = plans.map(() => emptyRuns(runs, nodes, model));
  for (let run = 0; run < runs; run++) {
    if (run % BREATH_RUNS === 0) {
      control.progress?.(run, runs);
      await control.breathe();
    }
    const draw = draws.next();
    for (const [p, plan] of plans.entries()) {
      if (model === undefined) {
        oneRun(situation, plan, draw, results[p]!, run);
        continue;
      }
      // A ride takes milliseconds.
      await control.breathe();
      if (run % PROGRESS_RIDES === 0 && p === 0) control.progress?.(run, runs);
      oneRide(model, situation, plan, draw, results[p]!, run);
    }
  }
  return results;
}

export function emptyRuns(runs: number, nodes: number, model?: OvenConfig): PlanRuns {
  const kinetics = model?.cure.kinetics;
  return {
    ...(kinetics?.kind === "kamal-sourour" && {
      degree: { least: new Float32Array(runs), criterion: kinetics.criterionDegree },
    }),
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
  const { theta, own, cure, noise, doubt, stopAt, ratio } = draw;
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
    e170 *= Math.exp(cure[n]!);
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

function oneRide(
  model: OvenConfig,
  situation: OvenSituation,
  plan: OvenPlan,
  draw: ScenarioDraw,
  out: PlanRuns,
  run: number,
): void {
  const { nodes } = modelRide(model, situation, plan, draw);
  const startC = plan.body?.startC ?? situation.bodyStartC;
  const tausS = plan.body?.timeConstantS ?? situation.timeConstantS;
  const rises = nodes.map(({ zoneEndC }) => zoneEndC.at(-1)! - startC);
  const e170 = nodes.map(({ e170Min }, n) => e170Min * Math.exp(draw.cure[n]!));
  for (const [n, { zoneEndC }] of nodes.entries()) {
    out.e170Min[run * nodes.length + n] = e170[n]!;
    out.exitC[run * nodes.length + n] = zoneEndC.at(-1)! + situation.exitOffsetK[n]! + draw.noise[n]!;
  }
  out.e170Least[run] = Math.min(...e170);
  out.e170Most[run] = Math.max(...e170);
  out.peakC[run] = Math.max(...nodes.map(({ peakC }) => peakC));
  if (out.degree !== undefined)
    out.degree.least[run] = Math.min(...nodes.map(({ degreeOfCure }) => degreeOfCure));
  const meanRiseK = rises.reduce((sum, rise) => sum + rise, 0) / rises.length;
  const slowest = tausS.lastIndexOf(Math.max(...tausS));
  out.gasKWh[run] = planGasKWh(situation, plan, meanRiseK, rises[slowest]!) * draw.ratio;
}

/** What the emitters of the zones that are on draw from the mains, kW. */
export function emittersKW({ model }: OvenSituation, { off }: OvenPlan): number {
  const zones = model?.zones ?? [];
  return zones.reduce((sum, { radiant }, z) => sum + (off?.[z] ? 0 : (radiant?.electricKW ?? 0)), 0);
}

/** Gas for one body by the balance, kWh. @param riseK mean rise of its nodes. @param slowestRiseK that of the skid */
export function planGasKWh(
  situation: OvenSituation,
  plan: OvenPlan,
  riseK: number,
  slowestRiseK: number,
): number {
  const aboveHallK = airAboveHallK(situation, plan);
  const rises = {
    bodyRiseK: riseK,
    skidRiseK: slowestRiseK,
    exhaustRiseK: aboveHallK,
    wallRiseK: aboveHallK,
  };
  return energyPerBody(planEnergy(situation, plan), rises, emittersKW(situation, plan)).gasKWh;
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
