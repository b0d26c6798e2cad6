import { arrheniusK } from "../model/oven/cure.ts";
import { bodyTypesOf, type ConveyorStop, type OvenConfig } from "../model/oven/oven-config.ts";
import { type Ride, ride, timeConstantS } from "../model/oven/ride.ts";
import type { OvenSituation } from "../predict/oven-situation.ts";
import type { OvenPlan } from "./oven-plan.ts";
import type { ScenarioDraw } from "./scenario-draws.ts";

/**
 * What of a configuration the closed form of a run does not know: it takes panels by themselves, in air alone, cured
 * by E170, and one standstill.
 * @returns words for a person; empty where the closed form knows all
 */
export function beyondClosedForm(config: OvenConfig): string[] {
  const radiant = config.zones.filter((zone) => zone.radiant !== undefined).map((zone) => zone.name);
  return [
    ...(config.couplings.length > 0 ? ["coupled panels"] : []),
    ...(radiant.length > 0 ? [`emitters in ${radiant.join(", ")}`] : []),
    ...(config.conveyor.stops.length > 0 ? ["planned stops"] : []),
    // There the degree of cure, and not E170, says what is cured.
    ...(config.cure.kinetics.kind === "kamal-sourour" ? ["kinetics kamal-sourour"] : []),
  ];
}

/** One run of a plan as a ride of the oven's own model, with all that its configuration has. */
export function modelRide(
  model: OvenConfig,
  situation: OvenSituation,
  plan: OvenPlan,
  { theta, own, doubt, stopAt }: ScenarioDraw,
): Ride {
  const { energyK, learntAirC, zoneFactor, zoneLengthM } = situation;
  const nodes = situation.nodeNames.length;
  const zones = situation.zoneNames.length;
  const panels = plan.body?.type ?? model;
  const tausS = plan.body?.timeConstantS ?? situation.timeConstantS;
  const conveyor = { ...model.conveyor, speedMPerMin: plan.speedMPerMin };
  const lengthM = zoneLengthM.reduce((sum, m) => sum + m, 0);
  const drawn =
    plan.stopMin > 0 ? [{ atS: secondsTo(stopAt * lengthM, conveyor), durationS: plan.stopMin * 60 }] : [];
  const { activationEnergyKJPerMol } = model.cure;
  const config: OvenConfig = {
    ...model,
    conveyor: { ...conveyor, stops: [...conveyor.stops, ...drawn] },
    cure: {
      ...model.cure,
      activationEnergyKJPerMol: (activationEnergyKJPerMol * energyK) / arrheniusK(activationEnergyKJPerMol),
    },
    zones: model.zones.map(({ radiant, ...zone }, z) => {
      const setC = plan.setpointC[z]!;
      return {
        ...zone,
        lengthM: zoneLengthM[z]!,
        airTemperatureC: setC + theta[nodes + zones + z]! + doubt[z]! * (setC - learntAirC[z]!),
        heatTransferFactor: zoneFactor[z]! * Math.exp(theta[nodes + z]!),
        ...(radiant === undefined || plan.off?.[z] ? {} : { radiant }),
      };
    }),
  };
  return ride(config, {
    ...bodyTypesOf(model)[0]!,
    startC: plan.body?.startC ?? situation.bodyStartC,
    couplings: panels.couplings,
    nodes: panels.nodes.map((node, n) => ({
      ...node,
      // Another time constant is another thickness: it counts against couplings and emitters too.
      thicknessMm: (node.thicknessMm * tausS[n]!) / timeConstantS(node),
      heatTransferWPerM2K: node.heatTransferWPerM2K * Math.exp(theta[n]! + own[n]!),
    })),
  });
}

/** When a body gets to a place, s from its entry; planned standstills let time pass and no way. */
function secondsTo(
  placeM: number,
  conveyor: { readonly speedMPerMin: number; readonly stops: readonly ConveyorStop[] },
): number {
  const movingS = (placeM / conveyor.speedMPerMin) * 60;
  let standingS = 0;
  let freeS = 0;
  for (const stop of [...conveyor.stops].sort((a, b) => a.atS - b.atS)) {
    // A stop that falls into another one begins when that ends.
    const beginsS = Math.max(stop.atS, freeS);
    if (movingS + standingS < beginsS) break;
    standingS += stop.durationS;
    freeS = beginsS + stop.durationS;
  }
  return movingS + standingS;
}
