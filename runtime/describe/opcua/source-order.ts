import type { DataValue } from "node-opcua";
import { sourceTimeUs } from "./sample-value.ts";

export interface ItemNotification {
  readonly clientHandle: number;
  readonly value: DataValue;
}

/**
 * The notifications of one publish response by source time; those of the same time stay as they came.
 *
 * A server lists them item by item, so that a response that spans several periods has tag A's second sample before
 * tag B's first: whoever assembles rows by time would take B's for late. A response has few distinct times, so they
 * are sorted, not the notifications. The same list is returned where it is in order already.
 */
export function inSourceOrder(items: readonly ItemNotification[]): readonly ItemNotification[] {
  const times = new Float64Array(items.length);
  let isOrdered = true;
  for (let i = 0; i < items.length; i++) {
    times[i] = sourceTimeUs(items[i]!.value);
    if (i > 0 && times[i]! < times[i - 1]!) isOrdered = false;
  }
  if (isOrdered) return items;
  const byTime = new Map<number, ItemNotification[]>();
  for (let i = 0; i < items.length; i++) {
    const same = byTime.get(times[i]!);
    if (same === undefined) byTime.set(times[i]!, [items[i]!]);
    else same.push(items[i]!);
  }
  // Typed arrays sort numbers as numbers, and NaN, a sample without a time, to the end.
  return Array.from(Float64Array.from(byTime.keys()).sort()).flatMap((time) => byTime.get(time)!);
}
