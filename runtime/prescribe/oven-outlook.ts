import { energyPerBody } from "../model/oven/energy.ts";
import { MetalTrack, sensitivityWidth } from "../model/oven/metal-track.ts";
import type { OvenSituation, SituatedBody } from "../predict/oven-situation.ts";
import { airUnder, lastMove, type SetpointPlan } from "./setpoint-plan.ts";

/** Longest step of the outlook, s: E170 of the thinnest panel is good to a thousandth with it. */
const STEP_S = 15;
/**
 * Doubt of a zone's air per kelvin away from where the model was learnt: mixing between zones of another profile is
 * not in it.
 */
const DOUBT_PER_K = 0.12;

export const airDoubtPerK = (situation: OvenSituation): number => situation.airDoubtPerK ?? DOUBT_PER_K;

/** What is expected of one node of one body, with the standard deviation of each. */
export interface NodeOutlook {
  readonly lnE170: number;
  readonly lnE170Deviation: number;
  readonly peakC: number;
  readonly peakDeviationK: number;
  /** As the pyrometer would read it. */
  readonly exitC: number;
  readonly exitDeviationK: number;
}

export interface RideOutlook {
  /** Id of a body inside; undefined for one that enters once the air has settled. */
  readonly body: number | undefined;
  readonly nodes: readonly NodeOutlook[];
}

/**
 * The rest of the ride of every given body under a plan of setpoints, and the whole ride of one that enters once the
 * plan's last move has settled. The spread comes to first order from the belief and from body to body.
 */
export function outlook(
  situation: OvenSituation,
  plan: SetpointPlan,
  bodies: readonly SituatedBody[],
): RideOutlook[] {
  const settledC = lastMove(plan);
  const perK = airDoubtPerK(situation);
  const doubtK = settledC.map((c, z) => perK * (c - situation.learntAirC[z]!));
  const airC = airUnder(situation, plan);
  const fresh = rideOf(situation, doubtK, undefined, (zone) => settledC[zone]!);
  return [fresh, ...bodies.map((body) => rideOf(situation, doubtK, body, airC))];
}

function rideOf(
  situation: OvenSituation,
  doubtK: readonly number[],
  body: SituatedBody | undefined,
  airC: (zone: number, tS: number) => number,
): RideOutlook {
  const nodes = situation.nodeNames.length;
  const zones = situation.zoneNames.length;
  const { mean, zoneFactor, zoneLengthM, timeConstantS, energyK } = situation;
  const metal = new MetalTrack(nodes, zones, situation.bodyStartC);
  if (body !== undefined) {
    metal.temperatureC.set(body.temperatureC);
    metal.e170Min.set(body.e170Min);
    metal.peakC.set(body.peakC);
    metal.temperatureBy.set(body.temperatureBy);
    metal.e170By.set(body.e170By);
  }
  const width = sensitivityWidth(zones);
  const peakBy = new Float64Array(nodes * width);
  const peakSeen = Float64Array.from(metal.peakC);
  const speed = situation.speedMPerMin / 60;
  const rates = new Float64Array(nodes);
  let positionM = body?.positionM ?? 0;
  let tS = 0;
  let endM = 0;
  for (let z = 0; z < zones; z++) {
    endM += zoneLengthM[z]!;
    const leftS = (endM - positionM) / speed;
    if (leftS <= 0) continue;
    const steps = Math.ceil(leftS / STEP_S);
    const stepS = leftS / steps;
    const factor = zoneFactor[z]! * Math.exp(mean[nodes + z]!);
    for (let n = 0; n < nodes; n++) rates[n] = (factor * Math.exp(mean[n]!)) / timeConstantS[n]!;
    const bias = mean[nodes + zones + z]!;
    for (let i = 0; i < steps; i++) {
      metal.step(z, airC(z, tS + stepS / 2) + bias, stepS, rates, energyK);
      tS += stepS;
      for (let n = 0; n < nodes; n++) {
        if (metal.peakC[n]! <= peakSeen[n]!) continue;
        peakSeen[n] = metal.peakC[n]!;
        peakBy.set(metal.temperatureBy.subarray(n * width, (n + 1) * width), n * width);
      }
    }
    positionM = endM;
  }
  return {
    body: body?.id,
    nodes: Array.from({ length: nodes }, (_, n): NodeOutlook => {
      const e170 = Math.max(1e-3, metal.e170Min[n]!);
      return {
        lnE170: Math.log(e170),
        lnE170Deviation: Math.hypot(spread(situation, metal.e170By, n, doubtK) / e170, situation.cureLn),
        peakC: metal.peakC[n]!,
        peakDeviationK: spread(situation, peakBy, n, doubtK),
        exitC: metal.temperatureC[n]! + situation.exitOffsetK[n]!,
        exitDeviationK: spread(situation, metal.temperatureBy, n, doubtK),
      };
    }),
  };
}

/** Standard deviation by belief, distance from what was learnt, and the body's own spread, from derivatives. */
function spread(situation: OvenSituation, by: Float64Array, node: number, doubtK: readonly number[]): number {
  const nodes = situation.nodeNames.length;
  const zones = situation.zoneNames.length;
  const width = sensitivityWidth(zones);
  const size = nodes + 2 * zones;
  const { covariance } = situation;
  const index = (p: number): number => (p === 0 ? node : nodes + p - 1);
  let variance = (by[node * width]! * situation.bodyLn) ** 2;
  for (let z = 0; z < zones; z++) variance += (by[node * width + 1 + zones + z]! * doubtK[z]!) ** 2;
  for (let p = 0; p < width; p++) {
    const a = by[node * width + p]!;
    if (a === 0) continue;
    for (let q = 0; q < width; q++) {
      variance += a * by[node * width + q]! * covariance[index(p) * size + index(q)]!;
    }
  }
  return Math.sqrt(Math.max(0, variance));
}

/**
 * Gas for one body under setpoints once they have settled, kWh.
 * @param fresh outlook of a body that enters then
 */
export function gasPerBody(
  situation: OvenSituation,
  setpointC: readonly number[],
  fresh: RideOutlook,
): number {
  const rises = fresh.nodes.map((node, n) => node.exitC - situation.exitOffsetK[n]! - situation.bodyStartC);
  const slowest = situation.timeConstantS.indexOf(Math.max(...situation.timeConstantS));
  const length = situation.zoneLengthM.reduce((sum, m) => sum + m, 0);
  const meanC = setpointC.reduce((sum, c, z) => sum + c * situation.zoneLengthM[z]!, 0) / length;
  const aboveHallK = meanC - situation.energy.hallC;
  const balance = energyPerBody(situation.energy, {
    bodyRiseK: rises.reduce((sum, rise) => sum + rise, 0) / rises.length,
    skidRiseK: rises[slowest]!,
    exhaustRiseK: aboveHallK,
    wallRiseK: aboveHallK,
  });
  return balance.gasKWh * situation.gasRatio;
}
