import { RungError } from "../core/errors.ts";
import type { ActionRow } from "./finding-words.ts";

/**
 * Checks the rows of a form. Rows without pattern and action are left out.
 * @throws RungError `bad-action` naming the row
 */
export function readActions(rows: unknown, where: string): ActionRow[] {
  if (!Array.isArray(rows)) return [];
  return rows.flatMap((row: Partial<Record<keyof ActionRow, unknown>>, i) => {
    const pattern = String(row.pattern ?? "").trim();
    const action = String(row.action ?? "").trim();
    if (pattern === "" && action === "") return [];
    const fault = (what: string): RungError =>
      new RungError({
        code: "bad-action",
        where: `${where}, action ${i + 1}`,
        what,
        advice: "correct the row",
      });
    if (pattern === "") throw fault("names no property");
    if (action === "") throw fault("says nothing to do");
    const priority = Number(row.priority || 0);
    if (![0, 1, 2, 3].includes(priority)) {
      throw fault(`priority must be 1, 2 or 3, got ${String(row.priority)}`);
    }
    const consequence = String(row.consequence ?? "").trim();
    const withinMin = Number(row.withinMin || 0);
    if (!(withinMin >= 0 && Number.isFinite(withinMin))) {
      throw fault(`time to act must be minutes, got ${String(row.withinMin)}`);
    }
    return [
      {
        pattern,
        action,
        ...(priority !== 0 && { priority: priority as 1 | 2 | 3 }),
        ...(consequence !== "" && { consequence }),
        ...(withinMin > 0 && { withinMin }),
      },
    ];
  });
}
