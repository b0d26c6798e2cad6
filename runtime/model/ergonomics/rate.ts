import { RungError } from "../../core/errors.ts";
import type { LicensedTable } from "./licensed-table.ts";
import { type LiftResult, liftJob, rateLifts } from "./lift.ts";
import { readPosture } from "./posture.ts";
import { reba } from "./reba.ts";
import { rula } from "./rula.ts";
import type { PostureScore } from "./score.ts";
import { type ShiftLoad, shiftLoad } from "./shift-load.ts";
import { readShiftWork } from "./shift-work.ts";

export const ERGONOMIC_METHODS = ["niosh", "rula", "reba", "load"] as const;
export type ErgonomicMethod = (typeof ERGONOMIC_METHODS)[number];
export type ErgonomicResult = LiftResult | PostureScore | ShiftLoad;

/**
 * Rates what a person or a program has written down by one method: lifts, a posture, or the work of a shift.
 * @param value for `niosh` as `liftJob` reads it, for `rula` and `reba` as `readPosture`, for `load` as `readShiftWork`; its
 *   field `method` stands in for the one that is not given
 * @param table the plant's licensed table, for `load`
 * @throws RungError `ergonomics-method`, and those of the readers
 */
export function rate(
  value: unknown,
  where: string,
  options: { readonly method?: string; readonly table?: LicensedTable } = {},
): ErgonomicResult {
  const own =
    typeof value === "object" && value !== null ? (value as { method?: unknown }).method : undefined;
  const method = options.method ?? own;
  switch (method) {
    case "niosh":
      return rateLifts(liftJob(value, where));
    case "rula":
      return rula(readPosture(value, where));
    case "reba":
      return reba(readPosture(value, where));
    case "load":
      return shiftLoad(readShiftWork(value, where, options.table));
    default:
      throw new RungError({
        code: "ergonomics-method",
        where,
        what: `method must be one of ${ERGONOMIC_METHODS.join(", ")}, got ${method === undefined ? "nothing" : JSON.stringify(method)}`,
        advice: "name the method",
      });
  }
}

/**
 * What a person should look at, in a few words: a lift above its recommended weight, a posture whose action level asks for
 * a change, a limit of the plant that is passed. Undefined where there is nothing.
 */
export function concern(result: ErgonomicResult): string | undefined {
  if (result.kind === "niosh") {
    if (result.compositeIndex === null) return "no weight is recommended this often";
    const worst = Math.max(
      result.compositeIndex,
      ...result.lifts.map(({ liftingIndex }) => liftingIndex ?? 0),
    );
    return worst > 1 ? `lifting index ${worst.toFixed(1)}` : undefined;
  }
  if (result.kind === "load") {
    const passed = result.operators.filter(({ breaches }) => breaches.length > 0);
    return passed.length === 0 ? undefined : `${passed.map(({ name }) => name).join(", ")} above a limit`;
  }
  // From "investigate and change soon" of RULA, and "necessary soon" of REBA.
  return result.actionLevel >= 3 ? `${result.score}, ${result.action}` : undefined;
}

/** A result in a few words: "LI 1.9", "RULA 5: investigate and change soon", "3 operators, at most 42 points". */
export function resultWords(result: ErgonomicResult): string {
  if (result.kind === "niosh") {
    const index =
      result.compositeIndex === null ? "none: lifted too often" : result.compositeIndex.toFixed(1);
    return `${result.lifts.length === 1 ? "LI" : "CLI"} ${index}`;
  }
  if (result.kind === "load") {
    const most = Math.max(...result.operators.map(({ points }) => points));
    const count = result.operators.length;
    return `${count} ${count === 1 ? "operator" : "operators"}, at most ${Number(most.toFixed(1))} points`;
  }
  return `${result.kind.toUpperCase()} ${result.score}: ${result.action}`;
}
