import { messageOf, RungError } from "../core/errors.ts";
import { VERBS } from "./verbs.ts";

/** Bad input: an unknown verb, a missing file, a wrong option. */
const EXIT_INPUT_ERROR = 2;

/**
 * The `rung` command.
 * @param argv everything after the program's name
 * @returns the exit status
 */
export async function main(argv: readonly string[]): Promise<number> {
  const [name, ...args] = argv;
  const asJson = args.includes("--json");
  try {
    if (name === undefined || name === "help" || name === "--help" || name === "-h") {
      const about = name === undefined ? undefined : args[0];
      process.stdout.write(about === undefined ? await overview() : `${(await verb(about)).usage.trim()}\n`);
      return 0;
    }
    const chosen = await verb(name);
    if (args.includes("--help") || args.includes("-h")) {
      process.stdout.write(`${chosen.usage.trim()}\n`);
      return 0;
    }
    return await chosen.run(args);
  } catch (thrown) {
    report(thrown, asJson);
    return EXIT_INPUT_ERROR;
  }
}

async function verb(name: string) {
  const load = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
  if (load === undefined) {
    throw new RungError({
      code: "unknown-verb",
      where: `rung ${name}`,
      what: "is no verb",
      advice: `known are ${Object.keys(VERBS).join(", ")}; see rung help`,
    });
  }
  return load();
}

async function overview(): Promise<string> {
  const width = Math.max(...Object.keys(VERBS).map((name) => name.length));
  const lines = await Promise.all(
    Object.entries(VERBS).map(async ([name, load]) => `  ${name.padEnd(width)}  ${(await load()).summary}`),
  );
  return `Usage: rung <verb> [options]\n\n${lines.join("\n")}\n\nMore about one: rung help <verb>\n`;
}

/** With `--json` errors too are JSON, on stdout like every other answer; otherwise a line on stderr. */
function report(thrown: unknown, asJson: boolean): void {
  if (!asJson) {
    process.stderr.write(`${messageOf(thrown)}\n`);
    return;
  }
  const error =
    thrown instanceof RungError
      ? thrown.toJSON()
      : { code: "unexpected", where: "rung", message: messageOf(thrown) };
  process.stdout.write(`${JSON.stringify({ errors: [error] })}\n`);
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
