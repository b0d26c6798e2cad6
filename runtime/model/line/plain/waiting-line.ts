import type { PlainWay } from "./plain-block.ts";

/** Puts a way that does not wait behind those that wait at its block. */
export function putInLine(way: PlainWay): void {
  const { to } = way;
  const last = to.lastWaiting;
  way.isWaiting = true;
  way.previous = last;
  to.lastWaiting = way;
  if (last === undefined) to.firstWaiting = way;
  else last.next = way;
}

/** Takes a way that waits out of the line at its block. */
export function takeOutOfLine(way: PlainWay): void {
  const { to, next, previous } = way;
  way.isWaiting = false;
  if (next === undefined) to.lastWaiting = previous;
  else next.previous = previous;
  if (previous === undefined) to.firstWaiting = next;
  else previous.next = next;
  way.next = undefined;
  way.previous = undefined;
}

/** Ways that wait at a block, first come first. */
export function* waitingAt(first: PlainWay | undefined): Generator<PlainWay> {
  for (let way = first; way !== undefined; way = way.next) yield way;
}
