import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { messageOf, RungError } from "../../core/errors.ts";
import type { TimeUs } from "../../core/time.ts";
import { compareVersions, type Order } from "./order.ts";
import { mergeResponse } from "./order-merge.ts";
import type { OrdersRead } from "./read-problems.ts";

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

export type OrderChange = "new" | "changed" | "progress";

/** What a flow is told of an order. */
export interface OrderEvent {
  readonly kind: "order";
  readonly change: OrderChange;
  readonly order: Order;
  /** Where it came from: `rest`, `message`, or a file's name. */
  readonly source: string;
}

/** An event or report that waits to be sent. */
export interface Waiting<T> {
  readonly seq: number;
  readonly body: T;
}

export interface Report {
  /** The same key is the same report, whoever gets it twice. */
  readonly key: string;
  readonly order: Order;
}

/** How far a file was read. */
export interface FileMark {
  readonly path: string;
  readonly size: number;
  readonly mtimeNs: string;
  readonly digest: string;
  /** `orders`, or the error. */
  readonly outcome: string;
}

/** received = stored + duplicates + superseded + refused. */
export interface IntakeResult {
  readonly received: number;
  /** New, changed, or further on. */
  readonly stored: number;
  /** Known already, word for word. */
  readonly duplicates: number;
  /** Kept, but a later version is in force. */
  readonly superseded: number;
  readonly refused: number;
  readonly problems: readonly RungError[];
}

const NONE = { stored: 0, duplicates: 0, superseded: 0, refused: 0 };

/**
 * Orders on disk, in a SQLite file of this process. Whatever is taken in, the events it causes and the mark of the
 * file it came from are one transaction: after a crash all of it is there, or none.
 */
export class OrderStore {
  readonly file: string;
  readonly #database: DatabaseSync;

  private constructor(file: string, database: DatabaseSync) {
    this.file = file;
    this.#database = database;
  }

  /** @param file made where it does not exist @throws RungError `orders-broken` */
  static open(file: string): OrderStore {
    try {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      const database = new DatabaseSync(file);
      database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 2000;");
      const { user_version: format } = database.prepare("PRAGMA user_version").get() as {
        user_version: number;
      };
      if (format !== 0 && format !== FORMAT)
        throw new Error(`it has format ${format}, this version reads ${FORMAT}`);
      database.exec(SCHEMA);
      return new OrderStore(file, database);
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

  /**
   * Takes in what a document held. Idempotent by (id, version): the same again is a duplicate; the same id and version
   * with another content is refused as `order-conflict`.
   * @param also.mark of the file it came from, kept in the same transaction
   * @param also.report queues a report of each order that a response is about, in the same transaction
   */
  take(
    read: OrdersRead,
    source: string,
    nowUs: TimeUs,
    also: { readonly mark?: FileMark; readonly report?: boolean } = {},
  ): IntakeResult {
    const counts = { ...NONE };
    const problems = [...read.problems];
    this.#inTransaction(() => {
      for (const order of read.requests) this.#takeRequest(order, source, nowUs, counts, problems);
      for (const order of read.responses) this.#takeResponse(order, source, nowUs, counts);
      if (also.report === true) for (const { id } of read.responses) this.#addReport(this.get(id)!, nowUs);
      if (also.mark !== undefined) this.#keepMark(also.mark, nowUs);
    });
    counts.refused += read.problems.length;
    const received = read.requests.length + read.responses.length + read.problems.length;
    return { received, ...counts, problems };
  }

  #takeRequest(
    order: Order,
    source: string,
    nowUs: TimeUs,
    counts: Record<keyof typeof NONE, number>,
    problems: RungError[],
  ): void {
    const digest = digestOf(order);
    const known = this.#one<{ digest: string }>("SELECT digest FROM request WHERE id = ? AND version = ?", [
      order.id,
      order.version,
    ]);
    if (known !== undefined) {
      if (known.digest === digest) counts.duplicates++;
      else {
        counts.refused++;
        problems.push(conflict(order, source));
      }
      return;
    }
    const inForce = this.#requestInForce(order.id);
    this.#run("INSERT INTO request VALUES (?, ?, ?, ?, ?, ?)", [
      order.id,
      order.version,
      digest,
      JSON.stringify(order),
      source,
      nowUs,
    ]);
    if (inForce !== undefined && compareVersions(order.version, inForce.version) < 0) {
      counts.superseded++;
      return;
    }
    this.#run("INSERT OR REPLACE INTO in_force VALUES (?, ?, ?)", [order.id, order.version, nowUs]);
    if (inForce?.digest === digest) {
      // Sent anew under a later version, and nothing else changed.
      counts.duplicates++;
      return;
    }
    counts.stored++;
    this.#tell(inForce === undefined ? "new" : "changed", order.id, source);
  }

  #takeResponse(
    response: Order,
    source: string,
    nowUs: TimeUs,
    counts: Record<keyof typeof NONE, number>,
  ): void {
    const before = this.#response(response.id);
    const merged = before === undefined ? response : mergeResponse(before, response);
    if (before !== undefined && digestOf(merged) === digestOf(before)) {
      counts.duplicates++;
      return;
    }
    this.#run("INSERT OR REPLACE INTO response VALUES (?, ?, ?, ?)", [
      response.id,
      JSON.stringify(merged),
      source,
      nowUs,
    ]);
    counts.stored++;
    this.#tell("progress", response.id, source);
  }

  #tell(change: OrderChange, id: string, source: string): void {
    const order = this.get(id)!;
    for (const body of order.bodies ?? []) this.#run("INSERT OR IGNORE INTO made VALUES (?, ?)", [body, id]);
    const event: OrderEvent = { kind: "order", change, order, source };
    this.#run("INSERT INTO event (body) VALUES (?)", [JSON.stringify(event)]);
  }

  /** The order as it stands: the request in force with what was reported of it. */
  get(id: string): Order | undefined {
    const request = this.#requestInForce(id)?.order;
    const response = this.#response(id);
    if (request === undefined) return response;
    return response === undefined ? request : mergeResponse(request, response);
  }

  /** Orders as they stand, the latest changed first. */
  list(limit = 1000): Order[] {
    const rows = this.#all<{ id: string }>(
      `SELECT id, max(us) AS us FROM (
         SELECT id, changed_us AS us FROM in_force UNION ALL SELECT id, received_us FROM response)
       GROUP BY id ORDER BY us DESC, id LIMIT ?`,
      [limit],
    );
    return rows.map(({ id }) => this.get(id)!);
  }

  /** Every version of a request, as they came. */
  versions(id: string): Order[] {
    return this.#all<{ body: string }>("SELECT body FROM request WHERE id = ? ORDER BY received_us, rowid", [
      id,
    ]).map(({ body }) => JSON.parse(body) as Order);
  }

  /** The orders that make these bodies, by body; of several orders the one changed last. */
  ordersOfBodies(bodies: ReadonlySet<string>): Map<string, Order> {
    const found = new Map<string, Order>();
    for (const body of bodies) {
      const rows = this.#all<{ id: string }>(
        `SELECT made.id FROM made LEFT JOIN in_force USING (id) LEFT JOIN response USING (id) WHERE thing = ?
         ORDER BY max(coalesce(changed_us, 0), coalesce(received_us, 0)) DESC, made.id`,
        [body],
      );
      // A later version may have dropped the body.
      const order = rows.map(({ id }) => this.get(id)!).find((each) => each.bodies?.includes(body));
      if (order !== undefined) found.set(body, order);
    }
    return found;
  }

  /** Events that were not sent yet, in the order in which they came about. */
  events(limit = 100): Waiting<OrderEvent>[] {
    return this.#all<{ seq: number; body: string }>("SELECT seq, body FROM event ORDER BY seq LIMIT ?", [
      limit,
    ]).map(({ seq, body }) => ({ seq, body: JSON.parse(body) as OrderEvent }));
  }

  /** The events up to this one have reached the flow. */
  eventsSent(seq: number): void {
    this.#run("DELETE FROM event WHERE seq <= ?", [seq]);
  }

  /** The same order in the same state is the same report, and is queued once. */
  #addReport(order: Order, nowUs: TimeUs): void {
    const report: Report = { key: `${order.id}-${digestOf(order).slice(0, 12)}`, order };
    this.#run("INSERT OR IGNORE INTO report (key, body, created_us) VALUES (?, ?, ?)", [
      report.key,
      JSON.stringify(report),
      nowUs,
    ]);
  }

  /** The oldest report that waits. */
  nextReport(): (Waiting<Report> & { readonly attempts: number }) | undefined {
    const row = this.#one<{ seq: number; body: string; attempts: number }>(
      "SELECT seq, body, attempts FROM report WHERE state = 'waiting' ORDER BY seq LIMIT 1",
      [],
    );
    return row && { seq: row.seq, attempts: row.attempts, body: JSON.parse(row.body) as Report };
  }

  reportSent(seq: number): void {
    this.#run("UPDATE report SET state = 'sent', attempts = attempts + 1, error = NULL WHERE seq = ?", [seq]);
  }

  /** @param isFinal the receiver refuses it for good; it stays in the store and is not sent again */
  reportFailed(seq: number, error: string, isFinal: boolean): void {
    this.#run("UPDATE report SET attempts = attempts + 1, error = ?, state = ? WHERE seq = ?", [
      error,
      isFinal ? "refused" : "waiting",
      seq,
    ]);
  }

  /** Reports by state. */
  reportCounts(): { waiting: number; sent: number; refused: number } {
    const counts = { waiting: 0, sent: 0, refused: 0 };
    const rows = this.#all<{ state: keyof typeof counts; n: number }>(
      "SELECT state, count(*) AS n FROM report GROUP BY state",
      [],
    );
    for (const { state, n } of rows) counts[state] = n;
    return counts;
  }

  counts(): { orders: number; events: number } {
    const { n } = this.#one<{ n: number }>(
      "SELECT count(*) AS n FROM (SELECT id FROM in_force UNION SELECT id FROM response)",
      [],
    )!;
    return { orders: n, events: this.#one<{ n: number }>("SELECT count(*) AS n FROM event", [])!.n };
  }

  mark(path: string): FileMark | undefined {
    const row = this.#one<Omit<FileMark, "mtimeNs"> & { mtime_ns: string }>(
      "SELECT path, size, mtime_ns, digest, outcome FROM file WHERE path = ?",
      [path],
    );
    if (row === undefined) return undefined;
    const { mtime_ns: mtimeNs, ...rest } = row;
    return { ...rest, mtimeNs };
  }

  /** Keeps how far a file was read where it held no orders. */
  keepMark(mark: FileMark, nowUs: TimeUs): void {
    this.#keepMark(mark, nowUs);
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #keepMark({ path, size, mtimeNs, digest, outcome }: FileMark, nowUs: TimeUs): void {
    this.#run("INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?)", [
      path,
      size,
      mtimeNs,
      digest,
      nowUs,
      outcome,
    ]);
  }

  #requestInForce(id: string): { order: Order; version: string; digest: string } | undefined {
    const row = this.#one<{ body: string; version: string; digest: string }>(
      "SELECT body, version, digest FROM request JOIN in_force USING (id, version) WHERE id = ?",
      [id],
    );
    return row && { order: JSON.parse(row.body) as Order, version: row.version, digest: row.digest };
  }

  #response(id: string): Order | undefined {
    const row = this.#one<{ body: string }>("SELECT body FROM response WHERE id = ?", [id]);
    return row && (JSON.parse(row.body) as Order);
  }

  #inTransaction(work: () => void): void {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      work();
      this.#database.exec("COMMIT");
    } catch (thrown) {
      this.#database.exec("ROLLBACK");
      throw this.#failed(thrown);
    }
  }

  #run(sql: string, values: (string | number)[]) {
    return this.#database.prepare(sql).run(...values);
  }

  #one<T>(sql: string, values: (string | number)[]): T | undefined {
    return this.#database.prepare(sql).get(...values) as T | undefined;
  }

  #all<T>(sql: string, values: (string | number)[]): T[] {
    return this.#database.prepare(sql).all(...values) as T[];
  }

  #failed(cause: unknown): RungError {
    return new RungError({
      code: "orders-write",
      where: this.file,
      what: `orders were not stored: ${messageOf(cause)}`,
      advice: "free disk space, or look at the file's permissions",
      cause,
    });
  }
}

/** Of all but the version: two versions may say the same. */
function digestOf({ version: _version, ...order }: Order): string {
  return createHash("sha256")
    .update(JSON.stringify(sorted(order)))
    .digest("hex");
}

/** Members in one order, so that the same order in XML, CSV and JSON is the same. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, sorted(each)]),
  );
}

function conflict(order: Order, source: string): RungError {
  return new RungError({
    code: "order-conflict",
    where: `${source}, order ${order.id}`,
    what: `version ${order.version} came before with another content`,
    advice: "give a changed order a later version",
  });
}
