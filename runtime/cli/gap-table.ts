import { isoFromUs } from "../core/time.ts";
import type { GapEntry } from "../describe/gap-entry.ts";
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
  const count = (state: string): number => entries.filter((entry) => stateOf(entry) === state).length;
  const missing = count("missing");
  const apart = missing === 0 ? "" : `, ${missing} missing at the server too`;
  return `${lines.join("\n")}\n${count("open")} open, ${count("filled")} filled${apart}\n`;
}

/** Closed is filled only where the server had all that was due. */
const stateOf = ({ state, missing }: GapEntry): "open" | "filled" | "missing" =>
  state === "open" ? "open" : missing === undefined ? "filled" : "missing";

function cellsOf(entry: GapEntry): string[] {
  const { fromUs, toUs, backfilled, missing, expected, cause, source, addresses } = entry;
  const lacking = missing === undefined ? "" : `, ${missing} not at the server`;
  return [
    isoFromUs(fromUs),
    isoFromUs(toUs),
    stateOf(entry),
    `${backfilled} of ${expected ?? "unknown"}${lacking}`,
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
