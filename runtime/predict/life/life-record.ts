/** What was measured of one unit, cycle after cycle. */
export interface LifeRecord {
  readonly unit: number;
  /** Whole numbers, rising; a gap is a cycle that was not recorded. */
  readonly cycles: Float64Array;
  /** cycles.length x names.length, row after row; NaN where nothing was measured. */
  readonly values: Float64Array;
}

/** The records of many units with the same signals. */
export interface LifeRecords {
  /** Of the signals, in the order of their columns. */
  readonly names: readonly string[];
  readonly units: readonly LifeRecord[];
}

/** Cycles that were not recorded between the first and the last. */
export function missingCycles({ cycles }: LifeRecord): number {
  return cycles.length === 0 ? 0 : cycles.at(-1)! - cycles[0]! + 1 - cycles.length;
}
