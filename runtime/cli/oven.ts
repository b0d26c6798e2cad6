import * as calibrate from "./oven-calibrate.ts";
import * as optimise from "./oven-optimise.ts";
import * as simulate from "./oven-simulate.ts";
import { runVerbBelow, type VerbBelow } from "./verbs-below.ts";

/** In the order in which a person meets them. */
const VERBS: Readonly<Record<string, VerbBelow>> = {
  simulate,
  calibrate,
  optimise,
};

export const summary = "run the cure oven's model";
export const usage = `${Object.values(VERBS)
  .map((verb) => verb.usage)
  .join("\n\n")}

A configuration to start from: examples/oven.config.json

Exit: 0 done, 1 where optimise can certify nothing, 2 a fault of the input.`;

/**
 * @param args what follows `rung oven`
 * @returns the exit code
 */
export function run(args: readonly string[]): Promise<number> {
  return runVerbBelow("oven", VERBS, usage, args);
}
