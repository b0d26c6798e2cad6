import type { TimeUs } from "../../core/time.ts";
import type { Order } from "./order.ts";
import type { OrderDatabase } from "./order-database.ts";
import { digestOf } from "./order-digest.ts";

export interface Report {
  /** The same key is the same report, whoever gets it twice. */
  readonly key: string;
  readonly order: Order;
}

/** A report that waits to be sent. */
export interface WaitingReport {
  readonly seq: number;
  readonly attempts: number;
  readonly body: Report;
}

/** Reports on disk until their receiver has taken them. */
export class ReportOutbox {
  readonly #database: OrderDatabase;

  constructor(database: OrderDatabase) {
    this.#database = database;
  }

  /** The same order in the same state is the same report, and is queued once. */
  add(order: Order, nowUs: TimeUs): void {
    const report: Report = { key: `${order.id}-${digestOf(order).slice(0, 12)}`, order };
    this.#database.run("INSERT OR IGNORE INTO report (key, body, created_us) VALUES (?, ?, ?)", [
      report.key,
      JSON.stringify(report),
      nowUs,
    ]);
  }

  /** The oldest report that waits. */
  next(): WaitingReport | undefined {
    const row = this.#database.one<{ seq: number; body: string; attempts: number }>(
      "SELECT seq, body, attempts FROM report WHERE state = 'waiting' ORDER BY seq LIMIT 1",
      [],
    );
    return row && { seq: row.seq, attempts: row.attempts, body: JSON.parse(row.body) as Report };
  }

  /** Its receiver took it. */
  sent(seq: number): void {
    this.#database.run(
      "UPDATE report SET state = 'sent', attempts = attempts + 1, error = NULL WHERE seq = ?",
      [seq],
    );
  }

  /** @param isFinal the receiver refuses it for good; it stays in the store and is not sent again */
  failed(seq: number, error: string, isFinal: boolean): void {
    this.#database.run("UPDATE report SET attempts = attempts + 1, error = ?, state = ? WHERE seq = ?", [
      error,
      isFinal ? "refused" : "waiting",
      seq,
    ]);
  }

  /** Reports by state. */
  counts(): { waiting: number; sent: number; refused: number } {
    const counts = { waiting: 0, sent: 0, refused: 0 };
    const rows = this.#database.all<{ state: keyof typeof counts; n: number }>(
      "SELECT state, count(*) AS n FROM report GROUP BY state",
      [],
    );
    for (const { state, n } of rows) counts[state] = n;
    return counts;
  }
}
