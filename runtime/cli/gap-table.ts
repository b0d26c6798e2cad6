import { isoFromUs } from "../core/time.ts";
import type { GapEntry } from "../describe/gap-ledger.ts";
import { causeWords } from "../describe/gap-words.ts";

const HEADER = ["from", "to", "state", "filled", "cause", "source", "tags"];

/** Entries of a ledger as a table for reading; the newest first, as they come. */
export function gapTable(entries: readonly GapEntry[]): string {
  if (entries.length === 0) return "no gaps: nothing is missing\n";
  const rows = [HEADER, ...entries.map(cellsOf)];
  const widths = HEADER.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join("  ")
      .trimEnd(),
  );
  const open = entries.filter(({ state }) => state === "open").length;
  return `${lines.join("\n")}\n${open} open, ${entries.length - open} filled\n`;
}

function cellsOf({
  fromUs,
  toUs,
  state,
  backfilled,
  expected,
  cause,
  source,
  addresses,
}: GapEntry): string[] {
  return [
    isoFromUs(fromUs),
    isoFromUs(toUs),
    state === "open" ? "open" : "filled",
    `${backfilled} of ${expected ?? "unknown"}`,
    causeWords(cause, "en"),
    source,
    tagsOf(addresses),
  ];
}

function tagsOf(addresses: readonly string[] | undefined): string {
  if (addresses === undefined) return "all tags";
  return addresses.length === 1 ? addresses[0]! : `${addresses.length} tags, the first ${addresses[0]}`;
}

/** The same for programs: what the ledger holds, with times as ISO 8601 beside the microseconds. */
export const jsonOfGaps = (entries: readonly GapEntry[]): string =>
  `${JSON.stringify(
    entries.map((entry) => ({ ...entry, from: isoFromUs(entry.fromUs), to: isoFromUs(entry.toUs) })),
  )}\n`;
