import type { TimeUs } from "../../core/time.ts";

/** A point of Rung's own measurement. */
export interface StoredPoint {
  readonly timeUs: TimeUs;
  /** Nanoseconds beyond the microsecond, 0 to 999: which of the samples of that microsecond it is. */
  readonly slot: number;
  readonly address: string;
  readonly source: string;
  readonly reality: string;
  readonly unit: string | undefined;
  /** undefined where the sample is no finite number; then it is in `kind` and `text`. */
  readonly value: number | undefined;
  readonly kind: string | undefined;
  readonly text: string | undefined;
  readonly quality: number;
  readonly receivedUs: TimeUs;
  readonly epoch: number;
  readonly sequence: number;
}

/** A point of somebody else's measurement. */
export interface ForeignPoint {
  readonly timeUs: TimeUs;
  readonly value: number | boolean | string;
}

/** Points with fromUs <= time < toUs, at most `limit`, the oldest first unless asked otherwise. */
export interface PointQuestion {
  readonly fromUs: TimeUs;
  /** Nanoseconds after it. */
  readonly fromSlot?: number;
  readonly toUs: TimeUs;
  readonly limit: number;
  readonly newestFirst?: boolean;
}

/** Whose points of Rung's measurement; all of them where it says nothing. */
export interface Whose {
  readonly address?: string;
  readonly sources?: readonly string[];
}

export interface ForeignField {
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly field: string;
}

/** What a try of the connection found. */
export interface InfluxProbe {
  /** "InfluxDB 1.6.7". */
  readonly product: string;
  /** The database or bucket, and whether it is there; undefined where the receiver tells nothing of it. */
  readonly database: { readonly name: string; readonly found: boolean } | undefined;
  /** Whether it answers queries. */
  readonly answersQueries: boolean;
}

/** An InfluxDB of one kind: how lines get there and points come back. All methods throw a RungError that says what to do. */
export interface InfluxServer {
  /** The server and its database, for messages. */
  readonly where: string;
  /** Stores lines of line protocol; kept once the server says so. */
  write(lines: string, signal?: AbortSignal): Promise<void>;
  points(whose: Whose, question: PointQuestion, signal?: AbortSignal): AsyncIterable<StoredPoint>;
  foreign(field: ForeignField, question: PointQuestion): AsyncIterable<ForeignPoint>;
  /** Every address of Rung's measurement. */
  addresses(): Promise<string[]>;
  probe(): Promise<InfluxProbe>;
}
