import { RungError } from "../core/errors.ts";
import type { ChangeQuestion } from "./change-store.ts";

/** Changes of one page where nobody says how many. */
const USUAL_LIMIT = 100;
const MOST = 1000;

/**
 * A question as an address on the web asks it: `twin`, `kind` (`held` or `row`), `from` and `before` in whole
 * microseconds of wall time since 1970, `limit` (100; at most 1000).
 * @throws RungError `bad-question`
 */
export function readChangeQuestion(query: Readonly<Record<string, unknown>>): ChangeQuestion {
  const { twin, kind } = query;
  if (twin !== undefined && typeof twin !== "string") throw fault("twin", twin, "one address");
  if (kind !== undefined && kind !== "held" && kind !== "row") throw fault("kind", kind, "held or row");
  const fromUs = whole("from", query.from, 0, Number.MAX_SAFE_INTEGER);
  const beforeUs = whole("before", query.before, 0, Number.MAX_SAFE_INTEGER);
  return {
    ...(twin === undefined ? {} : { twin }),
    ...(kind === undefined ? {} : { kind }),
    ...(fromUs === undefined ? {} : { fromUs }),
    ...(beforeUs === undefined ? {} : { beforeUs }),
    limit: whole("limit", query.limit, 1, MOST) ?? USUAL_LIMIT,
  };
}

function whole(name: string, text: unknown, least: number, most: number): number | undefined {
  if (text === undefined) return undefined;
  const value = typeof text === "string" && text.trim() !== "" ? Number(text) : Number.NaN;
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw fault(name, text, `a whole number from ${least} to ${most}`);
}

function fault(name: string, got: unknown, wanted: string): RungError {
  return new RungError({
    code: "bad-question",
    where: name,
    what: `must be ${wanted}, got ${JSON.stringify(got)}`,
  });
}
