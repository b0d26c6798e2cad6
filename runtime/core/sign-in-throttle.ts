import { monotonicMs } from "./time.ts";

/** Free attempts, then a wait that doubles with each further failure. */
const FREE_FAILURES = 3;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 300_000;
/** A pair that has been quiet this long starts afresh. */
const FORGET_MS = 3_600_000;
const MOST_PAIRS = 10_000;
const LONGEST_NAME = 64;
/** Comparing a password takes a thread and some 100 ms of a core: what nobody who has not signed in may have many of. */
const MOST_CHECKS_OF_ADDRESS = 8;
const MOST_CHECKS = 32;

interface Count {
  failures: number;
  lastMs: number;
}

/**
 * Slows guessing: per user and client address, so that nobody locks another person out from elsewhere. On the monotonic
 * clock, so that a step of the wall's ends no wait.
 */
export class SignInThrottle {
  readonly #now: () => number;
  readonly #counts = new Map<string, Count>();
  /** The last try of each pair that is still under way. */
  readonly #underWay = new Map<string, Promise<unknown>>();
  /** How many passwords are being compared, by client address. */
  readonly #checks = new Map<string, number>();

  constructor(now: () => number = monotonicMs) {
    this.#now = now;
  }

  /** Milliseconds this pair still has to wait; 0 when it may try. */
  waitMs(user: string, address: string): number {
    const count = this.#counts.get(pair(user, address));
    if (count === undefined || count.failures < FREE_FAILURES) return 0;
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (count.failures - FREE_FAILURES));
    return Math.max(0, count.lastMs + wait - this.#now());
  }

  /**
   * One try, after those of the same pair that are under way: many at once get no further than one after another. It
   * counts as failed before the comparison begins, and no longer once that has found somebody.
   * @param check compares the password; undefined where it does not fit
   * @returns what the check found, or how long the pair has to wait, in which case it was not asked
   */
  async attempt<T>(
    user: string,
    address: string,
    check: () => Promise<T | undefined>,
  ): Promise<{ readonly waitMs: number; readonly found?: T | undefined }> {
    const key = pair(user, address);
    const before = this.#underWay.get(key);
    const turn = (async () => {
      // How the one before ended is told to whoever tried it.
      await before?.catch(() => undefined);
      const waitMs = this.waitMs(user, address);
      if (waitMs > 0) return { waitMs };
      if (!this.#begin(address)) return { waitMs: FIRST_WAIT_MS };
      try {
        this.failed(user, address);
        const found = await check();
        if (found !== undefined) this.succeeded(user, address);
        return { waitMs: 0, found };
      } finally {
        this.#end(address);
      }
    })();
    this.#underWay.set(key, turn);
    try {
      return await turn;
    } finally {
      if (this.#underWay.get(key) === turn) this.#underWay.delete(key);
    }
  }

  /** Whether one more password may be compared now: many invented names must not take the machine. */
  #begin(address: string): boolean {
    const here = this.#checks.get(address) ?? 0;
    const all = [...this.#checks.values()].reduce((sum, count) => sum + count, 0);
    if (here >= MOST_CHECKS_OF_ADDRESS || all >= MOST_CHECKS) return false;
    this.#checks.set(address, here + 1);
    return true;
  }

  #end(address: string): void {
    const left = this.#checks.get(address)! - 1;
    if (left === 0) this.#checks.delete(address);
    else this.#checks.set(address, left);
  }

  failed(user: string, address: string): void {
    const key = pair(user, address);
    const now = this.#now();
    const before = this.#counts.get(key);
    const failures = before === undefined || now - before.lastMs > FORGET_MS ? 0 : before.failures;
    // Deleted first, so that the map stays in the order of the last failure and the oldest is dropped when full.
    this.#counts.delete(key);
    this.#counts.set(key, { failures: failures + 1, lastMs: now });
    if (this.#counts.size > MOST_PAIRS) this.#counts.delete(this.#counts.keys().next().value!);
  }

  succeeded(user: string, address: string): void {
    this.#counts.delete(pair(user, address));
  }
}

/** One name in several spellings is one name, and a long one fills no memory. */
function pair(user: string, address: string): string {
  return `${user.normalize("NFKC").toLowerCase().slice(0, LONGEST_NAME)}\n${address}`;
}
