import { monotonicMs, type TimeUs } from "../core/time.ts";

/** Wall time over which the speed is measured, ms: long against the jitter of a network. */
const SPAN_MS = 5000;

/**
 * How fast a simulated plant runs, from the source times of its messages: MQTT carries no clock of its own.
 * 1 until there is something to measure over.
 */
export class SpeedEstimate {
  #marks: { atMs: number; timeUs: TimeUs }[] = [];
  #speed = 1;

  /** @returns plant seconds per wall second */
  observe(timeUs: TimeUs, atMs: number = monotonicMs()): number {
    const marks = this.#marks;
    if (marks.length === 0 || atMs - marks.at(-1)!.atMs > SPAN_MS / 20) marks.push({ atMs, timeUs });
    while (marks.length > 2 && marks[1]!.atMs <= atMs - SPAN_MS) marks.shift();
    const first = marks[0]!;
    // A tenth of the span is the least that says anything.
    if (atMs - first.atMs > SPAN_MS / 10 && timeUs > first.timeUs) {
      this.#speed = (timeUs - first.timeUs) / 1000 / (atMs - first.atMs);
    }
    return this.#speed;
  }
}
