import { RungError } from "../core/errors.ts";
import * as calibrate from "./oven-calibrate.ts";
import * as optimise from "./oven-optimise.ts";
import * as simulate from "./oven-simulate.ts";

/** One verb below `rung oven`. */
interface OvenVerb {
  /** Its part of `rung help oven`. */
  readonly usage: string;
  /** @param args what follows the verb, `--json` included. @throws RungError where the input is wrong */
  run(args: readonly string[]): Promise<number>;
}

/** In the order in which a person meets them. */
const VERBS: Readonly<Record<string, OvenVerb>> = {
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
export async function run(args: readonly string[]): Promise<number> {
  const json = args.includes("--json");
  const [name = "", ...rest] = args;
  try {
    const verb = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
    if (verb === undefined) {
      throw new RungError({
        code: "usage",
        where: "rung oven",
        what: `expected ${Object.keys(VERBS).join(", ")}, got ${name === "" ? "nothing" : name}`,
        advice: usage,
      });
    }
    return await verb.run(rest);
  } catch (fault) {
    if (!(fault instanceof RungError)) throw fault;
    if (json) process.stdout.write(`${JSON.stringify({ errors: [fault.toJSON()] }, null, 2)}\n`);
    else process.stderr.write(`${fault.message}\n`);
    return 2;
  }
}
