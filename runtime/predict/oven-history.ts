import { setImmediate as afterOthers } from "node:timers/promises";
import { Dictionary } from "../core/dictionary.ts";
import { RungError } from "../core/errors.ts";
import { type Frame, FrameBuilder, type Reality } from "../core/frame.ts";
import type { TimeUs } from "../core/time.ts";
import type { HistoryRange } from "../describe/historian/history-types.ts";
import type { OvenAddresses } from "./oven-addresses.ts";

/** The part of a historian that is read here. */
export interface OvenHistory {
  range(address: string, fromUs: TimeUs, toUs: TimeUs, limit?: number): Promise<HistoryRange>;
}

/** Length of one frame, µs of source time. */
const SLICE_US = 60e6;

/**
 * Stored samples of an oven as frames of a minute each, in order of time, for a tracker to learn from. What was never
 * stored is left out. Gives way to other work between slices.
 */
export async function framesOfHistory(
  history: OvenHistory,
  addresses: OvenAddresses,
  fromUs: TimeUs,
  toUs: TimeUs,
): Promise<Frame[]> {
  const ranges: HistoryRange[] = [];
  for (const address of Object.values(addresses).flat() as string[]) {
    try {
      ranges.push(await history.range(address, fromUs, toUs));
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
  const reality: Reality = filled[0]!.realities[0] ?? "recorded";
  const cursor = filled.map(() => 0);
  const frames: Frame[] = [];
  let sequence = 0;
  const firstUs = Math.min(...filled.map((range) => range.sourceTimeUs[0]!));
  const lastUs = Math.max(...filled.map((range) => range.sourceTimeUs.at(-1)!));
  for (let startUs = firstUs; startUs <= lastUs; startUs += SLICE_US) {
    const builder = new FrameBuilder({ source: "history", reality, dictionary }, 1024);
    for (const [i, range] of filled.entries()) {
      while (cursor[i]! < range.sourceTimeUs.length && range.sourceTimeUs[cursor[i]!]! < startUs + SLICE_US) {
        const row = cursor[i]!++;
        if (Number.isNaN(range.value[row]!)) continue;
        builder.add(i, range.value[row]!, range.sourceTimeUs[row]!, range.quality[row]!);
      }
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
