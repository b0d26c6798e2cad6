import type { Archivist } from "./archivist.ts";
import { DAY_US, dayOf } from "./day.ts";
import type { TableDay, TableDays } from "./table-days.ts";

/** Late samples of an archived day wait so long in the table, or until there are so many, before they are merged. */
const MERGE_AFTER_MS = 3_600_000;
const MERGE_ROWS = 200_000;

export interface UpkeepOptions {
  /** A day is closed so long after its end, on the clock of its source. */
  readonly archiveAfterHours: number;
  /** 0 keeps everything. */
  readonly retentionDays: number;
}

/**
 * Decides which days are closed, which are old, and which are worth a merge. Every source has its own time, which is
 * that of its newest credible sample.
 */
export class Upkeep {
  readonly #archivist: Archivist;
  readonly #options: UpkeepOptions;
  /** 0 keeps everything. */
  retentionDays: number;
  #isStopped = false;

  constructor(archivist: Archivist, options: UpkeepOptions) {
    this.#archivist = archivist;
    this.#options = options;
    this.retentionDays = options.retentionDays;
  }

  /** Drops the days that are older than the retention. @returns rows dropped by source */
  async expire(days: TableDays): Promise<Map<number, number>> {
    const expired = new Map<number, number>();
    const { retentionDays } = this;
    if (retentionDays <= 0) return expired;
    for (const source of days.sources) {
      if (this.#isStopped) break;
      const before = dayOf(days.newestUs(source) - retentionDays * DAY_US);
      const rows = await this.#archivist.expire(source, before);
      if (rows === 0) continue;
      expired.set(source, rows);
      for (const entry of days.list()) {
        if (entry.source === source && entry.day < before) days.take(entry, entry.rows);
      }
    }
    return expired;
  }

  /**
   * Archives the days that have closed, oldest first, and merges late samples into those that were archived.
   * @param isNow late samples need not wait
   * @returns rows moved
   * @throws the first failure, after all days were tried
   */
  async archive(days: TableDays, isNow: boolean): Promise<number> {
    const closed = days.list().filter((entry) => this.#isClosed(days, entry));
    if (closed.length === 0) return 0;
    const archived = await this.#archivist.archived();
    let moved = 0;
    const failures: unknown[] = [];
    for (const entry of closed) {
      if (this.#isStopped) break;
      const isLate = archived.has(`${entry.source} ${entry.day}`);
      if (isLate && !isNow && !isWorthMerging(entry)) continue;
      try {
        const rows = await this.#archivist.store(entry.source, entry.day);
        days.take(entry, rows);
        moved += rows;
      } catch (error) {
        // A day that cannot be archived must not keep the others from it.
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
    return moved;
  }

  /** Begins nothing more, and undoes what runs. */
  stop(): void {
    this.#isStopped = true;
    this.#archivist.interrupt();
  }

  #isClosed(days: TableDays, { source, day }: TableDay): boolean {
    return (day + 1) * DAY_US + this.#options.archiveAfterHours * 3600e6 <= days.newestUs(source);
  }
}

const isWorthMerging = ({ rows, sinceMs }: TableDay): boolean =>
  rows >= MERGE_ROWS || performance.now() - sinceMs >= MERGE_AFTER_MS;
