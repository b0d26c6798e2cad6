import * as predict from "./life-predict.ts";
import * as train from "./life-train.ts";
import { runVerbBelow, type VerbBelow } from "./verbs-below.ts";

/** In the order in which a person meets them. */
const VERBS: Readonly<Record<string, VerbBelow>> = { train, predict };

export const summary = "learn from past failures how long units will last";
export const usage = `${Object.values(VERBS)
  .map((verb) => verb.usage)
  .join("\n\n")}

Files of records: one line per cycle: unit, cycle, signals, divided by blanks, commas or semicolons; nan is missing.
Without a first line of names the 26 columns of C-MAPSS are expected. More: docs/life.md

Exit: 0 done, 2 a fault of the input.`;

/**
 * @param args what follows `rung life`
 * @returns the exit code
 */
export function run(args: readonly string[]): Promise<number> {
  return runVerbBelow("life", VERBS, usage, args);
}
