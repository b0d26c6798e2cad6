/** How often edge nodes are asked for a rebirth at most. A request makes a node and all its devices send everything. */
export const REBIRTH_DEFAULTS = {
  /** ms between two requests to one edge node; doubled with each that did not help. */
  everyMs: 10_000,
  longestPauseMs: 300_000,
  /** ms between any two requests: a broker full of edge nodes must not answer all at once. */
  apartMs: 50,
};

/** A node that got along without a request for so many of its pauses begins with the shortest again. */
const FORGIVEN_AFTER = 3;

interface Asked {
  lastMs: number;
  pauseMs: number;
}

/** Which edge nodes want a rebirth, and when each may be asked. One for all sources of a link. */
export class RebirthLimiter {
  readonly #limits: typeof REBIRTH_DEFAULTS;
  readonly #wanted = new Set<string>();
  readonly #asked = new Map<string, Asked>();
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(limits: Partial<typeof REBIRTH_DEFAULTS> = {}) {
    this.#limits = { ...REBIRTH_DEFAULTS, ...limits };
  }

  want(edge: string): void {
    this.#wanted.add(edge);
  }

  /** The node was born, or is gone: no more to ask. How long ago it was asked is kept. */
  settle(edge: string): void {
    this.#wanted.delete(edge);
  }

  isWanted(edge: string): boolean {
    return this.#wanted.has(edge);
  }

  /** The edge nodes to ask now; one that does not answer is asked again after its pause. */
  take(nowMs: number): string[] {
    const due: string[] = [];
    for (const edge of this.#wanted) {
      if (nowMs < this.#lastMs + this.#limits.apartMs) break;
      if (nowMs < this.#dueMs(edge)) continue;
      this.#lastMs = nowMs;
      const asked = this.#asked.get(edge);
      const isForgiven = asked === undefined || nowMs > asked.lastMs + FORGIVEN_AFTER * asked.pauseMs;
      const pauseMs = isForgiven
        ? this.#limits.everyMs
        : Math.min(asked.pauseMs * 2, this.#limits.longestPauseMs);
      this.#asked.set(edge, { lastMs: nowMs, pauseMs });
      due.push(edge);
    }
    return due;
  }

  /** When `take` has something to give next; infinite where nothing is wanted. */
  nextMs(): number {
    const soonestMs = this.#lastMs + this.#limits.apartMs;
    let next = Number.POSITIVE_INFINITY;
    for (const edge of this.#wanted) {
      next = Math.min(next, this.#dueMs(edge));
      if (next <= soonestMs) return soonestMs;
    }
    return next;
  }

  #dueMs(edge: string): number {
    const asked = this.#asked.get(edge);
    return asked === undefined ? Number.NEGATIVE_INFINITY : asked.lastMs + asked.pauseMs;
  }
}
