/** `--value a b c` means `--value a --value b --value c`. The file stands before the first option. */
export function gatherValues(args: readonly string[]): string[] {
  const result: string[] = [];
  let name = "";
  for (const arg of args) {
    if (arg.startsWith("--")) name = arg;
    else if (name === "--value" && result.at(-1) !== "--value") result.push("--value");
    result.push(arg);
  }
  return result;
}
