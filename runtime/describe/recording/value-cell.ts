import type { PropertyType } from "../../core/property.ts";
import { BAD_DECODING, BAD_NO_DATA, BAD_OUT_OF_RANGE, GOOD, type Quality } from "../../core/quality.ts";

/** What a cell holds. `reason` says why its quality is bad. */
export interface CellValue {
  readonly value: number;
  readonly other?: string;
  readonly quality: Quality;
  readonly reason?: "empty" | "not-a-number" | "text" | "missing";
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const NOT_A_NUMBER = /^[+-]?(nan|inf|infinity)$/i;
const TRUE = /^(true|on|yes)$/i;
const FALSE = /^(false|off|no)$/i;

const MISSING: CellValue = { value: Number.NaN, quality: BAD_NO_DATA, reason: "missing" };
const EMPTY: CellValue = { value: Number.NaN, quality: BAD_NO_DATA, reason: "empty" };
const NAN: CellValue = { value: Number.NaN, quality: BAD_OUT_OF_RANGE, reason: "not-a-number" };

/**
 * Reads a cell for a property of a type. An empty cell, NaN, or text where a number is due is a sample of bad
 * quality, the text kept beside it.
 * @param cell undefined where the row has no such cell
 * @param decimal "," reads 1.234,5 as 1234.5
 */
export function valueOfCell(cell: string | undefined, type: PropertyType, decimal: "." | ","): CellValue {
  if (cell === undefined) return MISSING;
  const text = cell.trim();
  if (text === "") return EMPTY;
  if (type === "string" || type === "structure" || type === "time" || type === "waveform") {
    return { value: Number.NaN, other: cell, quality: GOOD };
  }
  if (type === "boolean") {
    if (TRUE.test(text)) return { value: 1, quality: GOOD };
    if (FALSE.test(text)) return { value: 0, quality: GOOD };
  }
  const plain = decimal === "," ? text.replaceAll(".", "").replace(",", ".") : text;
  if (DECIMAL.test(plain)) {
    const value = Number(plain);
    return Number.isFinite(value) ? { value, quality: GOOD } : NAN;
  }
  if (NOT_A_NUMBER.test(text)) return NAN;
  return { value: Number.NaN, other: cell, quality: BAD_DECODING, reason: "text" };
}
