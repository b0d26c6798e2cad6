import { RungError } from "../core/errors.ts";

/**
 * A field from CSV: a line is a row along x, lines follow along y and then along z. On one axis it may as well be one
 * value a line. Cells are separated by comma, semicolon or tab; empty lines are passed over.
 * @throws RungError `field-csv` naming the line
 */
export function fieldFromCsv(text: string, shape: readonly number[], file: string): Float32Array {
  const lines = text
    .split(/\r?\n/)
    .map((line, at) => ({ line, number: at + 1 }))
    .filter(({ line }) => line.trim() !== "");
  const [nx = 1] = shape;
  const cells = shape.reduce((product, n) => product * n, 1);
  const upright = shape.length === 1 && nx > 1 && lines.length === nx;
  const perLine = upright ? 1 : nx;
  if (lines.length * perLine !== cells)
    throw fault(
      file,
      `${shape.join(" x ")} is ${cells / nx} lines of ${nx} values, got ${lines.length} lines`,
    );
  const values = new Float32Array(cells);
  for (const [row, { line, number }] of lines.entries()) {
    const parts = line.split(/[,;\t]/);
    if (parts.length !== perLine)
      throw fault(`${file}:${number}`, `expected ${perLine} values, got ${parts.length}`);
    for (const [column, part] of parts.entries()) {
      const value = part.trim() === "" ? Number.NaN : Number(part);
      if (!Number.isFinite(value))
        throw fault(`${file}:${number}`, `"${part.trim().slice(0, 40)}" is no number`);
      values[row * perLine + column] = value;
    }
  }
  return values;
}

/** The same form back; each value with the digits that tell it from its neighbours. */
export function fieldToCsv(values: Float32Array, shape: readonly number[]): string {
  const [nx = 1] = shape;
  const lines: string[] = [];
  for (let at = 0; at < values.length; at += nx)
    lines.push(Array.from(values.subarray(at, at + nx), shortest).join(","));
  return `${lines.join("\n")}\n`;
}

/** Fewest digits that read back as the same 32-bit float. */
function shortest(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const text = Number(value.toPrecision(digits));
    if (Math.fround(text) === value) return String(text);
  }
  return String(Number(value.toPrecision(9)));
}

const fault = (where: string, what: string): RungError =>
  new RungError({ code: "field-csv", where, what, advice: "see docs/kernels.md" });
