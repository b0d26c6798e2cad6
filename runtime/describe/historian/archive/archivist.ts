import { existsSync, mkdirSync, renameSync, rmdirSync, rmSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { rowsOf } from "../database.ts";
import { DAY_US, type Day, ofDay } from "./day.ts";
import {
  OTHER_COLUMNS,
  otherPath,
  type Part,
  parquetOf,
  quoted,
  SAMPLE_COLUMNS,
  samplePath,
} from "./part.ts";

/** Where a process may end while a day is archived; told to tests, which end it there. */
export const ARCHIVE_STEPS = [
  "intended",
  "written",
  "renamed",
  "listed",
  "taken out",
  "committed",
  "removed",
] as const;
export type ArchiveStep = (typeof ARCHIVE_STEPS)[number];

/** A part as the manifest knows it. */
type ListedPart = Part & { readonly rows: number; readonly others: number };

/**
 * Moves days from the table `sample` into Parquet files, merges what came late, and drops old days.
 *
 * The tables `part` and `part_tag` are the manifest: a file that is not listed there is not read. A day is copied,
 * listed and taken out of the table in one transaction of DuckDB, the file durable under its name before the commit,
 * so that each row stands in exactly one of the two at any instant. The transaction sees one snapshot: rows that
 * arrive meanwhile are neither copied nor taken out. Files that are no longer needed, or not yet, stand in `stray`
 * until they are removed.
 */
export class Archivist {
  readonly #connection: DuckDBConnection;
  readonly #folder: string;
  readonly #reached: (step: ArchiveStep) => void;

  /** @param connection its own: it works in long transactions while others append and read */
  constructor(
    connection: DuckDBConnection,
    folder: string,
    reached: (step: ArchiveStep) => void = () => undefined,
  ) {
    this.#connection = connection;
    this.#folder = folder;
    this.#reached = reached;
  }

  /** Days of sources that have a part. */
  async archived(): Promise<ReadonlySet<string>> {
    const rows = await rowsOf(this.#connection, "SELECT source, day FROM part");
    return new Set(rows.map(([source, day]) => `${source} ${day}`));
  }

  /**
   * Moves what the table holds of a day into its part, together with what the part held before.
   * @returns rows moved
   */
  async store(source: number, day: Day): Promise<number> {
    const part = await this.#intend(source, day);
    const moved = await this.#inTransaction(async () => {
      const before = await this.#parts(`source = ${source} AND day = ${day}`);
      const fresh = await this.#count("sample", ofDay(source, day));
      if (fresh === 0) return 0;
      const freshOthers = await this.#count("other", ofDay(source, day));
      const rows = fresh + sum(before, ({ rows }) => rows);
      const others = freshOthers + sum(before, ({ others }) => others);
      await this.#write(part, "sample", samplePath, before);
      if (others > 0)
        await this.#write(
          part,
          "other",
          otherPath,
          before.filter((old) => old.others > 0),
        );
      await this.#syncFolders(part);
      this.#reached("renamed");
      await this.#list(part, rows, others);
      await this.#unlist(before);
      await this.#run(`DELETE FROM stray WHERE path IN (${pathsOf(part).map(quoted).join(", ")})`);
      this.#reached("listed");
      await this.#takeOut(ofDay(source, day));
      this.#reached("taken out");
      return fresh;
    });
    this.#reached("committed");
    return moved;
  }

  /**
   * Drops every row of a source before a day: whole parts, and what the table still holds of those days.
   * @returns rows dropped, which `expired` counts for good
   */
  expire(source: number, beforeDay: Day): Promise<number> {
    return this.#inTransaction(async () => {
      const parts = await this.#parts(`source = ${source} AND day < ${beforeDay}`);
      const old = `source = ${source} AND time_us < ${beforeDay * DAY_US}`;
      const inTable = await this.#count("sample", old);
      const rows = inTable + sum(parts, (part) => part.rows);
      if (rows === 0) return 0;
      await this.#unlist(parts);
      if (inTable > 0) await this.#takeOut(old);
      await this.#run(`INSERT INTO expired VALUES (${source}, ${rows})`);
      return rows;
    });
  }

  /**
   * Removes files that are not needed. Call it while nobody reads and no day is being archived.
   * @returns why some could not be removed; they stay listed
   */
  async removeStrays(): Promise<unknown[]> {
    const failures: unknown[] = [];
    const rows = await rowsOf(this.#connection, "SELECT DISTINCT path FROM stray");
    for (const [path] of rows as [string][]) {
      try {
        const file = join(this.#folder, path);
        for (const each of [file, `${file}.tmp`, `${file}.late`]) rmSync(each, { force: true });
        removeIfEmpty(dirname(file));
        this.#reached("removed");
        await this.#run(`DELETE FROM stray WHERE path = ${quoted(path)}`);
      } catch (error) {
        failures.push(error);
      }
    }
    return failures;
  }

  /** Ends what runs, for a close that cannot wait: it is undone. */
  interrupt(): void {
    this.#connection.interrupt();
  }

  /** The name of a part to be written: its files are listed as strays until the part itself is listed. */
  async #intend(source: number, day: Day): Promise<Part> {
    let id = 1 + (await this.#number("SELECT coalesce(max(id), 0)::DOUBLE FROM part"));
    const isTaken = (): boolean =>
      pathsOf({ id, source, day }).some((path) => existsSync(join(this.#folder, path)));
    // A file that another history left in this folder is not ours to overwrite.
    while (isTaken()) id++;
    const part = { id, source, day };
    await this.#stray([part]);
    this.#reached("intended");
    return part;
  }

  /** In order of tag and time, so that a question for one tag reads few row groups. */
  async #write(
    part: Part,
    table: "sample" | "other",
    pathOf: (part: Part) => string,
    before: readonly Part[],
  ): Promise<void> {
    const file = join(this.#folder, pathOf(part));
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const columns = table === "sample" ? SAMPLE_COLUMNS : `${OTHER_COLUMNS}, time_us`;
    const copy = (relation: string, to: string): Promise<void> =>
      this.#run(
        `COPY (SELECT ${columns} FROM ${relation} ORDER BY tag, time_us, epoch, sequence)
         TO ${quoted(to)} (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)`,
      );
    const inTable = `(SELECT * FROM ${table} WHERE ${ofDay(part.source, part.day)})`;
    if (before.length === 0) await copy(inTable, `${file}.tmp`);
    else {
      // DuckDB sorts what it reads from files within its memory, but not a union of files and table.
      await copy(inTable, `${file}.late`);
      const old = before.map((each) => join(this.#folder, pathOf(each)));
      await copy(parquetOf([...old, `${file}.late`]), `${file}.tmp`);
      rmSync(`${file}.late`);
    }
    await sync(`${file}.tmp`);
    this.#reached("written");
    renameSync(`${file}.tmp`, file);
  }

  /** Names are durable from the innermost folder out; the outermost is that of the database. */
  async #syncFolders(part: Part): Promise<void> {
    const inner = dirname(join(this.#folder, samplePath(part)));
    for (const folder of [inner, this.#folder, dirname(this.#folder)]) await sync(folder);
  }

  /** Takes a part into the manifest. @throws Error where its files do not hold so many rows */
  async #list(part: Part, rows: number, others: number): Promise<void> {
    const { id, source, day } = part;
    const files = pathsOf(part).map((path) => join(this.#folder, path));
    const bytes = sum(files, (file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0);
    const [samples, other] = files.map((file) => parquetOf([file]));
    const written = await this.#count(samples!, "true");
    const writtenOthers = others === 0 ? 0 : await this.#count(other!, "true");
    if (written !== rows || writtenOthers !== others)
      throw new Error(
        `${files[0]} holds ${written} rows instead of ${rows}, ${writtenOthers} of ${others} others`,
      );
    await this.#run(
      `INSERT INTO part SELECT ${id}, ${source}, ${day}, ${rows}, ${others}, ${bytes}, min(time_us), max(time_us)
       FROM ${samples}`,
    );
    await this.#run(
      `INSERT INTO part_tag SELECT ${id}, tag, epoch, count(*), min(time_us), max(time_us), min(sequence), max(sequence)
       FROM ${samples} GROUP BY tag, epoch ORDER BY tag, epoch`,
    );
  }

  async #unlist(parts: readonly Part[]): Promise<void> {
    if (parts.length === 0) return;
    const ids = parts.map(({ id }) => id).join(", ");
    await this.#stray(parts);
    await this.#run(`DELETE FROM part WHERE id IN (${ids})`);
    await this.#run(`DELETE FROM part_tag WHERE part IN (${ids})`);
  }

  async #stray(parts: readonly Part[]): Promise<void> {
    const rows = parts.flatMap(pathsOf).map((path) => `(${quoted(path)})`);
    await this.#run(`INSERT INTO stray VALUES ${rows.join(", ")}`);
  }

  async #takeOut(condition: string): Promise<void> {
    await this.#run(`DELETE FROM other WHERE ${condition}`);
    await this.#run(`DELETE FROM sample WHERE ${condition}`);
  }

  async #parts(condition: string): Promise<ListedPart[]> {
    const found = await rowsOf(
      this.#connection,
      `SELECT id::DOUBLE, source, day, row_count::DOUBLE, other_count::DOUBLE FROM part WHERE ${condition}`,
    );
    return (found as [number, number, Day, number, number][]).map(([id, source, day, rows, others]) => ({
      id,
      source,
      day,
      rows,
      others,
    }));
  }

  #count(relation: string, condition: string): Promise<number> {
    return this.#number(`SELECT count(*)::DOUBLE FROM ${relation} WHERE ${condition}`);
  }

  async #inTransaction<T>(work: () => Promise<T>): Promise<T> {
    await this.#run("BEGIN TRANSACTION");
    let result: T;
    try {
      result = await work();
    } catch (error) {
      await this.#run("ROLLBACK");
      throw error;
    }
    // A commit that fails has ended the transaction.
    await this.#run("COMMIT");
    return result;
  }

  async #number(sql: string): Promise<number> {
    return (await rowsOf(this.#connection, sql))[0]![0] as number;
  }

  async #run(sql: string): Promise<void> {
    await this.#connection.run(sql);
  }
}

const pathsOf = (part: Part): string[] => [samplePath(part), otherPath(part)];

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0);

/** Makes a file or a folder's names durable. */
async function sync(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    // A day that holds other files, or that was never made, stays as it is.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOTEMPTY" && code !== "EEXIST" && code !== "ENOENT") throw error;
  }
}
