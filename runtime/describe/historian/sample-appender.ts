import {
  BIGINT,
  DOUBLE,
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBDataChunk,
  INTEGER,
  UINTEGER,
} from "@duckdb/node-api";

/** DuckDB's vector size: a chunk never holds more rows. */
const CHUNK_ROWS = 2048;
const TYPES = [INTEGER, BIGINT, DOUBLE, UINTEGER, INTEGER, BIGINT, BIGINT, BIGINT];

/** Columns of rows to append, all of one length; reused from flush to flush. */
export class RowBuffer {
  tag = new Int32Array(CHUNK_ROWS);
  timeUs = new Float64Array(CHUNK_ROWS);
  value = new Float64Array(CHUNK_ROWS);
  quality = new Uint32Array(CHUNK_ROWS);
  source = new Int32Array(CHUNK_ROWS);
  epoch = new Float64Array(CHUNK_ROWS);
  sequence = new Float64Array(CHUNK_ROWS);
  receiveUs = new Float64Array(CHUNK_ROWS);
  length = 0;

  get isFull(): boolean {
    return this.length === CHUNK_ROWS;
  }
}

/** Writes rows to the table `sample` in chunks. Synchronous, so it lives in the historian's worker. */
export class SampleAppender {
  readonly buffer = new RowBuffer();
  readonly #appender: DuckDBAppender;

  constructor(appender: DuckDBAppender) {
    this.#appender = appender;
  }

  static async open(connection: DuckDBConnection): Promise<SampleAppender> {
    return new SampleAppender(await connection.createAppender("sample"));
  }

  /** Hands the buffer to DuckDB and empties it. */
  write(): void {
    const { buffer } = this;
    const rows = buffer.length;
    if (rows === 0) return;
    const chunk = DuckDBDataChunk.create(TYPES, rows);
    const columns = [
      buffer.tag,
      buffer.timeUs,
      buffer.value,
      buffer.quality,
      buffer.source,
      buffer.epoch,
      buffer.sequence,
      buffer.receiveUs,
    ];
    for (const [index, column] of columns.entries()) {
      const vector = chunk.getColumnVector(index);
      const isBig = TYPES[index] === BIGINT;
      for (let row = 0; row < rows; row++) {
        const value = column[row]!;
        // A sample without a number is NULL, so that SQL over the file is not spoiled by NaN.
        vector.setItem(row, isBig ? BigInt(value) : Number.isNaN(value) ? null : value);
      }
      vector.flush();
    }
    this.#appender.appendDataChunk(chunk);
    buffer.length = 0;
  }

  flush(): void {
    this.write();
    this.#appender.flushSync();
  }

  /** Drops what has not been flushed and ends. */
  discard(): void {
    this.buffer.length = 0;
    this.#appender.clear();
    this.#appender.closeSync();
  }

  close(): void {
    this.#appender.closeSync();
  }
}

/** A value that is no Float64, of the sample with the same tag, source, epoch and sequence. */
export interface OtherRow {
  readonly tag: number;
  readonly source: number;
  readonly epoch: number;
  readonly sequence: number;
  readonly kind: string;
  readonly text: string;
  readonly timeUs: number;
}

/** Writes the values that are no Float64 to the table `other`. */
export class OtherAppender {
  readonly #appender: DuckDBAppender;

  private constructor(appender: DuckDBAppender) {
    this.#appender = appender;
  }

  static async open(connection: DuckDBConnection): Promise<OtherAppender> {
    return new OtherAppender(await connection.createAppender("other"));
  }

  add(row: OtherRow): void {
    this.#appender.appendInteger(row.tag);
    this.#appender.appendInteger(row.source);
    this.#appender.appendBigInt(BigInt(row.epoch));
    this.#appender.appendBigInt(BigInt(row.sequence));
    this.#appender.appendVarchar(row.kind);
    this.#appender.appendVarchar(row.text);
    this.#appender.appendBigInt(BigInt(row.timeUs));
    this.#appender.endRow();
  }

  flush(): void {
    this.#appender.flushSync();
  }

  /** Drops what has not been flushed and ends. */
  discard(): void {
    this.#appender.clear();
    this.#appender.closeSync();
  }

  close(): void {
    this.#appender.closeSync();
  }
}
