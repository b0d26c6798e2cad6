import { monotonicMs } from "../../core/time.ts";

/** One line in so long, at most: who may not ask must not be able to fill a disk by asking. */
const EVERY_MS = 10_000;
const MOST_KINDS = 16;

/**
 * Requests that were refused before they were a proposal: a wrong token, a body that is no JSON, a right somebody
 * does not have. The first stands in the audit at once, those within the next seconds together and counted.
 */
export class RefusedRequests {
  readonly #append: (event: "request-refused", data: Record<string, unknown>) => void;
  readonly #times = new Map<string, number>();
  #toldAtMs = Number.NEGATIVE_INFINITY;

  constructor(append: (event: "request-refused", data: Record<string, unknown>) => void) {
    this.#append = append;
  }

  /** @param code stable, such as `wrong-token` @param asked `POST /proposals` */
  add(code: string, asked: string): void {
    const kind = `${code} ${asked.slice(0, 80)}`;
    const key = this.#times.has(kind) || this.#times.size < MOST_KINDS ? kind : "others";
    this.#times.set(key, (this.#times.get(key) ?? 0) + 1);
    this.tell();
  }

  /** Writes down what has come, where it is time. */
  tell(): void {
    if (monotonicMs() - this.#toldAtMs >= EVERY_MS) this.tellNow();
  }

  tellNow(): void {
    if (this.#times.size === 0) return;
    this.#toldAtMs = monotonicMs();
    const times = Object.fromEntries(this.#times);
    this.#times.clear();
    this.#append("request-refused", { times });
  }
}
