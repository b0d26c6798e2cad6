/**
 * Who goes first in the line of the compute process, lowest first. A request of a higher one also runs inside the next
 * breath of a lower one, so steps between them mean something only where one must not wait for the other.
 */
export const PRIORITIES = {
  /** Sweeps, studies and searches of minutes: whoever asked does something else meanwhile. */
  study: 0,
  /** A person looks at a form, or a flow holds a message, until the answer comes. */
  awaited: 1,
  /** The answer changes what the plant does to bodies that are in it now: late is scrap. */
  plant: 2,
} as const;
