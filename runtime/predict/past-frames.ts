import { setImmediate as afterOthers } from "node:timers/promises";
import { Dictionary } from "../core/dictionary.ts";
import { RungError } from "../core/errors.ts";
import { type Frame, FrameBuilder } from "../core/frame.ts";
import type { TimeUs } from "../core/time.ts";
import type { History } from "../describe/historian/history.ts";
import type { HistoryRange } from "../describe/historian/history-types.ts";

/** The part of a historian that is read here. */
export type PastSamples = Pick<History, "range">;

/** Length of one frame, µs of source time. */
const SLICE_US = 60e6;
/** How much is asked for at once, µs of source time. */
export const STRETCH_US = 6 * 3600e6;

/** `framesOfPast` in stretches, so that any time may be read. Gives way to other work after each frame too. */
export async function* pastFrames(
  history: PastSamples,
  addresses: readonly string[],
  fromUs: TimeUs,
  toUs: TimeUs,
): AsyncGenerator<Frame> {
  for (let beginUs = fromUs; beginUs < toUs; beginUs += STRETCH_US) {
    const endUs = Math.min(beginUs + STRETCH_US, toUs);
    for (const frame of await framesOfPast(history, addresses, beginUs, endUs)) {
      yield frame;
      await afterOthers();
    }
  }
}

/**
 * Stored samples with fromUs <= source time < toUs as frames of a minute each, in order of time within each too. What
 * was never stored is left out. Gives way to other work between frames.
 * @throws RungError `past-too-much`; what the historian throws, but for addresses it does not know
 */
export async function framesOfPast(
  history: PastSamples,
  addresses: readonly string[],
  fromUs: TimeUs,
  toUs: TimeUs,
): Promise<Frame[]> {
  const ranges: HistoryRange[] = [];
  for (const address of addresses) {
    try {
      ranges.push(await wholeRange(history, address, fromUs, toUs));
    } catch (fault) {
      if (!(fault instanceof RungError && fault.code === "unknown-address")) throw fault;
    }
  }
  const filled = ranges.filter((range) => range.sourceTimeUs.length > 0);
  if (filled.length === 0) return [];
  const dictionary = new Dictionary(
    filled.map(({ address, unit }) => ({
      address,
      kind: "measurement",
      type: "number",
      ...(unit === undefined ? {} : { unit }),
      update: { mode: "onChange" },
    })),
  );
  const reality = filled[0]!.realities[0] ?? "recorded";
  const cursor = filled.map(() => 0);
  /** Time of the next sample of a column. */
  const nextUs = (i: number): TimeUs => filled[i]!.sourceTimeUs[cursor[i]!] ?? Number.POSITIVE_INFINITY;
  const earliest = (): number => cursor.reduce((best, _, i) => (nextUs(i) < nextUs(best) ? i : best), 0);
  const frames: Frame[] = [];
  let sequence = 0;
  for (let column = earliest(); nextUs(column) < Number.POSITIVE_INFINITY; ) {
    const startUs = nextUs(column);
    const builder = new FrameBuilder({ source: "history", reality, dictionary }, 1024);
    for (; nextUs(column) < startUs + SLICE_US; column = earliest()) {
      const { value, quality } = filled[column]!;
      const row = cursor[column]!;
      if (!Number.isNaN(value[row]!)) builder.add(column, value[row]!, nextUs(column), quality[row]!);
      cursor[column]!++;
    }
    if (builder.length > 0) {
      const frame = builder.build({ epoch: 1, first: sequence, receiveTimeUs: startUs });
      sequence += frame.length;
      frames.push(frame);
    }
    await afterOthers();
  }
  return frames;
}

/**
 * All samples of a property with fromUs <= source time < toUs.
 * @throws RungError `past-too-much` where there are more than a historian answers at once; what it throws
 */
export async function wholeRange(
  history: PastSamples,
  address: string,
  fromUs: TimeUs,
  toUs: TimeUs,
): Promise<HistoryRange> {
  const range = await history.range(address, fromUs, toUs);
  if (range.complete) return range;
  throw new RungError({
    code: "past-too-much",
    where: address,
    what: `has more than ${range.value.length} samples in ${((toUs - fromUs) / 3600e6).toFixed(1)} hours of history`,
    advice: "let it be told less often, or on change",
  });
}
