import type { Finding } from "../../../runtime/diagnose/finding.ts";

export const TWIN = "acme/leipzig/paint/oven1";

/** A finding of one place, at seconds of plant time. */
export function finding(
  id: string,
  place: string,
  priority: 1 | 2 | 3,
  sinceS: number,
  more: Partial<Finding> = {},
): Finding {
  return {
    kind: "finding",
    id,
    twin: TWIN,
    contributions: [{ address: `${TWIN}/${place}`, share: 1 }],
    score: 2,
    limit: 1,
    active: true,
    sinceUs: sinceS * 1e6,
    timeUs: sinceS * 1e6,
    priority,
    title: `${place} is off`,
    reason: "its average is 5 standard deviations off",
    action: "look at it",
    ...more,
  };
}

export const ended = (one: Finding, atS: number): Finding => ({ ...one, active: false, timeUs: atS * 1e6 });
