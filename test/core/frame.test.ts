import assert from "node:assert/strict";
import { Dictionary } from "../../runtime/core/dictionary.ts";
import { RungError } from "../../runtime/core/errors.ts";
import { Frame, FrameBuilder } from "../../runtime/core/frame.ts";
import type { Property } from "../../runtime/core/property.ts";
import {
  BAD_INVALID_TIMESTAMP,
  BAD_OUT_OF_RANGE,
  BAD_SENSOR_FAILURE,
  GOOD,
} from "../../runtime/core/quality.ts";

const property = (address: string): Property => ({
  address,
  kind: "measurement",
  type: "number",
  update: { mode: "cyclic", periodMs: 1000 },
});
const dictionary = new Dictionary([property("a/b/c/d/x"), property("a/b/c/d/y")]);
const builderOf = (capacity?: number) =>
  new FrameBuilder({ source: "s1", reality: "virtual", dictionary }, capacity);

describe("frame", () => {
  it("gives back what was added, growing past its capacity", () => {
    const builder = builderOf(1);
    for (let i = 0; i < 100; i++)
      builder.add(i % 2, i / 8, 1e15 + i, i % 3 === 0 ? GOOD : BAD_SENSOR_FAILURE);
    assert.equal(builder.length, 100);
    const frame = builder.build({ epoch: 3, first: 50, receiveTimeUs: 2e15 });
    assert.equal(frame.length, 100);
    assert.equal(frame.indexAt(99), 1);
    assert.equal(frame.addressAt(99), "a/b/c/d/y");
    assert.equal(frame.valueAt(99), 99 / 8);
    assert.equal(frame.sourceTimeUsAt(99), 1e15 + 99);
    assert.equal(frame.sequenceAt(99), 149);
    assert.equal(frame.qualityAt(98), BAD_SENSOR_FAILURE);
    assert.deepEqual(frame.issues, []);
    assert.equal(Object.prototype.toString.call(frame), "[object RungFrame]");
  });

  it("marks a NaN and an impossible time bad and lists them, dropping neither", () => {
    const builder = builderOf();
    builder.add(0, Number.NaN, 1e15, GOOD);
    builder.add(0, Number.POSITIVE_INFINITY, 1e15, GOOD);
    builder.add(1, 1, -1, GOOD);
    builder.add(1, 1, Number.MAX_SAFE_INTEGER + 1, GOOD);
    builder.add(1, 1, Number.NaN, GOOD);
    builder.add(1, Number.NaN, 1e15, BAD_SENSOR_FAILURE);
    builder.add(1, 1, Number.MAX_SAFE_INTEGER, GOOD);
    const frame = builder.build({ epoch: 0, first: 0, receiveTimeUs: 0 });
    assert.equal(frame.length, 7);
    assert.deepEqual(
      [0, 1, 2, 3, 4, 5, 6].map((row) => frame.qualityAt(row)),
      [
        BAD_OUT_OF_RANGE,
        BAD_OUT_OF_RANGE,
        BAD_INVALID_TIMESTAMP,
        BAD_INVALID_TIMESTAMP,
        BAD_INVALID_TIMESTAMP,
        BAD_SENSOR_FAILURE,
        GOOD,
      ],
    );
    assert.deepEqual(frame.issues, [
      { row: 0, address: "a/b/c/d/x", reason: "not-a-number" },
      { row: 1, address: "a/b/c/d/x", reason: "not-a-number" },
      { row: 2, address: "a/b/c/d/y", reason: "time-out-of-range" },
      { row: 3, address: "a/b/c/d/y", reason: "time-out-of-range" },
      { row: 4, address: "a/b/c/d/y", reason: "time-out-of-range" },
    ]);
  });

  it("truncates source times to whole microseconds", () => {
    const builder = builderOf();
    builder.add(0, 1, 1000.9, GOOD);
    assert.equal(builder.build({ epoch: 0, first: 0, receiveTimeUs: 0 }).sourceTimeUsAt(0), 1000);
  });

  it("refuses an index outside the dictionary", () => {
    assert.throws(
      () => builderOf().add(2, 1, 1e15, GOOD),
      (error: unknown) =>
        error instanceof RungError &&
        error.code === "malformed-frame" &&
        /points at property 2/.test(error.message),
    );
  });

  it("keeps sequence numbers, other values and issues of the rows a filter accepts", () => {
    const builder = builderOf();
    builder.add(0, 1, 10, GOOD);
    builder.add(1, Number.NaN, 20, GOOD, "text");
    builder.add(0, Number.NaN, 30, GOOD);
    builder.add(1, 4, 40, GOOD);
    const frame = builder.build({ epoch: 2, first: 100, receiveTimeUs: 5 });
    assert.equal(
      frame.filter(() => true),
      frame,
    );
    const part = frame.filter((row) => row > 0);
    assert.equal(part.first, 101);
    assert.deepEqual([...part], [...frame].slice(1));
    assert.deepEqual([part.sequenceAt(0), part.sequenceAt(2)], [101, 103]);
    assert.equal(part.otherAt(0), "text");
    assert.deepEqual(part.issues, [{ row: 1, address: "a/b/c/d/x", reason: "not-a-number" }]);
    const twice = part.filter((row) => row !== 1);
    assert.deepEqual([twice.sequenceAt(0), twice.sequenceAt(1)], [101, 103]);
    assert.equal(twice.valueAt(1), 4);
    assert.deepEqual([twice.epoch, twice.source, twice.receiveTimeUs], [2, "s1", 5]);
    assert.equal(frame.filter(() => false).length, 0);
  });

  it("is plain data as JSON", () => {
    const builder = builderOf();
    builder.add(0, 1.5, 10, GOOD);
    const frame = builder.build({ epoch: 2, first: 100, receiveTimeUs: 5 });
    assert.deepEqual(JSON.parse(JSON.stringify(frame)), {
      source: "s1",
      reality: "virtual",
      epoch: 2,
      first: 100,
      receiveTimeUs: 5,
      samples: [{ address: "a/b/c/d/x", value: 1.5, quality: 0, sourceTimeUs: 10 }],
    });
    assert.equal(Frame.is(frame), true);
    assert.equal(Frame.is({ ...frame }), false);
  });

  it("leaves the builder empty after build", () => {
    const builder = builderOf();
    builder.add(0, 1, 10, GOOD);
    builder.build({ epoch: 0, first: 0, receiveTimeUs: 0 });
    assert.equal(builder.length, 0);
  });
});

describe("dictionary", () => {
  it("grows without moving an index", () => {
    const grown = dictionary.extend([property("a/b/c/d/y"), property("a/b/c/d/z")]);
    assert.equal(grown.version, dictionary.version + 1);
    assert.deepEqual(
      [grown.indexOf("a/b/c/d/x"), grown.indexOf("a/b/c/d/y"), grown.indexOf("a/b/c/d/z")],
      [0, 1, 2],
    );
    assert.equal(dictionary.size, 2);
    assert.equal(dictionary.extend([property("a/b/c/d/x")]), dictionary);
    assert.equal(Object.isFrozen(grown.properties), true);
  });

  it("names an unknown and a repeated address", () => {
    assert.equal(dictionary.indexOf("a/b"), -1);
    assert.throws(() => dictionary.require("a/b"), { code: "unknown-address" });
    assert.throws(() => new Dictionary([property("a"), property("a")]), { code: "duplicate-address" });
    assert.throws(() => dictionary.extend([property("n"), property("n")]), { code: "duplicate-address" });
  });
});
