import type { DuckDBConnection } from "@duckdb/node-api";
import type { Reality } from "../../../core/frame.ts";
import type { TimeUs } from "../../../core/time.ts";
import { rowsOf } from "../database.ts";
import { DAY_US, type Day, dayOf } from "./day.ts";

/** Rows of one source and day that lie in the table. */
export interface TableDay {
  readonly source: number;
  readonly day: Day;
  rows: number;
  /** When the first of them came, on the monotonic clock of this process. */
  readonly sinceMs: number;
}

/**
 * The clock of a live source is believed so far ahead of the time of receipt, and no further: one sample stamped in
 * another century must not age the whole history. In a simulated or recorded plant the time is what the plant says.
 */
const LIVE_AHEAD_US = DAY_US;

/** Source time up to which a sample moves its source's time on. */
export const credibleUs = (reality: Reality, receiveTimeUs: TimeUs): TimeUs =>
  reality === "live" ? receiveTimeUs + LIVE_AHEAD_US : Number.POSITIVE_INFINITY;

/** Which days lie in the table, and how far each source is: kept by counting, so that upkeep need not search it. */
export class TableDays {
  readonly #days = new Map<number, Map<Day, TableDay>>();
  readonly #newestUs = new Map<number, TimeUs>();

  static async load(connection: DuckDBConnection): Promise<TableDays> {
    const days = new TableDays();
    await days.recount(connection);
    return days;
  }

  /** Counts anew what is stored. */
  async recount(connection: DuckDBConnection): Promise<void> {
    const counted = await rowsOf(
      connection,
      `SELECT source, (time_us // ${DAY_US})::INTEGER, count(*)::DOUBLE,
         max(CASE WHEN reality = 'live' THEN least(time_us, receive_us + ${LIVE_AHEAD_US}) ELSE time_us END)::DOUBLE
       FROM sample JOIN source ON source.id = sample.source GROUP BY 1, 2`,
    );
    this.#days.clear();
    for (const [source, day, rows, newestUs] of counted as [number, Day, number, TimeUs][]) {
      this.#entry(source, day).rows = rows;
      this.#see(source, newestUs);
    }
    const archived = await rowsOf(
      connection,
      "SELECT source, max(last_us)::DOUBLE FROM part GROUP BY source",
    );
    for (const [source, newestUs] of archived as [number, TimeUs][]) this.#see(source, newestUs);
  }

  /** @param upToUs see `credibleUs` */
  add(source: number, timeUs: TimeUs, upToUs: TimeUs): void {
    this.#entry(source, dayOf(timeUs)).rows++;
    this.#see(source, Math.min(timeUs, upToUs));
  }

  /** Rows have left the table. */
  take({ source, day }: TableDay, rows: number): void {
    const entry = this.#entry(source, day);
    entry.rows -= rows;
    if (entry.rows <= 0) this.#days.get(source)!.delete(day);
  }

  /** All, oldest first. */
  list(): TableDay[] {
    return [...this.#days.values()].flatMap((days) => [...days.values()]).sort((a, b) => a.day - b.day);
  }

  get sources(): number[] {
    return [...this.#newestUs.keys()];
  }

  /** How far a source is. */
  newestUs(source: number): TimeUs {
    return this.#newestUs.get(source)!;
  }

  #entry(source: number, day: Day): TableDay {
    let days = this.#days.get(source);
    if (days === undefined) {
      days = new Map();
      this.#days.set(source, days);
    }
    let entry = days.get(day);
    if (entry === undefined) {
      entry = { source, day, rows: 0, sinceMs: performance.now() };
      days.set(day, entry);
    }
    return entry;
  }

  #see(source: number, timeUs: TimeUs): void {
    const known = this.#newestUs.get(source);
    if (known === undefined || timeUs > known) this.#newestUs.set(source, timeUs);
  }
}
