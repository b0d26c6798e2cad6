import type { Reality } from "../core/frame.ts";
import type { Quality } from "../core/quality.ts";
import type { TimeUs } from "../core/time.ts";

/** The newest sample of a property. */
export interface LastSample {
  readonly address: string;
  /** NaN where the value is in `other`. */
  readonly value: number;
  readonly other?: unknown;
  readonly unit?: string;
  /** A good value of a stale property is shown as "uncertain, last usable value". */
  readonly quality: Quality;
  readonly sourceTimeUs: TimeUs;
  readonly receiveTimeUs: TimeUs;
  readonly ageUs: number;
  readonly stale: boolean;
}

/** Plain immutable data, by address. */
export interface Snapshot {
  readonly twin: string;
  readonly timeUs: TimeUs;
  readonly reality: Reality | undefined;
  readonly values: Readonly<Record<string, LastSample>>;
}
