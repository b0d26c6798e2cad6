import type { LineSession } from "./line-session.ts";

/** What a line's node says while it follows a plant: `268 by shift end (251 to 279) · plan 280 · skill 0.31`. */
export function lineWords({ missing, forecast, score }: LineSession): [text: string] {
  if (missing.length > 0) {
    const more = missing.length > 3 ? ` and ${missing.length - 3} more` : "";
    return [`waits for ${missing.slice(0, 3).join(", ")}${more}`];
  }
  if (forecast === undefined) return ["simulates …"];
  const { mean, low90, high90, plan, skill } = forecast;
  const parts = [
    `${Math.round(mean)} by shift end (${Math.round(low90)} to ${Math.round(high90)})`,
    plan === undefined ? "" : `plan ${plan}`,
    skill.mase === null
      ? `scored ${score.scored} of ${score.needed}`
      : `skill ${(1 - skill.mase).toFixed(2)}`,
  ];
  return [parts.filter((part) => part !== "").join(" · ")];
}
