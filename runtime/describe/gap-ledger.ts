import type { SQLInputValue } from "node:sqlite";
import { messageOf, RungError } from "../core/errors.ts";
import { type TimeUs, wallTimeUs } from "../core/time.ts";
import type { Backfill, GapEntry, GapQuery, NewGap } from "./gap-entry.ts";
import { GapFile } from "./gap-file.ts";
import { mergedInto, namesIn, REFUSED_APART_US } from "./gap-merge.ts";
import { AddressLists, entryOf, type GapRow } from "./gap-rows.ts";
import { type Interval, without } from "./missing-intervals.ts";
import { OpenGaps } from "./open-gaps.ts";

/** Closed entries that are kept. */
const MOST_CLOSED = 100_000;

/**
 * Every interval in which samples are missing, with its cause, in an SQLite file. An entry survives a kill of the
 * process as soon as it is noted; the write-ahead log is not synced at every entry, so that noting one costs the
 * event loop microseconds.
 */
export class GapLedger {
  readonly #file: GapFile;
  readonly #lists = new AddressLists();
  readonly #open = new OpenGaps((source, fromUs, toUs, limit) =>
    this.#entries(
      "SELECT * FROM gap WHERE source = ? AND state = 'open' AND to_us >= ? AND from_us <= ? ORDER BY to_us DESC LIMIT ?",
      source,
      fromUs,
      toUs,
      limit,
    ),
  );
  readonly #backfilled = new Map<string, number>();
  readonly #missing = new Map<string, number>();

  /**
   * Opens the file and makes it where it is missing; with `readOnly` it only reads one that is there, which another
   * process may be writing.
   * @throws RungError `gap-ledger-broken`
   */
  constructor(file: string, { readOnly = false }: { readonly readOnly?: boolean } = {}) {
    try {
      this.#file = new GapFile(file, readOnly);
      if (readOnly) return;
      const counts =
        "SELECT source, count(*) AS n FROM gap INDEXED BY gap_open WHERE state = 'open' GROUP BY source";
      for (const { source, n } of this.#file.all<{ source: string; n: number }>(counts))
        this.#open.begin(source, n);
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
    const names = gap.addresses?.length ? JSON.stringify([...gap.addresses].sort()) : undefined;
    const addresses = names === undefined ? undefined : this.#lists.of(names);
    const fresh = { ...gap, fromUs, toUs, addresses };
    const apartUs = gap.cause === "refused" ? REFUSED_APART_US : 0;
    for (const entry of this.#open.around(gap.source, fromUs - apartUs, toUs + apartUs)) {
      const merged = mergedInto(entry, fresh);
      if (merged === undefined || this.#hasFilledIn(entry.id, fresh)) continue;
      if (merged !== entry) {
        this.#file.run(
          "UPDATE gap SET from_us = ?, to_us = ?, cause = ?, expected = ? WHERE id = ?",
          merged.fromUs,
          merged.toUs,
          merged.cause,
          merged.expected ?? null,
          entry.id,
        );
        this.#file.run("DELETE FROM given_up WHERE gap = ?", entry.id);
        this.#open.changed(merged);
      }
      return merged;
    }
    const notedUs = wallTimeUs();
    const { lastInsertRowid } = this.#file.run(
      "INSERT INTO gap (source, addresses, from_us, to_us, cause, expected, noted_us) VALUES (?, ?, ?, ?, ?, ?, ?)",
      gap.source,
      names ?? null,
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
    this.#open.added(entry);
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
    const lacking = parts.reduce((sum, part) => sum + (part.missing ?? 0), 0);
    const missing = (entry.missing ?? 0) + lacking;
    const notedUs = wallTimeUs();
    const now = this.#file.inTransaction(() => {
      for (const part of parts) {
        this.#file.run(
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
      this.#file.run(
        "UPDATE gap SET backfilled = ?, missing = ?, state = ?, problem = ? WHERE id = ?",
        backfilled,
        missing,
        state,
        problem ?? null,
        id,
      );
      return {
        ...rest,
        backfilled,
        ...(missing === 0 ? {} : { missing }),
        state,
        ...(problem === undefined ? {} : { backfillProblem: problem }),
      } as const;
    });
    this.#backfilled.set(entry.source, (this.#backfilled.get(entry.source) ?? 0) + samples);
    this.#missing.set(entry.source, (this.#missing.get(entry.source) ?? 0) + lacking);
    if (now.state === "open") this.#open.changed(now);
    else if (entry.state === "open") {
      this.#open.closed(now);
      this.#purge();
    }
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
    this.#file.run("UPDATE gap SET problem = ? WHERE id = ?", problem ?? null, id);
    if (now.state === "open") this.#open.changed(now);
    return now;
  }

  /**
   * Entries of a source to fill in, the newest first: open, not refused by a sink, and not given up.
   * @param after of the last one of the page before
   */
  toFill(
    source: string,
    limit: number,
    after: Pick<GapEntry, "id" | "fromUs"> = { id: 0, fromUs: Number.MAX_SAFE_INTEGER },
  ): Pick<GapEntry, "id" | "fromUs">[] {
    return this.#file
      .all<{ id: number; from_us: number }>(
        `SELECT id, from_us FROM gap INDEXED BY gap_to_fill WHERE source = ? AND state = 'open' AND cause <> 'refused'
       AND (from_us, id) < (?, ?) AND NOT EXISTS (SELECT 1 FROM given_up WHERE gap = id)
       ORDER BY from_us DESC, id DESC LIMIT ?`,
        source,
        after.fromUs,
        after.id,
        limit,
      )
      .map(({ id, from_us }) => ({ id, fromUs: from_us }));
  }

  /** The source has nothing more of an entry: it stays open, and is no longer among those to fill in. */
  giveUp(id: number): void {
    this.#file.run(
      "INSERT OR IGNORE INTO given_up (gap, source) SELECT id, source FROM gap WHERE id = ?",
      id,
    );
  }

  /** What was given up of a source is to be filled in again, as after a change of its binding. */
  takeUp(source: string): void {
    this.#file.run("DELETE FROM given_up WHERE source = ?", source);
  }

  /** Samples filled in since the ledger was opened, by source. */
  get backfilledSamples(): ReadonlyMap<string, number> {
    return this.#backfilled;
  }

  /** Samples found since the ledger was opened to be missing at the source's server too, by source. */
  get missingSamples(): ReadonlyMap<string, number> {
    return this.#missing;
  }

  /** What of a gap has not been filled in: of one tag, or of all where the entry names none. */
  remaining(id: number): (Interval & { readonly address?: string })[] {
    const entry = this.require(id);
    const parts = this.#file
      .all<{ address: string | null; from_us: number; to_us: number }>(
        "SELECT address, from_us, to_us FROM backfill WHERE gap = ?",
        id,
      )
      .map(({ address, from_us, to_us }) => ({ address, fromUs: from_us, toUs: to_us }));
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
    const rows = this.#file.all<{ gap: number; address: string | null; from_us: number; to_us: number }>(
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
      const parts = this.#file.all<{ from_us: number; to_us: number }>(sql, entry.id, last);
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
    const names = JSON.stringify([...addresses].sort());
    const count = expected ?? entry.expected;
    this.#file.run("UPDATE gap SET addresses = ?, expected = ? WHERE id = ?", names, count ?? null, id);
    const now: GapEntry = {
      ...entry,
      addresses: this.#lists.of(names),
      ...(count === undefined ? {} : { expected: count }),
    };
    if (now.state === "open") this.#open.changed(now);
    return now;
  }

  /** @throws RungError `unknown-gap` */
  require(id: number): GapEntry {
    const [entry] = this.#entries("SELECT * FROM gap WHERE id = ?", id);
    if (entry !== undefined) return entry;
    throw new RungError({
      code: "unknown-gap",
      where: this.#file.path,
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
    return this.#entries(
      `SELECT * FROM gap ${clause} ORDER BY from_us DESC, id DESC LIMIT ?`,
      ...values,
      limit,
    );
  }

  /** Another number after every change. */
  get revision(): number {
    return this.#file.revision;
  }

  /** The newest open entries, without a question to the disk: of each source the last few hundred. */
  newestOpen(limit: number): GapEntry[] {
    return this.#open.held.sort((a, b) => b.fromUs - a.fromUs).slice(0, limit);
  }

  /** How many closed entries are kept: those that were filled in, and those of which the server lacks samples too. */
  get closedCounts(): { readonly filled: number; readonly missing: number } {
    const count = (sql: string): number => this.#file.all<{ n: number }>(sql)[0]!.n;
    const all = count("SELECT count(*) AS n FROM gap WHERE state = 'closed'");
    const missing = count("SELECT count(*) AS n FROM gap WHERE state = 'closed' AND missing > 0");
    return { filled: all - missing, missing };
  }

  /** Ids of the newest closed entries. */
  newestClosed(limit: number): number[] {
    return this.#file
      .all<{ id: number }>(
        "SELECT id FROM gap WHERE state = 'closed' ORDER BY from_us DESC, id DESC LIMIT ?",
        limit,
      )
      .map(({ id }) => id);
  }

  /** True where a gap of the source around this moment may be filled in for the tag, its ends included. */
  isOpen(source: string, address: string, timeUs: TimeUs): boolean {
    return this.#open
      .around(source, timeUs, timeUs)
      .some(
        ({ cause, addresses }) =>
          cause !== "refused" && (addresses === undefined || namesIn(addresses).has(address)),
      );
  }

  /** Open entries per source. */
  get openCounts(): ReadonlyMap<string, number> {
    return this.#open.counts;
  }

  /** Of an interval in which samples of a tag are missing, what no entry, open or closed, explains. */
  unexplained(source: string, address: string, missing: Interval): Interval[] {
    const { fromUs, toUs } = missing;
    return without(missing, this.query({ source, address, fromUs, toUs, limit: Number.MAX_SAFE_INTEGER }));
  }

  close(): void {
    this.#file.close();
  }

  /** Whether any of an interval was filled in already, of any tag. */
  #hasFilledIn(id: number, { fromUs, toUs }: Interval): boolean {
    const sql = "SELECT 1 FROM backfill WHERE gap = ? AND from_us < ? AND to_us > ? LIMIT 1";
    return this.#file.all(sql, id, toUs, fromUs).length > 0;
  }

  #purge(): void {
    this.#file.run(
      "DELETE FROM gap WHERE state = 'closed' AND id <= (SELECT id FROM gap WHERE state = 'closed' ORDER BY id DESC LIMIT 1 OFFSET ?)",
      MOST_CLOSED,
    );
  }

  #entries(sql: string, ...values: SQLInputValue[]): GapEntry[] {
    return this.#file.all<GapRow>(sql, ...values).map((row) => entryOf(row, this.#lists));
  }
}
