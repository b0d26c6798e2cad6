import type { DuckDBConnection } from "@duckdb/node-api";
import { rowsOf } from "./database.ts";

/** Epochs of a source whose marks are kept; every new subscription and every birth of an edge node makes one. */
const EPOCHS_KEPT = 16;

/**
 * The highest sequence stored per source, epoch and tag, of the newest epochs. A sample above its mark is new; one at or below it may be
 * a repetition or may have come late, which only the stored rows can tell.
 */
export class Watermarks {
  /** Source id -> epoch -> highest sequence by tag id. */
  readonly #marks = new Map<number, Map<number, Float64Array>>();
  /** Source id -> the newest epoch whose marks were let go. */
  readonly #gone = new Map<number, number>();

  /** Reads the marks of everything stored, archived days included. */
  static async load(connection: DuckDBConnection): Promise<Watermarks> {
    const watermarks = new Watermarks();
    const rows = await rowsOf(
      connection,
      `SELECT source, epoch::DOUBLE, tag, max(sequence)::DOUBLE FROM (
         SELECT source, epoch, tag, sequence FROM sample
         UNION ALL SELECT p.source, t.epoch, t.tag, t.last_sequence FROM part_tag t JOIN part p ON p.id = t.part)
       GROUP BY ALL ORDER BY 2`,
    );
    for (const [source, epoch, tag, sequence] of rows as [number, number, number, number][]) {
      watermarks.marksOf(source, epoch, tag + 1)[tag] = sequence;
    }
    return watermarks;
  }

  /**
   * The marks of one source and epoch by tag id, -1 where nothing is stored; at least `tags` long. Of an epoch of long
   * ago every sample may be stored: its marks are beyond all sequences.
   */
  marksOf(source: number, epoch: number, tags: number): Float64Array {
    const epochs = this.#marks.get(source) ?? new Map<number, Float64Array>();
    this.#marks.set(source, epochs);
    if (epoch <= (this.#gone.get(source) ?? -1)) return new Float64Array(tags).fill(Number.POSITIVE_INFINITY);
    const marks = epochs.get(epoch);
    if (marks !== undefined && marks.length >= tags) return marks;
    const larger = new Float64Array(2 ** Math.ceil(Math.log2(Math.max(16, tags)))).fill(-1);
    if (marks !== undefined) larger.set(marks);
    epochs.set(epoch, larger);
    if (epochs.size > EPOCHS_KEPT) {
      const oldest = [...epochs.keys()].reduce((a, b) => Math.min(a, b));
      epochs.delete(oldest);
      this.#gone.set(source, oldest);
    }
    return larger;
  }
}
