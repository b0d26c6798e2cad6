/** The barrier of assembly/barrier.ts in a layout of shared arrays: arrived, meeting, broken, halvings. */
export const BARRIER = ["i32", 4] as const;
const MEETING = 1;
const BROKEN = 2;

/** Lets all go who wait at the barrier or come to it: a thread has failed, and the outcome will not be used. */
export function breakBarrier(barrier: Int32Array): void {
  Atomics.store(barrier, BROKEN, 1);
  Atomics.add(barrier, MEETING, 1);
  Atomics.notify(barrier, MEETING);
}

/** Whether a thread has failed, or was waited for in vain. */
export function isBroken(barrier: Int32Array): boolean {
  return Atomics.load(barrier, BROKEN) !== 0;
}
