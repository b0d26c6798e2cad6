import assert from "node:assert/strict";
import { BAD, BAD_NO_DATA, GOOD, UNCERTAIN_LAST_USABLE } from "../../../runtime/core/quality.ts";
import { Random } from "../../../runtime/core/random.ts";
import { encodePayload } from "../../../runtime/describe/sparkplug/payload.ts";
import { RebirthLimiter } from "../../../runtime/describe/sparkplug/rebirth-limiter.ts";
import { SequenceOrder } from "../../../runtime/describe/sparkplug/sequence-order.ts";
import { bdSeqMetric, EDGE, HostBench, level, rebirth, T0_MS } from "./host-bench.ts";

const us = (ms: number): number => (T0_MS + ms) * 1000;

describe("sparkplug host: births and data", () => {
  it("tck-id-payloads-alias-data-cmd-requirement: reads values by alias, with the types of the birth", () => {
    const host = new HostBench();
    host.birth(0, [level(1.5), { name: "count", alias: 2, timestampMs: T0_MS, type: "Int16", value: -3 }]);
    host.message("NDATA", 1, [
      { alias: 2, timestampMs: T0_MS + 7, untyped: { intValue: 0xffff } },
      { alias: 1, timestampMs: T0_MS + 8, untyped: { doubleValue: 2.5 } },
    ]);
    assert.deepEqual(
      host.values
        .slice(-2)
        .map(({ name, type, value, quality, timeUs }) => [name, type, value, quality, timeUs]),
      [
        ["count", "Int16", -1, GOOD, us(7)],
        ["level", "Double", 2.5, GOOD, us(8)],
      ],
    );
    assert.deepEqual(host.kinds(), ["node-online"]);
    assert.deepEqual(host.births[0]!.names, ["bdSeq", "Node Control/Rebirth", "level", "count"]);
    assert.deepEqual(host.drops, {});
  });

  it("tck-id-payloads-name-requirement: reads values by name where no alias is used", () => {
    const host = new HostBench();
    host.birth(0, [{ name: "a/b", timestampMs: T0_MS, type: "String", value: "x" }]);
    host.message("NDATA", 1, [{ name: "a/b", type: "String", value: "y" }]);
    assert.deepEqual(host.valuesOf("a/b"), ["x", "y"]);
    assert.equal(host.values.at(-1)!.timeUs, us(0), "a metric without a time has that of its message");
  });

  it("tck-id-operational-behavior-data-publish-nbirth-values: null is bad, never 0", () => {
    const host = new HostBench();
    host.birth(0, [{ ...level(0), value: null }]);
    assert.deepEqual([host.values.at(-1)!.value, host.values.at(-1)!.quality], [null, BAD_NO_DATA]);
  });

  it("tck-id-payloads-propertyset-quality-value-value: 0 is bad, 192 good, 500 stale", () => {
    const host = new HostBench();
    const told = [0, 192, 500].map((code, i) => ({
      ...level(1, i + 1, `m${code}`),
      properties: [{ key: "Quality", type: "Int32" as const, value: code }],
    }));
    host.birth(0, told);
    assert.deepEqual(
      host.values.slice(-3).map(({ quality }) => quality),
      [BAD, GOOD, UNCERTAIN_LAST_USABLE],
    );
  });

  it("flags historical values, and they do not count as the last ones", () => {
    const host = new HostBench();
    host.birth(0);
    host.data(1, 5);
    host.message("NDATA", 2, [
      { alias: 1, timestampMs: T0_MS - 60_000, isHistorical: true, untyped: { doubleValue: 4 } },
    ]);
    assert.deepEqual([host.values.at(-1)!.value, host.values.at(-1)!.isHistorical], [4, true]);
    host.death(0);
    assert.deepEqual(
      host.values.slice(-1).map(({ name, value }) => [name, value]),
      [["level", 5]],
    );
  });

  it("tck-id-payloads-template-definition-nbirth: reads members of instances by the definition", () => {
    const host = new HostBench();
    host.birth(0, [
      {
        name: "Motor",
        type: "Template",
        value: { isDefinition: true, metrics: [{ name: "rpm", type: "Int32" }] },
      },
    ]);
    const motor = (value: number, type?: "Int32") => ({
      isDefinition: false,
      templateRef: "Motor",
      metrics: [
        type === undefined ? { name: "rpm", untyped: { intValue: value } } : { name: "rpm", type, value },
      ],
    });
    host.message(
      "DBIRTH",
      1,
      [{ name: "m1", alias: 9, timestampMs: T0_MS, type: "Template", value: motor(5, "Int32") }],
      "drive",
    );
    host.receive(
      "spBv1.0/plant/DDATA/edge1/drive",
      encodePayload(
        { timestampMs: T0_MS, seq: 2, metrics: [{ alias: 9, type: "Template", value: motor(0xffffffff) }] },
        { withTypes: false },
      ),
    );
    assert.deepEqual((host.values.at(-1)!.value as { metrics: unknown }).metrics, [
      { name: "rpm", type: "Int32", value: -1 },
    ]);
    assert.ok(!host.births[0]!.names.includes("Motor"), "a definition is no metric");
  });

  it("tck-id-payloads-alias-uniqueness: refuses values under an alias that two metrics share", () => {
    const host = new HostBench();
    host.birth(0, [level(1), level(2, 1, "other")]);
    host.data(1, 3);
    assert.deepEqual(host.drops, { "ambiguous-alias": 1 });
    assert.match(host.problems[0]!.message, /plant\/edge1: level, other share an alias/);
    assert.deepEqual(host.valuesOf("level"), [1]);
  });
});

describe("sparkplug host: order", () => {
  it("tck-id-payloads-sequence-num-incrementing: counts on from 255 to 0", () => {
    const host = new HostBench();
    host.birth(0);
    for (let i = 1; i <= 600; i++) host.data(i % 256, i);
    assert.deepEqual(
      host.valuesOf("level"),
      Array.from({ length: 601 }, (_, i) => i),
    );
    assert.deepEqual(host.kinds(), ["node-online"]);
    host.pass(60_000);
    assert.deepEqual([host.drops, host.published], [{}, []]);
  });

  it("tck-id-payloads-nbirth-seq: counts on from whatever the birth says", () => {
    const host = new HostBench();
    host.birth(0, [level(0)], 255);
    host.data(0, 1);
    host.data(1, 2);
    assert.deepEqual(host.valuesOf("level"), [0, 1, 2]);
  });

  it("tck-id-operational-behavior-host-reordering-success: puts early messages in order", () => {
    const host = new HostBench();
    host.birth(0);
    for (const i of [1, 4, 3, 2, 6, 5]) host.data(i, i);
    assert.deepEqual(host.valuesOf("level"), [0, 1, 2, 3, 4, 5, 6]);
    host.pass(60_000);
    assert.deepEqual([host.kinds(), host.published, host.gaps], [["node-online"], [], []]);
  });

  it("tck-id-operational-behavior-host-reordering-start: waits for the time it is told, no longer", () => {
    for (const reorderMs of [1, 500, 2000]) {
      const host = new HostBench({ reorderMs });
      host.birth(0);
      host.pass(100);
      host.data(2, 2);
      assert.equal(host.session.nextDueMs(), 100 + reorderMs);
      host.pass(reorderMs - 1);
      assert.deepEqual(host.rebirthsAsked(), []);
      host.pass(1);
      assert.deepEqual(host.rebirthsAsked(), [100 + reorderMs]);
    }
  });

  it("tck-id-operational-behavior-host-reordering-rebirth: asks for a rebirth, tells the gap, keeps what came", () => {
    const host = new HostBench();
    host.birth(0);
    host.pass(10);
    host.data(1, 1);
    host.pass(10);
    host.data(4, 4);
    host.pass(10);
    host.data(5, 5);
    assert.equal(host.session.held, 2);
    host.pass(2000);
    assert.deepEqual(host.valuesOf("level"), [0, 1, 4, 5]);
    assert.deepEqual(host.gaps, [
      { group: "plant", node: "edge1", cause: "notification-missing", fromUs: us(10), toUs: us(20) },
    ]);
    assert.deepEqual(host.events.slice(1), [
      { kind: "sequence-gap", edge: EDGE, missing: 2 },
      { kind: "rebirth-asked", edge: EDGE },
    ]);
    // tck-id-operational-behavior-data-commands-ncmd-rebirth-verb, -name, -value; tck-id-payloads-ncmd-timestamp
    assert.deepEqual(host.published, [
      {
        topic: "spBv1.0/plant/NCMD/edge1",
        metrics: [{ name: "Node Control/Rebirth", timestampMs: T0_MS + 2020, type: "Boolean", value: true }],
        atMs: 2020,
      },
    ]);
    host.birth(0, [level(6)]);
    assert.deepEqual(host.events.at(-1), { kind: "node-online", edge: EDGE, bdSeq: 0, isRebirth: true });
    assert.equal(host.gaps.length, 1, "a rebirth in a session that goes on is no gap");
    host.pass(600_000);
    assert.equal(host.rebirthsAsked().length, 1);
  });

  it("takes a message that had been given up when it comes after all, and a repetition never", () => {
    const host = new HostBench();
    host.birth(0);
    host.data(2, 2);
    host.pass(3000);
    const late = encodePayload({
      timestampMs: T0_MS,
      seq: 1,
      metrics: [{ alias: 1, timestampMs: T0_MS, untyped: { doubleValue: 1 } }],
    });
    host.receive("spBv1.0/plant/NDATA/edge1", late);
    assert.deepEqual(host.valuesOf("level"), [0, 2, 1]);
    assert.equal(host.kinds().at(-1), "late-message");
    host.receive("spBv1.0/plant/NDATA/edge1", late);
    assert.deepEqual(host.drops, { duplicate: 1 });
    assert.deepEqual(host.valuesOf("level"), [0, 2, 1]);
  });

  it("puts any shuffle within the reorder window in order, from any seed", () => {
    for (let seed = 1; seed <= 30; seed++) {
      const random = new Random(seed);
      const host = new HostBench();
      host.birth(0);
      const messages = Array.from({ length: 1000 }, (_, i) => i + 1);
      for (let at = 0; at < messages.length; at += 20) {
        const part = messages.slice(at, at + 20);
        for (let i = part.length - 1; i > 0; i--) {
          const j = random.integer(i + 1);
          [part[i], part[j]] = [part[j]!, part[i]!];
        }
        for (const i of part) host.data(i % 256, i);
      }
      assert.deepEqual(
        host.valuesOf("level"),
        Array.from({ length: 1001 }, (_, i) => i),
        `seed ${seed}`,
      );
      assert.deepEqual(host.drops, {});
    }
  });

  for (const [name, end] of Object.entries<(host: HostBench) => void>({
    "a rebirth": (host) => host.birth(0, [level(9)]),
    "a new birth": (host) => host.birth(1, [level(9)]),
    "a death": (host) => host.death(0),
    "the end of the connection": (host) => host.session.linkDown(host.at),
  })) {
    it(`tells every hole before what is still held when ${name} comes`, () => {
      const host = new HostBench();
      host.birth(0);
      for (const number of [1, 3, 4, 7]) {
        host.pass(10);
        host.data(number, number);
      }
      host.pass(10);
      end(host);
      assert.deepEqual(host.valuesOf("level").slice(0, 5), [0, 1, 3, 4, 7]);
      const missing = { group: "plant", node: "edge1", cause: "notification-missing" };
      assert.deepEqual(host.gaps.slice(0, 2), [
        { ...missing, fromUs: us(10), toUs: us(20) },
        { ...missing, fromUs: us(30), toUs: us(40) },
      ]);
    });
  }

  it("gives up more than one hole, one after another", () => {
    const order = new SequenceOrder<number>();
    order.restart(250, 0);
    for (const n of [252, 255, 1]) assert.equal(order.offer(n, n, n).verdict, "held");
    assert.deepEqual(order.giveUp(), { missing: 1, before: 252 });
    assert.deepEqual(order.takeReady(), [252]);
    assert.deepEqual(order.giveUp(), { missing: 2, before: 255 });
    assert.deepEqual(order.takeReady(), [255]);
    assert.deepEqual(order.offer(0, 0, 0), { verdict: "in-order", ready: [0, 1] });
    assert.equal(order.expected, 2);
    assert.equal(order.offer(251, 9, 251).verdict, "late");
    assert.equal(order.offer(251, 9, 251).verdict, "duplicate");
    assert.equal(order.offer(251, 8, 251).verdict, "collision");
  });
});

describe("sparkplug host: asking for rebirth", () => {
  it("asks where data comes before a birth, and where an alias or a metric was not in it", () => {
    const before = new HostBench();
    before.data(5, 1);
    assert.deepEqual(before.rebirthsAsked(), [0]);
    before.pass(2000);
    assert.deepEqual(before.drops, { "before-birth": 1 });

    const alias = new HostBench();
    alias.birth(0);
    alias.message("NDATA", 1, [{ alias: 77, untyped: { intValue: 1 } }]);
    alias.message("NDATA", 2, [{ name: "new", type: "Int8", value: 1 }]);
    assert.deepEqual(alias.drops, { "unknown-alias": 1, "unknown-metric": 1 });
    assert.deepEqual(alias.rebirthsAsked(), [0]);

    const device = new HostBench();
    device.birth(0);
    device.message("DDATA", 1, [{ alias: 1, untyped: { doubleValue: 1 } }], "pump");
    assert.deepEqual([device.drops, device.rebirthsAsked()], [{ "before-birth": 1 }, [0]]);
  });

  it("asks one node at most every 10 s, twice as late each time, and never a node that was born", () => {
    const host = new HostBench();
    for (let i = 0; i < 100; i++) {
      host.data(i, i);
      host.pass(1000);
    }
    assert.deepEqual(host.rebirthsAsked(), [0, 10_000, 30_000, 70_000]);
    host.birth(0);
    host.pass(600_000);
    assert.equal(host.rebirthsAsked().length, 4);
  });

  it("asks again at once only when a node got along for a while", () => {
    const limiter = new RebirthLimiter();
    const ask = (nowMs: number): number => {
      limiter.want("a");
      const asked = limiter.take(nowMs).length;
      limiter.settle("a");
      return asked;
    };
    assert.deepEqual(
      [0, 9_999, 10_000, 20_000, 30_000, 69_999, 200_000, 210_000].map(ask),
      [1, 0, 1, 0, 1, 0, 1, 1],
    );
  });

  it("asks 1,000 nodes one after another, 50 ms apart", () => {
    const host = new HostBench();
    for (let i = 0; i < 1000; i++) {
      host.message("NDATA", 1, [{ alias: 1, untyped: { intValue: 1 } }], undefined, `node${i}`);
    }
    host.pass(9_000);
    assert.equal(host.published.length, 181);
    host.published.forEach(({ atMs }, i) => void assert.equal(atMs, i * 50));
  });

  it("asks nobody where it must not", () => {
    const host = new HostBench({ asksForRebirth: false });
    host.data(1, 1);
    host.birth(0);
    host.data(9, 1);
    host.pass(60_000);
    assert.deepEqual(host.published, []);
    assert.deepEqual(
      host.gaps.map(({ fromUs, toUs }) => [fromUs, toUs]),
      [[us(0), us(0)]],
    );
    assert.equal(host.kinds().at(-1), "sequence-gap");
  });

  it("asks nobody while it is not connected, and at once when it is", () => {
    const host = new HostBench();
    host.session.linkDown(host.at);
    host.data(1, 1);
    host.pass(3000);
    assert.deepEqual(host.rebirthsAsked(), []);
    assert.equal(host.session.nextDueMs(), Number.POSITIVE_INFINITY);
    host.session.linkUp([], host.at);
    assert.deepEqual(host.rebirthsAsked(), [3000]);
  });

  it("asks known nodes and those it expects when it is connected", () => {
    const host = new HostBench();
    host.session.linkUp([{ group: "plant", node: "edge1" }], host.at);
    assert.deepEqual(host.rebirthsAsked(), [0]);
    host.birth(3);
    host.session.linkDown(host.at);
    host.pass(30_000);
    host.session.linkUp([], host.at);
    assert.deepEqual(host.rebirthsAsked(), [0, 30_000]);
  });
});

describe("sparkplug host: deaths", () => {
  const withDevice = (): HostBench => {
    const host = new HostBench();
    host.birth(7);
    host.message("DBIRTH", 1, [level(20, 2, "flow")], "pump");
    host.pass(1000);
    host.values.length = 0;
    return host;
  };

  it("tck-id-operational-behavior-edge-node-termination-host-action-ndeath-node-tags-stale and -devices-tags-stale", () => {
    const host = withDevice();
    host.death(7);
    assert.deepEqual(
      host.values
        .filter(({ name }) => name === "level" || name === "flow")
        .map(({ device, name, value, quality, timeUs }) => [device, name, value, quality, timeUs]),
      [
        [undefined, "level", 0, UNCERTAIN_LAST_USABLE, us(1000)],
        ["pump", "flow", 20, UNCERTAIN_LAST_USABLE, us(1000)],
      ],
    );
    assert.deepEqual(host.kinds().slice(-2), ["device-offline", "node-offline"]);
    assert.equal(host.session.isOnline({ group: "plant", node: "edge1" }), false);
    host.pass(5000);
    host.birth(8, [level(9)]);
    assert.deepEqual(host.gaps, [
      { group: "plant", node: "edge1", cause: "connection-lost", fromUs: us(0), toUs: us(6000) },
    ]);
  });

  it("tck-id-payloads-ndeath-bdseq: a death of an older session changes nothing", () => {
    const host = withDevice();
    host.birth(8);
    host.values.length = 0;
    host.death(7);
    host.message("NDEATH", undefined, []);
    assert.deepEqual(host.values, []);
    assert.deepEqual(host.events.slice(-2), [
      { kind: "late-death", edge: EDGE, bdSeq: 7 },
      { kind: "late-death", edge: EDGE, bdSeq: undefined },
    ]);
    assert.equal(host.session.nodes.online, 1);
    host.death(8);
    host.death(8);
    assert.deepEqual(host.kinds().slice(-2), ["node-offline", "late-death"], "the will after the farewell");
  });

  it("tck-id-operational-behavior-edge-node-termination-host-action-ddeath-devices-tags-stale: by its own time", () => {
    const host = withDevice();
    const death = encodePayload({ timestampMs: T0_MS + 400, seq: 2, metrics: [] });
    host.receive("spBv1.0/plant/DDEATH/edge1/pump", death);
    assert.deepEqual(
      host.values.map(({ name, quality, timeUs }) => [name, quality, timeUs]),
      [["flow", UNCERTAIN_LAST_USABLE, us(400)]],
    );
    assert.equal(host.session.nodes.online, 1);
    host.message("DBIRTH", 3, [level(21, 2, "flow")], "pump");
    assert.deepEqual([host.values.at(-1)!.value, host.values.at(-1)!.quality], [21, GOOD]);
  });

  it("marks everything stale when the host's own connection is lost", () => {
    const host = withDevice();
    host.session.linkDown(host.at);
    assert.deepEqual(
      host.values.filter(({ quality }) => quality === UNCERTAIN_LAST_USABLE).map(({ name }) => name),
      ["bdSeq", "Node Control/Rebirth", "level", "flow"],
    );
    assert.deepEqual(host.events.at(-1), { kind: "node-offline", edge: EDGE, cause: "link" });
  });

  it("keeps a device of the session before as it is for a moment, then marks it stale", () => {
    const host = withDevice();
    host.birth(7);
    host.pass(1999);
    assert.deepEqual(host.valuesOf("flow"), []);
    host.pass(1);
    assert.deepEqual(host.valuesOf("flow"), [20]);
    assert.equal(host.values.at(-1)!.quality, UNCERTAIN_LAST_USABLE);
    const back = withDevice();
    back.birth(7);
    back.message("DBIRTH", 1, [level(22, 2, "flow")], "pump");
    back.pass(10_000);
    assert.deepEqual(
      back.values.filter(({ name }) => name === "flow").map(({ quality }) => quality),
      [GOOD],
    );
  });

  it("marks a metric stale that the new birth does not have", () => {
    const host = new HostBench();
    host.birth(0, [level(1), level(2, 2, "old")]);
    host.birth(1, [level(3)]);
    const [last] = host.values.filter(({ name }) => name === "old").slice(-1);
    assert.deepEqual([last!.value, last!.quality], [2, UNCERTAIN_LAST_USABLE]);
    assert.deepEqual(host.events[1], { kind: "node-offline", edge: EDGE, cause: "replaced" });
  });

  it("does not let a clock that runs ahead keep a good value in force", () => {
    const host = new HostBench();
    host.birth(0, [{ ...level(1), timestampMs: T0_MS + 3_600_000 }]);
    host.death(0);
    assert.equal(host.values.at(-1)!.timeUs, us(3_600_000));
  });

  it("sorts messages that overtook their birth into the new session", () => {
    for (const [bdSeq, device] of [
      [0, "pump"],
      [1, "pump"],
    ] as const) {
      const host = new HostBench();
      host.birth(0);
      for (let i = 1; i <= 5; i++) host.data(i, i);
      host.pass(50);
      const birth = encodePayload({
        timestampMs: T0_MS + 50,
        seq: 0,
        metrics: [bdSeqMetric(bdSeq), rebirth(false), level(10)],
      });
      host.pass(10);
      host.message("DBIRTH", 1, [level(20, 2, "flow")], device);
      host.data(2, 12);
      assert.equal(host.session.held, 2);
      host.receive("spBv1.0/plant/NBIRTH/edge1", birth);
      assert.deepEqual(host.valuesOf("level"), [0, 1, 2, 3, 4, 5, 10, 12]);
      assert.deepEqual(host.valuesOf("flow"), [20]);
      host.pass(10_000);
      assert.deepEqual([host.published, host.drops], [[], {}]);
    }
  });

  it("sorts messages that came before the first birth into it by the time they were sent", () => {
    const host = new HostBench();
    host.data(9, 9);
    host.pass(50);
    const birth = encodePayload({ timestampMs: T0_MS + 50, seq: 0, metrics: [bdSeqMetric(1), level(10)] });
    host.pass(10);
    host.data(1, 11);
    host.receive("spBv1.0/plant/NBIRTH/edge1", birth);
    assert.deepEqual(host.valuesOf("level"), [10, 11]);
    assert.deepEqual(host.drops, { "before-birth": 1 });
  });
});

describe("sparkplug host: two nodes with one id", () => {
  it("tck-id-payloads-nbirth-edge-node-descriptor: sees births go to and fro", () => {
    const host = new HostBench();
    for (const bdSeq of [4, 0, 4]) host.birth(bdSeq);
    assert.deepEqual(host.kinds().filter((kind) => kind === "two-nodes").length, 1);
    assert.match(
      host.problems.at(-1)!.message,
      /plant\/edge1: two publishers use this group and edge node id/,
    );
  });

  it("sees different messages under one number", () => {
    const host = new HostBench();
    host.birth(0);
    for (let i = 1; i <= 3; i++) {
      host.data(i, i);
      host.data(i, 1000 + i);
    }
    host.pass(2000);
    assert.deepEqual(host.kinds().slice(1), ["two-nodes"]);
    assert.deepEqual(host.drops, { "sequence-collision": 3 });
    assert.deepEqual(host.valuesOf("level"), [0, 1, 2, 3]);
    // What was not taken has a name: each lies inside a gap.
    assert.equal(host.gaps.length, 3);
    for (const { cause, fromUs, toUs } of host.gaps) {
      assert.equal(cause, "notification-missing");
      assert.ok(fromUs < us(0) && us(0) < toUs);
    }
  });

  it("takes one node that restarts for one", () => {
    const host = new HostBench();
    for (const bdSeq of [0, 1, 0, 1, 2]) {
      host.birth(bdSeq);
      host.death(bdSeq);
    }
    for (let i = 0; i < 5; i++) host.birth(3);
    assert.ok(!host.kinds().includes("two-nodes"));
  });
});

describe("sparkplug host: bad input", () => {
  it("names what is wrong, and the rest goes on", () => {
    const host = new HostBench();
    host.birth(0);
    const send = (topic: string, text: string): void => host.receive(topic, Buffer.from(text));
    send("spBv1.0/plant/NDATA/edge1", "{}");
    send("spBv1.0/plant/NDATA", "");
    send("spBv1.0/plant/XDATA/edge1", "");
    send("spBv1.0/plant/NDATA/edge1/device", "");
    send("spBv1.0/plant/DDATA/edge1", "");
    send(`spBv1.0/${"x".repeat(60_000)}`, "");
    host.receive("spBv1.0/plant/NDATA/edge1", encodePayload({ seq: 256, metrics: [] }));
    host.message("NDATA", 1, [
      { alias: 1, untyped: { stringValue: "text" } },
      { alias: 1, timestampMs: -11_644_473_600_000, untyped: { doubleValue: 1 } },
      { alias: 1, timestampMs: Date.UTC(2300, 0), untyped: { doubleValue: Number.NaN } },
    ]);
    assert.deepEqual(host.drops, { "malformed-payload": 3, "malformed-topic": 5 });
    assert.deepEqual(host.valuesOf("level"), [0, 1, Number.NaN]);
    assert.equal(host.values.at(-2)!.timeUs, -11_644_473_600_000_000, "the frame marks it bad");
    for (const problem of host.problems) assert.ok(problem.message.length < 300, problem.message);
    send("acme/leipzig", "x");
    send("spBv1.0/STATE/rung", "{}");
    host.message("NCMD", undefined, [rebirth(true)]);
    assert.equal(host.problems.length, 8);
  });

  it("tells a birth whose metrics are wrong, and takes the others", () => {
    const host = new HostBench();
    host.birth(0, [
      { type: "Int8", value: 1 },
      { name: "untyped", untyped: { intValue: 1 } },
      level(1),
      level(2, 2),
    ]);
    assert.deepEqual(
      host.problems.map(({ message }) => message.replace(/ \(.*/, "")),
      [
        "plant/edge1, metrics[2]: has no name in its birth",
        "plant/edge1, untyped: has no datatype in its birth",
        "plant/edge1, level: stands twice in one birth",
      ],
    );
    assert.deepEqual(host.valuesOf("level"), [1]);
  });

  it("follows so many edge nodes and no more", () => {
    const host = new HostBench({ mostNodes: 2, asksForRebirth: false });
    for (const node of ["a", "b", "c", "d"]) host.birth(0, [], 0, node);
    assert.deepEqual([host.session.nodes, host.drops], [{ online: 2, known: 2 }, { "too-many-nodes": 2 }]);
    assert.equal(host.problems.length, 1);
  });
});
