import { capitalised, readable } from "../finding-words.ts";
import type { StreamAlarm } from "./stream-detector.ts";

/** What the words about an alarm need to know of the signal. */
export interface StreamSignalWords {
  /** What an operator calls the signal: "zone 3 fan flow". */
  readonly name: string;
  /** With a space before it, or empty. */
  readonly unit: string;
  /** Rows of a window, and of the signal's period. */
  readonly window: number;
  readonly period: number;
}

/** Title and reason of an alarm: one sentence each, the reason with what was seen, what was known and how far it may go. */
export function streamWords(
  alarm: StreamAlarm,
  { name, unit, window, period }: StreamSignalWords,
): { readonly title: string; readonly reason: string } {
  const { now, before, limit, seen } = alarm;
  const Name = capitalised(name);
  const measured = (value: number): string => `${readable(value)}${unit}`;
  const away = Math.abs(now - before);
  const known = `in ${readable(seen)} rows`;
  const side = now < before ? "below" : "above";
  switch (alarm.rule) {
    case "value":
      return {
        title: `${Name} at a value never seen before`,
        reason: `${Name} is ${measured(now)}, ${measured(away)} ${side} the nearest value ${known} (${measured(before)}), where ${measured(limit)} is the limit.`,
      };
    case "level":
      return {
        title: `${Name} at a level never seen before`,
        reason: `The mean of ${name} over ${window} rows is ${measured(now)}, ${measured(away)} ${side} the nearest ${known} (${measured(before)}), where ${measured(limit)} is the limit.`,
      };
    case "spread":
      return {
        title: `${Name} scatters ${now < before ? "less" : "more"} than ever before`,
        reason: `${Name} scatters ${times(now - before)} the nearest ${known} over ${window} rows, where a factor of ${readable(Math.exp(limit))} is the limit.`,
      };
    case "texture":
      return {
        title: `${Name} moves ${now < before ? "more slowly" : "more hastily"} than ever before`,
        reason: `The movement of ${name} from row to row, for its scatter over ${window} rows, is ${times(now - before)} the nearest ${known}, where a factor of ${readable(Math.exp(limit))} is the limit.`,
      };
    case "step":
      return {
        title: `${Name} ${now < 0 ? "falls" : "rises"} as never before`,
        reason: `The mean of ${name} over ${window} rows has changed by ${measured(now)} within ${window} rows, ${measured(away)} from the nearest change ${known} (${measured(before)}), where ${measured(limit)} is the limit.`,
      };
    case "season":
      return {
        title: `${Name} ${now < 0 ? "below" : "above"} what its cycle says`,
        reason: `The mean of ${name} over ${window} rows lies ${measured(Math.abs(now))} ${now < 0 ? "below" : "above"} where it lay in the last cycles of ${period} rows, and so far never beyond ${measured(before)} (limit ${measured(limit)} from there).`,
      };
    case "flatline":
      return {
        title: `${Name} is frozen`,
        reason: `${Name} has repeated one value for ${readable(now)} rows, at most ${readable(before)} before, where ${readable(limit)} rows are the limit.`,
      };
    case "drift":
      return {
        title: `${Name} drifts ${now < before ? "down" : "up"}`,
        reason: `${Name} has gone from ${measured(before)} to ${measured(now)} over ${readable(alarm.windows * window)} rows, a sum of ${readable(alarm.score * limit)} standard deviations, where ${readable(limit)} is the limit.`,
      };
  }
}

/** A difference of logarithms as a factor: "1.8 times", "0.3 times". */
const times = (difference: number): string => `${readable(Math.exp(difference))} times`;
