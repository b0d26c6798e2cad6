import type { StatusWords } from "../session-words.ts";
import type { CauseSession } from "./cause-session.ts";

/** What a cause node says: the likely cause while a finding lasts, what it knows otherwise. */
export function causeWords(session: CauseSession): StatusWords {
  const { openFindings, latest, ticks, confirmedCases } = session;
  const likely = latest?.causes[0];
  if (openFindings > 0 && likely !== undefined) {
    return { text: `${likely.title} · ${Math.round(100 * likely.belief)} %`, mark: "attention" };
  }
  if (openFindings > 0) return { text: "looking for the cause" };
  const cases = confirmedCases === 0 ? "" : ` · ${confirmedCases.toLocaleString("en-US")} confirmed`;
  return {
    text:
      ticks === 0
        ? `waiting for data${cases}`
        : `${ticks.toLocaleString("en-US")} ticks of past kept${cases}`,
  };
}
