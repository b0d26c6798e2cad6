import { RungError } from "../../core/errors.ts";

/** How a stream detector is calibrated and when it speaks. Counts are in rows of the signal. */
export interface StreamOptions {
  /** False alarms per 1,000 rows that are put up with. */
  readonly budget: number;
  /** Rows over which level, spread, texture and step are taken. */
  readonly window: number;
  /** Distance from all that was seen at which a rule speaks, as a share of the range it had in the calibration. */
  readonly reach: number;
  /** Factor by which an alarm raises the limit of its own rule, fading over 1,000 / budget rows. */
  readonly raise: number;
  /** Factor by which an alarm raises the limits of all rules, fading over `recovery` rows. */
  readonly recoveryFactor: number;
  readonly recovery: number;
  /** An alarm ends after so many rows in which nothing new came. */
  readonly hold: number;
}

export const STREAM_DEFAULTS: StreamOptions = {
  budget: 1,
  window: 24,
  reach: 0.1,
  raise: 2,
  recoveryFactor: 3,
  recovery: 60,
  hold: 24,
};

const RANGES: Record<keyof StreamOptions, readonly [number, number]> = {
  budget: [0.01, 100],
  window: [4, 1000],
  reach: [0.001, 10],
  raise: [1, 100],
  recoveryFactor: [1, 100],
  recovery: [1, 100_000],
  hold: [1, 100_000],
};

/** Defaults filled in and ranges checked. @throws RungError `bad-option` */
export function streamOptions(given: Partial<StreamOptions> = {}): StreamOptions {
  const options = { ...STREAM_DEFAULTS, ...given };
  for (const name of Object.keys(RANGES) as (keyof StreamOptions)[]) {
    const [low, high] = RANGES[name];
    const value = options[name];
    if (value >= low && value <= high) continue;
    throw new RungError({
      code: "bad-option",
      where: `stream detector option ${name}`,
      what: `must lie in ${low} to ${high}, got ${value}`,
      advice: `the default is ${STREAM_DEFAULTS[name]}`,
    });
  }
  return { ...options, window: Math.round(options.window) };
}
