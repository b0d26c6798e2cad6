import { RungError } from "../../core/errors.ts";

/** One row of a file: its line, counted from 1, and its cells without quotes and blanks. */
export interface TextRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * Text of a file as Windows programs write them: UTF-8, UTF-16 with a byte order mark, or else Windows-1252 (in which
 * the degree sign is a byte that UTF-8 does not allow there).
 */
export function decodeText(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (fault) {
    if (!(fault instanceof TypeError)) throw fault;
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/**
 * Cells of each line (RFC 4180 quotes within a line).
 * @throws RungError `logger-file` where a quote is not closed
 */
export function splitRows(text: string, separator: string, file: string): TextRow[] {
  return text.split(/\r\n|\n|\r/).map((line, i) => ({
    line: i + 1,
    cells: splitLine(line, separator, `${file} line ${i + 1}`),
  }));
}

function splitLine(line: string, separator: string, where: string): string[] {
  const cells: string[] = [];
  let cell = "";
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const sign = line[i]!;
    if (quoted && sign === '"' && line[i + 1] === '"') {
      cell += '"';
      i++;
    } else if (sign === '"' && (quoted || cell.trim() === "")) {
      quoted = !quoted;
      if (quoted) cell = "";
    } else if (!quoted && sign === separator) {
      cells.push(cell.trim());
      cell = "";
    } else cell += sign;
  }
  if (quoted) {
    throw new RungError({
      code: "logger-file",
      where: `${where}, column ${cells.length + 1}`,
      what: "a quote is not closed",
      advice: "export the profile again",
    });
  }
  cells.push(cell.trim());
  return cells;
}
