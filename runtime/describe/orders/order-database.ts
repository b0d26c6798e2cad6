import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type StatementResultingChanges } from "node:sqlite";
import { messageOf, RungError } from "../../core/errors.ts";

/**
 * On disk: every version of every request as it came, what responses told, which version is in force, which orders
 * ever named which body; the events and reports that still have to be sent; and how far each file was read.
 */
const SCHEMA = `
CREATE TABLE IF NOT EXISTS request (
  id TEXT, version TEXT, digest TEXT, body TEXT, source TEXT, received_us INTEGER, PRIMARY KEY (id, version)) STRICT;
CREATE TABLE IF NOT EXISTS response (id TEXT PRIMARY KEY, body TEXT, source TEXT, received_us INTEGER) STRICT;
CREATE TABLE IF NOT EXISTS in_force (id TEXT PRIMARY KEY, version TEXT, changed_us INTEGER) STRICT;
CREATE TABLE IF NOT EXISTS made (thing TEXT, id TEXT, PRIMARY KEY (thing, id)) STRICT;
CREATE TABLE IF NOT EXISTS event (seq INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT) STRICT;
CREATE TABLE IF NOT EXISTS report (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT UNIQUE, body TEXT, created_us INTEGER,
  attempts INTEGER DEFAULT 0, error TEXT, state TEXT DEFAULT 'waiting') STRICT;
CREATE TABLE IF NOT EXISTS file (
  path TEXT PRIMARY KEY, size INTEGER, mtime_ns TEXT, digest TEXT, read_us INTEGER, outcome TEXT) STRICT;
PRAGMA user_version = 1;
`;
const FORMAT = 1;

/** The SQLite file of one intake of orders, owned by this process. */
export class OrderDatabase {
  readonly file: string;
  readonly #database: DatabaseSync;

  /** @param file made where it does not exist @throws RungError `orders-broken` */
  constructor(file: string) {
    this.file = file;
    try {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      this.#database = new DatabaseSync(file);
      this.#database.exec(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 2000;",
      );
      const { user_version: format } = this.one<{ user_version: number }>("PRAGMA user_version", [])!;
      if (format !== 0 && format !== FORMAT)
        throw new Error(`it has format ${format}, this version reads ${FORMAT}`);
      this.#database.exec(SCHEMA);
    } catch (cause) {
      throw new RungError({
        code: "orders-broken",
        where: file,
        what: `cannot be opened as a store of orders: ${messageOf(cause)}`,
        advice: "move the file away to start a new store, or restore it from a backup",
        cause,
      });
    }
  }

  /** All of it or none, over a crash too. @throws RungError `orders-write` */
  inTransaction(work: () => void): void {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      work();
      this.#database.exec("COMMIT");
    } catch (cause) {
      this.#database.exec("ROLLBACK");
      throw new RungError({
        code: "orders-write",
        where: this.file,
        what: `orders were not stored: ${messageOf(cause)}`,
        advice: "free disk space, or look at the file's permissions",
        cause,
      });
    }
  }

  run(sql: string, values: (string | number)[]): StatementResultingChanges {
    return this.#database.prepare(sql).run(...values);
  }

  one<T>(sql: string, values: (string | number)[]): T | undefined {
    return this.#database.prepare(sql).get(...values) as T | undefined;
  }

  all<T>(sql: string, values: (string | number)[]): T[] {
    return this.#database.prepare(sql).all(...values) as T[];
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }
}
