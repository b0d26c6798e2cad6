/** Sequence numbers run 0 to 255 and begin again at 0. */
const NUMBERS = 256;
/** A number less than half a turn ahead is still to come, any other has been. */
const HALF = NUMBERS / 2;

export const nextSequence = (sequence: number): number => (sequence + 1) % NUMBERS;

export type Verdict =
  /** In order; `ready` holds it and what waited for it. */
  | "in-order"
  /** Waits for those before it. */
  | "held"
  /** The same message again. */
  | "duplicate"
  /** One that was given up comes after all. */
  | "late"
  /** Another message under a number that has been: two publishers count side by side. */
  | "collision";

/** What was given up. */
export interface SequenceHole<Message> {
  /** How many numbers are missing. */
  readonly missing: number;
  /** The message before which they are missing. */
  readonly before: Message;
}

/**
 * Puts the messages of one edge node in order by their sequence number (Sparkplug 3.0.0, 5.9 "Message Ordering"):
 * a message that is early is held until those before it come, or until they are given up.
 */
export class SequenceOrder<Message> {
  #expected = 0;
  readonly #held = new Map<number, { message: Message; checksum: number }>();
  /** Checksum of the last half turn of numbers. */
  readonly #seen = new Map<number, number>();
  readonly #givenUp = new Set<number>();

  get held(): number {
    return this.#held.size;
  }

  /** The next number that is due. */
  get expected(): number {
    return this.#expected;
  }

  /** A birth sets the count and is the first of it. What was held is forgotten: take it before. */
  restart(sequence: number, checksum: number): void {
    this.#seen.clear();
    this.#givenUp.clear();
    this.#held.clear();
    this.#expected = sequence;
    this.#pass(checksum);
  }

  /** @param checksum of the whole payload: tells a repetition from another message under the same number */
  offer(sequence: number, checksum: number, message: Message): { verdict: Verdict; ready: Message[] } {
    const ahead = (sequence - this.#expected + NUMBERS) % NUMBERS;
    if (ahead === 0) {
      this.#pass(checksum);
      return { verdict: "in-order", ready: [message, ...this.takeReady()] };
    }
    if (ahead < HALF) {
      const other = this.#held.get(sequence);
      if (other !== undefined) {
        return { verdict: other.checksum === checksum ? "duplicate" : "collision", ready: [] };
      }
      this.#held.set(sequence, { message, checksum });
      return { verdict: "held", ready: [] };
    }
    if (this.#givenUp.delete(sequence)) {
      this.#seen.set(sequence, checksum);
      return { verdict: "late", ready: [message] };
    }
    return { verdict: this.#seen.get(sequence) === checksum ? "duplicate" : "collision", ready: [] };
  }

  /** What is next in order among the held. */
  takeReady(): Message[] {
    const ready: Message[] = [];
    for (
      let next = this.#held.get(this.#expected);
      next !== undefined;
      next = this.#held.get(this.#expected)
    ) {
      this.#held.delete(this.#expected);
      this.#pass(next.checksum);
      ready.push(next.message);
    }
    return ready;
  }

  /** Gives up what is missing before the first held message; `takeReady` then gives it. */
  giveUp(): SequenceHole<Message> | undefined {
    if (this.#held.size === 0) return undefined;
    let missing = 0;
    while (!this.#held.has(this.#expected)) {
      this.#givenUp.add(this.#expected);
      this.#forgetOpposite();
      this.#expected = nextSequence(this.#expected);
      missing++;
    }
    return { missing, before: this.#held.get(this.#expected)!.message };
  }

  /** Everything held, in order; it is not held any more. */
  takeAll(): Message[] {
    const all = [...this.#held].sort(
      ([a], [b]) => ((a - this.#expected + NUMBERS) % NUMBERS) - ((b - this.#expected + NUMBERS) % NUMBERS),
    );
    this.#held.clear();
    return all.map(([, { message }]) => message);
  }

  #pass(checksum: number): void {
    this.#seen.set(this.#expected, checksum);
    this.#givenUp.delete(this.#expected);
    this.#forgetOpposite();
    this.#expected = nextSequence(this.#expected);
  }

  #forgetOpposite(): void {
    const opposite = (this.#expected + HALF) % NUMBERS;
    this.#seen.delete(opposite);
    this.#givenUp.delete(opposite);
  }
}
