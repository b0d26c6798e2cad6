import { RungError } from "../../core/errors.ts";
import type { TimeUs } from "../../core/time.ts";
import { compareVersions, type Order } from "./order.ts";
import { OrderDatabase } from "./order-database.ts";
import { digestOf } from "./order-digest.ts";
import { mergeResponse } from "./order-merge.ts";
import type { OrdersRead } from "./read-problems.ts";
import { ReportOutbox } from "./report-outbox.ts";

export type OrderChange = "new" | "changed" | "progress";

/** What a flow is told of an order. */
export interface OrderEvent {
  readonly kind: "order";
  readonly change: OrderChange;
  readonly order: Order;
  /** Where it came from: `rest`, `message`, or a file's name. */
  readonly source: string;
}

/** An event that waits to be sent. */
export interface WaitingEvent {
  readonly seq: number;
  readonly body: OrderEvent;
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
  readonly reports: ReportOutbox;
  readonly #database: OrderDatabase;

  /** @param file made where it does not exist @throws RungError `orders-broken` */
  constructor(file: string) {
    this.#database = new OrderDatabase(file);
    this.reports = new ReportOutbox(this.#database);
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
    this.#database.inTransaction(() => {
      for (const order of read.requests) this.#takeRequest(order, source, nowUs, counts, problems);
      for (const order of read.responses) this.#takeResponse(order, source, nowUs, counts);
      if (also.report === true) for (const { id } of read.responses) this.reports.add(this.get(id)!, nowUs);
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
    const known = this.#database.one<{ digest: string }>(
      "SELECT digest FROM request WHERE id = ? AND version = ?",
      [order.id, order.version],
    );
    if (known !== undefined) {
      if (known.digest === digest) counts.duplicates++;
      else {
        counts.refused++;
        problems.push(conflict(order, source));
      }
      return;
    }
    const inForce = this.#requestInForce(order.id);
    this.#database.run("INSERT INTO request VALUES (?, ?, ?, ?, ?, ?)", [
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
    this.#database.run("INSERT OR REPLACE INTO in_force VALUES (?, ?, ?)", [order.id, order.version, nowUs]);
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
    this.#database.run("INSERT OR REPLACE INTO response VALUES (?, ?, ?, ?)", [
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
    for (const body of order.bodies ?? [])
      this.#database.run("INSERT OR IGNORE INTO made VALUES (?, ?)", [body, id]);
    const event: OrderEvent = { kind: "order", change, order, source };
    this.#database.run("INSERT INTO event (body) VALUES (?)", [JSON.stringify(event)]);
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
    const rows = this.#database.all<{ id: string }>(
      `SELECT id, max(us) AS us FROM (
         SELECT id, changed_us AS us FROM in_force UNION ALL SELECT id, received_us FROM response)
       GROUP BY id ORDER BY us DESC, id LIMIT ?`,
      [limit],
    );
    return rows.map(({ id }) => this.get(id)!);
  }

  /** Every version of a request, as they came. */
  versions(id: string): Order[] {
    return this.#database
      .all<{ body: string }>("SELECT body FROM request WHERE id = ? ORDER BY received_us, rowid", [id])
      .map(({ body }) => JSON.parse(body) as Order);
  }

  /** The orders that make these bodies, by body; of several orders the one changed last. */
  ordersOfBodies(bodies: ReadonlySet<string>): Map<string, Order> {
    const found = new Map<string, Order>();
    for (const body of bodies) {
      const rows = this.#database.all<{ id: string }>(
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
  events(limit = 100): WaitingEvent[] {
    return this.#database
      .all<{ seq: number; body: string }>("SELECT seq, body FROM event ORDER BY seq LIMIT ?", [limit])
      .map(({ seq, body }) => ({ seq, body: JSON.parse(body) as OrderEvent }));
  }

  /** The events up to this one have reached the flow. */
  eventsSent(seq: number): void {
    this.#database.run("DELETE FROM event WHERE seq <= ?", [seq]);
  }

  counts(): { orders: number; events: number } {
    const { n } = this.#database.one<{ n: number }>(
      "SELECT count(*) AS n FROM (SELECT id FROM in_force UNION SELECT id FROM response)",
      [],
    )!;
    return { orders: n, events: this.#database.one<{ n: number }>("SELECT count(*) AS n FROM event", [])!.n };
  }

  mark(path: string): FileMark | undefined {
    const row = this.#database.one<Omit<FileMark, "mtimeNs"> & { mtime_ns: string }>(
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
    this.#database.close();
  }

  #keepMark({ path, size, mtimeNs, digest, outcome }: FileMark, nowUs: TimeUs): void {
    this.#database.run("INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?)", [
      path,
      size,
      mtimeNs,
      digest,
      nowUs,
      outcome,
    ]);
  }

  #requestInForce(id: string): { order: Order; version: string; digest: string } | undefined {
    const row = this.#database.one<{ body: string; version: string; digest: string }>(
      "SELECT body, version, digest FROM request JOIN in_force USING (id, version) WHERE id = ?",
      [id],
    );
    return row && { order: JSON.parse(row.body) as Order, version: row.version, digest: row.digest };
  }

  #response(id: string): Order | undefined {
    const row = this.#database.one<{ body: string }>("SELECT body FROM response WHERE id = ?", [id]);
    return row && (JSON.parse(row.body) as Order);
  }
}

function conflict(order: Order, source: string): RungError {
  return new RungError({
    code: "order-conflict",
    where: `${source}, order ${order.id}`,
    what: `version ${order.version} came before with another content`,
    advice: "give a changed order a later version",
  });
}
