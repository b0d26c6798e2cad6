import type { Evidence } from "../core/evidence.ts";
import type { Frame } from "../core/frame.ts";
import type { TimeUs } from "../core/time.ts";
import type { Finding } from "./finding.ts";
import type { Signal } from "./signal.ts";

/** A calibrated detector at work, whichever method it judges by: frames in, findings out. */
export interface Watch {
  readonly signals: readonly Signal[];
  /** The finding of the running episode, the first of several. */
  readonly current: Finding | undefined;
  /** Since when there is no episode, or since when there is one. */
  readonly sinceUs: TimeUs;
  readonly timeUs: TimeUs;
  /** True while the plant settles after a change of a setpoint: rows are not judged. */
  readonly settling: boolean;
  readonly counts: {
    readonly ticks: number;
    readonly episodes: number;
    readonly bad: number;
    readonly late: number;
  };
  consume(frame: Frame): Finding[];
  /** @param nowUs on the link's clock */
  evidence(nowUs: TimeUs): Evidence[];
}
