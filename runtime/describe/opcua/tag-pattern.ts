import { createContext, Script } from "node:vm";
import { messageOf, RungError } from "../../core/errors.ts";
import { monotonicMs } from "../../core/time.ts";

/** ms an expression may take at once: one that backtracks for ever must not hold up the process. */
const AT_ONCE_MS = 500;
/** ms it may take over all batches of a search: neither must one that is just quick enough for each of them. */
const IN_ALL_MS = 1000;
/** ms a tag that are not counted, since a sound expression over 500,000 tags takes more than a second too. */
const FREE_MS_A_TAG = 0.005;

/** Of one search: for each tag of a batch, whether it is looked for. A tag is told as its texts: names, node id, description. */
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
  const realm: { pattern: RegExp; batch: readonly (readonly string[])[] } = { pattern, batch: [] };
  createContext(realm);
  let leftMs = IN_ALL_MS;
  let tags = 0;
  const tooSlow = (cause?: unknown): RungError =>
    new RungError({
      code: "slow-search",
      where: `/${expression}/`,
      what: `takes too long: only ${tags} tags could be looked at`,
      advice: "write it without a repetition inside a repetition, search for words, or below a node",
      cause,
    });
  return (batch) => {
    if (leftMs < 1) throw tooSlow();
    const startMs = monotonicMs();
    try {
      realm.batch = batch;
      // An array of the other realm is copied, so that nothing of it is handed on.
      const fits = [...script.runInContext(realm, { timeout: Math.min(AT_ONCE_MS, Math.floor(leftMs)) })];
      tags += batch.length;
      return fits;
    } catch (cause) {
      throw tooSlow(cause);
    } finally {
      leftMs -= Math.max(0, monotonicMs() - startMs - FREE_MS_A_TAG * batch.length);
    }
  };
}
