import type { LinkClock } from "../../core/clock.ts";
import type { Dictionary } from "../../core/dictionary.ts";
import type { RungError } from "../../core/errors.ts";
import type { Frame } from "../../core/frame.ts";
import type { CellValue } from "./value-cell.ts";

/** A cell that became a sample of bad quality. */
export interface BadCell {
  /** Data row, from 1. */
  readonly row: number;
  readonly column: string;
  /** What stands there, cut to 40 characters. */
  readonly text: string;
  readonly reason: NonNullable<CellValue["reason"]> | "not-a-time";
}

/** What one column of the file held, for comparing with what was stored. */
export interface ColumnTally {
  readonly column: string;
  readonly address: string;
  readonly count: number;
  /** The true sum of its numbers, rounded once. */
  readonly sum: number;
  /** Their plain left-to-right Float64 sum. */
  readonly sumInOrder: number;
  readonly badCells: number;
}

/** A recorded file as a source of frames, whatever form it has. */
export interface PlayedFile {
  /** Holds the digest of the file and of how it is read: the same file again repeats the same samples. */
  readonly source: string;
  readonly clock: LinkClock;
  readonly dictionary: Dictionary;
  /** What the file holds and this reading leaves out. */
  readonly unmapped: readonly string[];
  /** Where the file ends within a record, so that something of it is missing. */
  readonly cutOff?: RungError | undefined;
  /** Rows read so far; of a file of frames, samples. */
  readonly rows: number;
  /** Cells that became bad samples, and the first hundred of them. */
  readonly badCells: { readonly count: number; readonly first: readonly BadCell[] };
  readonly tallies: readonly ColumnTally[];
  /** The frames, in order of the file. */
  frames(signal?: AbortSignal): AsyncGenerator<Frame>;
}
