import { type Token, tokenize } from "./tokens.ts";

/** A text with one thing in it changed. */
export interface Mutant {
  readonly what: string;
  readonly text: string;
}

/** What says the opposite, so that no mutant means the same as the text. */
const OPPOSITE: Readonly<Record<string, string>> = {
  "<": ">=",
  ">": "<=",
  "<=": ">",
  ">=": "<",
  "=": "<>",
  "<>": "=",
  AND: "OR",
  OR: "AND",
  TRUE: "FALSE",
  FALSE: "TRUE",
  NOT: "",
};

/** Each comparison and truth of the text turned to its opposite, each whole number one more, each simple line left out. */
export function mutantsOf(text: string): Mutant[] {
  const tokens = tokenize(text);
  // What is declared says nothing by itself.
  const bodyAt = tokens.findLast(({ text: word }) => word === "END_VAR")!.at;
  const body = tokens.filter(({ at }) => at > bodyAt);
  const isFirst = (token: Token): boolean => body.find(({ line }) => line === token.line) === token;
  return body.flatMap((token): Mutant[] => {
    const opposite =
      token.kind === "integer" ? String(Number(token.text) + 1) : (OPPOSITE[token.text] ?? undefined);
    const turned = opposite === undefined ? [] : [replaced(text, token, opposite)];
    return isFirst(token) ? [...turned, ...lineLeftOut(text, token)] : turned;
  });
}

function replaced(text: string, { at, text: old, line }: Token, by: string): Mutant {
  return {
    what: `line ${line}: ${old} turned to ${by || "nothing"}`,
    text: text.slice(0, at) + by + text.slice(at + old.length),
  };
}

/** A line that holds one whole assignment or call. */
function lineLeftOut(text: string, { line }: Token): Mutant[] {
  const lines = text.split("\n");
  const said = lines[line - 1]!.trim();
  if (!/^\w+ := [^;]+;$|^\w+\([^;]+\);$/.test(said)) return [];
  return [{ what: `left out: ${said}`, text: lines.with(line - 1, "").join("\n") }];
}
