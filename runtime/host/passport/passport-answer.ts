import type { Request, Response } from "express";
import { EVERYWHERE, type Scoped } from "../../core/scopes.ts";
import { wallTimeUs } from "../../core/time.ts";
import { type Passport, passportOf } from "../../ladder/passport/passport.ts";
import { reportWithin } from "../../ladder/report-within.ts";
import { productVersion } from "../product-root.ts";
import { scopeOfRequest } from "../request-scope.ts";
import type { Services } from "../services.ts";
import { PASSPORT_POLICY, passportPage } from "./passport-page.ts";
import { runningFacts } from "./running-facts.ts";

/**
 * The passport of a twin of the running flow, or undefined where the flow has none of this address.
 * @param person whoever it is for: it tells of no twin outside the scopes
 */
export function runningPassport(
  services: Services,
  twin: string,
  person: Scoped = { scopes: EVERYWHERE },
): Passport | undefined {
  const ladder = services.ladder();
  const { twins, unguardedOutputs } = reportWithin(ladder.report(), person);
  return passportOf({
    twin,
    twins,
    unguardedOutputs,
    flow: ladder.flow,
    product: productVersion(),
    nowUs: wallTimeUs(),
    measured: { verdicts: twins, changes: ladder.changes(), host: runningFacts(services) },
  });
}

/**
 * Answers `GET .../rung/passport/<address>` with JSON, and with the page to print where the query has `print`.
 * @param twin address, as the path has it
 */
export function answerPassport(
  request: Pick<Request, "query">,
  response: Response,
  parts: { readonly services: Services; readonly twin: string },
): void {
  const { services, twin } = parts;
  const person = scopeOfRequest(request);
  const passport = runningPassport(services, twin, person);
  response.set("Cache-Control", "no-store");
  if (passport === undefined) {
    const known = reportWithin(services.ladder().report(), person).twins.map(({ address }) => address);
    const message = `${twin}: is no twin of the running flow (${known.length === 0 ? "it has none" : `known are ${known.join(", ")}`})`;
    response.status(404).json({ code: "unknown-twin", message });
  } else if (request.query.print === undefined) {
    response.type("json").send(`${JSON.stringify(passport, null, 2)}\n`);
  } else {
    response.set("Content-Security-Policy", PASSPORT_POLICY).type("html").send(passportPage(passport));
  }
}
