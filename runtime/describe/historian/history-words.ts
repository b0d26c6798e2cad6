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

/** What a history node says: "1.2 GB · no gaps", or how many samples were lost and why. */
export function historyWords(
  facts: StoreFacts,
  counts: HistorianCounts,
): { text: string; mark: "ok" | "fault" } {
  const lost = Object.entries(counts.dropped).filter(([, rows]) => rows > 0);
  const size = sizeWords(facts.bytes);
  if (lost.length === 0) return { text: `${size} · no gaps`, mark: "ok" };
  const rows = lost.reduce((sum, [, count]) => sum + count, 0);
  return { text: `${size} · ${rows.toLocaleString("en")} samples lost: ${lost[0]![0]}`, mark: "fault" };
}
