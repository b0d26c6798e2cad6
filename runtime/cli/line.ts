import * as optimise from "./line-optimise.ts";
import * as simulate from "./line-simulate.ts";
import { runVerbBelow, type VerbBelow } from "./verbs-below.ts";

/** In the order in which a person meets them. */
const VERBS: Readonly<Record<string, VerbBelow>> = {
  simulate,
  optimise,
};

export const summary = "simulate the flow of parts through a line";
export const usage = `${Object.values(VERBS)
  .map((verb) => verb.usage)
  .join("\n\n")}

Models to start from: examples/data/line/*.yaml

Exit: 0 done, 1 where the choice of optimise is less sure than asked for, 2 a fault of the input.`;

/**
 * @param args what follows `rung line`
 * @returns the exit code
 */
export function run(args: readonly string[]): Promise<number> {
  return runVerbBelow("line", VERBS, usage, args);
}
