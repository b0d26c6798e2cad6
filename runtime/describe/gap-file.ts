import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { messageOf, RungError } from "../core/errors.ts";
import { readableSqlite } from "../core/readable-sqlite.ts";

/** A reader waits so long for a writer that checkpoints, ms. */
const BUSY_MS = 2000;

const TABLES = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA foreign_keys = ON;
  CREATE TABLE IF NOT EXISTS gap (
    id INTEGER PRIMARY KEY, source TEXT NOT NULL, addresses TEXT, from_us INTEGER NOT NULL, to_us INTEGER NOT NULL,
    cause TEXT NOT NULL, expected INTEGER, backfilled INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL DEFAULT 'open',
    noted_us INTEGER NOT NULL, problem TEXT) STRICT;
  CREATE TABLE IF NOT EXISTS backfill (
    gap INTEGER NOT NULL REFERENCES gap ON DELETE CASCADE, address TEXT, from_us INTEGER NOT NULL,
    to_us INTEGER NOT NULL, samples INTEGER NOT NULL, noted_us INTEGER NOT NULL DEFAULT 0) STRICT;
  CREATE TABLE IF NOT EXISTS given_up (
    gap INTEGER PRIMARY KEY REFERENCES gap ON DELETE CASCADE, source TEXT NOT NULL) STRICT;
`;

/** Columns that a ledger of before lacks, with their types. */
const COLUMNS_OF_LATER: readonly (readonly [table: string, name: string, type: string])[] = [
  ["gap", "problem", "TEXT"],
  ["gap", "missing", "INTEGER NOT NULL DEFAULT 0"],
  ["backfill", "noted_us", "INTEGER NOT NULL DEFAULT 0"],
];

/**
 * Those with a condition spare a look at rows that may name thousands of tags; SQLite does not choose them by itself
 * where it knows nothing of the figures, so questions name them.
 */
const INDEXES = `
  CREATE INDEX IF NOT EXISTS gap_by_time ON gap (source, to_us);
  CREATE INDEX IF NOT EXISTS gap_by_state ON gap (state, from_us);
  CREATE INDEX IF NOT EXISTS gap_open ON gap (source, to_us) WHERE state = 'open';
  CREATE INDEX IF NOT EXISTS gap_to_fill ON gap (source, from_us, id)
    WHERE state = 'open' AND cause <> 'refused';
  CREATE INDEX IF NOT EXISTS gap_lacking ON gap (state) WHERE missing > 0;
  CREATE INDEX IF NOT EXISTS backfill_by_gap ON backfill (gap);
  CREATE INDEX IF NOT EXISTS given_up_by_source ON given_up (source);
`;

/** The SQLite file of a gap ledger: its tables, made where they are missing, and questions to them. */
export class GapFile {
  readonly path: string;
  readonly #database: DatabaseSync;
  #revision = 0;

  /** @throws what SQLite or the disk says where it is none, or is not whole */
  constructor(path: string, readOnly: boolean) {
    this.path = path;
    if (readOnly) {
      this.#database = new DatabaseSync(readableSqlite(path), { readOnly, timeout: BUSY_MS });
      this.all("SELECT * FROM gap LIMIT 1");
      return;
    }
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    this.#database = new DatabaseSync(path);
    this.#database.exec(TABLES);
    for (const column of COLUMNS_OF_LATER) this.#addColumn(...column);
    this.#database.exec(INDEXES);
  }

  /** Another number after every change. */
  get revision(): number {
    return this.#revision;
  }

  /** @throws RungError `gap-ledger-failed` */
  run(sql: string, ...values: SQLInputValue[]): { lastInsertRowid: number | bigint } {
    this.#revision++;
    return this.#guarded(() => this.#database.prepare(sql).run(...values));
  }

  /** @throws RungError `gap-ledger-failed` */
  all<T>(sql: string, ...values: SQLInputValue[]): T[] {
    return this.#guarded(() => this.#database.prepare(sql).all(...values) as T[]);
  }

  /** Does all of it, or nothing. */
  inTransaction<T>(work: () => T): T {
    this.run("BEGIN");
    try {
      const result = work();
      this.run("COMMIT");
      return result;
    } catch (thrown) {
      this.run("ROLLBACK");
      throw thrown;
    }
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  /** A ledger of before there was such a column gets it. */
  #addColumn(table: string, name: string, type: string): void {
    const columns = this.#database.prepare(`PRAGMA table_info(${table})`).all() as { name: string }[];
    if (columns.every((column) => column.name !== name)) {
      this.#database.exec(`ALTER TABLE ${table} ADD COLUMN ${name} ${type}`);
    }
  }

  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (cause) {
      throw new RungError({
        code: "gap-ledger-failed",
        where: this.path,
        what: messageOf(cause),
        advice: "look at the disk and at the file's permissions",
        cause,
      });
    }
  }
}
