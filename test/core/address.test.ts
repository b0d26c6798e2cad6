import assert from "node:assert/strict";
import {
  addressOfSparkplug,
  addressOfTopic,
  formatAddress,
  isAddress,
  isWithin,
  parseAddress,
  pathBelow,
  propertyAddress,
  segmentFromText,
  sparkplugOfAddress,
  topicOfAddress,
} from "../../runtime/core/address.ts";
import { RungError } from "../../runtime/core/errors.ts";
import { Random } from "../../runtime/core/random.ts";

const refused = (address: string, what: RegExp): void => {
  assert.throws(
    () => parseAddress(address),
    (error: unknown) =>
      error instanceof RungError && error.code === "bad-address" && what.test(error.message),
    `${JSON.stringify(address)} must be refused`,
  );
  assert.equal(isAddress(address), false);
};

describe("address", () => {
  it("parses and formats an ISA-95 path", () => {
    const address = "acme/leipzig/paint/oven1/zone3/airTemperature";
    const segments = ["acme", "leipzig", "paint", "oven1", "zone3", "airTemperature"];
    assert.deepEqual(parseAddress(address), segments);
    assert.equal(formatAddress(segments), address);
    assert.equal(propertyAddress("acme/leipzig/paint/oven1", "zone3/airTemperature"), address);
  });

  it("names the segment that is wrong", () => {
    refused("", /is no address/);
    refused("acme//paint", /segment 2 is empty/);
    refused("/acme", /segment 1 is empty/);
    refused("acme/", /segment 2 is empty/);
    refused("acme/../secrets", /segment 2 is a relative path/);
    refused("acme/a\u0000b", /segment 2 contains a control character/);
    refused("acme/ leipzig", /segment 2 begins or ends with a blank/);
    refused("acme/\ud800", /segment 2 is no valid Unicode/);
    refused("acme/Mu\u0308nchen", /segment 2 is not in composed form/);
    refused(`acme/${"x".repeat(257)}`, /segment 2 is longer than 256/);
    refused("x/".repeat(600), /longer than 1024/);
    assert.throws(() => formatAddress(["a/b"]), /a segment contains "\/"/);
  });

  it("knows what lies below a twin by segments, not by letters", () => {
    assert.equal(isWithin("acme/l/paint/oven1/zone1", "acme/l/paint/oven1"), true);
    assert.equal(isWithin("acme/l/paint/oven1", "acme/l/paint/oven1"), true);
    assert.equal(isWithin("acme/l/paint/oven10/zone1", "acme/l/paint/oven1"), false);
    assert.equal(pathBelow("acme/l/paint/oven1/zone1/t", "acme/l/paint/oven1"), "zone1/t");
    assert.equal(pathBelow("acme/l/paint/oven10/zone1", "acme/l/paint/oven1"), "acme/l/paint/oven10/zone1");
  });

  it("makes a segment of any text, different ones for different texts", () => {
    assert.equal(segmentFromText("Volume Flow RateRMS"), "Volume Flow RateRMS");
    assert.equal(segmentFromText("m/s"), "m%2Fs");
    assert.equal(segmentFromText("m%2Fs"), "m%252Fs");
    assert.equal(segmentFromText(".."), "%2E%2E");
    assert.equal(segmentFromText("a\tb"), "a%09b");
    assert.throws(() => segmentFromText("  "), RungError);
  });

  it("writes UNS topics without wildcards and without a leading $", () => {
    assert.equal(topicOfAddress("acme/leipzig/paint/oven1/x"), "acme/leipzig/paint/oven1/x");
    assert.equal(topicOfAddress("a+b/#1/50%/c"), "a%2Bb/%231/50%25/c");
    assert.equal(topicOfAddress("$SYS/broker"), "%24SYS/broker");
    assert.equal(topicOfAddress("a/$b"), "a/$b");
    assert.equal(addressOfTopic("%24SYS/broker"), "$SYS/broker");
    for (const topic of ["a%2Fb", "a%ZZ", "a%2", "%41/b", "a/%24b", "a/+", "$SYS/x", "a%FF", ""]) {
      assert.throws(() => addressOfTopic(topic), RungError, topic);
    }
  });

  it("writes Sparkplug ids that can be read back", () => {
    assert.deepEqual(sparkplugOfAddress("acme/leipzig/paint/oven1/zone3/airTemperature"), {
      group: "acme-leipzig-paint",
      node: "oven1",
      device: "zone3",
      metric: "airTemperature",
    });
    assert.deepEqual(sparkplugOfAddress("acme/leipzig/paint/oven1/speed"), {
      group: "acme-leipzig-paint",
      node: "oven1",
      metric: "speed",
    });
    assert.equal(sparkplugOfAddress("a-b/c/d/l-1/p").group, "a%2Db-c-d");
    assert.equal(sparkplugOfAddress("a/b-c/d/l-1/p").node, "l-1");
    assert.throws(() => sparkplugOfAddress("acme/leipzig/paint/oven1"), /4 segments/);
    assert.throws(() => addressOfSparkplug({ group: "a-b", node: "n", metric: "m" }), RungError);
    assert.throws(() => addressOfSparkplug({ group: "a-b-c-d", node: "n", metric: "m" }), RungError);
    assert.throws(() => addressOfSparkplug({ group: "a-b-%63", node: "n", metric: "m" }), RungError);
    assert.throws(() => addressOfSparkplug({ group: "a-b-c", node: "n/x", metric: "m" }), RungError);
  });

  it("maps 5,000 hostile addresses both ways, none onto another", () => {
    const random = new Random(20260329);
    const letters = [
      "a",
      "-",
      "--",
      "%",
      "%2D",
      "%2F",
      "+",
      "#",
      "$",
      "STATE",
      "é",
      "漢",
      "😀",
      ".",
      " x",
      "\\",
      '"',
      "spBv1.0",
    ];
    const topics = new Map<string, string>();
    const ids = new Map<string, string>();
    let tried = 0;
    while (tried < 5000) {
      const segments = Array.from({ length: 5 + random.integer(3) }, () =>
        Array.from({ length: 1 + random.integer(4) }, () => letters[random.integer(letters.length)]!).join(
          "",
        ),
      );
      const address = segments.join("/");
      if (!isAddress(address)) continue;
      tried++;
      const topic = topicOfAddress(address);
      assert.doesNotMatch(topic, /[+#]|^\$/);
      assert.equal(addressOfTopic(topic), address);
      assert.equal(topics.get(topic) ?? address, address);
      topics.set(topic, address);
      const spark = sparkplugOfAddress(address);
      for (const id of [spark.group, spark.node, spark.device ?? ""]) assert.doesNotMatch(id, /[+#/]/);
      assert.equal(addressOfSparkplug(spark), address);
      const key = JSON.stringify(spark);
      assert.equal(ids.get(key) ?? address, address);
      ids.set(key, address);
    }
  });

  it("maps 5,000 hostile metrics both ways, none onto another", () => {
    const random = new Random(20260411);
    const letters = [
      "a",
      "/",
      "%",
      "%2F",
      "%25",
      "%252F",
      "%0A",
      "\n",
      " ",
      ".",
      "..",
      "%2E",
      "é",
      "#",
      "-",
      "\u007f",
    ];
    const metrics = new Map<string, string>();
    let escaped = 0;
    for (let tried = 0; tried < 5000; tried++) {
      const metric = Array.from(
        { length: 1 + random.integer(4) },
        () => letters[random.integer(letters.length)]!,
      ).join("");
      const ids = { group: "a-b-c", node: "n", metric };
      const address = addressOfSparkplug(ids);
      assert.equal(isAddress(address), true, address);
      assert.deepEqual(sparkplugOfAddress(address), ids);
      assert.equal(metrics.get(address) ?? metric, metric);
      metrics.set(address, metric);
      if (address !== `a/b/c/n/${metric}`) escaped++;
    }
    assert.ok(escaped > 2000 && escaped < 5000, `${escaped} escaped`);
    assert.equal(addressOfSparkplug({ group: "a-b-c", node: "n", metric: "Inputs/A" }), "a/b/c/n/Inputs%2FA");
    assert.equal(addressOfSparkplug({ group: "a-b-c", node: "n", metric: "50%25" }), "a/b/c/n/50%25");
    for (const metric of ["", "Mu\u0308nchen", "\ud800", "x".repeat(257)]) {
      assert.throws(() => addressOfSparkplug({ group: "a-b-c", node: "n", metric }), RungError, metric);
    }
  });
});
