import type { TimeUs } from "../core/time.ts";
import type { Envelope } from "./envelope.ts";

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z$/;
const DAY_US = 86_400e6;

/**
 * A day or a time, ISO 8601 in UTC. A day as `from` begins at its first moment, as `until` it ends with its last.
 * @returns microseconds since 1970, or undefined where it is neither
 */
export function validityTimeUs(text: string, edge: "from" | "until"): TimeUs | undefined {
  const isDay = DAY.test(text);
  if (!isDay && !TIME.test(text)) return undefined;
  const ms = Date.parse(text);
  // 2026-02-30 is no day, though a lenient clock would take it for 2 March.
  if (Number.isNaN(ms) || !new Date(ms).toISOString().startsWith(text.slice(0, 10))) return undefined;
  return ms * 1000 + (isDay && edge === "until" ? DAY_US : 0);
}

/** Why an envelope is not valid at a time of the plant's clock, or undefined. */
export function validityProblem(
  { validFrom, validUntil }: Pick<Envelope, "validFrom" | "validUntil">,
  nowUs: TimeUs,
): string | undefined {
  const fromUs = validFrom === undefined ? Number.NEGATIVE_INFINITY : validityTimeUs(validFrom, "from");
  const untilUs = validUntil === undefined ? Number.POSITIVE_INFINITY : validityTimeUs(validUntil, "until");
  if (fromUs === undefined || !(nowUs >= fromUs)) return `the envelope is valid from ${validFrom}`;
  if (untilUs === undefined || !(nowUs < untilUs)) return `the envelope was valid until ${validUntil}`;
  return undefined;
}
