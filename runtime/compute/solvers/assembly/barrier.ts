/**
 * Most looks before a thread goes to sleep, about 50 µs, which is what waking it costs: shares of a sweep mostly end
 * closer together than that.
 */
const MOST_LOOKS: i32 = 100_000;
/**
 * A thread that has not come for so long, ns, and twice, never will. Twice: in a process that was stopped for a while,
 * time is up for those who wait before the others could go on.
 */
const PATIENCE: i64 = 5_000_000_000;

/** Where the words of a barrier stand: four i32 in memory. */
const ARRIVED: usize = 0;
/** Which meeting this is. */
const MEETING: usize = 4;
/** Not 0 once a thread has failed: nobody waits here any more, and what is computed is of no use. */
const BROKEN: usize = 8;
/**
 * How often the most looks are to be halved: once more after looks in vain, not at all after others. Two threads on one
 * core only keep each other from their work by looking.
 */
const HALVINGS: usize = 12;
/** Meetings of which one takes the most looks, to find out whether they are worth while again. */
const TRIAL_EVERY: i32 = 16;

/** Where all threads wait for the last one. */
export function meet(barrier: usize, threads: i32): void {
  if (threads == 1) return;
  // Before it is looked whether it is broken: who breaks it ends the meeting after that, and this one would wait for
  // the next.
  const meeting = atomic.load<i32>(barrier, MEETING);
  if (atomic.load<i32>(barrier, BROKEN)) return;
  if (atomic.add<i32>(barrier, 1, ARRIVED) == threads - 1) {
    atomic.store<i32>(barrier, 0, ARRIVED);
    atomic.add<i32>(barrier, 1, MEETING);
    atomic.notify(barrier + MEETING, threads);
    return;
  }
  const halvings = atomic.load<i32>(barrier, HALVINGS);
  for (let looks = meeting % TRIAL_EVERY == 0 ? MOST_LOOKS : MOST_LOOKS >> halvings; looks > 0; looks--) {
    if (atomic.load<i32>(barrier, MEETING) == meeting) continue;
    if (halvings) atomic.store<i32>(barrier, 0, HALVINGS);
    return;
  }
  atomic.store<i32>(barrier, min(halvings + 1, 31), HALVINGS);
  let inVain = 0;
  while (atomic.load<i32>(barrier, MEETING) == meeting) {
    const timedOut = 2;
    if (atomic.wait<i32>(barrier + MEETING, meeting, PATIENCE) == timedOut && ++inVain == 2) {
      atomic.store<i32>(barrier, 1, BROKEN);
      return;
    }
  }
}

/** First item of a thread's share of `items`; the share ends where the next thread's begins. */
// @ts-ignore: a decorator
@inline
export function shareStart(items: i32, thread: i32, threads: i32): i32 {
  return <i32>((<i64>items * thread) / threads);
}
