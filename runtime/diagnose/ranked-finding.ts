import type { TimeUs } from "../core/time.ts";
import type { Finding } from "./finding.ts";
import { type ActionRow, actionFor } from "./finding-words.ts";
import type { Signal } from "./signal.ts";

/** A finding names at most so many addresses, each with at least this share. */
const MAX_CONTRIBUTIONS = 5;
const MIN_SHARE = 0.03;

/** The signals in the order of their shares, the largest first. */
export const byShare = (shares: Float64Array): number[] =>
  [...shares.keys()].sort((a, b) => shares[b]! - shares[a]! || a - b);

/** The finding at the start of an episode of signals that are judged together, led by the one with the largest share. */
export function rankedFinding(parts: {
  readonly twin: string;
  readonly node: string;
  readonly timeUs: TimeUs;
  readonly signals: readonly Signal[];
  readonly shares: Float64Array;
  readonly score: number;
  readonly words: { readonly title: string; readonly reason: string };
  /** Where no row of the table says another. */
  readonly priority: 1 | 2 | 3;
  readonly actions: readonly ActionRow[];
}): Finding {
  const { twin, node, timeUs, signals, shares, score, words } = parts;
  const ranked = byShare(shares);
  const addressOf = (i: number): string => signals[i]!.property.address;
  const { action, priority, consequence, withinMin } = actionFor(
    signals[ranked[0]!]!.property,
    twin,
    parts.actions,
  );
  return {
    kind: "finding",
    id: `${twin}#${node}#${timeUs}`,
    twin,
    contributions: ranked
      .slice(0, MAX_CONTRIBUTIONS)
      .filter((i, rank) => rank === 0 || shares[i]! >= MIN_SHARE)
      .map((i) => ({ address: addressOf(i), share: shares[i]! })),
    score,
    limit: 1,
    active: true,
    sinceUs: timeUs,
    timeUs,
    priority: priority ?? parts.priority,
    ...words,
    action,
    ...(consequence !== undefined && { consequence }),
    ...(withinMin !== undefined && { withinMin }),
  };
}

/** 1 where an own limit of the property is broken, 3 where only the pattern is odd, 2 otherwise. */
export function priorityOf({ property, reference }: Signal, value: number, isOff: boolean): 1 | 2 | 3 {
  const { low, high } = property.limits ?? {};
  if (reference === undefined && ((low !== undefined && value < low) || (high !== undefined && value > high)))
    return 1;
  return isOff ? 2 : 3;
}
