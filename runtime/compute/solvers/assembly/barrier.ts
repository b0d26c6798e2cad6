/** Looks before a thread goes to sleep: a thread that is a few microseconds late is cheaper to wait for awake. */
const LOOKS: i32 = 4000;

/**
 * Where all threads wait for the last one. Two i32 in memory: how many have arrived, and which meeting this is.
 */
export function meet(barrier: usize, threads: i32): void {
  if (threads == 1) return;
  const meeting = atomic.load<i32>(barrier, 4);
  if (atomic.add<i32>(barrier, 1) == threads - 1) {
    atomic.store<i32>(barrier, 0);
    atomic.add<i32>(barrier, 1, 4);
    atomic.notify(barrier + 4, threads);
    return;
  }
  for (let look = 0; look < LOOKS; look++) if (atomic.load<i32>(barrier, 4) != meeting) return;
  while (atomic.load<i32>(barrier, 4) == meeting) atomic.wait<i32>(barrier + 4, meeting, -1);
}

/** First item of a thread's share of `items`; the share ends where the next thread's begins. */
// @ts-ignore: a decorator
@inline
export function shareStart(items: i32, thread: i32, threads: i32): i32 {
  return <i32>((<i64>items * thread) / threads);
}
