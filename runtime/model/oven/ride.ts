import { RungError } from "../../core/errors.ts";
import type { BodyType } from "./body-type.ts";
import { zoneTimesS } from "./conveyor.ts";
import { cureAlong } from "./cure-path.ts";
import { type BodyCo2, type BodyEnergy, co2PerBody, energyPerBody } from "./energy.ts";
import { type MetalSpan, metalPath, timeConstantS } from "./metal-path.ts";
import { bodyTypesOf, type OvenConfig } from "./oven-config.ts";
import { pyrometerC } from "./pyrometer.ts";

export { zoneTimesS } from "./conveyor.ts";
export { timeConstantS } from "./metal-path.ts";

export interface NodeRide {
  readonly name: string;
  readonly timeConstantS: number;
  /** At the end of each zone, °C. */
  readonly zoneEndC: readonly number[];
  /** Equivalent minutes at 170 °C. */
  readonly e170Min: number;
  /** By the oven's kinetics. */
  readonly degreeOfCure: number;
  readonly peakC: number;
  readonly cured: boolean;
  /** What the exit pyrometer shows; absent where the oven has none. */
  readonly pyrometerC?: number;
}

export interface Ride {
  readonly oven: string;
  readonly bodyType: string;
  readonly residenceS: number;
  readonly zoneTimesS: readonly number[];
  readonly nodes: readonly NodeRide[];
  readonly energy: BodyEnergy;
  readonly co2: BodyCo2;
}

/**
 * Sends one body through the oven: temperatures at the zone ends, cure, peak, energy and carbon dioxide.
 * @param body of the oven's types; the default one if left out
 */
export function ride(config: OvenConfig, body: BodyType = bodyTypesOf(config)[0]!): Ride {
  const times = zoneTimesS(config);
  const path = metalPath(config, body);
  const zoneEndsC = config.zones.map((_, z) => {
    const last = path.findLast((span) => span.zone === z)!;
    return last.at(last.durationS);
  });
  const peaksC = peaks(path, body);
  const cures = cureAlong(path, body.nodes.length, config.cure);
  const nodes = body.nodes.map((node, n): NodeRide => {
    const zoneEndC = zoneEndsC.map((ends) => ends[n]!);
    const shown = config.pyrometer && pyrometerC(zoneEndC.at(-1)!, config.pyrometer);
    return {
      name: node.name,
      timeConstantS: timeConstantS(node),
      zoneEndC,
      e170Min: cures[n]!.e170Min,
      degreeOfCure: cures[n]!.degree,
      peakC: peaksC[n]!,
      cured: cures[n]!.cured,
      ...(shown === undefined ? {} : { pyrometerC: shown }),
    };
  });
  const energy = rideEnergy(config, body, nodes);
  return {
    oven: config.name,
    bodyType: body.name,
    residenceS: times.reduce((sum, s) => sum + s, 0),
    zoneTimesS: times,
    nodes,
    energy,
    co2: co2PerBody(energy, config.energy.electricityCo2KgPerKWh),
  };
}

/** Moments of a span at which the peak of coupled nodes is looked for. */
const PEAK_SAMPLES = 50;

/** Highest temperature of each node. A node by itself runs one way within a span, so that the ends hold it. */
function peaks(path: readonly MetalSpan[], body: BodyType): Float64Array {
  const highest = new Float64Array(body.nodes.length).fill(body.startC);
  const samples = body.couplings.length > 0 ? PEAK_SAMPLES : 1;
  for (const span of path) {
    for (let i = 1; i <= samples; i++) {
      for (const [n, celsius] of span
        .at(i === samples ? span.durationS : (i / samples) * span.durationS)
        .entries())
        highest[n] = Math.max(highest[n]!, celsius);
    }
  }
  return highest;
}

function rideEnergy(config: OvenConfig, body: BodyType, nodes: readonly NodeRide[]): BodyEnergy {
  const rises = nodes.map((node) => node.zoneEndC.at(-1)! - body.startC);
  const heaviest = nodes.reduce(
    (best, node, i) => (node.timeConstantS > nodes[best]!.timeConstantS ? i : best),
    0,
  );
  const meanAirC =
    config.zones.reduce((sum, zone) => sum + zone.airTemperatureC * zone.lengthM, 0) /
    config.zones.reduce((sum, zone) => sum + zone.lengthM, 0);
  const aboveHallK = meanAirC - config.energy.hallC;
  return energyPerBody(
    { ...config.energy, bodyKg: body.bodyKg, skidKg: body.skidKg },
    {
      bodyRiseK: rises.reduce((sum, rise) => sum + rise, 0) / rises.length,
      skidRiseK: rises[heaviest]!,
      exhaustRiseK: aboveHallK,
      wallRiseK: aboveHallK,
    },
    config.zones.reduce((sum, zone) => sum + (zone.radiant?.electricKW ?? 0), 0),
  );
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
