import assert from "node:assert/strict";
import { Dictionary } from "../../../runtime/core/dictionary.ts";
import { Random } from "../../../runtime/core/random.ts";
import { MetricMap } from "../../../runtime/describe/sparkplug/metric-map.ts";
import { metricOfTag, tagOfMetric } from "../../../runtime/describe/sparkplug/metric-tag.ts";
import { formatTopic, parseTopic, type SparkplugTopic } from "../../../runtime/describe/sparkplug/topic.ts";
import { bindings, TWIN } from "../opcua-recorder.ts";

describe("sparkplug topics", () => {
  it("tck-id-topic-structure: are read and written", () => {
    for (const [topic, parsed] of [
      ["spBv1.0/g/NBIRTH/n", { kind: "NBIRTH", group: "g", node: "n" }],
      ["spBv1.0/g/DDATA/n/d", { kind: "DDATA", group: "g", node: "n", device: "d" }],
      ["spBv1.0/STATE/host 1", { kind: "STATE", host: "host 1" }],
      ["spBv1.0/STATE/NBIRTH/n", { kind: "NBIRTH", group: "STATE", node: "n" }],
      ["spBv1.0/Sparkplug B Devices/NCMD/$x", { kind: "NCMD", group: "Sparkplug B Devices", node: "$x" }],
    ] as const) {
      assert.deepEqual(parseTopic(topic), parsed);
      assert.equal(formatTopic(parsed as SparkplugTopic), topic);
    }
    for (const topic of ["acme/x", "spBv1.00/g/NBIRTH/n", "spAv1.0/g/NBIRTH/n", ""]) {
      assert.equal(parseTopic(topic), undefined, topic);
    }
  });

  for (const [topic, what] of [
    ["spBv1.0", /is no message type/],
    ["spBv1.0//NBIRTH/n", /names no group/],
    ["spBv1.0/g/NBIRTH", /names no edge node/],
    ["spBv1.0/g/nbirth/n", /"nbirth" is no message type/],
    ["spBv1.0/g/NDATA/n/d", /names a device, which a NDATA has not/],
    ["spBv1.0/g/DDATA/n", /names no device, which a DDATA needs/],
    ["spBv1.0/g/DDATA/n/", /names no device/],
    ["spBv1.0/g/DDATA/n/d/x", /has too many levels/],
    ["spBv1.0/STATE/", /names no host/],
  ] as const) {
    it(`tck-id-topic-structure-namespace-device-id-associated-message-types and its kin: refuses ${topic}`, () =>
      assert.throws(() => parseTopic(topic), { code: "malformed-topic", message: what }));
  }

  it("tck-id-topic-structure-namespace-valid-group-id: refuses to write reserved characters", () => {
    for (const id of ["", "a/b", "a+b", "a#b", "a\0b", "\ud800"]) {
      assert.throws(() => formatTopic({ kind: "NDATA", group: id, node: "n" }), /is no Sparkplug id/);
    }
  });
});

describe("sparkplug tags", () => {
  it("name any metric, both ways", () => {
    const random = new Random(20261122);
    const letters = ["a", "%", "-", " ", "é", ".", "$"];
    const text = (more: readonly string[] = []): string =>
      Array.from({ length: 1 + random.integer(5) }, () => {
        const from = [...letters, ...more];
        return from[random.integer(from.length)]!;
      }).join("");
    const tags = new Map<string, string>();
    for (let i = 0; i < 3000; i++) {
      const id = {
        group: text(),
        node: text(),
        ...(random.integer(2) === 0 ? {} : { device: text() }),
        metric: text(["/", "#", "+"]),
      };
      const tag = tagOfMetric(id);
      assert.deepEqual(metricOfTag(tag), id);
      assert.equal(tags.get(tag) ?? JSON.stringify(id), JSON.stringify(id));
      tags.set(tag, JSON.stringify(id));
    }
    for (const tag of ["", "g/n", "g#m", "g/n/d/x#m", "g/n/d#", "/n#m", "g/n/#m"]) {
      assert.throws(() => metricOfTag(tag), { code: "malformed-tag" }, tag);
    }
  });
});

describe("sparkplug metrics as properties", () => {
  const definition = (name: string, more: object = {}) => ({
    name,
    type: "Double" as const,
    isTransient: false,
    ...more,
  });

  it("go where the table says", () => {
    const map = new MetricMap(
      TWIN,
      bindings([
        { nodeId: "Sparkplug B Devices/Raspberry Pi/Pibrella#Inputs/A", path: "button" },
        { nodeId: ".", path: "/acme/leipzig/paint/oven1/zone3/airTemperature" },
      ]),
    );
    const origin = { group: "Sparkplug B Devices", node: "Raspberry Pi", device: "Pibrella" };
    assert.equal((map.find(origin, "Inputs/A") as { index: number }).index, 0);
    assert.equal(map.find(origin, "Inputs/B"), "undeclared-metric");
    assert.equal(map.find(origin, "Device Control/Reboot"), "session-metric");
    const oven = { group: "acme-leipzig-paint", node: "oven1", device: "zone3" };
    assert.equal((map.find(oven, "airTemperature") as { index: number }).index, 1);
    assert.deepEqual(map.edgeNodes(), [
      { group: "Sparkplug B Devices", node: "Raspberry Pi" },
      { group: "acme-leipzig-paint", node: "oven1" },
    ]);
    map.learn(origin, [definition("Inputs/B")]);
    assert.equal(map.dictionary.version, 1);
    assert.throws(
      () =>
        new MetricMap(
          TWIN,
          bindings([
            { nodeId: "a/b#c", path: "x" },
            { nodeId: "a/b#c", path: "y" },
          ]),
        ),
      { code: "duplicate-tag" },
    );
  });

  it("grow the dictionary with each birth by the standard mapping, and every index stays", () => {
    const map = new MetricMap("acme/leipzig/paint/oven1", []);
    const oven = { group: "acme-leipzig-paint", node: "oven1" };
    assert.deepEqual(map.edgeNodes(), [oven]);
    const zone = { ...oven, device: "zone3" };
    map.learn(oven, [
      definition("bdSeq"),
      definition("Node Control/Rebirth"),
      definition("speed", { properties: [{ key: "engUnit", type: "String", value: "m/min" }] }),
    ]);
    const first = map.dictionary;
    map.learn(zone, [definition("Inputs/A", { type: "Boolean" }), definition("air")]);
    assert.deepEqual(
      map.dictionary.properties.map(({ address, type, unit }) => [address, type, unit]),
      [
        ["acme/leipzig/paint/oven1/speed", "number", "m/min"],
        ["acme/leipzig/paint/oven1/zone3/Inputs%2FA", "boolean", undefined],
        ["acme/leipzig/paint/oven1/zone3/air", "number", undefined],
      ],
    );
    assert.deepEqual([first.version, map.dictionary.version], [2, 3]);
    assert.equal(map.find(oven, "bdSeq"), "session-metric");
    map.learn(zone, [definition("air")]);
    assert.equal(map.dictionary.version, 3, "the same again is the same");
    map.learn(zone, [definition("air", { type: "Int32" })]);
    assert.deepEqual([map.dictionary.version, map.dictionary.properties[2]!.type], [4, "integer"]);
    assert.ok(map.dictionary instanceof Dictionary);
    assert.deepEqual(map.indicesOf("acme-leipzig-paint/oven1"), [0, 1, 2]);
  });

  it("are left out where they are another twin's or have no address, and that is told once", () => {
    const map = new MetricMap("acme/leipzig/paint/oven1", []);
    const other = { group: "acme-leipzig-paint", node: "oven2" };
    const foreign = { group: "Sparkplug B Devices", node: "oven1" };
    map.learn(other, [definition("x")]);
    map.learn(foreign, [definition("x")]);
    assert.equal(map.find(other, "x"), "other-twin");
    assert.equal(map.find(foreign, "x"), "no-address");
    assert.equal(map.takeProblems().length, 1);
    map.learn(foreign, [definition("x")]);
    assert.equal(map.takeProblems().length, 0);
    assert.equal(map.dictionary.size, 0);
  });
});
