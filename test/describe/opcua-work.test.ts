import assert from "node:assert/strict";
import { Dictionary } from "../../runtime/core/dictionary.ts";
import { FrameBuilder } from "../../runtime/core/frame.ts";
import { ClockRegistry } from "../../runtime/describe/clock-registry.ts";
import { EpochCounter } from "../../runtime/describe/epoch-counter.ts";
import { OpcuaLink } from "../../runtime/describe/opcua/opcua-link.ts";
import { OpcuaSource } from "../../runtime/describe/opcua/opcua-source.ts";
import { TwinState } from "../../runtime/describe/twin-state.ts";
import { bindings, Recorder, until } from "./opcua-recorder.ts";
import { killTestServers, newFolder, startTestServer, type TestServer } from "./opcua-test-server.ts";

/** What node-opcua knows of a session's subscriptions. */
interface SubscriptionOwner {
  getPublishEngine(): { getSubscription(id: number): NodeJS.EventEmitter; getSubscriptionIds(): number[] };
}

describe("work of the opc ua link per value", function () {
  this.timeout(20_000);
  let server: TestServer;

  before(async () => {
    server = await startTestServer({ pki: newFolder("server-pki"), periodMs: 50 });
  });
  after(killTestServers);

  /** Notifications that node-opcua still goes through after the source has had them. */
  async function leftToNodeOpcua(type: "number" | "structure"): Promise<{ had: number; left: number }> {
    const home = newFolder("home");
    const link = new OpcuaLink({
      id: "link1",
      name: "test link",
      endpoint: server.endpoint,
      reality: "live",
      securityMode: "None",
      securityPolicy: "None",
      home,
    });
    const recorder = new Recorder();
    const source = new OpcuaSource({
      id: "source1",
      name: "test source",
      link,
      bindings: bindings([
        { nodeId: "ns=1;s=Tag0", path: "count", periodMs: 50 },
        { nodeId: "ns=1;s=Constant", path: "constant", type, periodMs: 50 },
      ]),
      clocks: new ClockRegistry(),
      epochs: new EpochCounter(home),
      listener: recorder,
      publishingIntervalMs: 100,
    });
    source.start();
    try {
      await until(() => recorder.frames.length > 0, "the first frame");
      const engine = (link.session as unknown as SubscriptionOwner).getPublishEngine();
      const subscription = engine.getSubscription(engine.getSubscriptionIds()[0]!);
      let left = 0;
      let had = -source.counters.received;
      subscription.on("received_notifications", (message: { notificationData: object[] }) => {
        for (const data of message.notificationData) {
          left += (data as { monitoredItems: object[] }).monitoredItems.length;
        }
      });
      await until(() => had + source.counters.received > 20, "twenty samples");
      had += source.counters.received;
      return { had, left };
    } finally {
      await source.stop();
    }
  }

  it("leaves no notification for node-opcua to hand to items one by one", async () => {
    const { had, left } = await leftToNodeOpcua("number");
    assert.ok(had > 20);
    assert.equal(left, 0);
  });

  it("leaves structures, which node-opcua decodes later", async () => {
    const { left } = await leftToNodeOpcua("structure");
    assert.ok(left > 20);
  });

  it("makes no array in a twin's state for frames of known properties, and hands on the frame it got", () => {
    const properties = Array.from({ length: 100 }, (_, i) => ({
      address: `acme/test/oven1/t${i}`,
      kind: "measurement" as const,
      type: "number" as const,
      update: { mode: "cyclic" as const, periodMs: 100 },
    }));
    const head = { source: "opcua:a:b", reality: "live" as const, dictionary: new Dictionary(properties) };
    const state = new TwinState("acme/test/oven1");
    const frames = Array.from({ length: 500 }, (_, tick) => {
      const builder = new FrameBuilder(head, properties.length);
      for (let i = 0; i < properties.length; i++) builder.add(i, tick, 1.79e15 + tick * 1e5, 0);
      return builder.build({ epoch: 1, first: tick * properties.length, receiveTimeUs: 1.79e15 });
    });
    state.accept(frames[0]);
    let made = 0;
    const own = { Float64Array, Uint32Array, Uint8Array, SharedArrayBuffer, ArrayBuffer };
    const counting = <T extends new (...args: never[]) => object>(type: T): T =>
      new Proxy(type, {
        construct(target, args, newTarget) {
          made++;
          return Reflect.construct(target, args, newTarget);
        },
      });
    for (const [name, type] of Object.entries(own)) Object.assign(globalThis, { [name]: counting(type) });
    try {
      for (const frame of frames.slice(1)) assert.equal(state.accept(frame), frame);
    } finally {
      Object.assign(globalThis, own);
    }
    assert.equal(made, 0);
    assert.deepEqual(
      [state.counts.accepted, state.counts.deduplicated, state.sources[0]!.missing],
      [50_000, 0, 0],
    );
  });
});
