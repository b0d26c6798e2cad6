import type { Frame } from "../../core/frame.ts";
import type { RefusedRow } from "../sink.ts";
import { pointTimeUs } from "./sample-line.ts";

/** What stands at the newest millisecond of one tag. */
interface Newest {
  ms: number;
  epoch: number;
  sequence: number;
}

/**
 * Finds the samples that a receiver which keeps milliseconds loses, because another of their tag has the same one. It
 * cannot be asked, so what is compared with is the newest millisecond of each tag since this process began.
 */
export class SharedMilliseconds {
  readonly #newest = new Map<string, Newest>();

  /** @param isStored whether a row of a frame got there @returns one row for each sample that another overwrote */
  note(frames: readonly Frame[], isStored: (frame: Frame, row: number) => boolean): RefusedRow[] {
    const overwritten: RefusedRow[] = [];
    for (const frame of frames) {
      for (let row = 0; row < frame.length; row++) {
        if (!isStored(frame, row)) continue;
        const tag = `${frame.source}\n${frame.addressAt(row)}`;
        const here = {
          ms: Math.floor(pointTimeUs(frame, row) / 1000),
          epoch: frame.epoch,
          sequence: frame.sequenceAt(row),
        };
        const newest = this.#newest.get(tag);
        if (newest === undefined || here.ms > newest.ms) this.#newest.set(tag, here);
        else if (
          here.ms === newest.ms &&
          (here.epoch !== newest.epoch || here.sequence !== newest.sequence)
        ) {
          overwritten.push({ frame, row, reason: "overwritten" });
          this.#newest.set(tag, here);
        }
      }
    }
    return overwritten;
  }
}
