import type { ItemNotification } from "./source-order.ts";

/** A cycle longer than this is handed on in parts, so that a backlog does not fill the memory. */
const MOST_ITEMS = 20_000;

/**
 * The notifications of one publishing cycle. A server splits a long one into several responses and marks all but
 * the last with `moreNotifications` (OPC 10000-4, 5.14.5.2); together they hold whole ticks of the plant.
 */
export class PublishCycle {
  readonly #hand: (items: readonly ItemNotification[]) => void;
  #items: ItemNotification[] = [];
  #isMoreAnnounced = false;

  constructor(hand: (items: readonly ItemNotification[]) => void) {
    this.#hand = hand;
  }

  /** What the response says that brings the next notifications; a republished message comes without. */
  announce(moreNotifications: boolean): void {
    this.#isMoreAnnounced = moreNotifications;
  }

  /** @param items from now on the cycle's own */
  add(items: ItemNotification[]): void {
    if (this.#items.length === 0) this.#items = items;
    // Not by spreading: a response may hold more notifications than a call takes arguments.
    else for (const item of items) this.#items.push(item);
    const isOpen = this.#isMoreAnnounced && this.#items.length < MOST_ITEMS;
    this.#isMoreAnnounced = false;
    if (!isOpen) this.flush();
  }

  /** Hands on what is there: the channel broke, and the rest of the cycle may never come. */
  flush(): void {
    const items = this.#items;
    if (items.length === 0) return;
    this.#items = [];
    this.#hand(items);
  }
}
