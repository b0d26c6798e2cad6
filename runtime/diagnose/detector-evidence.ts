import { type Evidence, type Verdict, WINDOW_PERIODS } from "../core/evidence.ts";
import { binomialLowerBound, binomialUpperBound } from "../core/statistics/binomial.ts";
import { isoFromUs, type TimeUs } from "../core/time.ts";
import type { DetectorCalibration } from "./detector-calibration.ts";
import type { HeldOutAlarms } from "./held-out.ts";

/** Ticks over which the inputs are watched. */
const WINDOW_TICKS = WINDOW_PERIODS;
/** Share of these ticks that must lie within the calibrated range. */
const REQUIRED_SHARE = 0.95;
/** A signal may leave its calibrated range by so much of its width before the calibration no longer speaks of it. */
const RANGE_MARGIN = 1;

/**
 * Whether the inputs are such as the detector was calibrated on. A tick counts against it where signals are missing,
 * or outside the calibrated range without a finding that says so: what a finding explains is an alarm, and an alarm
 * lowers nothing.
 */
export class InputRangeWatch {
  readonly #low: Float64Array;
  readonly #high: Float64Array;
  /** Per tick of the window: 0 in range, signal + 1 that was out, -(signal + 1) that was missing. */
  readonly #ring = new Int32Array(WINDOW_TICKS);
  #next = 0;
  #count = 0;
  #bad = 0;
  /** Ticks for which each signal has been missing in a row. */
  readonly #missing: Uint32Array;

  constructor({ low, high }: Pick<DetectorCalibration, "low" | "high">) {
    const margin = (i: number): number => RANGE_MARGIN * (high[i]! - low[i]!) + 1e-9 * Math.abs(high[i]!);
    this.#low = Float64Array.from(low, (value, i) => value - margin(i));
    this.#high = Float64Array.from(high, (value, i) => value + margin(i));
    this.#missing = new Uint32Array(low.length);
  }

  step(row: Float64Array, explained: boolean): void {
    let code = 0;
    for (let i = 0; i < row.length; i++) {
      const value = row[i]!;
      if (value - value !== 0) {
        if (++this.#missing[i]! > 3) code = -(i + 1);
      } else {
        this.#missing[i] = 0;
        if (!explained && code === 0 && (value < this.#low[i]! || value > this.#high[i]!)) code = i + 1;
      }
    }
    if (this.#count === WINDOW_TICKS && this.#ring[this.#next] !== 0) this.#bad--;
    this.#ring[this.#next] = code;
    this.#next = (this.#next + 1) % WINDOW_TICKS;
    if (code !== 0) this.#bad++;
    if (this.#count < WINDOW_TICKS) this.#count++;
  }

  /** Moves the range of signal i. @param by in the signal's unit */
  shift(i: number, by: number): void {
    this.#low[i]! += by;
    this.#high[i]! += by;
  }

  get ticks(): number {
    return this.#count;
  }

  /** Share of ticks in range; 1 before the first. */
  get share(): number {
    return this.#count === 0 ? 1 : 1 - this.#bad / this.#count;
  }

  /** The signal that most ticks were lost to, with why. */
  get worst(): { readonly signal: number; readonly missing: boolean } | undefined {
    const counts = new Map<number, number>();
    for (const code of this.#ring.subarray(0, this.#count)) {
      if (code !== 0) counts.set(code, (counts.get(code) ?? 0) + 1);
    }
    const [code] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [0];
    return code === 0 ? undefined : { signal: Math.abs(code) - 1, missing: code < 0 };
  }
}

/** Least number of windows without any alarm that prove a budget at 95 %: the smallest n with (1 - budget)^n <= 5 %. */
export const windowsNeeded = (budget: number): number => Math.ceil(Math.log(0.05) / Math.log(1 - budget));

/**
 * The false alarm rate against its budget: holds where its exact one-sided 95 % upper bound lies within, fails where
 * the lower bound lies beyond or where enough windows were seen without showing that it holds, collects before.
 */
export function judgeHeldOut(
  heldOut: HeldOutAlarms,
  budget: number,
): { readonly upper: number; readonly verdict: Verdict } {
  const { alarmWindows, windows } = heldOut;
  if (windows === 0) return { upper: 1, verdict: "collecting" };
  const upper = binomialUpperBound(alarmWindows, windows);
  if (upper <= budget) return { upper, verdict: "holds" };
  const enough = windows >= windowsNeeded(budget);
  return {
    upper,
    verdict: enough || binomialLowerBound(alarmWindows, windows) > budget ? "fails" : "collecting",
  };
}

const percent = (share: number): number => Math.round(share * 1000) / 10;

/** The three records of a detector: held-out alarm rate, calibration's validity, inputs within its range. */
export function detectorEvidence(parts: {
  readonly twin: string;
  readonly node: string;
  readonly calibration: Pick<DetectorCalibration, "heldOut" | "validUntilUs" | "toUs"> & {
    readonly options: Pick<DetectorCalibration["options"], "falseAlarmBudget" | "validForUs">;
  };
  readonly inputs: InputRangeWatch;
  readonly words: (signal: number) => string;
  readonly nowUs: TimeUs;
}): Evidence[] {
  const { twin, node, calibration, inputs, words, nowUs } = parts;
  const { heldOut, options, validUntilUs } = calibration;
  const base = { twin, rung: 2 as const, node, timeUs: nowUs };
  const { upper, verdict } = judgeHeldOut(heldOut, options.falseAlarmBudget);
  const needed = windowsNeeded(options.falseAlarmBudget);
  const valid = nowUs <= validUntilUs;
  const inRange = inputs.share >= REQUIRED_SHARE;
  const worst = inRange ? undefined : inputs.worst;
  const window = heldOut.windowTicks;
  return [
    {
      ...base,
      id: `${twin}/2/false-alarms/${node}`,
      what: "false alarms on held-out normal data, 95 % upper bound",
      value: percent(upper),
      unit: "%",
      limit: `<= ${percent(options.falseAlarmBudget)} % of windows of ${window} ticks`,
      verdict,
      ...(verdict === "collecting" && { progress: { n: heldOut.windows, of: needed } }),
      ...(verdict !== "holds" && {
        cause: `${heldOut.alarmWindows} of ${heldOut.windows} held-out normal windows hold an alarm, so up to ${percent(upper)} % may; calibrate on more, or on steadier, normal data`,
      }),
    },
    {
      ...base,
      id: `${twin}/2/calibration/${node}`,
      what: "calibration's age",
      value: Math.round((nowUs - calibration.toUs) / 36e6) / 100,
      unit: "h",
      limit: `<= ${Math.round(options.validForUs / 3600e6)} h`,
      verdict: valid ? "holds" : "fails",
      validUntilUs,
      ...(!valid && { cause: `the calibration ran out at ${isoFromUs(validUntilUs)}; calibrate again` }),
    },
    {
      ...base,
      id: `${twin}/2/input-range/${node}`,
      what: "inputs within the calibrated range",
      value: percent(inputs.share),
      unit: "%",
      limit: `>= ${percent(REQUIRED_SHARE)} % of the last ${WINDOW_TICKS} ticks`,
      verdict: inRange ? "holds" : "fails",
      ...(worst !== undefined && {
        cause: worst.missing
          ? `no good sample of ${words(worst.signal)}`
          : `${words(worst.signal)} lies outside what the detector was calibrated on; calibrate again`,
      }),
    },
  ];
}

/** While normal data is still being gathered. */
export function collectingEvidence(parts: {
  readonly twin: string;
  readonly node: string;
  readonly n: number;
  readonly of: number;
  readonly nowUs: TimeUs;
}): Evidence {
  const { twin, node, n, of, nowUs } = parts;
  return {
    id: `${twin}/2/false-alarms/${node}`,
    twin,
    rung: 2,
    node,
    what: "false alarms on held-out normal data, 95 % upper bound",
    value: null,
    limit: "calibrated first",
    verdict: "collecting",
    progress: { n, of },
    timeUs: nowUs,
    cause: `${n} of ${of} rows of normal data gathered`,
  };
}
