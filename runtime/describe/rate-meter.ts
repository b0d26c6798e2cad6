import { monotonicMs } from "../core/time.ts";

const WINDOW_MS = 5000;

/** Values per second of wall time over the last five seconds. */
export class RateMeter {
  #marks: { atMs: number; count: number }[] = [];
  readonly #startMs: number;

  constructor(startMs = monotonicMs()) {
    this.#startMs = startMs;
  }

  /** Marks that are kept: no more than the window has room for, whether or not anybody asks for the rate. */
  get size(): number {
    return this.#marks.length;
  }

  add(count: number, atMs = monotonicMs()): void {
    const last = this.#marks.at(-1);
    // A mark per 100 ms is enough for a figure that is shown twice a second.
    if (last !== undefined && atMs - last.atMs < 100) last.count += count;
    else {
      this.#marks.push({ atMs, count });
      this.#forget(atMs);
    }
  }

  perSecond(nowMs = monotonicMs()): number {
    this.#forget(nowMs);
    const spanMs = Math.max(1000, Math.min(WINDOW_MS, nowMs - this.#startMs));
    return (this.#marks.reduce((sum, mark) => sum + mark.count, 0) * 1000) / spanMs;
  }

  #forget(nowMs: number): void {
    while (this.#marks.length > 0 && this.#marks[0]!.atMs < nowMs - WINDOW_MS) this.#marks.shift();
  }
}
