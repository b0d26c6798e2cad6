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
    if (priority === 0) return [{ pattern, action }];
    if (priority !== 1 && priority !== 2 && priority !== 3) {
      throw fault(`priority must be 1, 2 or 3, got ${String(row.priority)}`);
    }
    return [{ pattern, action, priority }];
  });
}
