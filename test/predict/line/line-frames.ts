import { Dictionary } from "../../../runtime/core/dictionary.ts";
import { type Frame, FrameBuilder } from "../../../runtime/core/frame.ts";
import type { Property } from "../../../runtime/core/property.ts";
import { GOOD } from "../../../runtime/core/quality.ts";

/** Source time of second 0. */
export const START_US = 1_790_000_000_000_000;

/** Samples of a line: path below the twin, value, second. */
export type LineSample = readonly [path: string, value: number | string, atS: number];

export function frameOf(twin: string, samples: readonly LineSample[], quality = GOOD): Frame {
  const types = new Map(samples.map(([path, value]) => [path, typeof value]));
  const dictionary = new Dictionary(
    [...types].map(
      ([path, type]): Property => ({
        address: `${twin}/${path}`,
        kind: "measurement",
        type: type === "string" ? "string" : "number",
        update: { mode: "onChange" },
      }),
    ),
  );
  const builder = new FrameBuilder({ source: "test", reality: "virtual", dictionary }, samples.length);
  for (const [path, value, atS] of samples) {
    const timeUs = START_US + atS * 1e6;
    const index = dictionary.require(`${twin}/${path}`);
    if (typeof value === "number") builder.add(index, value, timeUs, quality);
    else builder.add(index, Number.NaN, timeUs, quality, value);
  }
  return builder.build({ epoch: 1, first: 0, receiveTimeUs: START_US });
}
