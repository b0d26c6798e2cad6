/** Control characters, line breaks and those that turn the direction of writing, which would garble a terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const UNPRINTABLE = /[\s\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+/g;

/** A text of a flow, which anybody may have written, as one short line that can be printed anywhere. */
export function oneLine(text: string, longest = 60): string {
  const line = text
    .slice(0, longest * 4)
    .replace(UNPRINTABLE, " ")
    .trim();
  if (line.length <= longest && text.length <= longest * 4) return line;
  return `${[...line].slice(0, longest - 1).join("")}…`;
}

/** "a, b, c and 9 more". */
export function listed(words: readonly string[], shown = 3, between = ", "): string {
  if (words.length <= shown + 1) return words.join(between);
  return `${words.slice(0, shown).join(between)} and ${words.length - shown} more`;
}

/** "1 row", "2 rows". */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
