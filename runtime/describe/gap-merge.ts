import type { GapEntry, LedgerCause, NewGap } from "./gap-entry.ts";
import type { Interval } from "./missing-intervals.ts";

/** What is refused within this time of each other is one entry: a sink that refuses one tag does so at every sample. */
export const REFUSED_APART_US = 3600e6;

/** The open entry with the gap as a part of it, the entry itself where it says it all; undefined where they differ. */
export function mergedInto(
  entry: GapEntry,
  gap: NewGap & { readonly addresses: readonly string[] | undefined },
): GapEntry | undefined {
  const isSameTags = areSame(entry.addresses, gap.addresses);
  if (entry.cause === "refused" || gap.cause === "refused") {
    // It is never filled in, so that it must not close with what is.
    return entry.cause === gap.cause && isSameTags ? withRefused(entry, gap) : undefined;
  }
  const concerns = isSameTags || entry.addresses === undefined || isAmong(gap.addresses, entry.addresses);
  if (concerns && entry.fromUs <= gap.fromUs && entry.toUs >= gap.toUs) {
    // What the source itself knows is better than what was concluded from its new epoch.
    const isBetter = entry.cause === "source-restarted" && isSameTags && gap.cause !== "restart";
    return isBetter && gap.cause !== entry.cause ? { ...entry, cause: gap.cause } : entry;
  }
  if (!isSameTags || gap.fromUs > entry.toUs || gap.toUs < entry.fromUs) return undefined;
  const isApart = gap.fromUs === entry.toUs || gap.toUs === entry.fromUs;
  const cause = entry.cause === gap.cause ? entry.cause : isApart ? undefined : causeOfBoth(entry, gap);
  if (cause === undefined) return undefined;
  const both = entry.expected !== undefined && gap.expected !== undefined;
  const { expected: _, ...rest } = entry;
  return {
    ...rest,
    cause,
    fromUs: Math.min(entry.fromUs, gap.fromUs),
    toUs: Math.max(entry.toUs, gap.toUs),
    // Of overlapping gaps nobody knows how many samples are missing in both.
    ...(both && isApart ? { expected: entry.expected + gap.expected } : {}),
  };
}

function withRefused(entry: GapEntry, { fromUs, toUs }: Interval): GapEntry | undefined {
  if (fromUs - entry.toUs > REFUSED_APART_US || entry.fromUs - toUs > REFUSED_APART_US) return undefined;
  if (fromUs >= entry.fromUs && toUs <= entry.toUs) return entry;
  return { ...entry, fromUs: Math.min(entry.fromUs, fromUs), toUs: Math.max(entry.toUs, toUs) };
}

/**
 * A source that was begun anew tells of it, and so does who finds its new epoch: where the one had seen more of the
 * source than the other their intervals differ, and it is one gap all the same.
 */
function causeOfBoth(entry: GapEntry, gap: NewGap): LedgerCause | undefined {
  if (entry.cause === "source-restarted") return gap.cause;
  return gap.cause === "source-restarted" ? entry.cause : undefined;
}

/** Both in ascending order. */
function areSame(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.length === b.length && a.every((address, i) => address === b[i]);
}

function isAmong(some: readonly string[] | undefined, all: readonly string[]): boolean {
  if (some === undefined || some.length > all.length) return false;
  const known = namesIn(all);
  return some.every((address) => known.has(address));
}

const NAMES = new WeakMap<readonly string[], ReadonlySet<string>>();

/** Of an entry's tags, made once: a burst of late samples asks for each of thousands of them. */
export function namesIn(addresses: readonly string[]): ReadonlySet<string> {
  let names = NAMES.get(addresses);
  if (names === undefined) {
    names = new Set(addresses);
    NAMES.set(addresses, names);
  }
  return names;
}
