import { parseArgs } from "node:util";

/**
 * Which tests `mocha -g <expression>` or `-f <text>` asks for, by their full titles. Mocha tells a `before` nothing of
 * it, and one that starts everything would run what nobody waits for.
 */
export function askedTests(args: readonly string[]): (fullTitle: string) => boolean {
  const { values } = parseArgs({
    args: [...args],
    strict: false,
    options: {
      grep: { type: "string", short: "g" },
      fgrep: { type: "string", short: "f" },
      invert: { type: "boolean", short: "i" },
    },
  });
  const { grep, fgrep, invert = false } = values;
  if (typeof fgrep === "string") return (title) => title.includes(fgrep) !== invert;
  if (typeof grep !== "string") return () => true;
  const [, source = grep, flags = ""] = /^\/(.*)\/([gimy]{0,4})$/.exec(grep) ?? [];
  const expression = new RegExp(source, flags.replace(/[gy]/g, ""));
  return (title) => expression.test(title) !== invert;
}
