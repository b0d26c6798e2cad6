import * as check from "./cell-check.ts";
import * as ik from "./cell-ik.ts";
import * as query from "./cell-query.ts";
import * as reach from "./cell-reach.ts";
import * as study from "./cell-study.ts";
import { runVerbBelow, type VerbBelow } from "./verbs-below.ts";

/** In the order in which a person meets them. */
const VERBS: Readonly<Record<string, VerbBelow>> = {
  check,
  study,
  reach,
  ik,
  query,
};

export const summary = "check a robot cell: will the robots clash, and can they reach";
export const usage = `${Object.values(VERBS)
  .map((verb) => verb.usage)
  .join("\n\n")}

What stands in a cell file: docs/cell.md

Exit: 0 done, or as wanted; 1 the answer is no: a clash, a clearance too small, a pose out of reach; 2 a fault of the input.`;

/**
 * @param args what follows `rung cell`
 * @returns the exit code
 */
export function run(args: readonly string[]): Promise<number> {
  return runVerbBelow("cell", VERBS, usage, args);
}
