import { monotonicMs } from "../core/time.ts";

const WINDOW_MS = 5000;

/** Values per second of wall time over the last five seconds. */
export class RateMeter {
  #marks: { atMs: number; count: number }[] = [];
  #startMs = monotonicMs();

  add(count: number, atMs = monotonicMs()): void {
    const last = this.#marks.at(-1);
    // A mark per 100 ms is enough for a figure that is shown twice a second.
    if (last !== undefined && atMs - last.atMs < 100) last.count += count;
    else this.#marks.push({ atMs, count });
  }

  perSecond(nowMs = monotonicMs()): number {
    while (this.#marks.length > 0 && this.#marks[0]!.atMs < nowMs - WINDOW_MS) this.#marks.shift();
    const spanMs = Math.max(1000, Math.min(WINDOW_MS, nowMs - this.#startMs));
    return (this.#marks.reduce((sum, mark) => sum + mark.count, 0) * 1000) / spanMs;
  }
}
