import { RungError } from "../core/errors.ts";

/** How a detector is calibrated and when it speaks. All counts are in ticks, the detector's period. */
export interface DetectorOptions {
  /** Weight of the newest value in the moving average, in (0, 1]; 1 judges every value alone. */
  readonly smoothing: number;
  /** Standardised values are cut here, so that one wild value cannot fill the average. */
  readonly clip: number;
  /** Share of held-out normal ticks that each of the three statistics may have over its limit. */
  readonly exceedance: number;
  /** Factor on the limits found so: the distance kept from what normal data reached. */
  readonly margin: number;
  /** Components of the multivariate model: a number, or the share of variance they must explain. */
  readonly components: { readonly count: number } | { readonly explained: number };
  /** Consecutive blocks of the normal data, each held out once. */
  readonly folds: number;
  /** Ticks over the limit before an alarm is raised. */
  readonly confirm: number;
  /** The alarm clears below this share of the limit ... */
  readonly clearBelow: number;
  /** ... after so many ticks in a row. */
  readonly hold: number;
  /** For so many ticks after an alarm, raising another takes `recoveryFactor` times the limit. */
  readonly recovery: number;
  readonly recoveryFactor: number;
  /** Share of held-out normal windows that may hold an alarm. */
  readonly falseAlarmBudget: number;
  /** A signal that repeats one value for so many times its longest normal run (and at least 30 ticks) is frozen. */
  readonly frozenFactor: number;
  /** Ticks that the plant takes to settle after a setpoint was changed on purpose; 0 to judge on at once. */
  readonly settle: number;
  /** How long the calibration counts as valid, µs. */
  readonly validForUs: number;
}

export const DETECTOR_DEFAULTS: DetectorOptions = {
  smoothing: 0.1,
  clip: 8,
  exceedance: 0.01,
  margin: 1.75,
  components: { explained: 0.9 },
  folds: 5,
  confirm: 3,
  clearBelow: 0.8,
  hold: 12,
  recovery: 20,
  recoveryFactor: 1.5,
  falseAlarmBudget: 0.05,
  frozenFactor: 4,
  settle: 240,
  validForUs: 7 * 86_400e6,
};

/** Defaults filled in and ranges checked. @throws RungError `bad-option` */
export function detectorOptions(given: Partial<DetectorOptions> = {}): DetectorOptions {
  const options = { ...DETECTOR_DEFAULTS, ...given };
  const check = (name: keyof DetectorOptions, low: number, high: number): void => {
    const value = options[name] as number;
    if (!(value >= low && value <= high)) {
      throw new RungError({
        code: "bad-option",
        where: `detector option ${name}`,
        what: `must lie in ${low} to ${high}, got ${value}`,
        advice: `the default is ${String(DETECTOR_DEFAULTS[name])}`,
      });
    }
  };
  check("smoothing", 0.001, 1);
  check("clip", 3, 1000);
  check("exceedance", 1e-5, 0.2);
  check("margin", 1, 10);
  check("folds", 2, 20);
  check("confirm", 1, 1000);
  check("clearBelow", 0.1, 1);
  check("hold", 1, 10_000);
  check("recovery", 0, 10_000);
  check("recoveryFactor", 1, 100);
  check("falseAlarmBudget", 0.001, 0.5);
  check("frozenFactor", 2, 1000);
  check("settle", 0, 100_000);
  check("validForUs", 1, 1e17);
  return options;
}
