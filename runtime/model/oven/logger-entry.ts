import { RungError } from "../../core/errors.ts";
import { median } from "../../core/statistics/quantile.ts";
import type { OvenBelief } from "./belief.ts";
import { calibrate } from "./calibrate.ts";
import { type LoggerProfile, type RideReading, rideRecord } from "./logger-ride.ts";
import type { OvenConfig } from "./oven-config.ts";

/** A probe that has warmed by so much within the next minute has left the hall. */
const RISE_K = 5;
const RISE_WITHIN_S = 60;

/**
 * When the body entered: the last sample before the first probe begins to rise.
 * @throws RungError `logger-entry` where no probe rises
 */
export function riseS(profile: LoggerProfile, where: string): number {
  const { timeS, nodes } = profile;
  let first = Number.POSITIVE_INFINITY;
  for (const { celsius } of nodes) {
    let ahead = 0;
    for (let i = 0; i < timeS.length; i++) {
      while (ahead < timeS.length && timeS[ahead]! < timeS[i]! + RISE_WITHIN_S) ahead++;
      if (ahead === timeS.length) break;
      if (!(celsius[ahead]! - celsius[i]! >= RISE_K)) continue;
      first = Math.min(first, risesFrom(timeS, celsius, i, ahead));
      break;
    }
  }
  if (Number.isFinite(first)) return first;
  throw new RungError({
    code: "logger-entry",
    where,
    what: `no probe rises by ${RISE_K} K within ${RISE_WITHIN_S} s`,
    advice: "say when the body entered with --entry <time of the file>",
  });
}

/** Where the rise between two samples begins: the last one that is not above what stood before it. */
function risesFrom(timeS: Float64Array, celsius: Float64Array, from: number, to: number): number {
  const before = celsius.slice(Math.max(0, from - 5), from + 1).filter(Number.isFinite);
  const restC = before.length > 0 ? median(before) : celsius[from]!;
  for (let i = to; i > from; i--) if (celsius[i]! - restC < RISE_K / 5) return timeS[i]!;
  return timeS[from]!;
}

/** Sample intervals about the rise in which the entry is looked for. */
const ABOUT_THE_RISE = 3;
const GOLDEN = (Math.sqrt(5) - 1) / 2;
/** Leaves a bracket of six intervals below a hundredth of one. */
const NARROWINGS = 14;

/**
 * The entry with which the calibrated model follows the profile best, within a few samples of the rise (golden
 * section over chi²).
 */
export function entryByFit(
  config: OvenConfig,
  profile: LoggerProfile,
  reading: RideReading,
  prior: OvenBelief,
): number {
  const aboutS = riseS(profile, reading.where);
  const intervalS = median(profile.timeS.slice(1).map((seconds, i) => seconds - profile.timeS[i]!));
  const misfit = (entryS: number): number => {
    try {
      const record = rideRecord(config, profile, entryS, reading);
      const { chiSquare, samples } = calibrate(config, record, prior, reading.noiseK);
      // Another entry lets other samples take part; each is worth 1.
      return chiSquare - samples;
    } catch (fault) {
      // An entry that the air or the profile does not cover is none; where all are, reading the ride says so.
      if (fault instanceof RungError) return Number.POSITIVE_INFINITY;
      throw fault;
    }
  };
  let low = aboutS - ABOUT_THE_RISE * intervalS;
  let high = aboutS + ABOUT_THE_RISE * intervalS;
  let left = { at: high - GOLDEN * (high - low), misfit: 0 };
  let right = { at: low + GOLDEN * (high - low), misfit: 0 };
  left.misfit = misfit(left.at);
  right.misfit = misfit(right.at);
  for (let i = 0; i < NARROWINGS; i++) {
    if (left.misfit < right.misfit) {
      high = right.at;
      right = left;
      const at = high - GOLDEN * (high - low);
      left = { at, misfit: misfit(at) };
    } else {
      low = left.at;
      left = right;
      const at = low + GOLDEN * (high - low);
      right = { at, misfit: misfit(at) };
    }
  }
  return (low + high) / 2;
}
