import type { Duration } from "../duration.ts";

/**
 * How a station breaks down. By time: up and down take turns from the beginning of the run whatever the station does,
 * and the work on a part rests while it is down. By operation: `meanBetween` counts seconds of work done, so that a
 * station that waits or is blocked does not break down.
 */
export interface SerialFailure {
  readonly by: "time" | "operation";
  readonly meanBetween: Duration;
  readonly repair: Duration;
}

export interface SerialStation {
  readonly id: string;
  readonly process: Duration;
  readonly failure?: SerialFailure;
  /** Streams of `Random` that the draws come from. Left out: 3i, 3i + 1 and 3i + 2 for the i-th station, from 0. */
  readonly streams?: { readonly process: number; readonly between: number; readonly repair: number };
}

/**
 * Stations one behind the other, each with one server, buffers between them, blocking after service: a part that is
 * done stays on its station until there is room behind it. The last station is never blocked.
 */
export interface SerialLine {
  readonly name: string;
  /** Time from one arrival to the next. Absent: the first station always finds a part. */
  readonly arrivals?: Duration;
  /** Left out: three times the number of stations. */
  readonly arrivalStream?: number;
  readonly stations: readonly SerialStation[];
  /**
   * Places of the buffer behind each station but the last, so one fewer than there are stations; `Infinity` for no limit.
   * Arrivals wait before the first station in a queue without limit.
   */
  readonly placesBehind: readonly number[];
}
