import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import type { ClientSubscription, OPCUAClient } from "node-opcua";
import { GapWatch } from "../../runtime/describe/gap-watch.ts";
import type { EventItems } from "../../runtime/describe/opcua/event-items.ts";
import { PublishStream } from "../../runtime/describe/opcua/publish-stream.ts";
import type { Gap } from "../../runtime/describe/source-signal.ts";

const ID = 7;

/** What a stream hears of node-opcua. */
class Subscription extends EventEmitter {
  readonly subscriptionId = ID;
  readonly hasSession = true;

  async terminate(): Promise<void> {
    this.emit("terminated");
  }
}

/** A stream of one tag whose values are its source times, and what it handed on. */
function open(items?: () => void) {
  const gaps = new GapWatch("source", ["acme/test/oven1/count"], [0]);
  const told = {
    cycles: [] as number[][],
    gaps: [] as Gap[],
    alive: 0,
    repeated: 0,
    ended: 0,
    recreated: 0,
    unread: [] as unknown[],
  };
  const stream = new PublishStream({
    gaps,
    events: { notification: () => undefined } as unknown as EventItems,
    hasStructures: false,
    responded: () => undefined,
    items: (cycle) => {
      items?.();
      const timesUs = cycle.map(({ value }) => value as unknown as number);
      for (const timeUs of timesUs) gaps.sample(0, timeUs, false);
      told.cycles.push(timesUs);
      told.gaps.push(...gaps.take());
    },
    alive: () => told.alive++,
    repeated: (count) => {
      told.repeated += count;
    },
    ended: () => told.ended++,
    recreated: () => told.recreated++,
    failed: () => undefined,
    unread: (thrown) => told.unread.push(thrown),
  });
  const client = new EventEmitter();
  const attach = () => {
    const subscription = new Subscription();
    stream.attach(subscription as unknown as ClientSubscription, client as unknown as OPCUAClient);
    return subscription;
  };
  const subscription = attach();
  const respond = (sequenceNumber: number, timesUs: readonly number[], moreNotifications = false) => {
    client.emit("receive_response", { subscriptionId: ID, moreNotifications });
    const monitoredItems = timesUs.map((value) => ({ clientHandle: 1, value }));
    const notificationData = timesUs.length === 0 ? [] : [{ monitoredItems }];
    stream.subscription?.emit("raw_notification", { sequenceNumber, notificationData } as never);
  };
  return { stream, told, client, subscription, attach, respond };
}

describe("publish stream", () => {
  it("hands on whole cycles, counts what was here before, and shows that an empty response came", () => {
    const { told, respond } = open();
    respond(1, [100], true);
    respond(2, [200]);
    respond(2, [200]);
    respond(3, []);
    assert.deepEqual([told.cycles, told.repeated, told.alive], [[[100, 200]], 1, 1]);
  });

  it("sees a missing number after what waited before it", () => {
    const { told, respond } = open();
    respond(1, [100]);
    respond(2, [200], true);
    respond(4, [400]);
    assert.deepEqual(told.cycles, [[100], [200], [400]]);
    assert.deepEqual(
      told.gaps.map(({ cause, fromUs, toUs }) => [cause, fromUs, toUs]),
      [["notification-missing", 200, 400]],
    );
  });

  it("hands on what waits when it ends, and hears nothing afterwards", async () => {
    const { stream, told, client, subscription, respond } = open();
    respond(1, [100], true);
    await stream.end();
    subscription.emit("raw_notification", {
      sequenceNumber: 2,
      notificationData: [{ monitoredItems: [{ clientHandle: 1, value: 200 }] }],
    });
    assert.deepEqual(told.cycles, [[100]]);
    assert.equal(told.ended, 0, "the server did not end it");
    assert.equal(client.listenerCount("receive_response"), 0);
  });

  it("tells a subscription that the server ended from one that node-opcua made anew", () => {
    const { told, subscription, attach, respond } = open();
    respond(5, [100]);
    subscription.emit("subscriptionId_changed");
    respond(1, [300]);
    assert.deepEqual([told.recreated, told.ended, told.repeated], [1, 0, 0]);
    subscription.emit("terminated");
    assert.equal(told.ended, 1);
    attach();
    respond(1, [500]);
    assert.deepEqual(
      told.gaps.map(({ cause, fromUs, toUs }) => [cause, fromUs, toUs]),
      [
        ["subscription-recreated", 100, 300],
        ["subscription-recreated", 300, 500],
      ],
    );
  });

  it("lets nothing out that is thrown while a response is passed on, nor when the rest of a cycle is", async () => {
    const { stream, told, client, respond } = open(() => {
      throw new Error("full");
    });
    respond(1, [100]);
    respond(2, [200], true);
    await stream.end();
    assert.deepEqual(told.unread.map(String), ["Error: full", "Error: full"]);
    assert.deepEqual([stream.subscription, client.listenerCount("receive_response")], [undefined, 0]);
  });
});
