import { RungError } from "../../core/errors.ts";
import type { RideRecord } from "./calibrate.ts";
import { zoneTimesS } from "./conveyor.ts";
import { clockText } from "./logger-cell.ts";
import type { LoggerChannel } from "./logger-file.ts";
import type { OvenConfig } from "./oven-config.ts";

/** A profile with its channels put to the nodes of the oven's default body. */
export interface LoggerProfile {
  readonly timeS: Float64Array;
  /** One per node. */
  readonly nodes: readonly LoggerChannel[];
}

/** Thermocouples of the zones during the ride, on the profile's time. */
export interface ZoneAir {
  readonly timeS: Float64Array;
  /** One per zone. */
  readonly zones: readonly LoggerChannel[];
}

/** What a profile is read with. */
export interface RideReading {
  /** The profile's file, for errors. */
  readonly where: string;
  /** Standard deviation of one sample. */
  readonly noiseK: number;
  /** Without it the zones' air temperatures of the configuration. */
  readonly air?: ZoneAir;
}

/** How well the metal's temperature at the entry is known where the profile begins in the oven. */
const UNKNOWN_START_K = 5;
/** Time before the entry whose mean is the metal's temperature there. */
const BEFORE_S = 60;
/** So many equal samples after a steep rise are a logger at the end of its range. */
const SATURATED_SAMPLES = 10;
const STEEP_K = 1;

/**
 * The profile as the record that calibrates the model: a step from sample to sample, cut where the body changes zone.
 * @param entryS on the profile's time
 * @throws RungError `calibration` where a probe saturates, `logger-air` where the air does not cover the ride
 */
export function rideRecord(
  config: OvenConfig,
  profile: LoggerProfile,
  entryS: number,
  { where, noiseK, air }: RideReading,
): RideRecord {
  const { timeS, nodes } = profile;
  const endsS: number[] = [];
  for (const seconds of zoneTimesS(config)) endsS.push((endsS.at(-1) ?? 0) + seconds);
  const exitS = endsS.at(-1)!;
  const durationS: number[] = [];
  const zone: number[] = [];
  const airC: number[] = [];
  const measuredC: number[][] = nodes.map(() => []);
  let atS = 0;
  let z = 0;
  const step = (toS: number, sample: number | undefined): void => {
    durationS.push(toS - atS);
    zone.push(z);
    airC.push(
      air === undefined ? config.zones[z]!.airTemperatureC : airAt(air, z, entryS + (atS + toS) / 2, where),
    );
    for (const [n, { celsius }] of nodes.entries())
      measuredC[n]!.push(sample === undefined ? Number.NaN : celsius[sample]!);
    atS = toS;
  };
  for (let i = 0; i < timeS.length; i++) {
    const sampleS = timeS[i]! - entryS;
    if (sampleS <= 0) continue;
    if (sampleS > exitS) break;
    while (endsS[z]! < sampleS) {
      if (endsS[z]! > atS) step(endsS[z]!, undefined);
      z++;
    }
    step(sampleS, i);
  }
  for (const [n, channel] of nodes.entries()) checkRange(config.nodes[n]!.name, channel, timeS, where);
  const starts = nodes.map((channel) => startOf(channel, timeS, entryS));
  return {
    startC: starts.map((start) => start.meanC ?? config.bodyStartC),
    startDeviationK: starts.map((start) =>
      start.samples === 0 ? UNKNOWN_START_K : noiseK / Math.sqrt(start.samples),
    ),
    durationS,
    zone,
    airC,
    measuredC,
  };
}

/** Metal at the entry: the mean of the last minute before it; undefined where the profile begins later. */
function startOf(
  { celsius }: LoggerChannel,
  timeS: Float64Array,
  entryS: number,
): { meanC: number | undefined; samples: number } {
  const before = celsius.filter(
    (value, i) => Number.isFinite(value) && timeS[i]! <= entryS && timeS[i]! >= entryS - BEFORE_S,
  );
  if (before.length === 0) return { meanC: undefined, samples: 0 };
  return { meanC: before.reduce((sum, value) => sum + value, 0) / before.length, samples: before.length };
}

function airAt(air: ZoneAir, zone: number, seconds: number, where: string): number {
  const { timeS } = air;
  const { name, celsius } = air.zones[zone]!;
  // The last sample at or before the moment and the first after it, of those that give a value.
  let low = 0;
  for (let high = timeS.length; low < high; ) {
    const middle = (low + high) >> 1;
    if (timeS[middle]! <= seconds) low = middle + 1;
    else high = middle;
  }
  let before = low - 1;
  let after = low;
  while (before >= 0 && !Number.isFinite(celsius[before]!)) before--;
  while (after < timeS.length && !Number.isFinite(celsius[after]!)) after++;
  if (before >= 0 && timeS[before] === seconds) return celsius[before]!;
  if (before < 0 || after === timeS.length) {
    throw new RungError({
      code: "logger-air",
      where,
      what: `${name} has no air temperature at ${clockText(seconds)} of the profile's time`,
      advice: "export the zones' air for the whole ride, on the clock of the profile",
    });
  }
  const share = (seconds - timeS[before]!) / (timeS[after]! - timeS[before]!);
  return celsius[before]! + share * (celsius[after]! - celsius[before]!);
}

function checkRange(
  node: string,
  { name, celsius }: LoggerChannel,
  timeS: Float64Array,
  where: string,
): void {
  const known = celsius.filter(Number.isFinite);
  const mostC = known.reduce((most, c) => Math.max(most, c), Number.NEGATIVE_INFINITY);
  const at = celsius.indexOf(mostC);
  let equal = 0;
  while (celsius[at + equal] === mostC) equal++;
  const steep = at >= 3 && (mostC - celsius[at - 3]!) / 3 >= STEEP_K;
  if (equal < SATURATED_SAMPLES || !steep) return;
  throw new RungError({
    code: "calibration",
    where: `${where}/${name}`,
    what: `${node} rises to ${mostC.toFixed(1)} °C and stands still there from ${clockText(timeS[at]!)} on: the probe or the logger is at the end of its range`,
    advice: "ride again with a range above the hottest zone",
  });
}
