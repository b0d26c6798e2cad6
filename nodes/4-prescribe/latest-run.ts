import type { StatusLine } from "../node-status.ts";

/** The one answer that a node works on: a newer question ends it, and so does `cancel`. */
export class LatestRun {
  readonly #status: StatusLine;
  #running: AbortController | undefined;

  constructor(status: StatusLine) {
    this.#status = status;
  }

  cancel(): void {
    this.#running?.abort();
  }

  /**
   * Ends what is under way and works on this.
   * @param begun what the status says meanwhile
   * @returns undefined where it was ended before it had an answer
   * @throws what `work` throws by itself
   */
  async answer<T>(begun: string, work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    this.cancel();
    const own = new AbortController();
    this.#running = own;
    this.#status.show(begun);
    try {
      const answer = await work(own.signal);
      return own.signal.aborted ? undefined : answer;
    } catch (fault) {
      if (!own.signal.aborted) throw fault;
      if (this.#running === own) this.#status.show("cancelled");
      return undefined;
    } finally {
      if (this.#running === own) this.#running = undefined;
    }
  }
}
