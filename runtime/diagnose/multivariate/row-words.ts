import { byShare } from "../ranked-finding.ts";
import type { RowLeading } from "./row-detector.ts";

const LEADING_WORDS: Readonly<Record<RowLeading, string>> = {
  plane: "The signals lie further out together than in normal operation",
  "off-plane": "The signals do not go together as in normal operation",
  pattern: "The row is unlike every normal one",
};
const MOST_NAMED = 3;

/** How a row is away from normal, and the three signals that carry most of it. */
export function distanceWords(
  leading: RowLeading,
  shares: Float64Array,
  words: (signal: number) => string,
  score: number,
): string {
  const parts = byShare(shares)
    .slice(0, MOST_NAMED)
    .map((i) => `${words(i)} ${Math.round(100 * shares[i]!)} %`);
  return `${LEADING_WORDS[leading]}: ${parts.join(", ")} of the distance (score ${score.toFixed(2)} of limit 1).`;
}
