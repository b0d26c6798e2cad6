import { RungError } from "../core/errors.ts";
import type { Frame } from "../core/frame.ts";
import type { TimeUs } from "../core/time.ts";
import type { SampleKey } from "./dedupe.ts";

/** The code of an error by which a sink says that it will never take a frame, however often it is asked. */
export const FRAME_REFUSED = "frame-refused";

/** A row of one of the frames handed over, and why the sink does not have it. */
export interface RefusedRow {
  readonly frame: Frame;
  readonly row: number;
  /** `overwritten`: it took the place of another sample, which is gone. */
  readonly reason: "refused" | "overwritten";
}

/** By this error a sink says that it stored all the frames but for some rows, which it will never take. */
export class RowsRefused extends RungError {
  readonly rows: readonly RefusedRow[];

  /** @param rows at least one @param what the reason of the first of them, in words */
  constructor(where: string, rows: readonly RefusedRow[], what: string, advice: string) {
    super({ code: "rows-refused", where, what, advice });
    this.rows = rows;
  }
}

/**
 * Something that stores frames, fed from the spool at its own pace: a historian, a database, another process.
 *
 * It gets every frame at least once. After a kill or a fault it gets some again, so storing must be idempotent by
 * (source, epoch, sequence).
 */
export interface Sink {
  /** Names its cursor; the same over restarts. */
  readonly name: string;
  /**
   * True for a mirror: where the spool is full, what waits for it is let go, counted as `sink-gone`, rather than new
   * frames kept from the other sinks.
   */
  readonly yields?: boolean;
  /**
   * Kept once the frames are durable at the sink. A failure is tried again, with growing pauses, until it succeeds;
   * a RungError with the code `frame-refused` is not, nor is `RowsRefused`.
   */
  store(frames: readonly Frame[], signal: AbortSignal): Promise<void>;
  /**
   * Which of these samples of a source it has stored, in the same order; without it nothing is compared with the
   * store.
   */
  holds?(source: string, samples: readonly SampleKey[]): Promise<readonly boolean[]>;
}

/** Samples that a sink will not get. */
export interface SinkLoss {
  readonly sink: string;
  readonly source: string;
  readonly samples: number;
  readonly reason: "damaged" | "spool-full" | "sink-gone" | RefusedRow["reason"];
  /** Source times around them; NaN where they are not known. */
  readonly fromUs: TimeUs;
  readonly toUs: TimeUs;
  /** How far the clock of some tag was ahead before them; what such a tag lacks lies up to so much later. */
  readonly aheadUs?: number;
  /** As of `SpoolLoss`. */
  readonly filledSinceUs?: TimeUs;
}

/** What a feed tells. */
export type SinkNews =
  | { readonly kind: "loss"; readonly loss: SinkLoss }
  | { readonly kind: "rows-refused"; readonly sink: string; readonly error: RungError }
  | { readonly kind: "failing"; readonly sink: string; readonly error: RungError }
  | { readonly kind: "recovered"; readonly sink: string; readonly failures: number };
