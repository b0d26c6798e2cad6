import type { TimeUs } from "../../core/time.ts";

/** A state from its first sample on, until the next run begins. NaN: bad, so that nobody knows. */
export interface StateRun {
  readonly fromUs: TimeUs;
  readonly code: number;
}

/** Changes that are kept of one machine; the oldest go first. */
const MOST_RUNS = 5_000;

/** The states of one machine over time, by its changes. Steps hold from their sample on. */
export class StateRuns {
  #runs: StateRun[] = [];
  #newestUs = Number.NEGATIVE_INFINITY;

  get runs(): readonly StateRun[] {
    return this.#runs;
  }

  get newestUs(): TimeUs {
    return this.#newestUs;
  }

  /**
   * Takes the newest sample in.
   * @returns false for one that is older than another: between two changes it may be one of its own, so history has to
   * be read again
   */
  add(timeUs: TimeUs, code: number): boolean {
    if (timeUs < this.#newestUs) return false;
    this.#newestUs = timeUs;
    if (Object.is(this.#runs.at(-1)?.code, code)) return true;
    // Two states at one time: the later word counts.
    if (this.#runs.at(-1)?.fromUs === timeUs) this.#runs.pop();
    if (!Object.is(this.#runs.at(-1)?.code, code)) this.#runs.push({ fromUs: timeUs, code });
    if (this.#runs.length > MOST_RUNS) this.#runs.splice(0, this.#runs.length - MOST_RUNS);
    return true;
  }

  /** Puts what history holds in place of all that is not newer than it. @param past in order of time */
  restore(past: readonly StateRun[]): void {
    const lastUs = past.at(-1)?.fromUs ?? Number.NEGATIVE_INFINITY;
    const newer = this.#runs.filter(({ fromUs }) => fromUs > lastUs);
    const newestUs = this.#newestUs;
    this.#runs = [];
    this.#newestUs = Number.NEGATIVE_INFINITY;
    for (const { fromUs, code } of [...past, ...newer]) this.add(fromUs, code);
    this.#newestUs = Math.max(this.#newestUs, newestUs);
  }

  /** Forgets what ended before a time. */
  trim(beforeUs: TimeUs): void {
    let gone = 0;
    while (gone + 1 < this.#runs.length && this.#runs[gone + 1]!.fromUs <= beforeUs) gone++;
    if (gone > 0) this.#runs.splice(0, gone);
  }

  clear(): void {
    this.#runs = [];
    this.#newestUs = Number.NEGATIVE_INFINITY;
  }
}
