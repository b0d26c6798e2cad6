import { setImmediate as afterOthers } from "node:timers/promises";
import type { Frame } from "../../core/frame.ts";
import { isBad } from "../../core/quality.ts";
import type { TimeUs } from "../../core/time.ts";
import type { History } from "../../describe/historian/history.ts";
import { type PastSamples, pastFrames, wholeRange } from "../past-frames.ts";

/** The part of a historian that is read here. */
export type UseHistory = PastSamples & Pick<History, "at">;

/** What of an asset is read. */
export interface UseAddresses {
  readonly counter: string;
  readonly signals: readonly string[];
}

/** How much is asked for at once, µs of source time. */
const STRETCH_US = 6 * 3600e6;
/** A counter that stood still for longer, or a sample of a time so far off, ends what is read. */
const LONGEST_PAUSE_US = 366 * 86_400e6;

/**
 * The use of an asset in its present life, as history has it: from where its counter last fell, or passed what it said
 * when the part was renewed, in order of time. Nothing where the counter was never stored. Gives way to other work after
 * each frame.
 * @param bornAt what the counter said when the part was renewed; 0 where it counts from there or nobody knows
 * @param untilUs before this time
 * @throws RungError `past-too-much`; what the historian throws
 */
export async function* pastUse(
  history: UseHistory,
  { counter, signals }: UseAddresses,
  bornAt: number,
  untilUs: TimeUs,
): AsyncGenerator<Frame> {
  const beganUs = await beganAt(history, counter, bornAt, untilUs);
  for (let fromUs = beganUs; fromUs < untilUs; fromUs += STRETCH_US) {
    const toUs = Math.min(fromUs + STRETCH_US, untilUs);
    for (const frame of await pastFrames(history, [counter, ...signals], fromUs, toUs)) {
      yield frame;
      await afterOthers();
    }
  }
}

/** Walks back from `untilUs` to the first sample of the present life; infinite where there is none. */
async function beganAt(
  history: UseHistory,
  counter: string,
  bornAt: number,
  untilUs: TimeUs,
): Promise<TimeUs> {
  let beganUs = Number.POSITIVE_INFINITY;
  let later = Number.POSITIVE_INFINITY;
  for (let toUs = untilUs; ; ) {
    const lastUs = (await history.at([counter], toUs)).sourceTimeUs[0]!;
    if (!(toUs - lastUs <= LONGEST_PAUSE_US)) return beganUs;
    const fromUs = lastUs - STRETCH_US;
    const { sourceTimeUs, value, quality } = await wholeRange(history, counter, fromUs, lastUs + 1);
    for (let i = value.length - 1; i >= 0; i--) {
      const count = value[i]!;
      if (!Number.isFinite(count) || isBad(quality[i]!)) continue;
      if (count > later || (bornAt > 0 && count <= bornAt)) return beganUs;
      later = count;
      beganUs = sourceTimeUs[i]!;
    }
    toUs = fromUs;
  }
}
