import assert from "node:assert/strict";
import { Dictionary } from "../../runtime/core/dictionary.ts";
import { Frame, FrameBuilder } from "../../runtime/core/frame.ts";
import {
  decodeFrame,
  decodeStream,
  encodeFrame,
  encodeStream,
  summariseFrame,
} from "../../runtime/core/frame-codec.ts";
import { GOOD, UNCERTAIN } from "../../runtime/core/quality.ts";
import { Random } from "../../runtime/core/random.ts";

const dictionary = new Dictionary(
  ["a", "b", "c"].map((name) => ({
    address: `acme/leipzig/paint/oven1/${name}`,
    kind: "measurement" as const,
    type: "number" as const,
    unit: "°C",
    update: { mode: "cyclic" as const, periodMs: 100 },
    limits: { low: -5.5, high: 300 },
  })),
  7,
);
const stream = { source: "opcua:link:nöde", reality: "virtual" as const, dictionary };
const known = (number: number) => (number === 3 ? stream : undefined);

/** The bits of a number, so that NaN payloads and -0 count. */
const bits = (value: number): bigint => new BigUint64Array(Float64Array.of(value).buffer)[0]!;

function assertEqual(actual: Frame, expected: Frame): void {
  for (const key of ["source", "reality", "epoch", "first", "receiveTimeUs", "length", "issues"] as const) {
    assert.deepEqual(actual[key], expected[key], key);
  }
  assert.equal(actual.isConsecutive, expected.isConsecutive);
  assert.deepEqual([...actual.others], [...expected.others]);
  for (let row = 0; row < expected.length; row++) {
    assert.equal(bits(actual.valueAt(row)), bits(expected.valueAt(row)), `value of row ${row}`);
    assert.equal(actual.sourceTimeUsAt(row), expected.sourceTimeUsAt(row));
    assert.equal(actual.sequenceAt(row), expected.sequenceAt(row));
    assert.equal(actual.qualityAt(row), expected.qualityAt(row));
    assert.equal(actual.addressAt(row), expected.addressAt(row));
  }
}

function frameOf(rows: readonly [index: number, value: number, other?: unknown][], first = 40): Frame {
  const builder = new FrameBuilder(stream);
  for (const [i, [index, value, other]] of rows.entries()) {
    builder.add(index, value, 1.79e15 + i, i % 2 ? UNCERTAIN : GOOD, other);
  }
  return builder.build({ epoch: 12, first, receiveTimeUs: 1.79e15 + 5 });
}

const there = (frame: Frame): Frame => decodeFrame(encodeFrame(frame, 3), known);

describe("frame codec", () => {
  it("gives the frame back bit by bit", () => {
    const odd = new Float64Array(new BigUint64Array([0x7ff8000000000abcn]).buffer)[0]!;
    const numbers = [0, -0, 1 / 3, Number.MAX_VALUE, 5e-324, Number.POSITIVE_INFINITY, Number.NaN];
    const head = { ...stream, epoch: 2 ** 52, first: 2 ** 52 - 1, receiveTimeUs: 2 ** 53 - 1 };
    const n = numbers.length + 1;
    const frame = new Frame(
      head,
      {
        property: Uint32Array.from({ length: n }, (_, i) => i % 3),
        value: Float64Array.of(...numbers, odd),
        sourceTimeUs: Float64Array.from({ length: n }, (_, i) => 2 ** 53 - 1 - i),
        quality: new Uint32Array(n).fill(0xffffffff),
        other: undefined,
      },
      [],
    );
    assertEqual(there(frame), frame);
  });

  it("keeps whether the rows are of the past, and takes bytes of before for rows of now", () => {
    const builder = new FrameBuilder(stream);
    builder.add(0, 1, 1.79e15, GOOD, "x");
    const frame = builder.build({ epoch: 1, first: 0, receiveTimeUs: 1.79e15, historical: true });
    const again = there(frame);
    assertEqual(again, frame);
    assert.equal(again.historical, true);
    assert.equal(again.filter(() => false).historical, true);
    assert.equal(there(frameOf([[0, 1]])).historical, false);
    // Version and layout are those of before; one bit of the flags is new.
    const [now, past] = [frameOf([[0, 1, "x"]]), frame].map((one) => encodeFrame(one, 3));
    assert.deepEqual([past![0], past![2]], [now![0], now![2]! | 8]);
  });

  it("keeps every kind of value that is no number", () => {
    const { buffer } = Float32Array.of(9, 1.5, -2, 9);
    const others: unknown[] = [
      "",
      "Größe 🏭",
      "half \ud800 character",
      2n ** 64n - 1n,
      -(2n ** 63n),
      0n,
      new Date(0),
      new Date(Number.NaN),
      new Float32Array(buffer, 4, 2),
      Float64Array.of(Number.NaN, -0),
      BigInt64Array.of(-1n, 5n),
      new Uint8ClampedArray([1, 255]),
      Buffer.from([0, 1, 2]),
      true,
      null,
      [1, "two", [3n]],
      { a: { b: [undefined, null] }, ["__proto__"]: 1, "": "" },
    ];
    const frame = frameOf(others.map((other, i) => [i % 3, Number.NaN, other]));
    assertEqual(there(frame), frame);
    assert.equal(Object.getPrototypeOf(there(frame).otherAt(others.length - 1)), Object.prototype);
  });

  it("says in a text what cannot be kept, and keeps the sample", () => {
    const circle: unknown[] = [];
    circle.push(circle);
    const others = [circle, () => 1, Symbol("s"), "x".repeat(17 * 1024 * 1024), { at: { deep: () => 2 } }];
    const back = there(frameOf(others.map((other) => [0, Number.NaN, other])));
    assert.deepEqual(
      [...back.others.values()],
      [
        "cannot be kept: value: it is nested deeper than 64 levels",
        "cannot be kept: value: a function is no value",
        "cannot be kept: value: a symbol is no value",
        "cannot be kept: value: it is larger than 16 MiB",
        "cannot be kept: value: a function is no value",
      ],
    );
    const model = { toJSON: () => ({ state: "running" }) };
    assert.deepEqual(there(frameOf([[1, Number.NaN, model]])).otherAt(0), { state: "running" });
  });

  it("keeps the sequence of a frame whose rows were taken out, and its issues", () => {
    const builder = new FrameBuilder(stream);
    builder.add(0, 1, 10, GOOD);
    builder.add(1, Number.NaN, 20, GOOD);
    builder.add(2, 3, -1, GOOD);
    const whole = builder.build({ epoch: 1, first: 100, receiveTimeUs: 1 });
    const part = whole.filter((row) => row > 0);
    assertEqual(there(whole), whole);
    assertEqual(there(part), part);
    assert.deepEqual(
      part.issues.map(({ row, reason }) => [row, reason]),
      [
        [0, "not-a-number"],
        [1, "time-out-of-range"],
      ],
    );
    const none = whole.filter(() => false);
    assertEqual(there(none), none);
  });

  it("tells what a frame holds without decoding it", () => {
    const frame = frameOf([
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
    const [fromUs, toUs] = [1.79e15, 1.79e15 + 2];
    const { receiveTimeUs } = frame;
    const times = { fromUs, toUs, dueUs: toUs, receiveTimeUs, historical: false };
    const told = { stream: 3, rows: 3, epoch: 12, first: 40, last: 42, ...times };
    assert.deepEqual(summariseFrame(encodeFrame(frame, 3)), told);
    const part = frame.filter((row) => row !== 1);
    assert.deepEqual(summariseFrame(encodeFrame(part, 3)), { ...told, rows: 2 });
  });

  it("gives a stream back with its dictionary and version", () => {
    const back = decodeStream(encodeStream(stream));
    assert.equal(back.source, stream.source);
    assert.equal(back.reality, "virtual");
    assert.deepEqual(back.dictionary.toJSON(), dictionary.toJSON());
  });

  it("decodes bytes that lie anywhere in a buffer", () => {
    const frame = frameOf([[1, 2.5, "x"]]);
    const bytes = encodeFrame(frame, 3);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    assertEqual(decodeFrame(shifted.subarray(3), known), frame);
    assert.deepEqual(summariseFrame(shifted.subarray(3)), summariseFrame(bytes));
  });

  it("refuses every truncation with an error that names the place", () => {
    const bytes = encodeFrame(frameOf([[0, Number.NaN, { a: ["text", 5n] }]]), 3);
    for (let length = 0; length < bytes.length; length++) {
      assert.throws(() => decodeFrame(bytes.slice(0, length), known), {
        code: "malformed-bytes",
        message: new RegExp(`frame of ${length} bytes`),
      });
    }
    assert.throws(() => decodeFrame(encodeFrame(frameOf([[0, 1]]), 9), known), { code: "unknown-stream" });
    const description = encodeStream(stream);
    for (let length = 0; length < description.length; length++) {
      assert.throws(() => decodeStream(description.slice(0, length)), { code: "malformed-bytes" });
    }
  });

  it("meets 20,000 damaged frames with a frame or a named error, never anything else", () => {
    const random = new Random(20261122);
    const whole = encodeFrame(
      frameOf([
        [0, 1],
        [1, Number.NaN, { deep: [[["a"]], 7n, new Date(5), Float64Array.of(1)] }],
        [2, Number.NaN, "text"],
      ]),
      3,
    );
    let refused = 0;
    for (let i = 0; i < 20_000; i++) {
      const bytes = whole.slice();
      for (let flips = 1 + random.integer(4); flips > 0; flips--) {
        bytes[random.integer(bytes.length)] = random.integer(256);
      }
      try {
        decodeFrame(bytes, known);
      } catch (thrown) {
        refused++;
        assert.match((thrown as { code: string }).code, /^(malformed-bytes|unknown-stream)$/);
      }
    }
    assert.ok(refused > 5000, `${refused} were refused`);
  });

  it("refuses announced sizes beyond the bytes before making anything of them", () => {
    const bytes = encodeFrame(frameOf([[0, Number.NaN, ["x"]]]), 3);
    const rest = 40 + 24;
    // Others: count, row, tag of a list, its length.
    for (const at of [8, 12, rest, rest + 9]) {
      const damaged = bytes.slice();
      new DataView(damaged.buffer).setUint32(at, 0xfffffff0, true);
      assert.throws(() => decodeFrame(damaged, known), { code: "malformed-bytes" });
    }
  });

  it("refuses keys that nest without end", () => {
    // A structure whose key is a structure whose key is ...
    const nested = Uint8Array.from({ length: 5 * 100_000 }, (_, i) =>
      i % 5 === 0 ? 10 : i % 5 === 1 ? 1 : 0,
    );
    const bytes = encodeFrame(frameOf([[0, Number.NaN, Buffer.from(nested)]]), 3);
    // The tag of the bytes and their length are cut out, so that what they hold is read as the value.
    const cut = new Uint8Array(bytes.length - 5);
    cut.set(bytes.subarray(0, 72));
    cut.set(bytes.subarray(77), 72);
    new DataView(cut.buffer).setUint32(12, cut.length - 64, true);
    assert.throws(() => decodeFrame(cut, known), { code: "malformed-bytes", message: /a key is no text/ });
  });
});
