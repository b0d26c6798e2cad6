import * as generate from "./train-generate.ts";
import * as results from "./train-results.ts";
import * as score from "./train-score.ts";
import { runVerbBelow, type VerbBelow } from "./verbs-below.ts";

/** In the order in which a person meets them. */
const VERBS: Readonly<Record<string, VerbBelow>> = { generate, score, results };

export const summary = "make incidents to practise on, score a trainee's answers, list the results";
export const usage = `${Object.values(VERBS)
  .map((verb) => verb.usage)
  .join("\n\n")}

Nothing here reaches a plant. More: docs/training.md

Exit: 0 done, 2 a fault of the input.`;

/** @param args what follows `rung train` @returns the exit status */
export function run(args: readonly string[]): Promise<number> {
  return runVerbBelow("train", VERBS, usage, args);
}
