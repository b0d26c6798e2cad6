/**
 * Lines of a table whose first columns are text, to the left, and whose others are numbers, to the right.
 * @param texts how many columns are text
 */
export function textTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  texts: number,
): string[] {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  return [head, ...rows].map((cells) =>
    cells
      .map((cell, i) => (i < texts ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join("  ")
      .trimEnd(),
  );
}
