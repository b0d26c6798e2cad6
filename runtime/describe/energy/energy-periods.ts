import type { TimeUs } from "../../core/time.ts";
import type { HistoryWindows, TimeWindow } from "../historian/history-types.ts";
import type { MeterReading } from "./energy-table.ts";

/** Share of a period in which a meter must have told a usable value, or its energy is not known. */
export const COMPLETE_SHARE = 0.95;

/** Energy and what drives it over one metering period, [fromUs, toUs). */
export interface EnergyPeriod {
  readonly fromUs: TimeUs;
  readonly toUs: TimeUs;
  /** kWh by meter; null where it is not known. */
  readonly kwh: readonly (number | null)[];
  /** Bodies; null where the counter did not stand, or stepped back. */
  readonly made: number | null;
  /** Mean outside temperature, °C; null where it is not told. */
  readonly outsideC: number | null;
}

/** A period whose energy is known, for a baseline and for what it saved. */
export interface WholePeriod {
  readonly fromUs: TimeUs;
  readonly toUs: TimeUs;
  /** Of all meters. */
  readonly kwh: number;
  readonly made: number;
  /** Absent where the node has no outside temperature. */
  readonly outsideC?: number;
}

/** Answers of a history, by what they are of. */
export interface PeriodAnswers {
  readonly meters: readonly { readonly reading: MeterReading; readonly answer: HistoryWindows }[];
  readonly made?: HistoryWindows;
  readonly outside?: HistoryWindows;
}

/** Periods by what a history says of their windows. */
export function periodsOf(windows: readonly TimeWindow[], answers: PeriodAnswers): EnergyPeriod[] {
  return windows.map(({ fromUs, toUs }, i) => ({
    fromUs,
    toUs,
    kwh: answers.meters.map(({ reading, answer }) => energyOf(reading, answer, i, (toUs - fromUs) / 3600e6)),
    made: answers.made === undefined ? null : rise(answers.made, i),
    outsideC:
      answers.outside === undefined || answers.outside.covered[i]! < COMPLETE_SHARE
        ? null
        : finite(answers.outside.mean[i]!),
  }));
}

function energyOf(reading: MeterReading, answer: HistoryWindows, i: number, hours: number): number | null {
  if (answer.covered[i]! < COMPLETE_SHARE) return null;
  // A mean over the part that is known stands for the rest of the period too.
  const value = reading.kind === "power" ? finite(answer.mean[i]! * hours) : rise(answer, i);
  return value === null ? null : value * reading.factor;
}

/** What a counter gained; null where it stepped back, as a new meter does. */
function rise({ atStart, atEnd }: HistoryWindows, i: number): number | null {
  const gained = atEnd[i]! - atStart[i]!;
  return gained >= 0 ? gained : null;
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** The period summed over its meters; undefined where any part of it is not known. */
export function wholeOf(period: EnergyPeriod, needsOutside: boolean): WholePeriod | undefined {
  const { fromUs, toUs, kwh, made, outsideC } = period;
  if (made === null || kwh.length === 0 || kwh.some((one) => one === null)) return undefined;
  if (needsOutside && outsideC === null) return undefined;
  const sum = kwh.reduce<number>((all, one) => all + one!, 0);
  return { fromUs, toUs, kwh: sum, made, ...(needsOutside ? { outsideC: outsideC! } : {}) };
}
