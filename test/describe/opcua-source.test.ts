import assert from "node:assert/strict";
import type { EventEmitter } from "node:events";
import type { NotificationMessage } from "node-opcua";
import { BAD_SENSOR_FAILURE, GOOD } from "../../runtime/core/quality.ts";
import type { BindingRow } from "../../runtime/describe/binding-table.ts";
import { ClockRegistry } from "../../runtime/describe/clock-registry.ts";
import { EpochCounter } from "../../runtime/describe/epoch-counter.ts";
import type { OpcuaLinkOptions } from "../../runtime/describe/opcua/link-options.ts";
import { NotificationSequence } from "../../runtime/describe/opcua/notification-sequence.ts";
import { OpcuaLink } from "../../runtime/describe/opcua/opcua-link.ts";
import { OpcuaSource } from "../../runtime/describe/opcua/opcua-source.ts";
import { PublishCycle } from "../../runtime/describe/opcua/publish-cycle.ts";
import { type ItemNotification, sourceOrder } from "../../runtime/describe/opcua/source-order.ts";
import { queueSize } from "../../runtime/describe/opcua/subscribe.ts";
import { bindings, Recorder, TWIN, until } from "./opcua-recorder.ts";
import { killTestServers, newFolder, startTestServer, type TestServer } from "./opcua-test-server.ts";
import { TcpCut } from "./tcp-cut.ts";

const node = (name: string) => `ns=1;s=${name}`;

/** What node-opcua knows of a session's subscriptions. */
interface SubscriptionOwner {
  deleteSubscriptions(request: { subscriptionIds: number[] }): Promise<unknown>;
  getPublishEngine(): {
    getSubscriptionIds(): number[];
    getSubscription(id: number): { onNotificationMessage(message: NotificationMessage): void };
  };
}

/** A link that has been told to trust the test server, and a source on it. */
async function open(
  server: TestServer,
  rows: readonly BindingRow[],
  options: Partial<OpcuaLinkOptions> = {},
  tuning: { surviveMs?: number; silentAfterMs?: number } = {},
) {
  const home = newFolder("home");
  const link = new OpcuaLink({
    id: "link1",
    name: "test link",
    endpoint: server.endpoint,
    reality: "live",
    home,
    ...tuning,
    ...options,
  });
  const recorder = new Recorder();
  const clocks = new ClockRegistry();
  const source = new OpcuaSource({
    id: "source1",
    name: "test source",
    link,
    bindings: bindings(rows),
    clocks,
    epochs: new EpochCounter(home),
    listener: recorder,
    publishingIntervalMs: 100,
    ...tuning,
  });
  source.start();
  await until(() => ["waits-for-trust", "connected"].includes(link.state.phase), "the server's certificate");
  if (link.state.phase === "waits-for-trust")
    await link.trust(link.peerCertificate()!.fingerprint, "the test");
  return { link, source, recorder, clocks, home };
}

describe("opcua source", function () {
  this.timeout(30_000);
  const pki = newFolder("server-pki");
  let server: TestServer;

  before(async () => {
    server = await startTestServer({ pki, periodMs: 100 });
  });
  after(killTestServers);

  it("turns publish responses into frames with source times, units, qualities and other values", async () => {
    const { source, recorder, link, clocks } = await open(server, [
      { nodeId: node("Tag0"), path: "count", periodMs: 100 },
      { nodeId: node("Constant"), path: "constant", periodMs: 100 },
      { nodeId: node("Fahrenheit"), path: "temperature", unit: "°C", plantUnit: "°F" },
      { nodeId: node("Flag"), path: "flag", type: "boolean" },
      { nodeId: node("Text"), path: "text", type: "string" },
      { nodeId: node("Big"), path: "big", type: "integer" },
      { nodeId: node("Bad"), path: "bad" },
      { nodeId: node("Text"), path: "mistaken" },
    ]);
    try {
      await until(() => recorder.samples(`${TWIN}/count`).length >= 10, "ten samples");
      const counts = recorder.samples(`${TWIN}/count`);
      for (const [i, sample] of counts.entries()) {
        assert.equal(sample.value, counts[0]!.value + i, "no sample is missing");
        assert.equal(sample.quality, GOOD);
        if (i > 0) assert.ok(sample.sourceTimeUs > counts[i - 1]!.sourceTimeUs);
      }
      const constants = recorder.samples(`${TWIN}/constant`);
      assert.ok(constants.length >= 9, "a value that stays the same is a sample too");
      const temperature = recorder.samples(`${TWIN}/temperature`)[0]!;
      assert.ok(Math.abs(temperature.value - 100) < 1e-9);
      assert.equal(recorder.samples(`${TWIN}/flag`)[0]!.value, 1);
      assert.equal(recorder.samples(`${TWIN}/text`)[0]!.other, "cold");
      assert.equal(recorder.samples(`${TWIN}/big`)[0]!.value, 0x00100000 * 2 ** 32 + 1);
      const bad = recorder.samples(`${TWIN}/bad`)[0]!;
      assert.deepEqual([bad.value, bad.quality], [1.5, BAD_SENSOR_FAILURE]);
      const mistaken = recorder.samples(`${TWIN}/mistaken`)[0]!;
      assert.deepEqual([mistaken.other, mistaken.quality], ["cold", 0x80740000]);
      let next = 0;
      for (const frame of recorder.frames) {
        assert.equal(frame.epoch, 1);
        assert.equal(frame.first, next);
        next += frame.length;
      }
      assert.equal(source.counters.received, next);
      assert.equal(source.counters.emitted, next);
      // A server that is short of time skips a tick, which is a gap of its own.
      const gaps = recorder.gaps.filter(({ cause }) => cause !== "missing-samples");
      assert.deepEqual([gaps, recorder.problems], [[], []]);
      assert.equal(clocks.require(source.source), link.clock);
      assert.ok(Math.abs(link.clock.nowUs() - Date.now() * 1000) < 2e6, "the canary has set the clock");
    } finally {
      await source.stop();
    }
    assert.equal(link.state.phase, "idle");
    assert.equal(clocks.get(source.source), undefined);
  });

  it("names a node id that the server does not know, and the rest goes on", async () => {
    const { source, recorder } = await open(server, [
      { nodeId: node("Nowhere"), path: "nowhere" },
      { nodeId: "no node id", path: "nonsense" },
      { nodeId: node("Tag1"), path: "count", periodMs: 100 },
    ]);
    try {
      await until(
        () => recorder.samples(`${TWIN}/count`).length > 0 && recorder.problems.length === 2,
        "samples",
      );
      assert.deepEqual(recorder.problems.map((problem) => problem.message).sort(), [
        `test source, ${TWIN}/nonsense: the server refuses no node id: BadNodeIdInvalid (correct the node id in the table; the other tags go on)`,
        `test source, ${TWIN}/nowhere: the server refuses ns=1;s=Nowhere: BadNodeIdUnknown (correct the node id in the table; the other tags go on)`,
      ]);
      assert.equal(source.summary().tags, 1);
    } finally {
      await source.stop();
    }
  });

  it("takes the time of a virtual plant from the plant", async () => {
    const { source, recorder, link } = await open(
      server,
      [{ nodeId: node("Tag0"), path: "count", periodMs: 6000 }],
      { reality: "virtual" },
    );
    try {
      await until(() => recorder.frames.length > 3, "frames");
      assert.equal(link.clock.speed, 60);
      assert.equal(new Date(link.clock.nowUs() / 1000).getUTCFullYear(), 2030);
      assert.equal(recorder.frames[0]!.reality, "virtual");
    } finally {
      await source.stop();
    }
  });

  it("goes on after kill -9 and restart of the server, with a new epoch and a gap", async () => {
    const options = { pki: newFolder("mortal-pki"), periodMs: 100 };
    const mortal = await startTestServer(options);
    const { source, recorder, link } = await open(mortal, [
      { nodeId: node("Tag0"), path: "count", periodMs: 100 },
      { nodeId: node("Text"), path: "text", type: "string" },
    ]);
    let again: TestServer | undefined;
    try {
      await until(() => recorder.samples(`${TWIN}/count`).length > 3, "samples before the kill");
      await mortal.kill();
      await until(() => link.state.phase === "retrying", "the loss to be noticed");
      assert.equal(link.state.error!.code, "connection-lost");
      const lastUs = recorder.samples(`${TWIN}/count`).at(-1)!.sourceTimeUs;
      again = await startTestServer({ ...options, port: mortal.port });
      await until(() => recorder.gaps.length > 0, "the server to be back");
      const firstUs = recorder
        .samples(`${TWIN}/count`)
        .find((sample) => sample.sourceTimeUs > lastUs)!.sourceTimeUs;
      const gap = recorder.gaps[0]!;
      assert.ok(["subscription-recreated", "session-restored"].includes(gap.cause), gap.cause);
      assert.equal(gap.fromUs, lastUs);
      assert.ok(gap.toUs > lastUs && gap.toUs <= firstUs);
      assert.equal(recorder.gaps.length, 1, "one interruption is one gap");
      const epochs = recorder.frames.map((frame) => frame.epoch);
      assert.equal(epochs[0], 1);
      assert.ok(epochs.at(-1)! > 1, "the subscription was born again");
      assert.equal(recorder.frames.find((frame) => frame.epoch === epochs.at(-1))!.first, 0);
      assert.equal(source.counters.received, source.counters.emitted);
    } finally {
      await source.stop();
      await again?.kill();
    }
  });

  it("treats a server that came back with another certificate as a stranger", async () => {
    const mortal = await startTestServer({ pki: newFolder("mortal-pki"), periodMs: 100 });
    const { source, recorder, link } = await open(
      mortal,
      [{ nodeId: node("Tag0"), path: "count", periodMs: 100 }],
      {},
      { surviveMs: 500 },
    );
    let other: TestServer | undefined;
    try {
      await until(() => recorder.frames.length > 0, "a frame");
      await mortal.kill();
      await until(() => link.state.phase === "retrying", "the loss to be noticed");
      const before = recorder.frames.length;
      other = await startTestServer({ pki: newFolder("other-pki"), port: mortal.port, periodMs: 100 });
      await until(() => link.state.phase === "waits-for-trust", "the stranger to be met");
      assert.equal(link.state.error!.code, "untrusted-certificate");
      assert.equal(recorder.frames.length, before);
    } finally {
      await source.stop();
      await other?.kill();
    }
  });

  it("goes on without a gap where the queue bridged a cut, and tells of one where the session was made anew", async () => {
    const relay = await TcpCut.to(server.port);
    const { source, recorder, link } = await open(
      { ...server, endpoint: relay.endpoint },
      [{ nodeId: node("Tag0"), path: "count", periodMs: 100 }],
      {},
      { surviveMs: 3000 },
    );
    // A server that is short of time skips a tick, which is a gap of its own.
    const causes = () =>
      recorder.gaps.map(({ cause }) => cause).filter((cause) => cause !== "missing-samples");
    const counts = () => recorder.samples(`${TWIN}/count`).map(({ value }) => value);
    try {
      await until(() => counts().length > 3, "samples");
      relay.cut();
      await until(() => link.state.phase === "retrying", "the loss to be noticed");
      relay.mend();
      await until(() => link.state.phase === "connected", "the connection to be whole again");
      const before = counts().length;
      await until(() => counts().length > before + 10, "samples again");
      const arrived = counts();
      assert.deepEqual(
        arrived,
        Array.from(arrived, (_, i) => arrived[0]! + i),
        "nothing is missing",
      );
      assert.deepEqual([causes(), recorder.frames.at(-1)!.epoch], [[], 1]);
      const lastUs = recorder.samples(`${TWIN}/count`).at(-1)!.sourceTimeUs;
      relay.cut();
      await until(() => link.session === undefined, "the session to be given up");
      relay.mend();
      await until(() => causes().length > 0, "the gap");
      assert.deepEqual(causes(), ["session-restored"]);
      const gap = recorder.gaps.find(({ cause }) => cause === "session-restored")!;
      assert.ok(gap.fromUs >= lastUs && gap.toUs > gap.fromUs);
      assert.equal(recorder.frames.at(-1)!.epoch, 2);
    } finally {
      await source.stop();
      await relay.close();
    }
  });

  it("tells of a missing notification, and of a subscription that the server has ended", async () => {
    const { source, recorder, link } = await open(server, [
      { nodeId: node("Tag0"), path: "count", periodMs: 100 },
    ]);
    const gapOf = (cause: string) => recorder.gaps.find((gap) => gap.cause === cause);
    const counts = () => recorder.samples(`${TWIN}/count`).map(({ value }) => value);
    try {
      await until(() => counts().length > 3, "samples");
      const subscription = (link.session as unknown as SubscriptionOwner).getPublishEngine();
      const [id] = subscription.getSubscriptionIds();
      const client = subscription.getSubscription(id!);
      const take = client.onNotificationMessage.bind(client);
      const lost: NotificationMessage[] = [];
      client.onNotificationMessage = (message) => {
        if (lost.length === 0 && message.notificationData?.length) lost.push(message);
        else take(message);
      };
      await until(() => gapOf("notification-missing") !== undefined, "the missing number");
      const missing = [...counts()];
      take(lost[0]!);
      await until(() => counts().length > missing.length, "what was missing, after all");
      const all = [...counts()].sort((a, b) => a - b);
      assert.deepEqual(
        all,
        Array.from(all, (_, i) => all[0]! + i),
      );
      const {
        NotificationMessage: Message,
        StatusChangeNotification,
        StatusCodes,
      } = await import("node-opcua");
      const ended = new StatusChangeNotification({ status: StatusCodes.BadTimeout });
      take(new Message({ sequenceNumber: 1, publishTime: new Date(), notificationData: [ended] }));
      await until(() => gapOf("subscription-recreated") !== undefined, "the subscription to be made anew");
      assert.equal(recorder.frames.at(-1)!.epoch, 2);
      assert.deepEqual(recorder.problems, [], "nobody had to wait for the silence");
    } finally {
      await source.stop();
    }
  });

  it("leaves nothing at the server where it is stopped while it subscribes", async () => {
    const { source, recorder, link, clocks, home } = await open(server, [
      { nodeId: node("Tag0"), path: "count", periodMs: 100 },
    ]);
    try {
      await until(() => recorder.frames.length > 2, "frames");
      const heard = new Recorder();
      const brief = new OpcuaSource({
        id: "source2",
        name: "brief source",
        link,
        // The names of an enum are asked for first, so that it is stopped before it has a subscription.
        bindings: bindings([{ nodeId: node("Tag1"), path: "mode", type: "enum", periodMs: 100 }]),
        clocks,
        epochs: new EpochCounter(home),
        listener: heard,
        publishingIntervalMs: 100,
      });
      brief.start();
      await brief.stop();
      const before = recorder.frames.length;
      await until(() => recorder.frames.length > before + 8, "more frames");
      const engine = (link.session as unknown as SubscriptionOwner).getPublishEngine();
      assert.equal(engine.getSubscriptionIds().length, 1);
      assert.deepEqual([heard.frames, heard.problems], [[], []]);
    } finally {
      await source.stop();
    }
  });

  it("makes a silent subscription anew, and says so", async () => {
    const { source, recorder, link } = await open(
      server,
      [{ nodeId: node("Tag0"), path: "count", periodMs: 100 }],
      {},
      { silentAfterMs: 1500 },
    );
    try {
      await until(() => recorder.frames.length > 2, "frames");
      const session = link.session as unknown as SubscriptionOwner;
      const engine = session.getPublishEngine();
      // From now on every response is said to have more of its cycle behind it, which waits for the rest.
      const [subscriptionId] = engine.getSubscriptionIds();
      const client = link.client as unknown as EventEmitter;
      let responses = 0;
      const hold = ({ isHold }: { isHold?: boolean }) => {
        if (isHold) return;
        responses++;
        client.emit("receive_response", { subscriptionId, moreNotifications: true, isHold: true });
      };
      client.on("receive_response", hold);
      const heldFromUs = recorder.samples(`${TWIN}/count`).at(-1)!.sourceTimeUs;
      await until(() => responses > 6, "responses");
      // The server forgets the subscription behind the client's back: the session stays fine and nothing comes.
      await session.deleteSubscriptions({ subscriptionIds: engine.getSubscriptionIds() });
      const before = recorder.frames.length;
      await until(() => recorder.problems.length > 0, "the silence to be noticed");
      assert.equal(recorder.problems[0]!.code, "silent-subscription");
      client.removeListener("receive_response", hold);
      await until(() => recorder.frames.length > before + 3, "frames again");
      const gap = recorder.gaps.find(({ cause }) => cause !== "missing-samples")!;
      assert.equal(gap.cause, "silent");
      assert.ok(gap.fromUs > heldFromUs, "what waited came before the silence");
      const heard = recorder.frames.filter(({ epoch }) => epoch === 1).flatMap((frame) => [...frame]);
      assert.equal(heard.at(-1)!.sourceTimeUs, gap.fromUs);
      assert.equal(recorder.frames.at(-1)!.epoch, 2);
    } finally {
      await source.stop();
    }
  });
});

describe("order of a publish response", () => {
  const item = (clientHandle: number, ms?: number) =>
    ({
      clientHandle,
      value: { sourceTimestamp: ms === undefined ? null : new Date(ms), sourcePicoseconds: 0 },
    }) as unknown as ItemNotification;
  const handles = (items: readonly ItemNotification[]) =>
    sourceOrder(items).places?.map((place) => items[place]!.clientHandle);

  it("is that of source time, item by item within one time", () => {
    const items = [item(1, 10), item(1, 20), item(2, 10), item(2, 20), item(3, 5)];
    assert.deepEqual(handles(items), [3, 1, 2, 1, 2]);
  });

  it("is left alone where it is right, and puts samples without a time at the end", () => {
    const right = [item(1, 10), item(2, 10), item(3, 20)];
    assert.deepEqual(sourceOrder(right), {
      timesUs: Float64Array.of(10_000, 10_000, 20_000),
      places: undefined,
    });
    assert.deepEqual(handles([item(1), item(2, 20), item(3, 10)]), [3, 2, 1]);
  });
});

describe("notification numbers", () => {
  const arrivals = (numbers: readonly number[]) => {
    const sequence = new NotificationSequence();
    return numbers.map((number) => sequence.accept(number));
  };

  it("tell what is next, missing, late and repeated", () => {
    assert.deepEqual(arrivals([7, 8, 8, 11, 9, 9, 10, 12, 7]), [
      "first",
      "next",
      "repeated",
      "jump",
      "late",
      "repeated",
      "late",
      "next",
      "repeated",
    ]);
  });

  it("go from 2^32 - 1 to 1", () => {
    assert.deepEqual(arrivals([0xfffffffe, 0xffffffff, 1, 2]), ["first", "next", "next", "next"]);
    assert.deepEqual(arrivals([0xfffffffe, 1, 0xffffffff]), ["first", "jump", "late"]);
  });
});

describe("publish cycle", () => {
  const item = (clientHandle: number) => ({ clientHandle }) as ItemNotification;

  it("is handed on with its last response, and at once where the rest may never come", () => {
    const handed: number[][] = [];
    const cycle = new PublishCycle((items) => handed.push(items.map((each) => each.clientHandle)));
    cycle.announce(true);
    cycle.add([item(1)]);
    cycle.announce(false);
    cycle.add([item(2)]);
    cycle.add([item(3)]);
    cycle.announce(true);
    cycle.add([item(4)]);
    cycle.flush();
    cycle.flush();
    assert.deepEqual(handed, [[1, 2], [3], [4]]);
  });

  it("does not gather a backlog without end", () => {
    const sizes: number[] = [];
    const cycle = new PublishCycle((items) => sizes.push(items.length));
    for (let i = 0; i < 25; i++) {
      cycle.announce(true);
      cycle.add(Array.from({ length: 1000 }, (_, j) => item(j)));
    }
    assert.deepEqual(sizes, [20_000]);
  });
});

describe("queue size of an item", () => {
  it("covers the longest outage in wall time, and a few changes where there is no period", () => {
    assert.equal(queueSize(100, 30_000, 1, 100), 303);
    assert.equal(queueSize(5000, 30_000, 60, 200), 366);
    assert.equal(queueSize(60_000, 30_000, 1, 100), 20);
    assert.equal(queueSize(0, 30_000, 1, 100), 20);
    assert.equal(queueSize(1, 3_600_000, 1, 100), 10_000);
  });
});
