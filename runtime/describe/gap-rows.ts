import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { GapEntry, LedgerCause } from "./gap-ledger.ts";

export const TABLES = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA foreign_keys = ON;
  CREATE TABLE IF NOT EXISTS gap (
    id INTEGER PRIMARY KEY, source TEXT NOT NULL, addresses TEXT, from_us INTEGER NOT NULL, to_us INTEGER NOT NULL,
    cause TEXT NOT NULL, expected INTEGER, backfilled INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL DEFAULT 'open',
    noted_us INTEGER NOT NULL, problem TEXT) STRICT;
  CREATE TABLE IF NOT EXISTS backfill (
    gap INTEGER NOT NULL REFERENCES gap ON DELETE CASCADE, address TEXT, from_us INTEGER NOT NULL,
    to_us INTEGER NOT NULL, samples INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS given_up (
    gap INTEGER PRIMARY KEY REFERENCES gap ON DELETE CASCADE, source TEXT NOT NULL) STRICT;
`;

/** Columns of `gap` that a ledger of before lacks, with their types. */
export const COLUMNS_OF_LATER: readonly (readonly [name: string, type: string])[] = [
  ["problem", "TEXT"],
  ["missing", "INTEGER NOT NULL DEFAULT 0"],
];

/** Those with a condition spare a look at rows that may name thousands of tags. */
export const INDEXES = `
  CREATE INDEX IF NOT EXISTS gap_by_time ON gap (source, to_us);
  CREATE INDEX IF NOT EXISTS gap_by_state ON gap (state, from_us);
  CREATE INDEX IF NOT EXISTS gap_open ON gap (source, to_us) WHERE state = 'open';
  CREATE INDEX IF NOT EXISTS gap_to_fill ON gap (source, from_us, id)
    WHERE state = 'open' AND cause <> 'refused';
  CREATE INDEX IF NOT EXISTS gap_lacking ON gap (state) WHERE missing > 0;
  CREATE INDEX IF NOT EXISTS backfill_by_gap ON backfill (gap);
  CREATE INDEX IF NOT EXISTS given_up_by_source ON given_up (source);
`;

export interface GapRow {
  readonly id: number;
  readonly source: string;
  readonly addresses: string | null;
  readonly from_us: number;
  readonly to_us: number;
  readonly cause: string;
  readonly expected: number | null;
  readonly backfilled: number;
  readonly state: string;
  readonly noted_us: number;
  readonly problem: string | null;
  /** Absent in a ledger of before that is only read. */
  readonly missing?: number;
}

/** Lists that are kept to be shared. */
const MOST_LISTS = 16;

/** Lists of tags: entries about the same thousands of tags share one. */
export class AddressLists {
  /** The least recently used first. */
  readonly #byText = new Map<string, readonly string[]>();

  /** @param text JSON of addresses in ascending order */
  of(text: string): readonly string[] {
    const list = this.#byText.get(text) ?? (JSON.parse(text) as string[]);
    this.#byText.delete(text);
    this.#byText.set(text, list);
    if (this.#byText.size > MOST_LISTS) this.#byText.delete(this.#byText.keys().next().value!);
    return list;
  }
}

export function entryOf(row: GapRow, lists: AddressLists): GapEntry {
  return {
    id: row.id,
    source: row.source,
    cause: row.cause as LedgerCause,
    fromUs: row.from_us,
    toUs: row.to_us,
    ...(row.addresses === null ? {} : { addresses: lists.of(row.addresses) }),
    ...(row.expected === null ? {} : { expected: row.expected }),
    backfilled: row.backfilled,
    ...(row.missing ? { missing: row.missing } : {}),
    state: row.state as GapEntry["state"],
    ...(row.problem === null ? {} : { backfillProblem: row.problem }),
    notedUs: row.noted_us,
  };
}

/**
 * A reader of a file that nobody writes would leave a -shm file of its own behind, which the owner could not write to
 * where another user had asked. Without a -wal file nobody has it open, and it is whole.
 */
export function readable(file: string): string | URL {
  if (existsSync(`${file}-wal`)) return file;
  const url = pathToFileURL(file);
  url.searchParams.set("immutable", "1");
  return url;
}
