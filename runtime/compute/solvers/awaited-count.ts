/** Most time awake before sleep, ms: what waking a sleeping thread costs, and longer than what lies between two slices. */
const MOST_AWAKE_MS = 0.1;
/** Waits of which one takes the most, to find out whether it is worth while again. */
const TRIAL_EVERY = 16;
const LOOKS_BETWEEN_CLOCKS = 64;

/** Halved where this thread was awake in vain: where it shares a core, the other cannot raise the count meanwhile. */
let awakeMs = MOST_AWAKE_MS;
let waits = 0;

/**
 * Waits in this thread until a count that other threads raise has reached `least`: awake for a while, then asleep.
 * @param counts shared i32; a count may pass 2^31 and begin anew at -2^31
 * @param mostMs sleeps no longer than this
 * @returns whether it has
 */
export function awaitCount(counts: Int32Array, index: number, least: number, mostMs: number): boolean {
  const untilMs = performance.now() + (waits++ % TRIAL_EVERY === 0 ? MOST_AWAKE_MS : awakeMs);
  do {
    for (let look = 0; look < LOOKS_BETWEEN_CLOCKS; look++) {
      if (!isReached(Atomics.load(counts, index), least)) continue;
      awakeMs = MOST_AWAKE_MS;
      return true;
    }
  } while (performance.now() < untilMs);
  awakeMs /= 2;
  for (;;) {
    const seen = Atomics.load(counts, index);
    if (isReached(seen, least)) return true;
    if (Atomics.wait(counts, index, seen, mostMs) === "timed-out") return false;
  }
}

const isReached = (count: number, least: number): boolean => ((count - least) | 0) >= 0;

/** Raises a count by one and wakes who waits for it. */
export function raiseCount(counts: Int32Array, index: number): void {
  Atomics.add(counts, index, 1);
  Atomics.notify(counts, index);
}
