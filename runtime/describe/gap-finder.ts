import type { Dictionary } from "../core/dictionary.ts";
import type { Frame } from "../core/frame.ts";
import type { TimeUs } from "../core/time.ts";
import type { LedgerCause, NewGap } from "./gap-ledger.ts";
import type { SourceHead } from "./spool/spool-types.ts";

interface Ended {
  readonly gap: NewGap;
  readonly dictionary: Dictionary;
  /** Properties that have come since: 1 by index. */
  readonly marks: Uint8Array;
}

/** What is known of a source before its next frame. */
interface Watched {
  newestUs: TimeUs;
  epoch: number;
  next: number;
  /** A break that becomes a gap with the first sample after it. */
  broken: { readonly cause: LedgerCause; readonly fromUs: TimeUs } | undefined;
  /** The gap that ended last, for properties that come later than the first one. */
  ended: Ended | undefined;
  /** Which properties of the newest dictionary have come: 1 by index. */
  seen: { readonly dictionary: Dictionary; readonly marks: Uint8Array } | undefined;
}

/**
 * Finds where a source's samples break off before they reach the spool: the host was not there, the source began
 * anew, numbers are missing, or the spool did not take a frame. A gap begins at the newest sample before the break
 * and ends at the first one after it that is of now: what was filled in later ends none. Recordings are left out: a
 * replay that starts over has no gaps.
 *
 * A cyclic property whose first sample comes later than that of the source, as when thousands of items are subscribed
 * to one after another, has a gap of its own up to there.
 */
export class GapFinder {
  readonly #sources = new Map<string, Watched>();

  /** @param heads how far every source had got when the spool was opened */
  constructor(heads: Readonly<Record<string, SourceHead>>) {
    for (const [source, { newestUs, epoch, last }] of Object.entries(heads)) {
      const broken = { cause: "restart" as const, fromUs: newestUs };
      this.#sources.set(source, {
        newestUs,
        epoch,
        next: last + 1,
        broken,
        ended: undefined,
        seen: undefined,
      });
    }
  }

  /** A frame came. @returns the gaps that end with it */
  arrived(frame: Frame): NewGap[] {
    if (frame.reality === "recorded" || frame.length === 0) return [];
    const { source, epoch } = frame;
    const first = frame.sequenceAt(0);
    const watched = this.#sources.get(source) ?? {
      newestUs: Number.NEGATIVE_INFINITY,
      epoch,
      next: first,
      broken: undefined,
      ended: undefined,
      seen: undefined,
    };
    this.#sources.set(source, watched);
    if (epoch !== watched.epoch) this.#break(watched, "source-restarted");
    else if (frame.isConsecutive && first > watched.next) this.#break(watched, "missing-samples");
    const { dictionary } = frame;
    if (watched.seen?.dictionary !== dictionary) {
      watched.seen = { dictionary, marks: new Uint8Array(dictionary.size) };
    }
    const { marks } = watched.seen;
    const brokenFromUs = watched.broken?.fromUs ?? Number.NaN;
    let endUs = Number.POSITIVE_INFINITY;
    for (let row = 0; row < frame.length; row++) {
      marks[frame.indexAt(row)] = 1;
      if (frame.historical) continue;
      const timeUs = frame.sourceTimeUsAt(row);
      if (timeUs > watched.newestUs) watched.newestUs = timeUs;
      // A server repeats its last values to a new subscription; they lie before the end of the gap.
      if (timeUs > brokenFromUs && timeUs < endUs) endUs = timeUs;
    }
    if (epoch !== watched.epoch) {
      watched.epoch = epoch;
      watched.next = first;
    }
    watched.next = Math.max(watched.next, frame.sequenceAt(frame.length - 1) + 1);
    const { broken } = watched;
    const gaps: NewGap[] = [];
    if (broken !== undefined && endUs !== Number.POSITIVE_INFINITY) {
      watched.broken = undefined;
      const gap = { source, cause: broken.cause, fromUs: broken.fromUs, toUs: endUs };
      watched.ended = { gap, dictionary, marks: new Uint8Array(dictionary.size) };
      gaps.push(gap);
    }
    if (watched.ended?.dictionary === dictionary && !frame.historical)
      gaps.push(...later(frame, watched.ended));
    return gaps;
  }

  /** Newest source time of a source; what a frame that was not taken leaves behind it. */
  newestUs(source: string): TimeUs | undefined {
    return this.#sources.get(source)?.newestUs;
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
  notTaken(source: string, fromUs: TimeUs | undefined): void {
    const watched = this.#sources.get(source);
    if (watched === undefined || fromUs === undefined || !Number.isFinite(fromUs)) return;
    const beginUs = Math.min(fromUs, watched.broken?.fromUs ?? fromUs);
    watched.broken = { cause: "not-spooled", fromUs: beginUs };
  }

  #break(watched: Watched, cause: LedgerCause): void {
    if (Number.isFinite(watched.newestUs)) watched.broken ??= { cause, fromUs: watched.newestUs };
  }
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
