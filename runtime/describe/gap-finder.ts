import type { Dictionary } from "../core/dictionary.ts";
import type { Frame } from "../core/frame.ts";
import type { TimeUs } from "../core/time.ts";
import { presentAfterFrame } from "./frame-present.ts";
import type { LedgerCause, NewGap } from "./gap-entry.ts";
import type { SourceHead } from "./spool/spool-types.ts";

interface Ended {
  readonly gap: NewGap;
  readonly dictionary: Dictionary;
  /** Properties that have come since: 1 by index. */
  readonly marks: Uint8Array;
}

/** Up to where the samples of a source came. */
interface Reached {
  readonly newestUs: TimeUs;
  /** By clocks that are not ahead, see `presentAfter`. */
  readonly presentUs: TimeUs | undefined;
}

/** A break that becomes a gap with the first sample after it. */
interface Break {
  readonly cause: LedgerCause;
  readonly fromUs: TimeUs;
  /** The earliest one of its cause: by its end it is told which property comes late. */
  readonly isFirst: boolean;
}

/** What is known of a source before its next frame. */
interface Watched {
  newestUs: TimeUs;
  presentUs: TimeUs | undefined;
  epoch: number;
  next: number;
  /** From the newest sample of all on. */
  broken: Break | undefined;
  /** From an earlier time on, where the newest sample is of a clock that is ahead. */
  brokenEarlier: Break | undefined;
  /** The gap that ended last, for properties that come later than the first one. */
  ended: Ended | undefined;
  /** Which properties of the newest dictionary have come: 1 by index. */
  seen: { readonly dictionary: Dictionary; readonly marks: Uint8Array } | undefined;
}

/**
 * Finds where a source's samples break off before they reach the spool: the host was not there, the source began
 * anew, numbers are missing, or the spool did not take a frame. A gap begins at the newest sample before the break
 * and ends at the first one after it that is of now: what was filled in later ends none. Where that newest sample is of
 * a clock that is ahead, or the clock was set back since, another gap begins where the source really was. Recordings
 * are left out: a replay that starts over has no gaps.
 *
 * A cyclic property whose first sample comes later than that of the source, as when thousands of items are subscribed
 * to one after another, has a gap of its own up to there.
 */
export class GapFinder {
  readonly #sources = new Map<string, Watched>();

  /** @param heads how far every source had got when the spool was opened */
  constructor(heads: Readonly<Record<string, SourceHead>>) {
    for (const [source, { newestUs, presentUs, epoch, last }] of Object.entries(heads)) {
      const watched = { ...begun(epoch, last + 1), newestUs, presentUs };
      breakOff(watched, "restart", watched);
      this.#sources.set(source, watched);
    }
  }

  /** A frame came. @returns the gaps that end with it */
  arrived(frame: Frame): NewGap[] {
    if (frame.reality === "recorded" || frame.length === 0) return [];
    const { source, epoch } = frame;
    const first = frame.sequenceAt(0);
    const watched = this.#sources.get(source) ?? begun(epoch, first);
    this.#sources.set(source, watched);
    if (epoch !== watched.epoch) breakOff(watched, "source-restarted", watched);
    else if (frame.isConsecutive && first > watched.next) breakOff(watched, "missing-samples", watched);
    const { dictionary } = frame;
    if (watched.seen?.dictionary !== dictionary) {
      watched.seen = { dictionary, marks: new Uint8Array(dictionary.size) };
    }
    const { marks } = watched.seen;
    const brokenFromUs = watched.broken?.fromUs ?? Number.NaN;
    const earlierFromUs = watched.brokenEarlier?.fromUs ?? Number.NaN;
    let endUs = Number.POSITIVE_INFINITY;
    let earlierEndUs = Number.POSITIVE_INFINITY;
    for (let row = 0; row < frame.length; row++) {
      marks[frame.indexAt(row)] = 1;
      if (frame.historical) continue;
      const timeUs = frame.sourceTimeUsAt(row);
      if (timeUs > watched.newestUs) watched.newestUs = timeUs;
      // A server repeats its last values to a new subscription; they lie before the end of the gap.
      if (timeUs > brokenFromUs && timeUs < endUs) endUs = timeUs;
      if (timeUs > earlierFromUs && timeUs < earlierEndUs) earlierEndUs = timeUs;
    }
    watched.presentUs = presentAfterFrame(watched.presentUs, frame);
    if (epoch !== watched.epoch) {
      watched.epoch = epoch;
      watched.next = first;
    }
    watched.next = Math.max(watched.next, frame.sequenceAt(frame.length - 1) + 1);
    const gaps: NewGap[] = [];
    const end = ({ cause, fromUs, isFirst }: Break, toUs: TimeUs): void => {
      const gap = { source, cause, fromUs, toUs };
      gaps.push(gap);
      if (isFirst) watched.ended = { gap, dictionary, marks: new Uint8Array(dictionary.size) };
    };
    const { broken, brokenEarlier } = watched;
    if (brokenEarlier !== undefined && earlierEndUs !== Number.POSITIVE_INFINITY) {
      watched.brokenEarlier = undefined;
      end(brokenEarlier, earlierEndUs);
    }
    if (broken !== undefined && endUs !== Number.POSITIVE_INFINITY) {
      watched.broken = undefined;
      end(broken, endUs);
    }
    if (watched.ended?.dictionary === dictionary && !frame.historical)
      gaps.push(...later(frame, watched.ended));
    return gaps;
  }

  /** Up to where a source's samples came; what a frame that was not taken leaves behind it. */
  reached(source: string): Reached | undefined {
    const watched = this.#sources.get(source);
    return watched === undefined ? undefined : { newestUs: watched.newestUs, presentUs: watched.presentUs };
  }

  /** Addresses of a source that have come since this began, of those that its newest dictionary names. */
  addresses(source: string): string[] {
    const seen = this.#sources.get(source)?.seen;
    if (seen === undefined) return [];
    return seen.dictionary.properties
      .filter((_, index) => seen.marks[index] === 1)
      .map(({ address }) => address);
  }

  /** A frame was not taken: the gap goes from the sample before it to the first one that is taken. */
  notTaken(source: string, before: Reached | undefined): void {
    const watched = this.#sources.get(source);
    if (watched !== undefined && before !== undefined) breakOff(watched, "not-spooled", before, true);
  }
}

const begun = (epoch: number, next: number): Watched => ({
  newestUs: Number.NEGATIVE_INFINITY,
  presentUs: undefined,
  epoch,
  next,
  broken: undefined,
  brokenEarlier: undefined,
  ended: undefined,
  seen: undefined,
});

/** A break that waits for its end already goes on; it takes over a cause that is certain. */
function breakOff(watched: Watched, cause: LedgerCause, reached: Reached, isCertain = false): void {
  const { newestUs, presentUs = newestUs } = reached;
  if (!Number.isFinite(newestUs)) return;
  const isApart = presentUs < newestUs;
  const after = (earlier: Break | undefined, fromUs: TimeUs, isFirst: boolean): Break => {
    if (earlier === undefined) return { cause, fromUs, isFirst };
    return isCertain ? { ...earlier, cause, fromUs: Math.min(fromUs, earlier.fromUs) } : earlier;
  };
  watched.broken = after(watched.broken, newestUs, !isApart);
  if (isApart) watched.brokenEarlier = after(watched.brokenEarlier, presentUs, true);
}

/** The gaps of properties that come for the first time since a gap of their source ended, and more than a period later. */
function later(frame: Frame, { gap, marks }: Ended): NewGap[] {
  const late: { readonly toUs: TimeUs; readonly address: string }[] = [];
  for (let row = 0; row < frame.length; row++) {
    const index = frame.indexAt(row);
    if (marks[index] === 1) continue;
    marks[index] = 1;
    const { address, update } = frame.propertyAt(row);
    const toUs = frame.sourceTimeUsAt(row);
    if (update.mode === "cyclic" && toUs - gap.toUs > update.periodMs * 1000) late.push({ toUs, address });
  }
  return [...Map.groupBy(late, ({ toUs }) => toUs)].map(([toUs, alike]) => ({
    ...gap,
    fromUs: gap.toUs,
    toUs,
    addresses: alike.map(({ address }) => address),
  }));
}
