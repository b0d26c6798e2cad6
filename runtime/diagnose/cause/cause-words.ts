import type { TimeUs } from "../../core/time.ts";
import { durationWords } from "../duration-words.ts";
import { capitalised } from "../finding-words.ts";
import type { LikeCases } from "./case-book.ts";
import type { RankedCause } from "./cause.ts";
import type { Onset } from "./onset.ts";
import type { Lead } from "./precedence.ts";
import type { RecentChange } from "./recent-change.ts";

/** A lead or an effect with its address and its share. */
export interface NamedLead extends Lead {
  readonly address: string;
  readonly share: number;
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;
const gone = ({ direction }: Onset): string => (direction > 0 ? "rose" : "fell");
/** At most so many followers are told. */
const TOLD = 2;

/** Title and evidence of a signal as a cause, the strongest sentence first. */
export function signalEvidence(parts: {
  readonly address: string;
  readonly words: (address: string) => string;
  readonly share: number;
  readonly onset: Onset;
  readonly firstRow: number;
  readonly timeUs: Float64Array;
  readonly leads: readonly NamedLead[];
  readonly ledBy: readonly NamedLead[];
}): Pick<RankedCause, "title" | "evidence"> {
  const { words, share, onset, firstRow, timeUs } = parts;
  const name = capitalised(words(parts.address));
  const evidence = [`${name} carries ${percent(share)} of what is not normal.`];
  const isFirst = onset.row >= 0 && onset.row === firstRow;
  if (isFirst)
    evidence.push(`${name} ${gone(onset)} at ${clock(timeUs[onset.row]!)}, before or with all others.`);
  else if (onset.row > firstRow && firstRow >= 0) {
    const late = timeUs[onset.row]! - timeUs[firstRow]!;
    evidence.push(`${name} ${gone(onset)} ${durationWords(late)} after the first signal.`);
  }
  const lagUs = ({ following }: Lead): number =>
    (Math.abs(following.lag) * (timeUs.at(-1)! - timeUs[0]!)) / Math.max(1, timeUs.length - 1);
  const follows = (who: string, whom: string, each: NamedLead): string =>
    `${capitalised(who)} follows ${whom}${each.following.lag === 0 ? "" : ` by ${durationWords(lagUs(each))}`} (correlation ${each.following.r.toFixed(2)}${STANDING_WORDS[each.standing]}).`;
  for (const each of parts.leads.slice(0, TOLD))
    evidence.push(follows(words(each.address), words(parts.address), each));
  const [first] = parts.ledBy;
  if (first !== undefined) evidence.push(follows(words(parts.address), words(first.address), first));
  return { title: isFirst ? `${name} ${gone(onset)} first` : name, evidence };
}

const STANDING_WORDS: Readonly<Record<NamedLead["standing"], string>> = {
  moves: ", which is declared to move it",
  same: ", at the same place",
  before: ", which stands before it",
  after: ", though it stands after it",
  unknown: "",
};

export function changeEvidence(change: RecentChange, onsetUs: TimeUs): string[] {
  const beforeUs = onsetUs - change.timeUs;
  const when =
    beforeUs <= 0
      ? "as the first signal left normal"
      : `${durationWords(beforeUs)} before the first signal left normal`;
  return [`${capitalised(change.what)} at ${clock(change.timeUs)}, ${when}.`];
}

export const caseEvidence = ({ count, newestUs }: LikeCases): string =>
  `Confirmed in ${count === 1 ? "a like case" : `${count} like cases`}, last on ${new Date(newestUs / 1000).toISOString().slice(0, 10)}.`;

export const titleOf = (causes: readonly RankedCause[], finding: string): string =>
  causes.length === 0 ? `No cause found: ${finding}` : `Likely cause: ${causes[0]!.title}`;

/** 14:03:27 in UTC: the time of the source, wherever it is read. */
const clock = (timeUs: TimeUs): string => `${new Date(timeUs / 1000).toISOString().slice(11, 19)} UTC`;
