/** What is wrong with a text, or not known to this interpreter. It never goes on past one. */
export class StructuredTextError extends Error {
  constructor(line: number, what: string) {
    super(`line ${line}: ${what}`);
  }
}

export interface Token {
  readonly kind: "word" | "integer" | "real" | "symbol" | "end";
  /** Words in capitals: IEC 61131-3 does not tell upper from lower case. */
  readonly text: string;
  readonly line: number;
  /** Where it stands in the text. */
  readonly at: number;
}

const PATTERNS: readonly (readonly [Token["kind"], RegExp])[] = [
  ["word", /[A-Za-z_][A-Za-z0-9_]*/y],
  ["real", /\d+\.\d+(E[+-]?\d+)?(?![\w.#])/iy],
  ["integer", /\d+(?![\w.#])/y],
  ["symbol", /:=|<>|<=|>=|[-+()<>=:;,.]/y],
];

/** The words, numbers and symbols of a text, without its comments. @throws StructuredTextError */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let line = 1;
  const pass = (length: number): void => {
    line += text.slice(at, at + length).split("\n").length - 1;
    at += length;
  };
  while (at < text.length) {
    const blank = /^\s+/.exec(text.slice(at));
    if (blank !== null) pass(blank[0].length);
    else if (text.startsWith("(*", at)) pass(commentLength(text, at, line));
    else {
      const token = tokenAt(text, at, line);
      tokens.push(token);
      pass(token.text.length);
    }
  }
  tokens.push({ kind: "end", text: "the end", line, at });
  return tokens;
}

function commentLength(text: string, at: number, line: number): number {
  const end = text.indexOf("*)", at + 2);
  if (end < 0) throw new StructuredTextError(line, "the comment has no end");
  if (text.slice(at + 2, end).includes("(*")) {
    throw new StructuredTextError(line, "a comment in a comment: not every vendor nests them");
  }
  return end + 2 - at;
}

function tokenAt(text: string, at: number, line: number): Token {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found === null) continue;
    return { kind, text: kind === "word" ? found[0].toUpperCase() : found[0], line, at };
  }
  throw new StructuredTextError(line, `${JSON.stringify(text.slice(at, at + 12))} is not known`);
}
