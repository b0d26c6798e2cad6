import type { RungError } from "../../core/errors.ts";
import type { HistorianCounts, StoreFacts } from "./history-types.ts";

const UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

/** "1.2 GB", in powers of a thousand. */
export function sizeWords(bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= 999.5 && unit < UNITS.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${unit === 0 || size >= 99.5 ? Math.round(size) : Number(size.toFixed(1))} ${UNITS[unit]}`;
}

/**
 * What a history node says: "1.2 GB · no gaps", how many samples were lost and why, or how many wait and for what.
 * @param trouble what keeps samples from being stored now
 */
export function historyWords(
  facts: StoreFacts,
  counts: HistorianCounts,
  trouble?: RungError,
): { text: string; mark: "ok" | "fault" } {
  const lost = Object.entries(counts.dropped).filter(([, rows]) => rows > 0);
  const size = sizeWords(facts.bytes);
  if (trouble !== undefined) {
    return {
      text: `${size} · ${counts.queued.toLocaleString("en")} samples wait: ${trouble.code}`,
      mark: "fault",
    };
  }
  if (lost.length === 0) return { text: `${size} · no gaps`, mark: "ok" };
  const rows = lost.reduce((sum, [, count]) => sum + count, 0);
  return { text: `${size} · ${rows.toLocaleString("en")} samples lost: ${lost[0]![0]}`, mark: "fault" };
}
