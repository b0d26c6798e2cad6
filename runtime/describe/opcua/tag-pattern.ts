import { createContext, Script } from "node:vm";
import { messageOf, RungError } from "../../core/errors.ts";

/** ms one batch of texts may take; an expression that backtracks for ever must not hold up the process. */
const MATCH_LIMIT_MS = 500;

/** For each tag of a batch, whether it is looked for. A tag is told as its texts: names, node id, description. */
export type TagMatcher = (batch: readonly (readonly string[])[]) => boolean[];

/**
 * Reads what somebody searches for: words, each of which must stand in one of a tag's texts, or an expression between
 * slashes, `/zone[1-3].*temp/`, which one of its texts must fit. Neither looks at capitals.
 * @returns undefined where nothing is searched for: every tag is meant
 * @throws RungError `malformed-search`; the matcher itself throws `slow-search`
 */
export function tagMatcher(search: string): TagMatcher | undefined {
  const text = search.trim();
  if (text === "") return undefined;
  const expression = /^\/(.+)\/i?$/s.exec(text)?.[1];
  return expression === undefined ? wordMatcher(text) : expressionMatcher(expression);
}

function wordMatcher(text: string): TagMatcher {
  const words = text.toLowerCase().split(/\s+/);
  return (batch) =>
    batch.map((texts) => {
      const whole = texts.join("\n").toLowerCase();
      return words.every((word) => whole.includes(word));
    });
}

function expressionMatcher(expression: string): TagMatcher {
  let pattern: RegExp;
  try {
    pattern = new RegExp(expression, "iu");
  } catch (cause) {
    throw new RungError({
      code: "malformed-search",
      where: `/${expression}/`,
      what: messageOf(cause),
      advice: "correct the expression, or search for plain words",
      cause,
    });
  }
  const script = new Script("batch.map((texts) => texts.some((text) => pattern.test(text)))");
  return (batch) => {
    try {
      // An array of the other realm is copied, so that nothing of it is handed on.
      return [...script.runInContext(createContext({ pattern, batch }), { timeout: MATCH_LIMIT_MS })];
    } catch (cause) {
      throw new RungError({
        code: "slow-search",
        where: `/${expression}/`,
        what: `took longer than ${MATCH_LIMIT_MS} ms over ${batch.length} tags`,
        advice: "write it without a repetition inside a repetition",
        cause,
      });
    }
  };
}
