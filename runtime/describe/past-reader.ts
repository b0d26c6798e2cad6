import type { Dictionary } from "../core/dictionary.ts";
import type { Frame } from "../core/frame.ts";
import type { Quality } from "../core/quality.ts";
import type { TimeUs } from "../core/time.ts";
import type { Interval } from "./missing-intervals.ts";

/** An interval of one property whose samples are asked for; those at both ends are there already. */
export interface PastPart extends Interval {
  /** Into the source's dictionary. */
  readonly index: number;
}

/** A sample as a server kept it, in the unit of the property. */
export interface PastSample {
  /** Place of its part among those asked for. */
  readonly part: number;
  readonly index: number;
  readonly value: number;
  readonly other?: unknown;
  readonly quality: Quality;
  readonly sourceTimeUs: TimeUs;
}

/** What became of one part. */
export type PastAnswer =
  /** All that the server has of it was handed over. */
  | { readonly kind: "read" }
  /** The server keeps no history of this property, or lets nobody read it. */
  | { readonly kind: "none"; readonly why: string }
  /** It may work another time. */
  | { readonly kind: "failed"; readonly why: string };

/** A source whose server keeps history, as the backfill sees it. */
export interface PastReader {
  /** Identity of the source in frames. */
  readonly source: string;
  readonly dictionary: Dictionary;
  /** True while there is a connection to ask over. */
  readonly isConnected: boolean;
  /**
   * Reads what the server kept of some parts, page by page. It goes on with the next page when `take` is done, and
   * leaves the connection to live samples for as long as it used it.
   * @returns an answer per part, in the same order
   */
  readPast(
    parts: readonly PastPart[],
    take: (samples: readonly PastSample[]) => Promise<void>,
    signal: AbortSignal,
  ): Promise<readonly PastAnswer[]>;
  /**
   * Whether the server has a sample at or before the beginning of each part: it shows that the history was not lost,
   * as after a new start of the server, where no period tells how many samples there must be.
   */
  reachesBack(parts: readonly PastPart[], signal: AbortSignal): Promise<readonly boolean[]>;
  /** Sends samples as a historical frame of the source, in its sequence. */
  sendPast(samples: readonly PastSample[]): Frame;
}

/** What fills in the gaps of a source, as the source sees it. */
export interface GapFilling {
  /** There is a new connection: what failed is tried again. */
  connected(): void;
  /** There may be something to do. */
  wake(): void;
  stop(): Promise<void>;
}
