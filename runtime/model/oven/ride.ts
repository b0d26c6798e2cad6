import { RungError } from "../../core/errors.ts";
import { arrheniusK, degreeOfCure } from "./cure.ts";
import { type BodyEnergy, energyPerBody } from "./energy.ts";
import { exposureMin, temperatureAfter } from "./exposure.ts";
import type { OvenConfig, OvenNode } from "./oven-config.ts";

/** tau = rho c delta / (sides h), s: how fast a node follows the air. */
export function timeConstantS(node: OvenNode): number {
  const heatPerAreaJPerM2K = node.densityKgPerM3 * node.specificHeatJPerKgK * node.thicknessMm * 1e-3;
  return heatPerAreaJPerM2K / (node.sides * node.heatTransferWPerM2K);
}

/**
 * Seconds a body spends in each zone, standstills included. A standstill at the very border counts to the zone
 * that the body is about to enter.
 */
export function zoneTimesS(config: OvenConfig): number[] {
  const speedMPerS = config.conveyor.speedMPerMin / 60;
  const stops = [...config.conveyor.stops].sort((a, b) => a.atS - b.atS);
  let clockS = 0;
  let next = 0;
  return config.zones.map((zone) => {
    const enteredS = clockS;
    let movingS = zone.lengthM / speedMPerS;
    while (next < stops.length && Math.max(stops[next]!.atS, clockS) < clockS + movingS) {
      const stop = stops[next++]!;
      const untilStopS = Math.max(0, stop.atS - clockS);
      clockS += untilStopS + stop.durationS;
      movingS -= untilStopS;
    }
    clockS += movingS;
    return clockS - enteredS;
  });
}

export interface NodeRide {
  readonly name: string;
  readonly timeConstantS: number;
  /** At the end of each zone, °C. */
  readonly zoneEndC: readonly number[];
  /** Equivalent minutes at 170 °C. */
  readonly e170Min: number;
  readonly degreeOfCure: number;
  readonly peakC: number;
  readonly cured: boolean;
}

export interface Ride {
  readonly oven: string;
  readonly residenceS: number;
  readonly zoneTimesS: readonly number[];
  readonly nodes: readonly NodeRide[];
  readonly energy: BodyEnergy;
}

/** Sends one body through the oven: exact temperatures at the zone ends, cure, peak and energy. */
export function ride(config: OvenConfig): Ride {
  const times = zoneTimesS(config);
  const energyK = arrheniusK(config.cure.activationEnergyKJPerMol);
  const nodes = config.nodes.map((node): NodeRide => {
    const tauS = timeConstantS(node);
    let temperatureC = config.bodyStartC;
    let peakC = temperatureC;
    let e170Min = 0;
    const zoneEndC = config.zones.map((zone, z) => {
      const exponent = (times[z]! * zone.heatTransferFactor) / tauS;
      e170Min += exposureMin(temperatureC, zone.airTemperatureC, times[z]!, exponent, energyK);
      temperatureC = temperatureAfter(temperatureC, zone.airTemperatureC, exponent);
      // Within a zone the temperature runs one way, so its ends hold the peak.
      peakC = Math.max(peakC, temperatureC);
      return temperatureC;
    });
    return {
      name: node.name,
      timeConstantS: tauS,
      zoneEndC,
      e170Min,
      degreeOfCure: degreeOfCure(e170Min),
      peakC,
      cured: e170Min >= config.cure.criterionMin,
    };
  });
  return {
    oven: config.name,
    residenceS: times.reduce((sum, s) => sum + s, 0),
    zoneTimesS: times,
    nodes,
    energy: rideEnergy(config, nodes),
  };
}

function rideEnergy(config: OvenConfig, nodes: readonly NodeRide[]): BodyEnergy {
  const rises = nodes.map((node) => node.zoneEndC.at(-1)! - config.bodyStartC);
  const heaviest = nodes.reduce(
    (best, node, i) => (node.timeConstantS > nodes[best]!.timeConstantS ? i : best),
    0,
  );
  const meanAirC =
    config.zones.reduce((sum, zone) => sum + zone.airTemperatureC * zone.lengthM, 0) /
    config.zones.reduce((sum, zone) => sum + zone.lengthM, 0);
  const aboveHallK = meanAirC - config.energy.hallC;
  return energyPerBody(config.energy, {
    bodyRiseK: rises.reduce((sum, rise) => sum + rise, 0) / rises.length,
    skidRiseK: rises[heaviest]!,
    exhaustRiseK: aboveHallK,
    wallRiseK: aboveHallK,
  });
}

/** The index of a zone by name. @throws RungError `unknown-zone` */
export function zoneIndex(config: OvenConfig, name: string): number {
  const index = config.zones.findIndex((zone) => zone.name === name);
  if (index >= 0) return index;
  throw new RungError({
    code: "unknown-zone",
    where: `${config.name}/${name}`,
    what: "is no zone of this oven",
    advice: `its zones are ${config.zones.map((zone) => zone.name).join(", ")}`,
  });
}
