import { Random } from "../../../runtime/core/random.ts";
import type { Columns } from "../../../runtime/diagnose/columns.ts";

/** Six signals driven by two hidden factors, plus a little noise: what a plane is. Row r may be changed by `change`. */
export function twoFactorRows(
  rows: number,
  seed: number,
  change: (r: number, row: Float64Array) => void = () => undefined,
): Columns {
  const random = new Random(seed);
  const values = Array.from({ length: 6 }, () => new Float64Array(rows));
  const row = new Float64Array(6);
  for (let r = 0; r < rows; r++) {
    const [a, b] = [random.normal(), random.normal()];
    for (let i = 0; i < 6; i++) {
      row[i] = 100 * (i + 1) + (i < 3 ? a : b) * (1 + i) + 0.1 * random.normal() * (1 + i);
    }
    change(r, row);
    for (let i = 0; i < 6; i++) values[i]![r] = row[i]!;
  }
  return { names: ["a0", "a1", "a2", "b3", "b4", "b5"], values, timeUs: new Float64Array(0) };
}
