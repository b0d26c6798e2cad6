export interface SerialRun {
  /** Counted from here on. */
  readonly warmUpS: number;
  readonly endS: number;
  readonly seed: number;
}

/** Of one replication, between warm-up and end. */
export interface SerialTotals {
  /** Sum over the parts that left the line: from arrival, or without arrivals from the start on the first station. */
  readonly leadTimeS: number;
  /** Seconds that parts spent in the line: over the length, the mean work in progress. */
  readonly partSeconds: number;
  /** Parts that came into the line. */
  readonly entered: number;
  /** Operations reckoned, those of the warm-up included. */
  readonly operations: number;
  /** Seconds of each station in each state; together they make the length. */
  readonly starvedS: Float64Array;
  readonly busyS: Float64Array;
  readonly blockedS: Float64Array;
  readonly downS: Float64Array;
  /** Parts that left each station, and that it began. */
  readonly parts: Float64Array;
  readonly started: Float64Array;
  /** Seconds that parts waited before each station, summed: over the length, the mean content of the buffer there. */
  readonly waitedS: Float64Array;
}
