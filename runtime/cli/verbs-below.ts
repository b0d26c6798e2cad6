import { RungError } from "../core/errors.ts";

/** One verb below a verb of the `rung` command, such as `rung cell check`. */
export interface VerbBelow {
  /** Its part of the usage text of the verb above it. */
  readonly usage: string;
  /** @param args what follows the verb, `--json` included. @throws RungError where the input is wrong */
  run(args: readonly string[]): Promise<number>;
}

/**
 * Runs the verb that the arguments name and tells faults of the input, as JSON where `--json` is among the arguments.
 * @param above the verb they stand below
 * @param verbs by name, in the order in which a person meets them
 * @param usage of the verb above
 * @returns the exit code
 */
export async function runVerbBelow(
  above: string,
  verbs: Readonly<Record<string, VerbBelow>>,
  usage: string,
  args: readonly string[],
): Promise<number> {
  const json = args.includes("--json");
  const [name = "", ...rest] = args;
  try {
    const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
    if (verb === undefined) {
      throw new RungError({
        code: "usage",
        where: `rung ${above}`,
        what: `expected ${Object.keys(verbs).join(", ")}, got ${name === "" ? "nothing" : name}`,
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
