import { RungError } from "../core/errors.ts";
import type { Recommendation } from "../prescribe/recommendation.ts";

/**
 * Takes a recommendation off a wire. A scenario, a frame or a sibling's state is none and can never be written.
 * @throws RungError `no-recommendation`
 */
export function readRecommendation(payload: unknown): Recommendation {
  const thing = payload as Partial<Recommendation> | null | undefined;
  const whole =
    thing?.kind === "recommendation" &&
    typeof thing.id === "string" &&
    typeof thing.twin === "string" &&
    typeof thing.expiresUs === "number" &&
    Array.isArray(thing.changes) &&
    thing.changes.every(
      (change) =>
        typeof change?.target === "string" &&
        typeof change.unit === "string" &&
        Number.isFinite(change.from) &&
        Number.isFinite(change.to),
    );
  if (whole) return thing as Recommendation;
  const got = thing?.kind ?? (payload === null ? "null" : typeof payload);
  throw new RungError({
    code: "no-recommendation",
    where: "payload",
    what: `expected a recommendation from an optimise node, got ${thing?.kind === "recommendation" ? "a broken one" : `a ${got}`}`,
    advice: "wire optimise, envelope and actuate in this order",
  });
}
