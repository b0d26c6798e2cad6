import type { DataValue } from "node-opcua";
import { sourceTimeUs } from "./sample-value.ts";

export interface ItemNotification {
  readonly clientHandle: number;
  readonly value: DataValue;
}

/** Notifications as they came, and in which order they belong. */
export interface SourceOrder {
  /** Of each notification as it came. */
  readonly timesUs: Float64Array;
  /** Places of the notifications by source time; undefined where they came so. */
  readonly places: readonly number[] | undefined;
}

/**
 * The order of the notifications of one publish response by source time; those of the same time stay as they came.
 *
 * A server lists them item by item, so that a response that spans several periods has tag A's second sample before
 * tag B's first: whoever assembles rows by time would take B's for late. A response has few distinct times, so they
 * are sorted, not the notifications.
 */
export function sourceOrder(items: readonly ItemNotification[]): SourceOrder {
  const timesUs = new Float64Array(items.length);
  let isOrdered = true;
  for (let i = 0; i < items.length; i++) {
    timesUs[i] = sourceTimeUs(items[i]!.value);
    if (i > 0 && timesUs[i]! < timesUs[i - 1]!) isOrdered = false;
  }
  if (isOrdered) return { timesUs, places: undefined };
  const placesOf = new Map<number, number[]>();
  for (let i = 0; i < items.length; i++) {
    const same = placesOf.get(timesUs[i]!);
    if (same === undefined) placesOf.set(timesUs[i]!, [i]);
    else same.push(i);
  }
  // Typed arrays sort numbers as numbers, and NaN, a sample without a time, to the end.
  const places = Array.from(Float64Array.from(placesOf.keys()).sort()).flatMap((time) => placesOf.get(time)!);
  return { timesUs, places };
}
