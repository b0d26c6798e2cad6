import { join } from "node:path";
import { type Day, dayName } from "./day.ts";

/** A closed day of one source in the archive. */
export interface Part {
  readonly id: number;
  readonly source: number;
  readonly day: Day;
}

/** Where the archive of a history file lies. */
export const archiveFolder = (file: string): string => `${file}.parquet`;

/** A part's file of samples below the archive's folder: `2026-09-21/<source>-<id>.parquet`. */
export const samplePath = ({ id, source, day }: Part): string =>
  join(dayName(day), `${source}-${id}.parquet`);

/** Its file of values that are no Float64, where it has such. */
export const otherPath = ({ id, source, day }: Part): string =>
  join(dayName(day), `${source}-${id}.other.parquet`);

export const SAMPLE_COLUMNS = "tag, time_us, value, quality, source, epoch, sequence, receive_us";
export const OTHER_COLUMNS = "tag, source, epoch, sequence, kind, text";

/** The SQL of a table function that reads files. What means something in a glob or a folder's name is taken literally. */
export function parquetOf(files: readonly string[]): string {
  const list = files.map((file) => quoted(file.replaceAll(/[*?[]/g, "[$&]"))).join(", ");
  return `read_parquet([${list}], hive_partitioning = false)`;
}

export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
