import type { Evidence } from "../core/evidence.ts";
import { isoFromUs, type TimeUs } from "../core/time.ts";

/** Three figures that matter, with no exponent an operator would have to read. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return "not a number";
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString("en-US");
  return String(Number(value.toPrecision(3)));
}

/** Value and unit of a record: "1.4 °C", "99.9 %"; empty where it has no value. */
export function measured({ value, unit }: Evidence): string {
  if (value === null) return "";
  return unit === undefined || unit === "1" ? figure(value) : `${figure(value)} ${unit}`;
}

/** One sentence on a record: what, how much, and why where it fails. */
export function sentence(evidence: Evidence): string {
  if (evidence.verdict === "fails" && evidence.cause) return evidence.cause;
  const parts = [evidence.what, measured(evidence)].filter((part) => part !== "");
  if (evidence.verdict === "collecting") return `${evidence.what}: ${collecting(evidence)}`;
  return evidence.verdict === "fails" ? `${parts.join(" ")}, limit ${evidence.limit}` : parts.join(" ");
}

/** "collecting 12 of 100". */
export function collecting({ progress }: Evidence): string {
  return progress === undefined ? "collecting" : `collecting ${progress.n} of ${progress.of}`;
}

/** Why a record that once held holds no longer. @param clockUs of the twin's link; undefined where none is open */
export function expired(evidence: Evidence, clockUs: TimeUs | undefined): string {
  if (evidence.newestSampleUs !== undefined) {
    const newest = `${isoFromUs(evidence.newestSampleUs).slice(0, 19).replace("T", " ")} UTC`;
    return evidence.newestSampleUs > (clockUs ?? Number.POSITIVE_INFINITY)
      ? `${evidence.what}: its newest sample, of ${newest}, is ahead of the link's clock`
      : `${evidence.what}: no sample since ${newest}`;
  }
  return `${evidence.what} was valid until ${isoFromUs(evidence.validUntilUs!).slice(0, 16).replace("T", " ")} UTC`;
}

/** A length of time in one unit: "0.4 s", "24 s", "33 min", "5.6 h". */
export function duration(us: number): string {
  const s = us / 1e6;
  if (s < 10) return `${Number(s.toFixed(1))} s`;
  if (s < 120) return `${Math.round(s)} s`;
  return s < 7200 ? `${Math.round(s / 60)} min` : `${Number((s / 3600).toFixed(1))} h`;
}
