import { RungError } from "../core/errors.ts";
import type { TimeUs } from "../core/time.ts";
import type { ShelvingRequest } from "./alarm-shelf.ts";

/** A shelving, or its end, as a message or a form gives it. */
export type ShelvingMessage =
  | ({ readonly kind: "shelve" } & ShelvingRequest)
  | { readonly kind: "unshelve"; readonly pattern: string };

const DEFAULT_MINUTES = 60;

/**
 * `{shelve: "zone3/fanFlow", minutes: 60, reason: "nozzles being cleaned"}` or `{unshelve: "zone3/fanFlow"}`.
 * @param nowUs on the link's clock
 * @returns undefined for a payload that is neither
 * @throws RungError `bad-shelving`
 */
export function readShelving(payload: unknown, nowUs: TimeUs, where: string): ShelvingMessage | undefined {
  if (typeof payload !== "object" || payload === null) return undefined;
  const { shelve, unshelve, minutes = DEFAULT_MINUTES, reason } = payload as Record<string, unknown>;
  if (typeof unshelve === "string") return { kind: "unshelve", pattern: unshelve.trim() };
  if (shelve === undefined) return undefined;
  const lasts = typeof minutes === "number" ? minutes : Number.NaN;
  if (typeof shelve !== "string" || !(lasts > 0)) {
    throw new RungError({
      code: "bad-shelving",
      where,
      what: `cannot shelve ${JSON.stringify(shelve)} for ${JSON.stringify(minutes)} minutes`,
      advice: 'send {"shelve": "zone3/fanFlow", "minutes": 60, "reason": "nozzles being cleaned"}',
    });
  }
  return {
    kind: "shelve",
    pattern: shelve.trim(),
    fromUs: nowUs,
    untilUs: nowUs + lasts * 60e6,
    ...(typeof reason === "string" && { reason }),
  };
}
