import type { BodyRun } from "./body-type.ts";
import { type BodyCo2, type BodyEnergy, co2PerBody } from "./energy.ts";
import { metalPath } from "./metal-path.ts";
import { bodyTypesOf, type OvenConfig } from "./oven-config.ts";
import { type Ride, ride } from "./ride.ts";

/** A ride of every body type, and what the mix of them needs per body. */
export interface Simulation extends Ride {
  /** Every type, the default first; the simulation's own fields are those of the first. */
  readonly bodyTypes: readonly TypeRide[];
  readonly bodiesPerHour: number;
  /** Per body of the mix. */
  readonly mixEnergy: BodyEnergy;
  readonly mixCo2: BodyCo2;
}

export interface TypeRide extends Ride {
  /** Of all bodies. */
  readonly share: number;
}

/** Sends one body of each type through the oven. */
export function simulate(config: OvenConfig): Simulation {
  const bodyTypes = bodyTypesOf(config).map(
    (body, i): TypeRide => ({ ...ride(config, body), share: shareOf(body.name, config.sequence, i === 0) }),
  );
  const first = bodyTypes[0]!;
  const mixEnergy = Object.fromEntries(
    (Object.keys(first.energy) as (keyof BodyEnergy)[]).map((key) => [
      key,
      bodyTypes.reduce((sum, type) => sum + type.share * type.energy[key], 0),
    ]),
  ) as unknown as BodyEnergy;
  const { share: _, ...own } = first;
  return {
    ...own,
    bodyTypes,
    bodiesPerHour: config.energy.bodiesPerHour,
    mixEnergy,
    mixCo2: co2PerBody(mixEnergy, config.energy.electricityCo2KgPerKWh),
  };
}

function shareOf(type: string, sequence: readonly BodyRun[], isDefault: boolean): number {
  if (sequence.length === 0) return isDefault ? 1 : 0;
  const all = sequence.reduce((sum, run) => sum + run.bodies, 0);
  return sequence.reduce((sum, run) => sum + (run.type === type ? run.bodies : 0), 0) / all;
}

/** Air and metal along the ride, for a picture. */
export interface TemperatureProfile {
  /** From the entry, s, rising. */
  readonly timeS: readonly number[];
  /** Where the body is, m. */
  readonly positionM: readonly number[];
  /** Per node of the body, °C. */
  readonly nodeC: readonly { readonly name: string; readonly celsius: readonly number[] }[];
}

/**
 * @param type name of a body type of the oven
 * @param points about how many moments
 */
export function temperatureProfile(config: OvenConfig, type: string, points = 120): TemperatureProfile {
  const body = bodyTypesOf(config).find((known) => known.name === type) ?? bodyTypesOf(config)[0]!;
  const path = metalPath(config, body);
  const endS = path.reduce((sum, span) => sum + span.durationS, 0);
  const moments: { timeS: number; celsius: Float64Array }[] = [];
  for (const span of path) {
    const count = Math.max(1, Math.round((points * span.durationS) / endS));
    for (let i = 0; i < count; i++) {
      const seconds = (span.durationS * i) / count;
      moments.push({ timeS: span.fromS + seconds, celsius: span.at(seconds) });
    }
  }
  const last = path.at(-1)!;
  moments.push({ timeS: endS, celsius: last.at(last.durationS) });
  return {
    timeS: moments.map(({ timeS }) => timeS),
    positionM: moments.map(({ timeS }) => positionM(config, timeS)),
    nodeC: body.nodes.map((node, n) => ({
      name: node.name,
      celsius: moments.map(({ celsius }) => celsius[n]!),
    })),
  };
}

/** How far a body has come, m; standstills let time pass and no way. */
function positionM(config: OvenConfig, timeS: number): number {
  const { speedMPerMin, stops } = config.conveyor;
  let standingS = 0;
  let freeS = 0;
  for (const stop of [...stops].sort((a, b) => a.atS - b.atS)) {
    // A stop that falls into another one begins when that ends.
    const beginsS = Math.max(stop.atS, freeS);
    if (timeS <= beginsS) break;
    standingS += Math.min(timeS - beginsS, stop.durationS);
    freeS = beginsS + stop.durationS;
  }
  return ((timeS - standingS) * speedMPerMin) / 60;
}
