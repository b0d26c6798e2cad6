import { qualityWord } from "../core/quality.ts";
import { isoFromUs } from "../core/time.ts";
import type { TagReading } from "../describe/opcua/browse.ts";
import type { FoundTag } from "../describe/opcua/search.ts";
import { plainJson } from "../describe/opcua/value-text.ts";

export interface ListedTag {
  readonly tag: FoundTag;
  /** Where values were asked for. */
  readonly reading?: TagReading;
}

/** Longest value that is told on a line. */
const MOST_VALUE = 60;

/** One line per tag in columns: path, node id, data type, unit, access, then value, quality and source time. */
export function tagLines(tags: readonly ListedTag[]): string {
  const lines = tags.map(({ tag, reading }) => {
    const cells = [tag.path, tag.nodeId, tag.dataType, tag.unitText ?? "", tag.access.join(", ")];
    if (reading === undefined) return cells;
    const { value, quality, sourceTimeUs } = reading;
    return [
      ...cells,
      valueText(value),
      qualityWord(quality),
      sourceTimeUs === undefined ? "" : isoFromUs(sourceTimeUs),
    ];
  });
  const widths = (lines[0] ?? []).map((_, column) =>
    lines.reduce((width, line) => Math.max(width, line[column]!.length), 0),
  );
  return lines
    .map(
      (line) =>
        `${line
          .map((cell, i) => cell.padEnd(widths[i]!))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}

function valueText(value: unknown): string {
  if (value === undefined) return "";
  const text = typeof value === "object" ? JSON.stringify(value, plainJson) : String(value);
  const line = text.replaceAll(/\s+/g, " ");
  return line.length > MOST_VALUE ? `${line.slice(0, MOST_VALUE - 1)}…` : line;
}
