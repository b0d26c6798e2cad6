import type { ClientSubscription, NotificationMessage, OPCUAClient } from "node-opcua";
import type { GapWatch } from "../gap-watch.ts";
import type { EventItems, EventNotification } from "./event-items.ts";
import { NotificationSequence } from "./notification-sequence.ts";
import { PublishCycle } from "./publish-cycle.ts";
import type { ItemNotification } from "./source-order.ts";

/** A server that does not answer is told of the end no longer than this, ms. */
const LONGEST_END_MS = 2000;

export interface PublishStreamParts {
  /** Is told where the stream breaks and where it goes on whole. */
  readonly gaps: GapWatch;
  readonly events: EventItems;
  /** node-opcua decodes structures after it has told of a response, those of unknown types at least. */
  readonly hasStructures: boolean;
  /** A publish response came, whatever it holds. */
  responded(): void;
  /** The notifications of a publishing cycle. */
  items(items: readonly ItemNotification[]): void;
  /** A publish response that brings nothing. */
  alive(): void;
  /** Notifications that were here before. */
  repeated(count: number): void;
  /** The same items go on under a subscription that counts from the start. */
  recreated(): void;
  /** The server has ended the subscription. */
  ended(): void;
  failed(error: Error): void;
  /** A response could not be passed on. */
  unread(thrown: unknown): void;
}

/** What the publish responses of a subscription bring, cycle by cycle; of one subscription at a time. */
export class PublishStream {
  readonly #parts: PublishStreamParts;
  readonly #notifications = new NotificationSequence();
  readonly #cycle: PublishCycle;
  #subscription: ClientSubscription | undefined;

  constructor(parts: PublishStreamParts) {
    this.#parts = parts;
    this.#cycle = new PublishCycle((items) => this.#guard(() => parts.items(items)));
  }

  get subscription(): ClientSubscription | undefined {
    return this.#subscription;
  }

  /** Hears this subscription from now on, and no other. */
  attach(subscription: ClientSubscription, client: OPCUAClient | undefined): void {
    this.#subscription = subscription;
    this.#notifications.reset();
    const whileCurrent =
      <T>(react: (detail: T) => void) =>
      (detail: T) => {
        if (this.#subscription === subscription) react(detail);
      };
    // Told just before the notification of the same response.
    const announced = (response: { subscriptionId?: number; moreNotifications?: boolean }): void => {
      const { subscriptionId, moreNotifications } = response;
      if (moreNotifications !== undefined && subscriptionId === subscription.subscriptionId) {
        this.#cycle.announce(moreNotifications);
      }
    };
    client?.on("receive_response", announced as (response: object) => void);
    subscription.on("terminated", () => {
      client?.removeListener("receive_response", announced as (response: object) => void);
    });
    subscription.on(
      "terminated",
      whileCurrent(() => this.#ended()),
    );
    subscription.on(
      "raw_notification",
      whileCurrent((message) => this.#guard(() => this.#accept(message))),
    );
    subscription.on(
      "subscriptionId_changed",
      whileCurrent(() => this.#recreated()),
    );
    const failed = whileCurrent((error: Error) => this.#parts.failed(error));
    subscription.on("error", failed);
    subscription.on("internal_error", failed);
  }

  /** Hands on what is there of a cycle whose rest may never come. */
  flush(): void {
    this.#cycle.flush();
  }

  /** The subscription is gone. */
  drop(): void {
    this.#cycle.flush();
    this.#subscription = undefined;
  }

  /**
   * Ends the subscription at the server.
   * @throws what the server answers instead
   */
  async end(): Promise<void> {
    const subscription = this.#subscription;
    this.drop();
    if (subscription === undefined || !subscription.hasSession) return;
    const late = new Promise<void>((resolve) => setTimeout(resolve, LONGEST_END_MS).unref());
    await Promise.race([subscription.terminate(), late]);
  }

  /** OPC 10000-4, 5.14.1.1: its lifetime is over. */
  #ended(): void {
    this.drop();
    this.#parts.gaps.interrupt("subscription-recreated");
    this.#parts.ended();
  }

  #recreated(): void {
    this.#cycle.flush();
    this.#notifications.reset();
    this.#parts.recreated();
    this.#parts.gaps.interrupt("subscription-recreated");
  }

  /** node-opcua swallows what a listener throws, and a link has other users: nothing may leave here. */
  #guard(act: () => void): void {
    try {
      act();
    } catch (thrown) {
      this.#parts.unread(thrown);
    }
  }

  #accept(message: NotificationMessage): void {
    this.#parts.responded();
    // A keep-alive has the number of the next notification; everything else has one of its own.
    if (!message.notificationData?.length) {
      this.#parts.alive();
      return;
    }
    const items = this.#itemsOf(message.notificationData);
    const arrival = this.#notifications.accept(message.sequenceNumber);
    if (arrival === "repeated") {
      this.#parts.repeated(items.length);
      return;
    }
    if (arrival === "next") this.#parts.gaps.continues();
    if (arrival === "jump") {
      // What waits came before the one that is missing.
      this.#cycle.flush();
      this.#parts.gaps.interrupt("notification-missing");
    }
    if (items.length > 0) this.#cycle.add(items);
    else this.#parts.alive();
  }

  #itemsOf(notificationData: readonly unknown[]): ItemNotification[] {
    let items: ItemNotification[] = [];
    for (const data of notificationData) {
      const notification = data as {
        monitoredItems?: ItemNotification[] | null;
        events?: EventNotification[] | null;
      } | null;
      for (const event of notification?.events ?? []) {
        const item = this.#parts.events.notification(event);
        if (item !== undefined) items.push(item);
      }
      const changes = notification?.monitoredItems;
      if (!changes) continue;
      if (this.#parts.hasStructures || items.length > 0) for (const change of changes) items.push(change);
      else items = changes;
      // node-opcua would go through them all once more, for listeners of single items that nobody has registered.
      if (!this.#parts.hasStructures) notification.monitoredItems = [];
    }
    return items;
  }
}
