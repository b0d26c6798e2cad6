import type { HistorianCounts } from "./history-types.ts";

interface Account {
  received: number;
  stored: number;
  queued: number;
  deduplicated: number;
  readonly dropped: Record<string, number>;
}

const newAccount = (): Account => ({ received: 0, stored: 0, queued: 0, deduplicated: 0, dropped: {} });

/**
 * What became of every sample a historian was given, by source. At any instant
 * received = stored + queued + deduplicated + dropped, for each source and so for all together.
 */
export class SampleLedger {
  readonly #accounts = new Map<string, Account>();
  readonly #expired = new Map<string, number>();
  #queued = 0;

  /** Samples of all sources that wait for the disk. */
  get queued(): number {
    return this.#queued;
  }

  /** Samples that are refused as they come. */
  refuse(source: string, rows: number, reason: string): void {
    const account = this.#of(source);
    account.received += rows;
    account.dropped[reason] = (account.dropped[reason] ?? 0) + rows;
  }

  /** Samples that wait for the disk from now on, until `keep` or `lose`. */
  queue(source: string, rows: number): void {
    const account = this.#of(source);
    account.received += rows;
    account.queued += rows;
    this.#queued += rows;
  }

  /** What waited is on disk, but for repetitions of what was there. */
  keep(source: string, stored: number, deduplicated: number): void {
    const account = this.#leave(source, stored + deduplicated);
    account.stored += stored;
    account.deduplicated += deduplicated;
  }

  /** What waited did not get to the disk. */
  lose(source: string, rows: number, reason: string): void {
    const account = this.#leave(source, rows);
    account.dropped[reason] = (account.dropped[reason] ?? 0) + rows;
  }

  /** What was stored, now or in an earlier run, has been dropped by retention. It stays counted as stored. */
  expire(source: string, rows: number): void {
    this.#expired.set(source, (this.#expired.get(source) ?? 0) + rows);
  }

  get expired(): ReadonlyMap<string, number> {
    return this.#expired;
  }

  bySource(): ReadonlyMap<string, HistorianCounts> {
    return new Map(
      [...this.#accounts].map(([source, account]) => [
        source,
        { ...account, dropped: { ...account.dropped } },
      ]),
    );
  }

  total(): HistorianCounts {
    const all = newAccount();
    for (const account of this.#accounts.values()) {
      all.received += account.received;
      all.stored += account.stored;
      all.queued += account.queued;
      all.deduplicated += account.deduplicated;
      for (const [reason, rows] of Object.entries(account.dropped))
        all.dropped[reason] = (all.dropped[reason] ?? 0) + rows;
    }
    return all;
  }

  #leave(source: string, rows: number): Account {
    const account = this.#of(source);
    account.queued -= rows;
    this.#queued -= rows;
    return account;
  }

  #of(source: string): Account {
    let account = this.#accounts.get(source);
    if (account === undefined) {
      account = newAccount();
      this.#accounts.set(source, account);
    }
    return account;
  }
}
