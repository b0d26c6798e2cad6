import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { messageOf, RungError } from "../core/errors.ts";
import { readableSqlite } from "../core/readable-sqlite.ts";
import type { ChangeQuestion, ChangeStore } from "./change-store.ts";
import type { Standing } from "./judge.ts";
import { isFall, type LadderChange, type RungChange } from "./verdict.ts";

/** Changes of each kind that are kept; the oldest go. */
const MOST_KEPT = 20_000;
/** They are looked for after so many appended changes. */
const PRUNE_EVERY = 1000;
/** A reader waits so long for a writer that checkpoints, ms. */
const BUSY_MS = 2000;

const TABLE = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS change (
    id INTEGER PRIMARY KEY, twin TEXT NOT NULL, kind TEXT NOT NULL, time_us INTEGER NOT NULL, change TEXT NOT NULL,
    is_fall INTEGER NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS change_by_twin ON change (twin, time_us);
  CREATE INDEX IF NOT EXISTS change_by_time ON change (time_us);
  CREATE INDEX IF NOT EXISTS change_by_kind ON change (kind, id);
`;

/**
 * Every change of a held rung and of a row's verdict, in an SQLite file that others may read while it is written. A
 * change survives a kill of the process as soon as it is appended. The file is made with the first change.
 * Why no samples of the historian: docs/decisions/0019-changes-of-the-ladder.md.
 */
export class ChangeFile implements ChangeStore {
  readonly path: string;
  readonly #readOnly: boolean;
  #database: DatabaseSync | undefined;
  #sincePruned = PRUNE_EVERY;

  /** @param options.readOnly only asks a file that is there, which another process may be writing */
  constructor(path: string, { readOnly = false }: { readonly readOnly?: boolean } = {}) {
    this.path = path;
    this.#readOnly = readOnly;
  }

  append(changes: readonly LadderChange[]): void {
    if (changes.length === 0) return;
    this.#guarded(() => {
      const database = this.#open();
      database.exec("BEGIN");
      try {
        const insert = database.prepare(
          "INSERT INTO change (twin, kind, time_us, change, is_fall) VALUES (?, ?, ?, ?, ?)",
        );
        for (const change of changes) {
          const { twin, kind, timeUs } = change;
          insert.run(twin, kind, Math.trunc(timeUs), JSON.stringify(change), isFall(change) ? 1 : 0);
        }
        database.exec("COMMIT");
      } catch (thrown) {
        database.exec("ROLLBACK");
        throw thrown;
      }
      this.#sincePruned += changes.length;
      if (this.#sincePruned >= PRUNE_EVERY) this.#prune(database);
    });
  }

  query({ twin, kind, fromUs = 0, beforeUs, limit }: ChangeQuestion): LadderChange[] {
    if (this.#isAbsent()) return [];
    const conditions = ["time_us >= ?"];
    const values: SQLInputValue[] = [Math.trunc(fromUs)];
    const narrow = (condition: string, value: SQLInputValue | undefined) => {
      if (value === undefined) return;
      conditions.push(condition);
      values.push(value);
    };
    narrow("time_us < ?", beforeUs);
    narrow("twin = ?", twin);
    narrow("kind = ?", kind);
    const select = (more: string, ...others: SQLInputValue[]) =>
      this.#all<{ id: number; time_us: number; change: string }>(
        `SELECT id, time_us, change FROM change WHERE ${conditions.join(" AND ")}${more}`,
        ...values,
        ...others,
      );
    const page = select(" ORDER BY time_us DESC, id DESC LIMIT ?", limit);
    const oldest = page.length === limit ? page.at(-1) : undefined;
    if (oldest !== undefined)
      page.push(...select(" AND time_us = ? AND id < ? ORDER BY id DESC", oldest.time_us, oldest.id));
    return page.map(({ change }) => JSON.parse(change) as LadderChange);
  }

  standings(): Map<string, Standing> {
    if (this.#isAbsent()) return new Map();
    const newest = (only: string) =>
      this.#all<{ change: string }>(
        `SELECT change FROM change WHERE id IN (SELECT max(id) FROM change WHERE kind = 'held'${only} GROUP BY twin)`,
      ).map(({ change }) => JSON.parse(change) as RungChange);
    const falls = new Map(newest(" AND is_fall = 1").map((fall) => [fall.twin, fall]));
    return new Map(newest("").map(({ twin, to }) => [twin, { held: to, lastFall: falls.get(twin) ?? null }]));
  }

  close(): void {
    this.#database?.close();
    this.#database = undefined;
  }

  #isAbsent(): boolean {
    return this.#database === undefined && !this.#readOnly && !existsSync(this.path);
  }

  #open(): DatabaseSync {
    if (this.#database !== undefined) return this.#database;
    if (!this.#readOnly) mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
    const database = new DatabaseSync(this.#readOnly ? readableSqlite(this.path) : this.path, {
      readOnly: this.#readOnly,
      timeout: BUSY_MS,
    });
    if (!this.#readOnly) database.exec(TABLE);
    this.#database = database;
    return database;
  }

  #prune(database: DatabaseSync): void {
    this.#sincePruned = 0;
    for (const kind of ["held", "row"] as const) {
      database
        .prepare(
          "DELETE FROM change WHERE kind = ? AND id <= (SELECT id FROM change WHERE kind = ? ORDER BY id DESC LIMIT 1 OFFSET ?)",
        )
        .run(kind, kind, MOST_KEPT);
    }
  }

  #all<T>(sql: string, ...values: SQLInputValue[]): T[] {
    return this.#guarded(
      () =>
        this.#open()
          .prepare(sql)
          .all(...values) as T[],
    );
  }

  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (cause) {
      throw new RungError({
        code: "ladder-changes-broken",
        where: this.path,
        what: messageOf(cause),
        advice: "look at the disk and the file's permissions, or move the file away to begin a new one",
        cause,
      });
    }
  }
}
