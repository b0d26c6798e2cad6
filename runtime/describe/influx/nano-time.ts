import type { TimeUs } from "../../core/time.ts";

/** A time of InfluxDB as we keep it: whole microseconds, and the nanoseconds beyond them. */
export interface NanoTime {
  readonly timeUs: TimeUs;
  readonly slot: number;
}

/** Reads RFC 3339 with up to nine digits of a second, in UTC: "2026-09-21T14:13:20.000001002Z". */
export function nanoTimeOf(text: string): NanoTime {
  const seconds = Date.parse(`${text.slice(0, 19)}Z`) / 1000;
  const digits = text.slice(20, -1).padEnd(9, "0");
  return { timeUs: seconds * 1e6 + Number(digits.slice(0, 6)), slot: Number(digits.slice(6, 9)) };
}
