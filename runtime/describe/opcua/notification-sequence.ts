/** Numbers remembered as skipped; a server keeps no more for republishing. */
const MOST_MISSING = 1000;
/** Follows 2^32 - 1 (OPC 10000-4, 7.25). */
const FIRST = 1;
const LARGEST = 0xffffffff;

export type Arrival =
  /** The first of its subscription. */
  | "first"
  /** The one expected. */
  | "next"
  /** Some before it have not come. */
  | "jump"
  /** One that was skipped, after all. */
  | "late"
  /** It was here before. */
  | "repeated";

/** Notification messages of a subscription are numbered without holes; a broken connection repeats or swaps some. */
export class NotificationSequence {
  #last: number | undefined;
  readonly #missing = new Set<number>();

  accept(number: number): Arrival {
    const last = this.#last;
    if (last === undefined) {
      this.#last = number;
      return "first";
    }
    if (number === following(last)) {
      this.#last = number;
      return "next";
    }
    if (this.#missing.delete(number)) return "late";
    const ahead = (number - last + LARGEST) % LARGEST;
    // Half the circle is behind: nobody skips two thousand million messages.
    if (ahead === 0 || ahead > LARGEST / 2) return "repeated";
    let skipped = following(last);
    for (let i = 1; i < ahead && this.#missing.size < MOST_MISSING; i++) {
      this.#missing.add(skipped);
      skipped = following(skipped);
    }
    this.#last = number;
    return "jump";
  }

  /** A new subscription counts from the beginning. */
  reset(): void {
    this.#last = undefined;
    this.#missing.clear();
  }
}

const following = (number: number): number => (number === LARGEST ? FIRST : number + 1);
