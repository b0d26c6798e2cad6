import { Dictionary } from "../../../runtime/core/dictionary.ts";
import { type Frame, FrameBuilder } from "../../../runtime/core/frame.ts";
import type { Property } from "../../../runtime/core/property.ts";
import { GOOD } from "../../../runtime/core/quality.ts";

export const AREA = "acme/leipzig/pumps";
export const TWINS = [`${AREA}/p1`, `${AREA}/p2`] as const;
const PATHS = ["cycles", "vibration", "bearing/temperature", "pressure"];
export const CYCLE_US = 60e6;
export const START_US = 1_790_000_000e6;
const DICTIONARIES = TWINS.map(
  (twin) =>
    new Dictionary(
      PATHS.map(
        (path): Property => ({
          address: `${twin}/${path}`,
          kind: "measurement",
          type: "number",
          update: { mode: "cyclic", periodMs: 60_000 },
        }),
      ),
    ),
);

/** One cycle of a pump as a frame; the counter stands behind the signals, as any order may. */
export function frameOf(
  pump: number,
  row: readonly number[],
  cycle: number,
  minute = cycle,
  quality = GOOD,
): Frame {
  const builder = new FrameBuilder({ source: "s", reality: "virtual", dictionary: DICTIONARIES[pump]! });
  const timeUs = START_US + minute * CYCLE_US;
  for (let s = 0; s < 3; s++) builder.add(s + 1, row[s]!, timeUs, quality);
  builder.add(0, cycle, timeUs, GOOD);
  return builder.build({ epoch: 1, first: 0, receiveTimeUs: 0 });
}
