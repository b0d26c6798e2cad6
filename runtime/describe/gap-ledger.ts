import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { messageOf, RungError } from "../core/errors.ts";
import { type TimeUs, wallTimeUs } from "../core/time.ts";
import { mergedInto, namesIn, REFUSED_APART_US } from "./gap-merge.ts";
import { type Interval, without } from "./missing-intervals.ts";
import type { Gap, GapCause } from "./source-signal.ts";

/** Beside what sources tell: the host or the source began anew, and what the spool could not keep. */
export type LedgerCause =
  | GapCause
  | "restart"
  | "source-restarted"
  | "spool-damaged"
  | "spool-full"
  | "not-spooled"
  | "refused";

/** A gap as it is told to the ledger. */
export type NewGap = Omit<Gap, "cause"> & {
  readonly cause: LedgerCause;
  /** Samples that are missing, where the period tells it. */
  readonly expected?: number;
};

/** An interval of source time in which samples are missing, and what has been filled in since. */
export interface GapEntry extends NewGap {
  readonly id: number;
  /** Samples that were filled in. */
  readonly backfilled: number;
  /** Closed where every tag has been filled in from end to end. */
  readonly state: "open" | "closed";
  /** Why it has not been filled in, or not wholly, as far as somebody tried. */
  readonly backfillProblem?: string;
  readonly notedUs: TimeUs;
}

/** A part of a gap that was filled in: of one tag, or of all. */
export interface Backfill extends Interval {
  readonly address?: string;
  readonly samples: number;
}

export interface GapQuery {
  readonly source?: string;
  readonly address?: string;
  readonly fromUs?: TimeUs;
  readonly toUs?: TimeUs;
  readonly state?: "open" | "closed";
  /** The newest so many; 1000 by default. */
  readonly limit?: number;
}

/** Closed entries that are kept. */
const MOST_CLOSED = 100_000;
/** A reader waits so long for a writer that checkpoints, ms. */
const BUSY_MS = 2000;
const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA foreign_keys = ON;
  CREATE TABLE IF NOT EXISTS gap (
    id INTEGER PRIMARY KEY, source TEXT NOT NULL, addresses TEXT, from_us INTEGER NOT NULL, to_us INTEGER NOT NULL,
    cause TEXT NOT NULL, expected INTEGER, backfilled INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL DEFAULT 'open',
    noted_us INTEGER NOT NULL, problem TEXT) STRICT;
  CREATE INDEX IF NOT EXISTS gap_by_time ON gap (source, to_us);
  CREATE INDEX IF NOT EXISTS gap_by_state ON gap (state, from_us);
  CREATE TABLE IF NOT EXISTS backfill (
    gap INTEGER NOT NULL REFERENCES gap ON DELETE CASCADE, address TEXT, from_us INTEGER NOT NULL,
    to_us INTEGER NOT NULL, samples INTEGER NOT NULL, noted_us INTEGER NOT NULL DEFAULT 0) STRICT;
  CREATE INDEX IF NOT EXISTS backfill_by_gap ON backfill (gap);
`;

interface Row {
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
}

/**
 * Every interval in which samples are missing, with its cause, in an SQLite file. An entry survives a kill of the
 * process as soon as it is noted; the write-ahead log is not synced at every entry, so that noting one costs the
 * event loop microseconds.
 */
export class GapLedger {
  readonly #file: string;
  readonly #database: DatabaseSync;
  /** Open entries by source, in the order of their ends. */
  readonly #open = new Map<string, GapEntry[]>();
  readonly #backfilled = new Map<string, number>();
  #revision = 0;

  /**
   * Opens the file and makes it where it is missing; with `readOnly` it only reads one that is there, which another
   * process may be writing.
   * @throws RungError `gap-ledger-broken`
   */
  constructor(file: string, { readOnly = false }: { readonly readOnly?: boolean } = {}) {
    this.#file = file;
    try {
      if (readOnly) {
        this.#database = new DatabaseSync(readable(file), { readOnly, timeout: BUSY_MS });
        this.query({ limit: 1 });
        return;
      }
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      this.#database = new DatabaseSync(file);
      this.#database.exec(SCHEMA);
      this.#addColumn("gap", "problem", "TEXT");
      this.#addColumn("backfill", "noted_us", "INTEGER NOT NULL DEFAULT 0");
      for (const entry of this.query({ state: "open", limit: Number.MAX_SAFE_INTEGER }))
        this.#remember(entry);
    } catch (cause) {
      throw new RungError({
        code: "gap-ledger-broken",
        where: file,
        what: messageOf(cause),
        advice: readOnly
          ? "name the gaps.sqlite beside a history"
          : "move the file away to begin a new ledger",
        cause,
      });
    }
  }

  /**
   * Notes a gap. One that lies within an open entry of the same tags, or touches one of the same cause, becomes part
   * of that entry, unless something of it was filled in there before it was lost again.
   * @throws RungError `bad-gap` for an interval without an inside
   */
  note(gap: NewGap): GapEntry {
    const fromUs = Math.trunc(gap.fromUs);
    const toUs = Math.trunc(gap.toUs);
    if (!(fromUs < toUs) || !Number.isSafeInteger(fromUs) || !Number.isSafeInteger(toUs)) {
      throw new RungError({
        code: "bad-gap",
        where: gap.source,
        what: `a gap must end after it begins, got ${gap.fromUs} to ${gap.toUs}`,
        advice: "the source must tell source times in microseconds",
      });
    }
    const addresses = gap.addresses?.length ? [...gap.addresses].sort() : undefined;
    const fresh = { ...gap, fromUs, toUs, addresses };
    const known = this.#open.get(gap.source) ?? [];
    const sinceUs = gap.cause === "refused" ? fromUs - REFUSED_APART_US : fromUs;
    for (let i = known.length - 1; i >= 0 && known[i]!.toUs >= sinceUs; i--) {
      const entry = known[i]!;
      const merged = mergedInto(entry, fresh);
      if (merged === undefined || this.#hasFilledIn(entry.id, fresh)) continue;
      if (merged !== entry) {
        this.#run(
          "UPDATE gap SET from_us = ?, to_us = ?, cause = ?, expected = ? WHERE id = ?",
          merged.fromUs,
          merged.toUs,
          merged.cause,
          merged.expected ?? null,
          entry.id,
        );
        this.#replace(merged);
      }
      return merged;
    }
    const notedUs = wallTimeUs();
    const { lastInsertRowid } = this.#run(
      "INSERT INTO gap (source, addresses, from_us, to_us, cause, expected, noted_us) VALUES (?, ?, ?, ?, ?, ?, ?)",
      gap.source,
      addresses === undefined ? null : JSON.stringify(addresses),
      fromUs,
      toUs,
      gap.cause,
      gap.expected ?? null,
      notedUs,
    );
    const entry: GapEntry = {
      id: Number(lastInsertRowid),
      source: gap.source,
      cause: gap.cause,
      fromUs,
      toUs,
      ...(addresses === undefined ? {} : { addresses }),
      ...(gap.expected === undefined ? {} : { expected: gap.expected }),
      backfilled: 0,
      state: "open",
      notedUs,
    };
    this.#remember(entry);
    return entry;
  }

  /**
   * Notes that parts of a gap have been filled in: that everything the source has of them is stored now. The entry
   * closes where no part is left. All parts are noted, or none.
   * @throws RungError `unknown-gap`
   */
  backfill(id: number, ...parts: readonly Backfill[]): GapEntry {
    const entry = this.require(id);
    const samples = parts.reduce((sum, part) => sum + part.samples, 0);
    const backfilled = entry.backfilled + samples;
    const notedUs = wallTimeUs();
    const now = this.#inTransaction(() => {
      for (const part of parts) {
        this.#run(
          "INSERT INTO backfill (gap, address, from_us, to_us, samples, noted_us) VALUES (?, ?, ?, ?, ?, ?)",
          id,
          part.address ?? null,
          Math.trunc(part.fromUs),
          Math.trunc(part.toUs),
          part.samples,
          notedUs,
        );
      }
      const isClosed = this.#isWhole(entry);
      const state = isClosed ? "closed" : "open";
      const { backfillProblem, ...rest } = entry;
      const problem = isClosed ? undefined : backfillProblem;
      this.#run(
        "UPDATE gap SET backfilled = ?, state = ?, problem = ? WHERE id = ?",
        backfilled,
        state,
        problem ?? null,
        id,
      );
      return {
        ...rest,
        backfilled,
        state,
        ...(problem === undefined ? {} : { backfillProblem: problem }),
      } as const;
    });
    this.#backfilled.set(entry.source, (this.#backfilled.get(entry.source) ?? 0) + samples);
    this.#replace(now);
    if (now.state === "closed") this.#purge();
    return now;
  }

  /**
   * Says why an open entry could not be filled in, or not wholly; undefined takes it back.
   * @throws RungError `unknown-gap`
   */
  explain(id: number, problem: string | undefined): GapEntry {
    const { backfillProblem, ...entry } = this.require(id);
    const now: GapEntry = { ...entry, ...(problem === undefined ? {} : { backfillProblem: problem }) };
    if (backfillProblem === problem) return now;
    this.#run("UPDATE gap SET problem = ? WHERE id = ?", problem ?? null, id);
    this.#replace(now);
    return now;
  }

  /** Samples filled in since the ledger was opened, by source. */
  get backfilledSamples(): ReadonlyMap<string, number> {
    return this.#backfilled;
  }

  /** What of a gap has not been filled in: of one tag, or of all where the entry names none. */
  remaining(id: number): (Interval & { readonly address?: string })[] {
    const entry = this.require(id);
    const parts = this.#all<{ address: string | null; from_us: number; to_us: number }>(
      "SELECT address, from_us, to_us FROM backfill WHERE gap = ?",
      id,
    ).map(({ address, from_us, to_us }) => ({ address, fromUs: from_us, toUs: to_us }));
    const byAddress = Map.groupBy(parts, ({ address }) => address);
    const ofAll = byAddress.get(null) ?? [];
    if (entry.addresses === undefined) return without(entry, ofAll);
    return entry.addresses.flatMap((address) =>
      without(entry, [...ofAll, ...(byAddress.get(address) ?? [])]).map((interval) => ({
        address,
        ...interval,
      })),
    );
  }

  /** What of a source was filled in since a moment of wall time: one interval of each entry. */
  filledSince(source: string, sinceUs: TimeUs): Omit<NewGap, "cause">[] {
    const rows = this.#all<{ gap: number; address: string | null; from_us: number; to_us: number }>(
      `SELECT gap, address, min(backfill.from_us) AS from_us, max(backfill.to_us) AS to_us
       FROM backfill JOIN gap ON gap.id = backfill.gap
       WHERE source = ? AND samples > 0 AND backfill.noted_us >= ? GROUP BY gap, address`,
      source,
      sinceUs,
    );
    return [...Map.groupBy(rows, ({ gap }) => gap).values()].map((parts) => {
      const addresses = parts.flatMap(({ address }) => (address === null ? [] : [address]));
      return {
        source,
        fromUs: parts.reduce((least, { from_us }) => Math.min(least, from_us), Number.POSITIVE_INFINITY),
        toUs: parts.reduce((most, { to_us }) => Math.max(most, to_us), Number.NEGATIVE_INFINITY),
        ...(addresses.length < parts.length ? {} : { addresses }),
      };
    });
  }

  #isWhole(entry: GapEntry): boolean {
    const last = entry.addresses?.at(-1);
    if (last !== undefined) {
      // Thousands of tags are filled in from the first on: as long as the last is not, nobody need look at all.
      const sql = "SELECT from_us, to_us FROM backfill WHERE gap = ? AND (address IS NULL OR address = ?)";
      const parts = this.#all<{ from_us: number; to_us: number }>(sql, entry.id, last);
      const intervals = parts.map(({ from_us, to_us }) => ({ fromUs: from_us, toUs: to_us }));
      if (without(entry, intervals).length > 0) return false;
    }
    return this.remaining(entry.id).length === 0;
  }

  /**
   * Says which tags an entry about all tags of its source concerns, so that they can be filled in one by one.
   * @throws RungError `unknown-gap`
   */
  specify(id: number, addresses: readonly string[], expected?: number): GapEntry {
    const entry = this.require(id);
    const sorted = [...addresses].sort();
    const count = expected ?? entry.expected;
    this.#run(
      "UPDATE gap SET addresses = ?, expected = ? WHERE id = ?",
      JSON.stringify(sorted),
      count ?? null,
      id,
    );
    const now: GapEntry = {
      ...entry,
      addresses: sorted,
      ...(count === undefined ? {} : { expected: count }),
    };
    this.#replace(now);
    return now;
  }

  /** @throws RungError `unknown-gap` */
  require(id: number): GapEntry {
    const [row] = this.#all<Row>("SELECT * FROM gap WHERE id = ?", id);
    if (row !== undefined) return entryOf(row);
    throw new RungError({
      code: "unknown-gap",
      where: this.#file,
      what: `has no entry ${id}`,
      advice: "it was closed long ago and let go",
    });
  }

  /** Entries that overlap a time and concern a tag, the newest first. */
  query({ source, address, fromUs, toUs, state, limit = 1000 }: GapQuery = {}): GapEntry[] {
    const conditions: string[] = [];
    const values: SQLInputValue[] = [];
    const where = (condition: string, value: SQLInputValue | undefined): void => {
      if (value === undefined) return;
      conditions.push(condition);
      values.push(value);
    };
    where("source = ?", source);
    where("to_us > ?", fromUs);
    where("from_us < ?", toUs);
    where("state = ?", state);
    where("(addresses IS NULL OR EXISTS (SELECT 1 FROM json_each(addresses) WHERE value = ?))", address);
    const clause = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
    return this.#all<Row>(
      `SELECT * FROM gap ${clause} ORDER BY from_us DESC, id DESC LIMIT ?`,
      ...values,
      limit,
    ).map(entryOf);
  }

  /** Another number after every change. */
  get revision(): number {
    return this.#revision;
  }

  /** The newest open entries, without a question to the disk. */
  newestOpen(limit: number): GapEntry[] {
    return [...this.#open.values()]
      .flat()
      .sort((a, b) => b.fromUs - a.fromUs)
      .slice(0, limit);
  }

  /** How many closed entries are kept. */
  get closedCount(): number {
    return this.#all<{ n: number }>("SELECT count(*) AS n FROM gap WHERE state = 'closed'")[0]!.n;
  }

  /** Ids of the newest closed entries. */
  newestClosed(limit: number): number[] {
    return this.#all<{ id: number }>(
      "SELECT id FROM gap WHERE state = 'closed' ORDER BY from_us DESC, id DESC LIMIT ?",
      limit,
    ).map(({ id }) => id);
  }

  /** True where a gap of the source around this moment may be filled in for the tag, its ends included. */
  isOpen(source: string, address: string, timeUs: TimeUs): boolean {
    const entries = this.#open.get(source);
    if (entries === undefined) return false;
    for (let i = entries.length - 1; i >= 0 && entries[i]!.toUs >= timeUs; i--) {
      const { fromUs, addresses, cause } = entries[i]!;
      if (cause === "refused") continue;
      if (fromUs <= timeUs && (addresses === undefined || namesIn(addresses).has(address))) return true;
    }
    return false;
  }

  /** Open entries per source. */
  get openCounts(): ReadonlyMap<string, number> {
    return new Map([...this.#open].map(([source, entries]) => [source, entries.length]));
  }

  /** Of an interval in which samples of a tag are missing, what no entry, open or closed, explains. */
  unexplained(source: string, address: string, missing: Interval): Interval[] {
    const { fromUs, toUs } = missing;
    return without(missing, this.query({ source, address, fromUs, toUs, limit: Number.MAX_SAFE_INTEGER }));
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  /** Whether any of an interval was filled in already, of any tag. */
  #hasFilledIn(id: number, { fromUs, toUs }: Interval): boolean {
    const sql = "SELECT 1 FROM backfill WHERE gap = ? AND from_us < ? AND to_us > ? LIMIT 1";
    return this.#all(sql, id, toUs, fromUs).length > 0;
  }

  #remember(entry: GapEntry): void {
    const entries = this.#open.get(entry.source) ?? [];
    this.#open.set(entry.source, entries);
    let at = entries.length;
    while (at > 0 && entries[at - 1]!.toUs > entry.toUs) at--;
    entries.splice(at, 0, entry);
  }

  #replace(entry: GapEntry): void {
    const others = (this.#open.get(entry.source) ?? []).filter(({ id }) => id !== entry.id);
    this.#open.set(entry.source, others);
    if (entry.state === "open") this.#remember(entry);
  }

  /** A ledger of before there was such a column gets it. */
  #addColumn(table: string, name: string, type: string): void {
    const columns = this.#database.prepare(`PRAGMA table_info(${table})`).all() as { name: string }[];
    if (columns.every((column) => column.name !== name)) {
      this.#database.exec(`ALTER TABLE ${table} ADD COLUMN ${name} ${type}`);
    }
  }

  #inTransaction<T>(work: () => T): T {
    this.#run("BEGIN");
    try {
      const result = work();
      this.#run("COMMIT");
      return result;
    } catch (thrown) {
      this.#run("ROLLBACK");
      throw thrown;
    }
  }

  #purge(): void {
    this.#run(
      "DELETE FROM gap WHERE state = 'closed' AND id <= (SELECT id FROM gap WHERE state = 'closed' ORDER BY id DESC LIMIT 1 OFFSET ?)",
      MOST_CLOSED,
    );
  }

  #run(sql: string, ...values: SQLInputValue[]): { lastInsertRowid: number | bigint } {
    this.#revision++;
    return this.#guarded(() => this.#database.prepare(sql).run(...values));
  }

  #all<T>(sql: string, ...values: SQLInputValue[]): T[] {
    return this.#guarded(() => this.#database.prepare(sql).all(...values) as T[]);
  }

  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (cause) {
      throw new RungError({
        code: "gap-ledger-failed",
        where: this.#file,
        what: messageOf(cause),
        advice: "look at the disk and at the file's permissions",
        cause,
      });
    }
  }
}

/**
 * A reader of a file that nobody writes would leave a -shm file of its own behind, which the owner could not write to
 * where another user had asked. Without a -wal file nobody has it open, and it is whole.
 */
function readable(file: string): string | URL {
  if (existsSync(`${file}-wal`)) return file;
  const url = pathToFileURL(file);
  url.searchParams.set("immutable", "1");
  return url;
}

function entryOf(row: Row): GapEntry {
  return {
    id: row.id,
    source: row.source,
    cause: row.cause as LedgerCause,
    fromUs: row.from_us,
    toUs: row.to_us,
    ...(row.addresses === null ? {} : { addresses: JSON.parse(row.addresses) as string[] }),
    ...(row.expected === null ? {} : { expected: row.expected }),
    backfilled: row.backfilled,
    state: row.state as GapEntry["state"],
    ...(row.problem === null ? {} : { backfillProblem: row.problem }),
    notedUs: row.noted_us,
  };
}
