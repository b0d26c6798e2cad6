import { isBad } from "../../core/quality.ts";
import type { TimeUs } from "../../core/time.ts";
import type { History } from "../../describe/historian/history.ts";
import { type PastSamples, STRETCH_US, wholeRange } from "../past-frames.ts";

/** The part of a historian that is read here. */
export type UseHistory = PastSamples & Pick<History, "at">;

/** A counter that stood still for longer, or a sample of a time so far off, ends what is read. */
const LONGEST_PAUSE_US = 366 * 86_400e6;

/** When a part was renewed, as a person signed it off. */
export interface Renewal {
  /** What the counter of use said then: the part's own cycles are above it. */
  readonly nextFrom: number;
  /** The plant's time of the sign-off; undefined where it was not kept. */
  readonly timeUs: TimeUs | undefined;
}

/** Where in history the present life of an asset begins. */
export interface LifeBegin {
  /** First sample of the counter that belongs to it; infinite where there is none. */
  readonly beganUs: TimeUs;
  /** The counter fell there, after the part's renewal if it was renewed: it counts from the part's beginning. */
  readonly isFall: boolean;
}

/**
 * Walks the counter back from `untilUs` to where it fell last. Where the part was renewed after that, its life begins where the
 * counter passed the renewal's value.
 * @throws RungError `past-too-much`; what the historian throws
 */
export async function lifeBegin(
  history: UseHistory,
  counter: string,
  renewal: Renewal | undefined,
  untilUs: TimeUs,
): Promise<LifeBegin> {
  let oldestUs = Number.POSITIVE_INFINITY;
  let oldest = Number.POSITIVE_INFINITY;
  let passedUs = Number.POSITIVE_INFINITY;
  let isPassed = false;
  // Where the renewal set the counter back, or nobody signed one off, no count cuts the life.
  const isCut = renewal !== undefined && renewal.nextFrom !== 0;
  /** Of one without a time it is taken that it came after any fall. */
  const renewedUs = renewal?.timeUs ?? (isCut ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY);
  for (let toUs = untilUs; ; ) {
    const lastUs = (await history.at([counter], toUs)).sourceTimeUs[0]!;
    if (!(toUs - lastUs <= LONGEST_PAUSE_US)) break;
    const fromUs = lastUs - STRETCH_US;
    const { sourceTimeUs, value, quality } = await wholeRange(history, counter, fromUs, lastUs + 1);
    for (let i = value.length - 1; i >= 0; i--) {
      const count = value[i]!;
      if (!Number.isFinite(count) || isBad(quality[i]!)) continue;
      if (count > oldest) {
        const isFall = oldestUs > renewedUs;
        return { beganUs: isFall ? oldestUs : passedUs, isFall };
      }
      isPassed ||= isCut && count <= renewal.nextFrom;
      oldest = count;
      oldestUs = sourceTimeUs[i]!;
      if (!isPassed) passedUs = oldestUs;
    }
    toUs = fromUs;
  }
  return { beganUs: passedUs, isFall: false };
}
