/** Samples and where they went. received = stored + queued + deduplicated + the sum of dropped, at every moment. */
export interface Conservation {
  readonly received: number;
  readonly stored: number;
  readonly queued: number;
  readonly deduplicated: number;
  /** By reason. */
  readonly dropped: Readonly<Record<string, number>>;
}

/** Samples that came and are in none of the places they can be in; 0 where the law of conservation holds. */
export function unaccounted({ received, stored, queued, deduplicated, dropped }: Conservation): number {
  return received - stored - queued - deduplicated - Object.values(dropped).reduce((sum, n) => sum + n, 0);
}

/**
 * Counts what comes in and where it goes. What is queued is not counted but measured where it lies, so that a
 * sample that got lost between two places shows as a difference.
 */
export class Ledger implements Conservation {
  received = 0;
  stored = 0;
  deduplicated = 0;
  readonly dropped: Record<string, number> = {};
  readonly #measureQueued: () => number;

  /** @param measureQueued samples that wait now, counted where they wait */
  constructor(measureQueued: () => number) {
    this.#measureQueued = measureQueued;
  }

  get queued(): number {
    return this.#measureQueued();
  }

  drop(reason: string, samples: number): void {
    if (samples > 0) this.dropped[reason] = (this.dropped[reason] ?? 0) + samples;
  }

  exact(): boolean {
    return unaccounted(this) === 0;
  }

  toJSON(): Conservation {
    const { received, stored, queued, deduplicated } = this;
    return { received, stored, queued, deduplicated, dropped: { ...this.dropped } };
  }
}
