import type { CauseMessage } from "../../../runtime/diagnose/cause/cause.ts";
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

/** What a cause node tells of a finding: signals of these names, each believed less than the one before. */
export const cause = (id: string, ...titles: string[]): CauseMessage => ({
  kind: "cause",
  id,
  twin: TWIN,
  timeUs: 0,
  sinceUs: 0,
  onsetUs: 0,
  title: `Likely cause: ${titles[0]}`,
  causes: titles.map((title, i) => ({
    kind: "signal",
    id: `${TWIN}/${title}`,
    title,
    belief: 0.6 / (i + 1),
    evidence: [`${title} left normal first.`],
  })),
  confidence: 0.6,
  signature: [{ address: `${TWIN}/${titles[0]}`, weight: 1 }],
  degraded: [],
});
